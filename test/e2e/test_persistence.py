# SPDX-License-Identifier: MIT
"""
Which connections stay open, which end, and how they end, on every selector and trigger: HTTP/1.0
and 1.1, the close flag of either side, pipelining, requests in pieces, half-closed clients, and
clients that still send when the server has said its last word.
"""
import pytest

from client import GET, GET_1_0, GET_AND_CLOSE, HEAD, Client, clients, every_mode

ONE_WORKER = ["--workers", "1", "--listen", "127.0.0.1:0"]
KEEP_ALIVE_1_0 = b"GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n"


@every_mode
def test_http_1_0_without_keep_alive_ends(serve, mode):
    with Client(serve("respond", *ONE_WORKER, *mode)) as client:
        response = client.ask(GET_1_0)
        assert (response.status, response.body, response.connection) == (200, b"ok", "close")
        assert client.rest() == b""


@every_mode
def test_http_1_0_with_keep_alive_stays(serve, mode):
    with Client(serve("respond", *ONE_WORKER, *mode)) as client:
        for _ in range(3):
            response = client.ask(KEEP_ALIVE_1_0)
            assert (response.body, response.connection) == (b"ok", "keep-alive")
        assert client.ask(GET_1_0).connection == "close"
        assert client.rest() == b""


@every_mode
def test_http_1_1_stays_until_the_client_says_close(serve, mode):
    with Client(serve("respond", *ONE_WORKER, *mode)) as client:
        for _ in range(3):
            response = client.ask(GET)
            assert (response.body, response.connection) == (b"ok", None)
        assert client.ask(GET_AND_CLOSE).connection == "close"
        assert client.rest() == b""


@every_mode
@pytest.mark.parametrize("request_bytes", [GET, KEEP_ALIVE_1_0, GET_1_0],
                         ids=["1.1", "1.0-keep-alive", "1.0"])
def test_the_server_closes_and_says_so(serve, mode, request_bytes):
    with Client(serve("respond", *ONE_WORKER, *mode, "--keep-alive", "off")) as client:
        response = client.ask(request_bytes)
        assert (response.body, response.connection) == (b"ok", "close")
        assert client.rest() == b""


@every_mode
def test_nothing_is_answered_behind_a_close(serve, mode):
    with Client(serve("respond", *ONE_WORKER, *mode)) as client:
        client.send(GET + GET_AND_CLOSE + GET + GET)
        assert [client.response().connection for _ in range(2)] == [None, "close"]
        assert client.rest() == b""


# Pipelining


def mixed_requests(count):
    """Requests whose responses differ in form, so that one out of order is noticed."""
    methods = ["HEAD" if number % 3 == 0 else "GET" for number in range(count)]
    return methods, b"".join(HEAD if method == "HEAD" else GET for method in methods)


@every_mode
def test_pipelined_requests_in_one_segment(serve, mode):
    methods, data = mixed_requests(100)
    with Client(serve("respond", *ONE_WORKER, *mode)) as client:
        client.send(data)
        assert [client.response(method).body for method in methods] == [
            b"" if method == "HEAD" else b"ok" for method in methods]
        assert client.ask().body == b"ok"


@every_mode
def test_pipelined_requests_in_odd_pieces(serve, mode):
    methods, data = mixed_requests(100)
    lengths = [1, 2, 3, 5, 7, 11, 13, 17, 19, 23]
    with Client(serve("respond", *ONE_WORKER, *mode)) as client:
        piece = 0
        while data:
            length = lengths[piece % len(lengths)]
            client.send(data[:length])
            data, piece = data[length:], piece + 1
        assert [client.response(method).status for method in methods] == [200] * 100
        client.end()
        assert client.rest() == b""


@every_mode
def test_more_pipelined_requests_than_one_read_takes(serve, mode):
    count = 10000
    with Client(serve("respond", *ONE_WORKER, *mode)) as client:
        client.send(GET * count)
        for _ in range(count):
            assert client.response().body == b"ok"


