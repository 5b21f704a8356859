# SPDX-License-Identifier: MIT
"""Clients of our own, which bring about the decisive moment of a mistake, and nothing else."""
import contextlib
import errno
import os
import select
import signal
import socket
import time

GET = b"GET / HTTP/1.1\r\nHost: lab\r\n\r\n"
# As ab sends it.
GET_AB = (b"GET / HTTP/1.0\r\nHost: lab\r\nUser-Agent: ApacheBench/2.3\r\nAccept: */*\r\n\r\n")
# How long to wait for what may not come, and for what comes, be the machine as busy as it may.
WAIT_S, FIRST_S = 0.3, 2


def connect(port):
    return contextlib.closing(socket.create_connection(("127.0.0.1", port), timeout=5))


def answer(client, seconds=WAIT_S):
    """What comes within that time: bytes, b"" at the end or a reset, or None for nothing."""
    try:
        client.settimeout(seconds)
        return client.recv(65536)
    except TimeoutError:
        return None
    except ConnectionError:
        return b""


def exchange(client, *pieces, seconds=WAIT_S):
    """Sends the pieces, one after the other when nothing comes back for a while. Returns what comes
    back, bytes: up to the end of the connection, or until nothing has come for `seconds` (before
    the first byte up to FIRST_S)."""
    said = b""
    with contextlib.suppress(ConnectionError):
        for index, piece in enumerate(pieces):
            if index > 0:
                select.select([client], [], [], WAIT_S)
            client.sendall(piece)
    while more := answer(client, seconds if said else max(seconds, FIRST_S)):
        said += more
    return said


def answers_to(port, *pieces):
    """How many responses the pieces bring, on one connection."""
    with connect(port) as client:
        return exchange(client, *pieces).count(b"HTTP/1.1 ")


def first_line(port, version):
    """The status line that a request of that version has for an answer."""
    with connect(port) as client:
        said = exchange(client, b"GET / " + version + b"\r\nHost: lab\r\n\r\n")
    return said.partition(b"\r\n")[0].decode()


def forgotten(port, pids, count, tries):
    """`count` clients that keep their connections ask, and in the same moment another one comes:
    each worker finds requests, and behind them the newcomer. Returns how many of the clients are not
    served any more afterwards, at the first try that ends so, or 0."""
    with contextlib.ExitStack() as stack:
        kept = [stack.enter_context(connect(port)) for _ in range(count)]
        for _ in range(tries):
            with stopped(pids):
                for client in kept:
                    client.send(GET)
                newcomer = stack.enter_context(contextlib.closing(dial(port)))
            for client in kept:
                waits_for(client, 0.5)
            missing = sum(not is_served(client) for client in kept)
            newcomer.close()
            if missing:
                return missing
    return 0


def is_served(client):
    client.send(GET)
    return waits_for(client, 0.5)


def waits_for(client, seconds):
    ready, _, _ = select.select([client], [], [], seconds)
    with contextlib.suppress(OSError):
        return bool(ready and client.recv(65536))
    return False


def dial(port):
    """A connection that is under way."""
    client = socket.socket()
    client.setblocking(False)
    error = client.connect_ex(("127.0.0.1", port))
    if error not in (0, errno.EINPROGRESS):
        raise OSError(error, os.strerror(error))
    return client


@contextlib.contextmanager
def stopped(pids):
    """The processes stand still meanwhile."""
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)


def burst(port, pids, count, patience_s):
    """`count` clients come while the server is busy for 0.2 s. Returns for each how many seconds it
    waited for its answer, `patience_s` for those that gave up."""
    with contextlib.ExitStack() as stack:
        begin = time.monotonic()
        with stopped(pids):
            clients = [stack.enter_context(contextlib.closing(dial(port))) for _ in range(count)]
            time.sleep(0.2)
        waiting, waited = {client: False for client in clients}, []
        while waiting and time.monotonic() - begin < patience_s:
            unsent = [client for client, is_sent in waiting.items() if not is_sent]
            readable, writable, _ = select.select(list(waiting), unsent, [], 0.1)
            for client in writable:
                with contextlib.suppress(OSError):
                    waiting[client] = client.send(GET) > 0
            for client in readable:
                with contextlib.suppress(OSError):
                    client.recv(4096)
                waited.append(time.monotonic() - begin)
                del waiting[client]
        return waited + [patience_s] * len(waiting)


def resets_of_a_death(port, pids, count):
    """`count` clients come while all workers stand still, and one of those dies before it looks.
    Returns how many of the clients are reset."""
    with contextlib.ExitStack() as stack:
        with stopped(pids):
            clients = [stack.enter_context(connect(port)) for _ in range(count)]
            for client in clients:
                client.send(GET)
            os.kill(pids[-1], signal.SIGKILL)
            time.sleep(0.1)
        resets = 0
        for client in clients:
            try:
                client.settimeout(2)
                client.recv(4096)
            except ConnectionResetError:
                resets += 1
            except TimeoutError:
                pass
        return resets
