# SPDX-License-Identifier: MIT
"""
The bounds of what one client may cost, on every selector and trigger: each is counted under its
name, and a full worker makes room by closing who is idle or slow, never who is busy. Where time has
to pass, it is the server's time that a test waits for, by the event that it brings.
"""
import os
import re
import signal
import socket
import threading
import time
from collections import Counter

import pytest

from client import GET, MODES, Client, Uploader, clients, every_accept, every_mode, \
    resident_bytes, serve_narrowly, stopped, until
from conftest import SANITIZED

ONE_WORKER = ["--workers", "1", "--listen", "127.0.0.1:0"]
# Where seconds have to pass, and the engine has no part in it.
of_each_family = pytest.mark.parametrize("mode", [MODES["io_uring"], MODES["epoll-edge"]],
                                         ids=["io_uring", "epoll-edge"])
CHUNKED = b"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"


def reached(server):
    """What the program says of its bounds when it is asked to (SIGUSR1)."""
    stderr = server.stderr_file.fileno()  # the server shares its offset, which has to stay
    start = os.fstat(stderr).st_size

    def said():
        return os.pread(stderr, 65536, start).decode()

    # The bounds are said behind the first line, each with a write of its own: asked once more, they
    # are all there before the first line comes again.
    for times in (1, 2):
        server.send_signal(signal.SIGUSR1)
        until(lambda: said().count("selkie: connections ") == times)
    first = said().split("selkie: connections ")[1]
    return {name: int(count) for name, count in re.findall(r"reached (\S+) (\d+)", first)}


def refused(server):
    """The same without what only delays: whether a large body meets that is a matter of chance."""
    return {name: count for name, count in reached(server).items() if not name.startswith("turn-")}


