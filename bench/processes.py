# SPDX-License-Identifier: MIT
"""Running servers: starting one on a CPU of its own, reading its CPU time and memory from /proc,
and ending it with all its children. Used by everything here that measures a server.

A port is chosen anew for each start, so that several runs on one machine do not meet.
"""
import contextlib
import os
import re
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

# Below net.ipv4.ip_local_port_range, so that no connection takes the port of a server.
PORTS = range(19000, 32000)
# Enough for a server under valgrind; and for one that drains, after which it is killed.
START_S = 20
ANSWER_S = 5
STOP_S = 5
REQUEST = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


def end_in_order():
    """Lets TERM end this program as INT does: what it has started is stopped first."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))


def progress(text):
    """Says what is going on, in one line that the next one replaces; only to a person."""
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)


class ServerError(Exception):
    """A server did not start, or a load had no result; the text says why in one line."""


def siblings(cpu):
    """The CPUs that share a core with this one."""
    path = Path(f"/sys/devices/system/cpu/cpu{cpu}/topology/thread_siblings_list")
    cpus = set()
    for part in path.read_text().strip().split(",") if path.exists() else []:
        first, _, last = part.partition("-")
        cpus |= set(range(int(first), int(last or first) + 1))
    return cpus


def cpu_pair():
    """Two CPUs that this process may use, of different cores where there are such; or one."""
    usable = sorted(os.sched_getaffinity(0))
    others = [cpu for cpu in usable if cpu not in siblings(usable[0])] or usable[1:]
    return usable[:1] + others[:1]


CPUS = cpu_pair()


def raise_descriptors():
    """Raises the limit of descriptors, which children inherit, and returns it."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


def on_cpu(cpu, command):
    return ["taskset", "-c", str(cpu), *map(str, command)]


def free_port():
    for port in PORTS:
        port = PORTS[(port + os.getpid() + time.monotonic_ns()) % len(PORTS)]
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise ServerError("no port is free")


def family(pid):
    """The process and all below it."""
    found = [pid]
    with contextlib.suppress(OSError):
        for task in os.listdir(f"/proc/{pid}/task"):
            for child in Path(f"/proc/{pid}/task/{task}/children").read_text().split():
                found += family(int(child))
    return found


def cpu_ns(pids):
    """The CPU time of all threads of these processes, user and system, by the scheduler."""
    return sum(int(Path(f"/proc/{pid}/task/{task}/schedstat").read_text().split()[0])
               for pid in pids for task in os.listdir(f"/proc/{pid}/task"))


def pss(pids):
    """Bytes of memory, shared pages divided among those who share them."""
    return 1024 * sum(int(re.search(r"Pss:\s+(\d+)",
                                    Path(f"/proc/{pid}/smaps_rollup").read_text())[1])
                      for pid in pids)


def last_line(text, otherwise):
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else otherwise


class Running:
    """A started server: its port, its processes, and what it has said."""

    def __init__(self, command, port):
        self.port = port
        self.said = tempfile.TemporaryFile(mode="w+", errors="replace")
        self.process = subprocess.Popen(on_cpu(CPUS[0], command), stdin=subprocess.DEVNULL,
                                        stdout=self.said, stderr=self.said,
                                        start_new_session=True)
        try:
            self._wait()
        except BaseException:
            self.stop()
            raise

    def _wait(self):
        """Until it answers: a master may listen before it has a worker."""
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise ServerError("did not start: " + self.words())
            with contextlib.suppress(OSError), \
                    socket.create_connection(("127.0.0.1", self.port), ANSWER_S) as client:
                client.sendall(REQUEST)
                if client.recv(4096):
                    return
            time.sleep(0.01)
        raise ServerError(f"does not answer after {START_S} s")

    def words(self):
        self.said.seek(0)
        return last_line(self.said.read(), f"exit status {self.process.returncode}")

    def pids(self):
        return family(self.process.pid)

    def stop(self, inner_first=False):
        """Ends it in order, and by force when it does not. `inner_first`: the process that was
        started only watches the server and is to see its end."""
        group = self.process.pid
        inner = self.pids()[1:]
        with contextlib.suppress(ProcessLookupError):
            if inner_first and inner:
                os.kill(inner[0], signal.SIGTERM)
            else:
                os.killpg(group, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(STOP_S)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(group, signal.SIGKILL)
        self.process.wait()
        self.said.close()


@contextlib.contextmanager
def running(server, size=2, closing=False, around=(), inner_first=False):
    """Starts a server (servers.py) and ends it. `around`: words in front of its command, of a tool
    that watches it; `inner_first` as in Running.stop."""
    port = free_port()
    command = [*around, *server.command(port, size, closing)]
    instance = Running(command, port)
    try:
        yield instance
    finally:
        instance.stop(inner_first)
