# SPDX-License-Identifier: MIT
"""
Accepting that waits for the first bytes (--defer-accept on): who sends is served as ever, who is
silent is accepted a little later all the same, and where there is nothing to defer it is an error.
"""
import os
import socket

import pytest

from client import GET, GET_1_0, Client, clients, every_accept, every_mode
from conftest import DEADLINE
from test_cli import failed

pytestmark = pytest.mark.skipif(os.uname().sysname != "Linux", reason="TCP_DEFER_ACCEPT is Linux's")
DEFERRED = ["respond", "--defer-accept", "on"]
ANYWHERE = ["--listen", "127.0.0.1:0"]


def assert_serves(server, index=0):
    """Requests that come with the connection, in two pieces, and on a connection that stays."""
    with clients(server, 10, index=index) as connections:
        for client in connections:
            client.send(GET)
        assert all(client.response().body == b"ok" for client in connections)
        assert all(client.ask(GET_1_0).body == b"ok" for client in connections)
        assert all(client.rest() == b"" for client in connections)
    with Client(server, index) as client:
        client.send(GET[:1])
        assert client.ask(GET[1:]).body == b"ok"


@every_accept
@every_mode
def test_a_request_that_comes_with_the_connection(serve, mode, accept):
    assert_serves(serve(*DEFERRED, "--workers", "2", *ANYWHERE, *mode, "--accept", accept))


@pytest.mark.parametrize("deferred", ["on", "off"])
def test_the_kernel_is_asked_for_it(serve, deferred):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        number = listener.fileno()
        server = serve("respond", "--defer-accept", deferred, "--workers", "1", "--listen",
                       f"fd:{number}", pass_fds=[number])
        seconds = listener.getsockopt(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT)
        assert (seconds > 0) == (deferred == "on")
        assert_serves(server)


@every_accept
def test_a_silent_client_is_accepted_in_the_end(serve, accept):
    """Else nobody would close it; the time begins when it is accepted."""
    server = serve(*DEFERRED, "--workers", "2", *ANYWHERE, "--accept", accept, "--idle-timeout",
                   "100ms")
    with clients(server, 10) as silent:
        assert_serves(server)
        assert all(client.has_input(DEADLINE) for client in silent)
        assert all(client.rest() == b"" for client in silent)


def test_listening_after_the_fork(serve):
    assert_serves(serve(*DEFERRED, "--workers", "2", *ANYWHERE, "--listen-after-fork"))


def test_nothing_to_defer(selkie, tmp_path):
    result = selkie(*DEFERRED, "--listen", f"unix:{tmp_path}/socket")
    failed(result, "cannot defer accepting", "TCP")
    assert list(tmp_path.iterdir()) == []


def test_something_to_defer(serve, tmp_path):
    server = serve(*DEFERRED, "--workers", "1", "--listen", f"unix:{tmp_path}/socket", *ANYWHERE)
    for index in range(2):
        assert_serves(server, index)