@every_mode
@pytest.mark.parametrize("bound,value,data,status", [
    ("max-head", "256", b"GET / HTTP/1.1\r\nHost: h\r\nX: " + b"x" * 300, 431),
    ("max-head", "256", b"GET /" + b"x" * 300, 414),
    ("max-fields", "2", b"GET / HTTP/1.1\r\nHost: h\r\nA: b\r\nC: d\r\n\r\n", 431),
    ("max-fields", "100", b"GET / HTTP/1.1\r\nHost: h\r\n" + b"A: b\r\n" * 100 + b"\r\n", 431),
    ("max-target", "9", b"GET /123456789 HTTP/1.1\r\nHost: h\r\n\r\n", 414),
    ("max-body", "9", b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\n", 413),
    ("max-body", "9", CHUNKED + b"a\r\n0123456789\r\n", 413),
    ("max-chunk-line", "9", CHUNKED + b"a;01234567\r\n", 400),
    ("max-trailer", "9", CHUNKED + b"0\r\nName: value\r\n\r\n", 431),
    ("head-timeout", "150ms", b"GET / HTTP/1.1\r\n", 408),
    ("body-timeout", "150ms", CHUNKED + b"5\r\nab", 408),
], ids=lambda value: value if isinstance(value, str) else "")
def test_a_bound_is_named_and_counted(serve, mode, bound, value, data, status):
    server = serve("respond", *ONE_WORKER, *mode, f"--{bound}", value)
    for _ in range(2):
        with Client(server) as client:
            client.send(data)
            response = client.response()
            assert (response.status, response.connection) == (status, "close")
            assert client.rest() == b""
    assert reached(server) == {bound: 2}


@every_mode
def test_what_ends_in_silence_is_counted(serve, mode):
    server = serve("respond", *ONE_WORKER, *mode, "--idle-timeout", "150ms")
    with Client(server) as client:
        assert client.ask().body == b"ok"
        assert client.rest() == b""
    assert reached(server) == {"idle-timeout": 1}


@every_mode
def test_requests_of_a_connection(serve, mode):
    server = serve("respond", *ONE_WORKER, *mode, "--max-requests", "3")
    with Client(server) as client:
        client.send(GET * 5)
        assert [client.response().connection for _ in range(3)] == [None, None, "close"]
        assert client.rest() == b""
    assert reached(server) == {"max-requests": 1}


@pytest.mark.parametrize("arguments,why", [
    (["pid", "--max-requests", "5", "--listen", "127.0.0.1:0"], "without keep-alive"),
    (["pid", "--turn-requests", "5", "--listen", "127.0.0.1:0"], "without keep-alive"),
    (["respond", "--max-per-address", "5", "--listen", "unix:socket"], "on unix: sockets"),
])
def test_a_bound_that_has_nothing_to_bound(selkie, tmp_path, arguments, why):
    arguments[-1] = arguments[-1].replace("unix:", f"unix:{tmp_path}/")
    run = selkie(*arguments)
    assert run.returncode == 2
    assert f"has no effect {why}" in run.stderr
    assert not any(tmp_path.iterdir())


@every_mode
def test_requests_of_a_turn(serve, mode):
    """A client that sends as much as it can does not keep the others waiting, and loses nothing."""
    server = serve("respond", *ONE_WORKER, *mode, "--turn-requests", "10")
    with Client(server) as greedy, Client(server) as modest:
        thread = threading.Thread(target=greedy.send, args=(GET * 5000,))
        thread.start()
        for _ in range(100):
            assert modest.ask().body == b"ok"
        for _ in range(5000):
            assert greedy.response().body == b"ok"
        thread.join()
    assert reached(server)["turn-requests"] >= 1


@every_mode
@pytest.mark.parametrize("size", ["16k", "1M"])
def test_bytes_of_a_turn(serve, mode, size):
    server = serve("respond", *ONE_WORKER, *mode, "--turn-bytes", size, "--max-body", "64M")
    body = b"b" * (16 << 20)
    with Client(server) as client:
        client.send(b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        assert client.response().body == b"ok"
    if size == "16k":
        assert reached(server).get("turn-bytes", 0) >= 1


# The pace


@of_each_family
def test_a_body_that_comes_too_slowly(serve, mode):
    """The bound holds behind the first five seconds, which have to pass."""
    server = serve("respond", *ONE_WORKER, *mode, "--min-body-rate", "1k")
    with Client(server) as slow, Client(server) as fast:
        for client in (slow, fast):
            client.send(b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 900000\r\n\r\n")
        fast.send(b"b" * 800000)
        while not slow.has_input(0.2):
            slow.send(b"b")
        response = slow.response()
        assert (response.status, response.connection) == (408, "close")
        assert b"too slowly" in response.body
        fast.send(b"b" * 100000)
        assert fast.response().body == b"ok"
    assert refused(server) == {"min-body-rate": 1}


def big_body(length):
    return "".join(f"{number:06d} " for number in range(length // 7))


@of_each_family
def test_a_response_that_is_taken_too_slowly(serve, mode):
    """Some bytes now and then are no reason to keep a connection for ever: the kernel takes none
    from the server, but the client does, too few."""
    server = serve_narrowly(serve, "respond", "--workers", "1", *mode, "--write-timeout", "6s",
                            "--min-write-rate", "1M", SELKIE_BODY=big_body(100 * 1024))
    with Client(server, receive_buffer=2048) as client:
        client.send(GET)
        until(lambda: refused(server) == {"min-write-rate": 1})
        assert len(client.remains()) < 100 * 1024


@every_mode
def test_a_reader_that_moves_is_kept(serve, mode):
    """What the client takes counts, though the kernel has no room for more yet: its buffer is far
    larger than what a slow client takes within the time-out."""
    server = serve("respond", *ONE_WORKER, *mode, "--write-timeout", "300ms", "--min-write-rate",
                   "0", SELKIE_BODY=big_body(120 * 1024))
    with Client(server, receive_buffer=4096) as client:
        client.send(GET * 40)
        for _ in range(100):
            assert client.receive_some(2048)
            threading.Event().wait(0.02)
        for _ in range(39):
            client.response()
        assert client.response().body == big_body(120 * 1024).encode()
    assert reached(server) == {}


@every_mode
def test_a_reader_that_stops_is_dropped(serve, mode):
    server = serve_narrowly(serve, "respond", "--workers", "1", *mode, "--write-timeout", "300ms",
                            SELKIE_BODY=big_body(100 * 1024))
    with Client(server, receive_buffer=2048) as client:
        client.send(GET)
        until(lambda: refused(server) == {"write-timeout": 1})


# The connections


@every_mode
@pytest.mark.parametrize("kind", ["idle", "silent", "head", "body", "reader"])
def test_a_full_worker_sheds_who_does_nothing(serve, mode, kind):
    """The oldest first; those who are busy keep their place."""
    server = serve_narrowly(serve, "respond", "--workers", "1", "--max-connections", "4", *mode,
                            "--min-write-rate", "1M", SELKIE_BODY=big_body(100 * 1024))
    begin = {"idle": GET, "silent": b"", "head": GET[:-2], "body": CHUNKED + b"5\r\nab",
             "reader": GET}[kind]
    with Uploader(server) as busy, clients(server, 3, receive_buffer=2048) as lazy:
        for client in lazy:
            client.send(begin)
            if kind == "idle":
                client.response()
        with Client(server) as late:
            late.send(GET)
            assert late.response().status == 200
            if kind == "idle":  # of the others nobody knows whose input was told first
                assert lazy[0].remains() == b""
            elif kind != "reader":
                gone = until(lambda: next((one for one in lazy if one.has_input()), None))
                assert gone.remains() == b""
            assert refused(server) == {"max-connections": 1}
        assert busy.finish().status == 200


@every_mode
@every_accept
def test_slow_clients_do_not_keep_out_the_good(serve, mode, accept):
    """More slow heads than all workers have places for, and good clients that come later."""
    server = serve("respond", "--workers", "2", "--listen", "127.0.0.1:0", *mode, "--accept",
                   accept, "--max-connections", "10", "--head-timeout", "5m")
    with clients(server, 40) as slow:
        for client in slow:
            client.send(GET[:-2])
        for _ in range(3):
            with clients(server, 4) as good:
                for client in good:
                    client.send(GET)
                assert [client.response().body for client in good] == [b"ok"] * 4
    assert reached(server)["max-connections"] >= 1


@every_mode
@every_accept
def test_full_workers_share_who_comes(serve, mode, accept):
    """All hold as many, so that it is not their shares that tell who is to take the next one."""
    server = serve("pid", "--workers", "2", "--listen", "127.0.0.1:0", *mode, "--accept", accept,
                   "--max-connections", "20", "--keep-alive", "on")
    with clients(server, 40) as lazy:
        for client in lazy:
            client.ask()
        time.sleep(0.4)  # so that all of them can be shed
        with stopped(server.workers()):
            good = [Client(server) for _ in range(16)]
        served_by = Counter(int(client.ask().body) for client in good)
        for client in good:
            client.socket.close()
    assert min(served_by[pid] for pid in server.workers()) >= 4, served_by


@every_mode
def test_connections_of_an_address(serve, mode):
    server = serve("respond", *ONE_WORKER, *mode, "--max-per-address", "2")
    with clients(server, 2) as first:
        for client in first:
            assert client.ask().body == b"ok"
        with Client(server) as third:
            response = third.response()
            assert (response.status, response.connection) == (429, "close")
            assert third.rest() == b""
        host, _, port = server.urls[0].removeprefix("http://").rpartition(":")
        with socket.create_connection((host, int(port)), source_address=("127.0.0.2", 0)) as other:
            other.sendall(GET)
            assert other.recv(100).startswith(b"HTTP/1.1 200 ")
        first[0].socket.close()
        until(lambda: fourth_is_served(server))
        assert first[1].ask().body == b"ok"
    assert reached(server)["max-per-address"] >= 1


def fourth_is_served(server):
    with Client(server) as client:
        client.send(GET)
        return client.response().status == 200


@every_mode
def test_a_network_of_addresses_is_one_client(serve, mode):
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("this machine has no IPv6")
    server = serve("respond", "--workers", "1", "--listen", "[::1]:0", *mode, "--max-per-address",
                   "1")
    with Client(server) as first:
        assert first.ask().body == b"ok"
        with Client(server) as second:
            assert second.response().status == 429


def test_counters_are_only_said_when_asked(serve):
    server = serve("respond", *ONE_WORKER)
    assert reached(server) == {}
    with Client(server) as client:
        assert client.ask().body == b"ok"
    assert server.stop() == 0
    assert "active 0 responses 0" in server.stderr


def test_the_workers_do_not_die_of_it(serve):
    """As `pkill -USR1 selkie` signals them all."""
    server = serve("respond", "--workers", "2", "--listen", "127.0.0.1:0")
    workers = server.workers()
    for pid in workers:
        os.kill(pid, signal.SIGUSR1)
    reached(server)
    assert sorted(server.workers()) == sorted(workers)


@every_mode
@pytest.mark.skipif(SANITIZED, reason="sanitizers have memory of their own")
def test_memory_of_partial_heads(serve, mode):
    """As docs/limits.md computes it: the head itself and what is known of it, not a copy more; and
    a tenth for what the allocator wastes."""
    head_max, known, count = 16384, 1816, 900
    server = serve("respond", *ONE_WORKER, *mode, "--head-timeout", "5m")
    worker = server.workers()[0]
    data = GET[:-2] + b"X: " + b"x" * (head_max - len(GET) - 2)
    with clients(server, count) as holders:
        assert all(client.ask().status == 200 for client in holders)
        before = resident_bytes(worker)
        for client in holders:
            client.send(data)
        until(lambda: resident_bytes(worker) - before > count * (head_max - 4096))
        assert (resident_bytes(worker) - before) / count < 1.1 * (head_max + known)
        assert holders[0].ask(b"\r\n\r\n").status == 431
