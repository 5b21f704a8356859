# SPDX-License-Identifier: MIT
"""
What every end-to-end test shares: the program under test, run to its end (`selkie`) or as a server
(`serve`). The program is $SELKIE_BUILD/selkie, by default build/selkie. Whatever a test starts is
stopped and reaped before the next one begins, and a worker that outlives its master is a failure.
"""
import http.client
import os
import pathlib
import re
import select
import signal
import socket
import subprocess
import tempfile
import time

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("SELKIE_BUILD", ROOT / "build")).resolve()
PROGRAM = str(BUILD / "selkie")
MIRROR = str(BUILD / "test" / "mirror")
SANITIZED = "-fsanitize=" in (BUILD / "compile_commands.json").read_text(encoding="utf-8")
# Only ends a test that hangs; sanitizers on a busy machine stay far below it.
DEADLINE = 60
# All that a server says on stderr when nothing was wrong: its last line.
SERVED = re.compile(r"(?:selkie: )?served (\d+) responses on (\d+) connections\n")


def environment(**variables):
    """The tester's environment without its SELKIE_ variables, plus `variables`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SELKIE_")}
    return {**kept, **variables}


def session_processes(session):
    """The pids of the living processes of a session (proc(5), stat: state, ppid, pgrp, session)."""
    pids = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            stat = pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
        except (FileNotFoundError, ProcessLookupError):
            continue
        state, _, _, its_session = stat.rpartition(")")[2].split()[:4]
        if int(its_session) == session and state not in "ZX":
            pids.append(int(pid))
    return pids


def kill_session(session):
    """Ends all processes of a session, whatever state they are in."""
    for pid in session_processes(session):
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass


def until(condition):
    """Waits until `condition` returns something true, and returns that."""
    limit = time.monotonic() + DEADLINE
    while True:
        result = condition()
        if result:
            return result
        assert time.monotonic() < limit, "waited in vain"
        time.sleep(0.005)


class Server:
    """A running selkie, or another program that announces itself as selkie does. `urls` are those
    it announced; `status`, `stdout` (what came behind the announcement) and `stderr` are known once
    it has ended."""

    def __init__(self, *arguments, program=PROGRAM, pass_fds=(), preexec_fn=None, **variables):
        self.stderr_file = tempfile.TemporaryFile(mode="w+")
        self.process = subprocess.Popen(
            [program, *arguments], env=environment(**variables), stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=self.stderr_file, pass_fds=pass_fds,
            preexec_fn=preexec_fn, start_new_session=True)
        self.pid = self.process.pid
        self.status = self.stdout = self.stderr = None
        self.urls = self._announced()

    def _announced(self):
        # The program announces all its listeners in one write, and a pipe keeps that whole.
        stdout = self.process.stdout.fileno()
        ready = select.select([stdout], [], [], DEADLINE)[0]
        lines = os.read(stdout, 65536).decode().splitlines() if ready else []
        prefix = "listening on "
        if not lines or not all(line.startswith(prefix) for line in lines):
            self.kill()
            raise AssertionError(f"no listening line, but {lines}, {self.status}, {self.stderr}")
        return [line.removeprefix(prefix) for line in lines]

    def workers(self):
        """The pids of the workers that live."""
        return [pid for pid in session_processes(self.pid) if pid != self.pid]

    def descriptors(self):
        """How many descriptors its workers have open: for each connection there is one more."""
        return sum(len(os.listdir(f"/proc/{pid}/fd")) for pid in self.workers())

    def connect(self, index=0, timeout=DEADLINE):
        """A socket connected to listener `index`."""
        url = self.urls[index]
        if url.startswith("unix:"):
            connection = socket.socket(socket.AF_UNIX)
            connection.settimeout(timeout)
            connection.connect(url.removeprefix("unix:"))
            return connection
        host, _, port = url.removeprefix("http://").rpartition(":")
        return socket.create_connection((host.strip("[]"), int(port)), timeout)

    def fetch(self, path="/", method="GET", index=0, **fields):
        """One request on a connection of its own: the response, with its bytes in `.body`."""
        client = http.client.HTTPConnection("localhost")
        client.sock = self.connect(index)
        try:
            client.request(method, path, headers=fields)
            response = client.getresponse()
            response.body = response.read()
            return response
        finally:
            client.close()

    def send_signal(self, number):
        self.process.send_signal(number)

    def wait(self):
        """Waits for its end, then for its workers' end. Returns the exit status."""
        if self.status is None:
            stdout, _ = self.process.communicate(timeout=DEADLINE)
            self.status, self.stdout = self.process.returncode, stdout.decode()
            self.stderr_file.seek(0)
            self.stderr = self.stderr_file.read()
            self.stderr_file.close()
            limit = time.monotonic() + DEADLINE
            while self.workers() and time.monotonic() < limit:
                time.sleep(0.01)
        assert not self.workers(), "workers outlived their master"
        return self.status

    def stop(self, number=signal.SIGTERM):
        """Asks it to end, and returns the exit status."""
        if self.status is None:
            self.send_signal(number)
        return self.wait()

    def served(self):
        """Stops it, unless that was done. Returns how many responses it has given, and on how many
        connections; that must be all it has said."""
        self.stop()
        found = SERVED.fullmatch(self.stderr)
        assert found, self.stderr
        return int(found[1]), int(found[2])

    def kill(self):
        """Ends the master and its workers, whatever state they are in."""
        kill_session(self.pid)
        self.wait()


