# SPDX-License-Identifier: MIT
"""
What the tests see of a server from outside: a raw HTTP client that hides nothing, and the worker's
entries in /proc. A `Client` is one connection; what it receives is checked byte by byte, and a wait
ends with an event or, only when the server hangs, with a time-out.
"""
import contextlib
import os
import pathlib
import select
import signal
import socket
import struct
import time
from typing import NamedTuple

import pytest

from conftest import DEADLINE, needs_io_uring, until

GET = b"GET / HTTP/1.1\r\nHost: h\r\n\r\n"
HEAD = b"HEAD / HTTP/1.1\r\nHost: h\r\n\r\n"
GET_AND_CLOSE = b"GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"
GET_1_0 = b"GET / HTTP/1.0\r\n\r\n"

MODES = {
    "io_uring": pytest.param(["--selector", "io_uring"], marks=needs_io_uring),
    "epoll-edge": ["--selector", "epoll", "--trigger", "edge"],
    "epoll-level": ["--selector", "epoll", "--trigger", "level"],
    "poll-level": ["--selector", "poll", "--trigger", "level"],
    "select-level": ["--selector", "select", "--trigger", "level"],
}
every_mode = pytest.mark.parametrize("mode", MODES.values(), ids=MODES.keys())
every_accept = pytest.mark.parametrize("accept", ["shared", "per-worker"])


class Response(NamedTuple):
    """One response; the names in `fields` are in lower case."""
    status: int
    fields: dict
    body: bytes

    @property
    def connection(self):
        """The Connection field, or None."""
        return self.fields.get("connection")


class Client:
    """One connection to a Server; a context manager that closes it."""

    def __init__(self, server, index=0, receive_buffer=None):
        self.received = b""
        if receive_buffer is None:
            self.socket = server.connect(index)
        else:
            host, _, port = server.urls[index].removeprefix("http://").rpartition(":")
            # The window is agreed on by connect(), so its size is set before.
            self.socket = socket.socket()
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
            self.socket.settimeout(DEADLINE)
            self.socket.connect((host, int(port)))
        if self.socket.family != socket.AF_UNIX:
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)

    def end(self):
        """Ends this side only."""
        self.socket.shutdown(socket.SHUT_WR)

    def reset(self):
        """Closes with a reset."""
        if self.socket.family != socket.AF_UNIX:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def upload(self):
        """Begins a request of which most comes at once, and the rest does not."""
        self.send(b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\n")
        self.send(b"b" * 900000)

    def receive(self):
        """Waits for more. Returns whether it came, and not the end."""
        data = self.socket.recv(65536)
        self.received += data
        return bool(data)

    def receive_some(self, length):
        """Waits for more, but takes `length` bytes at most. Returns whether it came."""
        data = self.socket.recv(length)
        self.received += data
        return bool(data)

    def _take(self, length):
        while len(self.received) < length:
            assert self.receive(), f"ended after {self.received[:200]!r}"
        data, self.received = self.received[:length], self.received[length:]
        return data

    def response(self, method="GET"):
        """The next response to a request of this method."""
        while b"\r\n\r\n" not in self.received:
            assert self.receive(), f"ended after {self.received[:200]!r}"
        head = self._take(self.received.index(b"\r\n\r\n") + 4).decode("latin-1")
        first, *lines = head[:-4].split("\r\n")
        version, status, _ = first.split(" ", 2)
        assert version == "HTTP/1.1"
        fields = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
        assert len(fields) == len(lines), f"a field came twice: {lines}"
        assert "transfer-encoding" not in fields
        has_body = method != "HEAD" and int(status) not in (100, 204, 304)
        body = self._take(int(fields["content-length"])) if has_body else b""
        return Response(int(status), fields, body)

    def ask(self, data=GET, method="GET"):
        """Sends a request and returns its response."""
        self.send(data)
        return self.response(method)

    def rest(self):
        """Everything up to the end of the connection; a reset is an error."""
        while self.receive():
            pass
        data, self.received = self.received, b""
        return data

    def remains(self):
        """Everything up to the end of the connection, be it by FIN or by reset."""
        with contextlib.suppress(ConnectionError):
            while self.receive():
                pass
        data, self.received = self.received, b""
        return data

    def has_input(self, seconds=0):
        """Whether the server sends something, or ends, within this time."""
        return bool(self.received or select.select([self.socket], [], [], seconds)[0])


class Uploader(Client):
    """A connection that is busy for minutes, by its pace: an upload of which most has come."""

    def __init__(self, server, **keywords):
        super().__init__(server, **keywords)
        self.upload()

    def finish(self):
        """Sends the rest and returns the response."""
        return self.ask(b"b" * 100000)


@contextlib.contextmanager
def clients(server, count, **keywords):
    """`count` clients, closed at the end."""
    with contextlib.ExitStack() as stack:
        yield [stack.enter_context(Client(server, **keywords)) for _ in range(count)]


def serve_narrowly(serve, *arguments, **keywords):
    """A server on a socket that it inherits, whose connections hold a few KiB of output: the kernel
    takes a larger response in pieces, as fast as the client reads."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        listener.bind(("127.0.0.1", 0))
        listener.listen(1024)
        number = listener.fileno()
        return serve(*arguments, "--listen", f"fd:{number}", pass_fds=[number], **keywords)


@contextlib.contextmanager
def clients_of_each_worker(server):
    """For a server that answers with pids: a dictionary of each worker's clients, two at least."""
    workers = set(server.workers())
    held = {}
    with contextlib.ExitStack() as stack:
        def hold_one():
            client = stack.enter_context(Client(server))
            held.setdefault(int(client.ask().body), []).append(client)
            return set(held) == workers and min(map(len, held.values())) >= 2

        until(hold_one)
        yield held


@contextlib.contextmanager
def stopped(pids):
    """Stops processes: what happens meanwhile, all of them find at once when they go on."""
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        until(lambda: all(process_stat(pid)[0] == "T" for pid in pids))
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)


