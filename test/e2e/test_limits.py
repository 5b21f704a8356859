# SPDX-License-Identifier: MIT
"""
What happens at the limits, on every selector and trigger: connections and descriptors that run out
make accepting pause and never disturb who is connected; requests that are too long are refused with
a reason; and no kind of ending costs a descriptor.
"""
import contextlib
import os
import resource

import pytest

from client import GET, GET_1_0, GET_AND_CLOSE, Client, Uploader, assert_sleeps, clients, \
    descriptors, every_mode, serve_narrowly, stopped, until

ONE_WORKER = ["--workers", "1", "--listen", "127.0.0.1:0"]


def answered(connections, times=3):
    """Whether each is answered, several times in turn."""
    return all(client.ask().body == b"ok" for _ in range(times) for client in connections)


@every_mode
def test_connections_run_out(serve, mode):
    """Those that are busy keep their places, and the others wait for them."""
    server = serve("respond", *ONE_WORKER, *mode, "--max-connections", "5")
    with contextlib.ExitStack() as stack:
        living = [stack.enter_context(Uploader(server)) for _ in range(5)]
        waiting = [stack.enter_context(Client(server)) for _ in range(2)]
        for client in waiting:
            client.send(GET)
        assert not any(client.has_input(0.2) for client in [*living, *waiting])
        living[2].socket.close()
        assert waiting[0].response().body == b"ok"
        waiting[0].socket.close()
        assert waiting[1].response().body == b"ok"
        for client in [*living[:2], *living[3:]]:
            assert client.finish().body == b"ok"