@every_mode
@pytest.mark.parametrize("cut", [1, 3, 14, 16, len(GET) - 3, len(GET) - 1])
def test_a_request_in_two_segments(serve, mode, cut):
    server = serve("respond", *ONE_WORKER, *mode)
    with clients(server, 2) as (client, other):
        client.send(GET[:cut])
        # One worker: when it has answered the other, it has read the first segment.
        assert other.ask().body == b"ok"
        assert not client.has_input()
        assert client.ask(GET[cut:]).body == b"ok"


@every_mode
def test_two_requests_in_one_segment_and_a_half(serve, mode):
    server = serve("respond", *ONE_WORKER, *mode)
    with clients(server, 2) as (client, other):
        client.send(GET + HEAD + GET[:10])
        assert client.response().body == b"ok"
        assert client.response("HEAD").fields["content-length"] == "2"
        assert other.ask().body == b"ok"
        assert not client.has_input()
        assert client.ask(GET[10:]).body == b"ok"


# Half-closed clients


@every_mode
@pytest.mark.parametrize("count", [1, 20])
def test_a_half_closed_client_gets_its_responses(serve, mode, count):
    with Client(serve("respond", *ONE_WORKER, *mode)) as client:
        client.send(GET * count)
        client.end()
        assert [client.response().body for _ in range(count)] == [b"ok"] * count
        assert client.rest() == b""


@every_mode
def test_a_half_closed_client_that_reads_late(serve, mode):
    body = "b" * 100000
    server = serve("respond", *ONE_WORKER, *mode, "--write-timeout", "10s", SELKIE_BODY=body)
    with Client(server, receive_buffer=16384) as client, Client(server) as other:
        client.send(GET * 50)
        client.end()
        assert other.ask().body == body.encode()
        for _ in range(50):
            assert client.response().body == body.encode()
        assert client.rest() == b""


@every_mode
@pytest.mark.parametrize("part", [
    GET[:20],
    b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\n12",
], ids=["head", "body"])
def test_a_request_cut_short_is_a_bad_one(serve, mode, part):
    with Client(serve("respond", *ONE_WORKER, *mode)) as client:
        client.send(part)
        client.end()
        response = client.response()
        assert (response.status, response.connection) == (400, "close")
        assert client.rest() == b""


@every_mode
def test_a_silent_client_is_left_in_silence(serve, mode):
    with Client(serve("respond", *ONE_WORKER, *mode)) as client:
        client.end()
        assert client.rest() == b""


# Unread data at close: a reset would destroy the response


@every_mode
def test_garbage_behind_the_last_request(serve, mode):
    server = serve("respond", *ONE_WORKER, *mode)
    for _ in range(20):
        with Client(server) as client:
            client.send(GET_AND_CLOSE + b"\0garbage" * 20000)
            assert client.response().body == b"ok"
            assert client.rest() == b""


@every_mode
def test_garbage_in_the_place_of_a_request(serve, mode):
    server = serve("respond", *ONE_WORKER, *mode)
    for _ in range(20):
        with Client(server) as client:
            client.send(b"\0garbage" * 20000)
            response = client.response()
            assert (response.status, response.connection) == (400, "close")
            assert client.rest() == b""


@every_mode
def test_a_refused_upload_reads_why(serve, mode):
    server = serve("respond", *ONE_WORKER, *mode)
    length = 2 * 1024 * 1024
    head = f"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: {length}\r\n\r\n".encode()
    for _ in range(20):
        with Client(server) as client:
            client.send(head + bytes(length))
            response = client.response()
            assert (response.status, response.connection) == (413, "close")
            assert client.rest() == b""


@every_mode
@pytest.mark.parametrize("piece", [1, 3, 100, 30000])
def test_empty_lines_before_a_request_mean_nothing(serve, mode, piece):
    server = serve("respond", *ONE_WORKER, *mode, "--max-head", "1k")
    data = b"\r\n" * 1000 + GET
    with Client(server) as client:
        for at in range(0, len(data), piece):
            client.send(data[at:at + piece])
        assert client.response().body == b"ok"