def descriptors(pid):
    """How many descriptors a process has open."""
    return len(os.listdir(f"/proc/{pid}/fd"))


def listening_sockets(pid):
    """The inodes of the TCP sockets of a process that listen."""
    listening = {line.split()[9] for table in ("tcp", "tcp6")
                 for line in pathlib.Path(f"/proc/net/{table}").read_text().splitlines()[1:]
                 if line.split()[3] == "0A"}
    links = (os.readlink(f"/proc/{pid}/fd/{fd}") for fd in os.listdir(f"/proc/{pid}/fd"))
    return {link[8:-1] for link in links if link[:8] == "socket:["} & listening


def status_number(pid, name):
    """A number from /proc/PID/status."""
    for line in pathlib.Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith(name + ":"):
            return int(line.split()[1])
    raise LookupError(name)


def resident_bytes(pid):
    """The memory of a process that is its own."""
    return status_number(pid, "RssAnon") * 1024


def switches(pid):
    """How often a process has gone to sleep: an idle server does not."""
    return status_number(pid, "voluntary_ctxt_switches")


def process_stat(pid):
    """What stands behind the name in /proc/PID/stat (proc(5)): state, ppid, pgrp ..."""
    stat = pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    return stat.rpartition(")")[2].split()


def processor_seconds(pid):
    """The processor time a process has used, its own and the kernel's for it."""
    user, system = process_stat(pid)[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def assert_sleeps(pids, most=5):
    """Looks at processes for a second, in which nobody asks them for anything: they wake `most`
    times, and use hardly any time of a processor, as one that never sleeps would."""
    settled = {}

    def is_settled():
        before = dict(settled)
        settled.update({pid: switches(pid) for pid in pids})
        return before == settled

    until(is_settled)
    worked = {pid: processor_seconds(pid) for pid in pids}
    time.sleep(1)
    assert max(switches(pid) - settled[pid] for pid in pids) <= most
    assert max(processor_seconds(pid) - worked[pid] for pid in pids) < 0.25