def io_uring_refusal():
    """Why a server cannot run on io_uring here, or None."""
    try:
        Server("respond", "--selector", "io_uring", "--workers", "1", "--listen", "127.0.0.1:0",
               "--max-connections", "1").stop()
    except (AssertionError, OSError) as failure:
        return str(failure)
    return None


REFUSAL = io_uring_refusal()
needs_io_uring = pytest.mark.skipif(REFUSAL is not None, reason=f"no io_uring: {REFUSAL}")


@pytest.fixture
def selkie():
    """Runs selkie to its end; the result has returncode, stdout and stderr."""
    def run(*arguments, stdout=subprocess.PIPE, preexec_fn=None, **variables):
        return subprocess.run(
            [PROGRAM, *arguments], env=environment(**variables), stdin=subprocess.DEVNULL,
            stdout=stdout, stderr=subprocess.PIPE, preexec_fn=preexec_fn, text=True,
            timeout=DEADLINE, check=False)
    return run


@pytest.fixture
def serve():
    """Starts a Server. Those that the test has not stopped must end in good order on SIGTERM."""
    servers = []

    def start(*arguments, **keywords):
        servers.append(Server(*arguments, **keywords))
        return servers[-1]

    yield start
    failures = []
    for server in servers:
        try:
            ended = server.status is not None
            if server.stop() != 0 and not ended:
                failures.append(f"exit status {server.status}: {server.stderr}")
        except (AssertionError, subprocess.TimeoutExpired) as failure:
            failures.append(str(failure))
            server.kill()
    assert not failures


@pytest.fixture
def serve_strictly(serve):
    """As `serve`; and when the test has ended, all connections must be closed, and the server have
    had nothing to complain of."""
    started = []

    def start(*arguments, **keywords):
        server = serve(*arguments, **keywords)
        started.append((server, server.descriptors()))
        return server

    yield start
    for server, before in started:
        if server.status is None:
            until(lambda server=server, before=before: server.descriptors() == before)
        server.served()


@pytest.fixture
def mirror(serve_strictly):
    """Starts the server of programs/mirror.c, with one worker and these options, strictly."""
    def start(*arguments, where="127.0.0.1:0"):
        return serve_strictly("--listen", where, "--workers", "1", *arguments, program=MIRROR)
    return start
