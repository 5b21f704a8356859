# SPDX-License-Identifier: MIT
"""
Clients that read slowly, or no more at all, on every selector and trigger: every byte comes
right, the others on the same worker go on, and the worker keeps no more than a bounded part of
what they do not take.
"""
import pytest

from client import GET, Client, assert_sleeps, clients, descriptors, every_mode, resident_bytes, \
    serve_narrowly, stopped, until
from conftest import DEADLINE

# Not one repeated byte: a piece that is lost, doubled or moved is noticed.
BODY = "".join(f"{number:06d} " for number in range(100 * 1024 // 7))
# Many of these fit a worker's arena, so that they are given to the kernel at once.
PAGE = BODY[:3000]
HEAD_AND_CLOSE = b"HEAD / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"
# More than what the buffers of both sockets and one input of the worker take of requests.
MOST_SENT = 32 * 1024 * 1024
# What is told of one client's response and a little of its input, and the allocator's leftovers.
MOST_KEPT = 8 * 1024 * 1024


def big_responses(serve, mode, *arguments):
    return serve("respond", "--workers", "1", "--listen", "127.0.0.1:0", *mode, *arguments,
                 SELKIE_BODY=BODY)


@every_mode
def test_partial_writes(serve, mode):
    server = big_responses(serve, mode)
    with Client(server, receive_buffer=8192) as client:
        client.send(GET * 50)
        for _ in range(50):
            assert client.response().body == BODY.encode()
        assert client.ask().body == BODY.encode()


@every_mode
def test_nothing_is_left_to_write_after_partial_writes(serve, mode):
    """Who still waited to write would be told without end that it can."""
    server = big_responses(serve, mode)
    with Client(server, receive_buffer=8192) as client:
        client.send(GET * 50)
        for _ in range(50):
            client.response()
        assert_sleeps(server.workers())
        assert client.ask().body == BODY.encode()


@every_mode
def test_partial_writes_to_many_clients(serve, mode):
    server = big_responses(serve, mode)
    with clients(server, 20, receive_buffer=8192) as slow:
        for client in slow:
            client.send(GET * 5)
        for _ in range(5):
            for client in slow:
                assert client.response().body == BODY.encode()


@every_mode
def test_a_client_that_has_ended_its_side_and_reads_later(serve, mode):
    """That it has ended is no news, and no reason to try whether it reads by now; it gets all."""
    # More than both sockets hold, and less than the server flushes in between.
    body = BODY[:50000]
    server = serve_narrowly(serve, "respond", "--workers", "1", *mode, SELKIE_BODY=body)
    for count in (1, 2, 10):
        with Client(server, receive_buffer=2048) as client:
            client.send(GET * count)
            client.end()
            assert_sleeps(server.workers())
            for _ in range(count):
                assert client.response().body == body.encode()
            assert client.rest() == b""


def send_until_refused(client, other):
    """Sends requests, and reads nothing, until the server takes no more. Returns the bytes sent."""
    client.socket.setblocking(False)
    sent = refusals = 0
    while refusals < 20 and sent < MOST_SENT:
        try:
            sent += client.socket.send(GET * 1000)
            refusals = 0
        except BlockingIOError:
            assert other.ask().body == BODY.encode()
            refusals += 1
    return sent


@every_mode
def test_a_client_that_stops_reading(serve, mode):
    server = big_responses(serve, mode)
    worker = server.workers()[0]
    with Client(server, receive_buffer=8192) as client, Client(server) as other:
        for _ in range(20):
            other.ask()
        before = resident_bytes(worker)
        assert send_until_refused(client, other) < MOST_SENT
        assert resident_bytes(worker) - before < MOST_KEPT
        for _ in range(100):
            assert other.ask().body == BODY.encode()
        # It comes back, and nothing was lost.
        client.socket.settimeout(DEADLINE)
        for _ in range(20):
            assert client.response().body == BODY.encode()
        client.reset()


@every_mode
@pytest.mark.parametrize("count", [100, 2000], ids=["all-input-read", "input-left"])
def test_a_client_that_stops_reading_is_closed(serve, mode, count):
    server = big_responses(serve, mode, "--write-timeout", "200ms")
    worker = server.workers()[0]
    with Client(server) as other:
        assert other.ask().body == BODY.encode()
        before = descriptors(worker)
        with Client(server, receive_buffer=8192) as client:
            client.send(GET * count)
            until(lambda: descriptors(worker) == before + 1)
            until(lambda: descriptors(worker) == before)
            # What had left the server may still come; the rest never does.
            assert len(client.remains()) < count * len(BODY)
        assert other.ask().body == BODY.encode()


# What a client sends behind requests whose responses it does not take: the rest of one that has
# begun, in several pieces of input, and what nobody asked for.


@every_mode
@pytest.mark.parametrize("framing,body", [
    (b"Content-Length: 9000", 9000 * b"b"),
    (b"Transfer-Encoding: chunked", b"2328\r\n" + 9000 * b"b" + b"\r\n0\r\n\r\n"),
], ids=["length", "chunked"])
def test_a_body_behind_responses_that_are_not_taken(serve, mode, framing, body):
    server = serve_narrowly(serve, "respond", "--workers", "1", *mode, SELKIE_BODY=PAGE)
    workers = server.workers()
    post = b"POST / HTTP/1.1\r\nHost: h\r\n" + framing + b"\r\n\r\n" + body
    with Client(server, receive_buffer=2048) as client, Client(server) as other:
        assert client.ask().body == PAGE.encode()
        # More than one input of the worker, which finds all of them in one turn.
        with stopped(workers):
            client.send(25 * GET + post)
        assert other.ask().body == PAGE.encode()
        client.send(GET)
        for _ in range(27):
            assert client.response().body == PAGE.encode()
        assert client.ask().body == PAGE.encode()
    assert server.workers() == workers


@every_mode
def test_input_during_the_pause_does_not_reset_the_last_response(serve, mode):
    server = serve_narrowly(serve, "respond", "--workers", "1", *mode, SELKIE_BODY=BODY)
    with Client(server, receive_buffer=2048) as client:
        client.send(2 * GET + HEAD_AND_CLOSE)
        # The response that has begun does not fit, so that the server waits.
        assert client.has_input(DEADLINE)
        client.send(3000 * b"j")
        for _ in range(2):
            assert client.response().body == BODY.encode()
        assert client.response("HEAD").connection == "close"
        assert client.rest() == b""