@every_mode
def test_a_connection_that_cannot_leave_yet_counts(serve, mode):
    """Its place may be another's by the time that its last response is seen not to fit; then there
    is one too many, and not one more."""
    body = "".join(f"{number:06d} " for number in range(100 * 1024 // 7))
    server = serve_narrowly(serve, "respond", "--workers", "1", "--max-connections", "1", *mode,
                            SELKIE_BODY=body)
    before = descriptors(server.workers()[0])
    with Client(server, receive_buffer=2048) as leaving, clients(server, 20) as waiting:
        with leaving:
            for client in waiting:
                client.send(GET)
            leaving.send(GET_AND_CLOSE)
            assert leaving.response().body == body.encode()
            assert leaving.rest() == b""
            assert sum(client.has_input() for client in waiting) <= 1
            assert descriptors(server.workers()[0]) <= before + 2
        for served, client in enumerate(waiting):
            assert client.response().body == body.encode()
            assert not any(later.has_input() for later in waiting[served + 1:])
            client.socket.close()


def limit_descriptors(pid, count):
    """Lets a process have `count` descriptors more than it has. Returns its former limit."""
    used = max(int(name) for name in os.listdir(f"/proc/{pid}/fd"))
    _, hard = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    return resource.prlimit(pid, resource.RLIMIT_NOFILE, (used + 1 + count, hard))


@every_mode
@pytest.mark.parametrize("relief", ["a connection ends", "the limit is raised"])
def test_descriptors_run_out(serve, mode, relief):
    server = serve("respond", *ONE_WORKER, *mode)
    worker = server.workers()[0]
    limit = limit_descriptors(worker, 3)
    with clients(server, 3) as living:
        assert answered(living)
        with clients(server, 3) as waiting:
            for client in waiting:
                client.send(GET)
            assert answered(living)
            # It tries again ten times a second.
            assert_sleeps([worker], most=60)
            assert answered(living)
            assert not any(client.has_input() for client in waiting)
            if relief == "the limit is raised":
                resource.prlimit(worker, resource.RLIMIT_NOFILE, limit)
            else:
                for client in living:
                    client.socket.close()
            assert [client.response().body for client in waiting] == [b"ok"] * 3
    server.stop()
    assert "cannot accept connections" in server.stderr


# Requests that are too long


@every_mode
@pytest.mark.parametrize("status,data", [
    (431, b"GET / HTTP/1.1\r\nHost: h\r\nX: " + b"x" * 1000 + b"\r\n\r\n"),
    (431, b"GET / HTTP/1.1\r\nHost: h\r\n" + b"X: x\r\n" * 200 + b"\r\n"),
    (431, b"GET / HTTP/1.1\r\nHost: h\r\nX: " + b"x" * 1000),
    (414, b"GET /" + b"x" * 1000 + b" HTTP/1.1\r\nHost: h\r\n\r\n"),
    (414, b"GET /" + b"x" * 1000),
], ids=["field", "fields", "endless-field", "target", "endless-target"])
def test_a_head_that_is_too_long(serve, mode, status, data):
    server = serve("respond", *ONE_WORKER, *mode, "--max-head", "512")
    for pieces in ([data], [data[:300], data[300:]]):
        with Client(server) as client:
            for piece in pieces:
                client.send(piece)
            response = client.response()
            assert (response.status, response.connection) == (status, "close")
            assert client.rest() == b""


def post(length):
    return f"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: {length}\r\n\r\n".encode()


CHUNKED = b"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"


@every_mode
@pytest.mark.parametrize("data", [
    post(1001),
    post(1001) + b"b" * 1001,
    CHUNKED + b"3e9\r\n" + b"b" * 1001 + b"\r\n0\r\n\r\n",
    CHUNKED + b"10\r\n" + b"\r\n10\r\n".join([b"b" * 16] * 63) + b"\r\n",
], ids=["length", "length-with-body", "chunk", "chunks"])
def test_a_body_that_is_too_long(serve, mode, data):
    with Client(serve("respond", *ONE_WORKER, *mode, "--max-body", "1000")) as client:
        client.send(data)
        response = client.response()
        assert (response.status, response.connection) == (413, "close")
        assert client.rest() == b""


@every_mode
def test_a_body_just_within_the_limit(serve, mode):
    with Client(serve("respond", *ONE_WORKER, *mode, "--max-body", "1000")) as client:
        for data in [post(1000) + b"b" * 1000,
                     CHUNKED + b"3e8\r\n" + b"b" * 1000 + b"\r\n0\r\n\r\n"]:
            assert client.ask(data).body == b"ok"


# Endings


def end_in_order(client):
    assert client.ask(GET_1_0).body == b"ok"
    assert client.rest() == b""


def end_with_a_reset(client):
    assert client.ask().body == b"ok"
    client.reset()


def end_with_a_reset_in_a_head(client):
    client.send(GET[:20])
    client.reset()


def end_with_a_reset_in_a_body(client):
    client.send(post(1000) + b"b" * 500)
    client.reset()


def end_unread(client):
    client.send(GET * 50)
    client.socket.close()


def end_one_side(client):
    client.send(GET)
    client.end()
    assert client.response().body == b"ok"
    assert client.rest() == b""


def end_refused(client):
    client.send(b"nonsense\r\n\r\n")
    assert client.response().status == 400
    assert client.rest() == b""


def end_silently(client):
    client.end()
    assert client.rest() == b""


ENDINGS = [end_in_order, end_with_a_reset, end_with_a_reset_in_a_head, end_with_a_reset_in_a_body,
           end_unread, end_one_side, end_refused, end_silently]


@every_mode
def test_no_ending_costs_a_descriptor(serve, mode):
    server = serve("respond", *ONE_WORKER, *mode)
    worker = server.workers()[0]
    before = descriptors(worker)
    for ending in ENDINGS:
        with clients(server, 200) as connections:
            for client in connections:
                ending(client)
        until(lambda: descriptors(worker) == before)
    assert server.workers() == [worker]


RESET_BEHIND = {
    "head": (GET[:5], GET[5:20]),
    "body": (post(1000), b"b" * 500),
    "refused-body": (post(1 << 30), b"b" * 5000),
}


@every_mode
@pytest.mark.parametrize("first,second", RESET_BEHIND.values(), ids=RESET_BEHIND)
def test_a_reset_behind_input_is_not_missed(serve, mode, first, second):
    """The worker is stopped while both come: it finds them at once, and must not wait for more."""
    server = serve("respond", *ONE_WORKER, *mode, "--head-timeout", "1h", "--body-timeout", "1h")
    worker = server.workers()[0]
    before = descriptors(worker)
    with clients(server, 20) as connections, Client(server) as other:
        for client in connections:
            client.send(first)
        assert other.ask().body == b"ok"
        with stopped([worker]):
            for client in connections:
                client.send(second)
                client.reset()
    until(lambda: descriptors(worker) == before)


@every_mode
@pytest.mark.parametrize("option,data,last", [("--head-timeout", GET[:20], b"HTTP/1.1 408"),
                                              ("--body-timeout", post(9), b"HTTP/1.1 408"),
                                              ("--idle-timeout", b"", b"")],
                         ids=["head", "body", "idle"])
def test_no_time_out_costs_a_descriptor(serve, mode, option, data, last):
    server = serve("respond", *ONE_WORKER, *mode, option, "100ms")
    worker = server.workers()[0]
    before = descriptors(worker)
    with clients(server, 200) as connections:
        for client in connections:
            client.send(data)
        assert all(client.rest()[:12] == last for client in connections)
    until(lambda: descriptors(worker) == before)
    assert server.workers() == [worker]
