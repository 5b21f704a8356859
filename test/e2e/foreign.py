# SPDX-License-Identifier: MIT
"""
Programs of others, as the tests of real clients need them: found or reported missing, and run
within bounds, so that nothing of them outlives its test. Used by test_clients_*.py and
test_proxies.py.
"""
import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import threading

import pytest

from client import MODES
from conftest import DEADLINE, kill_session

# Ends what hangs before DEADLINE does, with curl's own words for it.
CURL_SECONDS = DEADLINE - 10
ALPHABET = b"abcdefghijklmnopqrstuvwxyz"
# One engine of each family: what a client sees differs by the engine in rare cases only.
both_engines = pytest.mark.parametrize(
    "mode", [MODES["io_uring"], MODES["epoll-edge"]], ids=["io_uring", "epoll-edge"])


def find(program):
    """The path of a program, or None. Daemons are where not every user's PATH looks."""
    return shutil.which(program, path=os.environ.get("PATH", os.defpath) + ":/usr/sbin")


def needs(program):
    """Skips a test where a program is missing."""
    return pytest.mark.skipif(find(program) is None, reason=f"{program} is not installed")


def alphabet(length):
    """The body that the mirror sends at /body/LENGTH."""
    return (ALPHABET * (length // 26 + 1))[:length]


def environment(home, **variables):
    """What such a program finds in its environment: nothing that changes how it behaves."""
    kept = {name: os.environ[name] for name in ("PATH", "TMPDIR") if name in os.environ}
    return {**kept, "HOME": str(home), "LC_ALL": "C.UTF-8", **variables}


@contextlib.contextmanager
def running(command, home, pass_fds=(), **variables):
    """Starts a program in a session of its own; all of its processes are killed at the end. What it
    says is in the files `process.said`, stdout and stderr together."""
    with tempfile.TemporaryFile(mode="w+", errors="replace") as said:
        process = subprocess.Popen(
            [str(word) for word in command], env=environment(home, **variables), cwd=home,
            stdin=subprocess.DEVNULL, stdout=said, stderr=said, pass_fds=pass_fds,
            start_new_session=True)
        process.said = said
        try:
            yield process
        finally:
            kill_session(process.pid)
            process.wait(DEADLINE)


def said(process):
    """All that a running program has said so far."""
    process.said.seek(0)
    return process.said.read()


def run(*command, stdin=b"", cwd="/", **variables):
    """Runs a program to its end. Returns its exit status, stdout in bytes, and stderr as text."""
    with subprocess.Popen([str(word) for word in command], env=environment(cwd, **variables),
                          cwd=cwd, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, start_new_session=True) as process:
        try:
            stdout, stderr = process.communicate(stdin, timeout=DEADLINE)
        finally:
            kill_session(process.pid)
    return subprocess.CompletedProcess(command, process.returncode, stdout,
                                       stderr.decode(errors="replace"))


def curl(*arguments, status=0, stdin=b""):
    """Runs curl, which must end with this status (curl(1), EXIT CODES). Returns its output."""
    result = run("curl", "-q", "-sS", "--max-time", CURL_SECONDS, *arguments, stdin=stdin)
    assert result.returncode == status, f"{result.returncode}: {result.stderr}"
    return result.stdout.decode("latin-1")


def curl_has(word):
    """Whether curl is there, and built with this feature or protocol."""
    return find("curl") is not None and word.lower() in curl("--version").lower().split()


class Recorder:
    """A relay before a server that keeps what the server sends: some clients do not show it. A
    context manager; `received` is whole when it has ended, and all connections with it."""

    def __init__(self, server):
        self.server = server
        self.received = b""
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = "{}:{}".format(*self.listener.getsockname())
        self.threads = [threading.Thread(target=self._accept)]

    def __enter__(self):
        self.threads[0].start()
        return self

    def __exit__(self, *_):
        # Wakes the thread that accepts, which close() would not.
        self.listener.shutdown(socket.SHUT_RDWR)
        for thread in self.threads:
            thread.join(DEADLINE)
            assert not thread.is_alive(), "a relayed connection does not end"
        self.listener.close()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                thread = threading.Thread(target=self._relay, args=(client,))
                self.threads.append(thread)
                thread.start()

    def _relay(self, client):
        with client, self.server.connect() as upstream:
            asking = threading.Thread(target=self._pump, args=(client, upstream))
            asking.start()
            self._pump(upstream, client, keeps=True)
            asking.join()

    def _pump(self, source, sink, keeps=False):
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                self.received += data if keeps else b""
                sink.sendall(data)
        with contextlib.suppress(OSError):
            sink.shutdown(socket.SHUT_WR)
