# SPDX-License-Identifier: MIT
"""
The time-outs of a client that is slow or silent, on every selector and trigger. Each test waits for
the event that the time-out brings, however long the machine takes for it. The time-out for a client
that does not read is tested with backpressure.
"""
import pytest

from client import GET, Client, every_mode, stopped

SHORT = "150ms"
ONE_WORKER = ["--workers", "1", "--listen", "127.0.0.1:0"]
POST = b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\n"


@every_mode
@pytest.mark.parametrize("option,data", [("--head-timeout", GET[:-2]), ("--body-timeout", POST),
                                         ("--body-timeout", POST + b"12345")],
                         ids=["head", "body", "body-begun"])
def test_a_request_that_does_not_come_in_time(serve, mode, option, data):
    with Client(serve("respond", *ONE_WORKER, *mode, option, SHORT)) as client:
        assert client.ask().body == b"ok"
        client.send(data)
        response = client.response()
        assert (response.status, response.connection) == (408, "close")
        assert client.rest() == b""


@every_mode
def test_a_head_that_drips(serve, mode):
    """However often a byte comes, the head as a whole has its time."""
    with Client(serve("respond", *ONE_WORKER, *mode, "--head-timeout", SHORT)) as client:
        client.send(GET[:-2])
        # Were the time begun again by each byte, the head would get too long instead.
        while not client.has_input(0.02):
            client.send(b"X: x\r\n")
        assert client.response().status == 408
        client.rest()


@every_mode
@pytest.mark.parametrize("requests", [0, 2], ids=["first", "next"])
def test_an_idle_connection_is_closed_in_silence(serve, mode, requests):
    server = serve("respond", *ONE_WORKER, *mode, "--idle-timeout", SHORT)
    # The requests are there before the time begins.
    with stopped(server.workers()):
        client = Client(server)
        client.send(GET * requests)
    with client:
        for _ in range(requests):
            response = client.response()
            assert (response.body, response.connection) == (b"ok", None)
        assert client.rest() == b""
