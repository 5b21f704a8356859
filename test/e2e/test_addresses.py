# SPDX-License-Identifier: MIT
"""
Where a server can listen: free ports, both loopbacks, unix sockets, inherited descriptors, and
several of these at once. What is refused on the command line is tested with the command line.
"""
import socket
import stat

import pytest

from client import GET_AND_CLOSE, Client, clients, every_accept, every_mode

ONE_WORKER = ["--workers", "1"]


def has_v6():
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            return True
    except OSError:
        return False


needs_v6 = pytest.mark.skipif(not has_v6(), reason="this machine has no IPv6 loopback")


def port_of(url):
    return int(url.rpartition(":")[2])


@every_accept
def test_a_free_port(serve, accept):
    first, second = (serve("respond", "--workers", "2", "--listen", "127.0.0.1:0", "--accept",
                           accept) for _ in range(2))
    assert 0 < port_of(first.urls[0]) != port_of(second.urls[0]) > 0
    assert first.fetch().body == second.fetch().body == b"ok"


@needs_v6
@every_accept
def test_localhost_is_both_loopbacks(serve, accept):
    server = serve("respond", "--workers", "2", "--listen", "localhost:0", "--accept", accept)
    port = port_of(server.urls[0])
    assert sorted(server.urls) == [f"http://127.0.0.1:{port}", f"http://[::1]:{port}"]
    assert [server.fetch(index=index).body for index in (0, 1)] == [b"ok", b"ok"]


@needs_v6
@every_mode
def test_v6(serve, mode):
    server = serve("respond", *ONE_WORKER, "--listen", "[::1]:0", *mode)
    assert server.urls == [f"http://[::1]:{port_of(server.urls[0])}"]
    assert server.fetch().body == b"ok"


def test_all_addresses(serve):
    server = serve("respond", *ONE_WORKER, "--listen", ":0")
    for host in ["127.0.0.1", "127.0.0.2", *(["::1"] if has_v6() else [])]:
        with socket.create_connection((host, port_of(server.urls[0]))) as client:
            client.sendall(GET_AND_CLOSE)
            assert client.recv(4096).startswith(b"HTTP/1.1 200 ")


@every_accept
def test_an_address_in_use(serve, selkie, accept):
    server = serve("respond", "--workers", "2", "--listen", "127.0.0.1:0", "--accept", accept)
    address = server.urls[0].removeprefix("http://")
    for other in ["shared", "per-worker"]:
        result = selkie("respond", "--workers", "2", "--listen", address, "--accept", other)
        assert result.returncode == 1
        assert result.stdout == ""
        assert address in result.stderr and "in use" in result.stderr
    assert server.fetch().body == b"ok"


# Unix sockets


@every_mode
def test_a_unix_socket(serve, mode, tmp_path):
    path = tmp_path / "socket"
    server = serve("respond", "--workers", "2", "--listen", f"unix:{path}", *mode)
    assert server.urls == [f"unix:{path}"]
    with clients(server, 10) as connections:
        for client in connections:
            assert client.ask().body == b"ok"
    assert server.stop() == 0
    assert not path.exists()


def test_a_stale_unix_socket_is_replaced(serve, tmp_path):
    path = tmp_path / "socket"
    with socket.socket(socket.AF_UNIX) as stale:
        stale.bind(str(path))
    assert stat.S_ISSOCK(path.stat().st_mode)
    assert serve("respond", *ONE_WORKER, "--listen", f"unix:{path}").fetch().body == b"ok"


def test_a_unix_socket_in_use(serve, selkie, tmp_path):
    path = tmp_path / "socket"
    server = serve("respond", *ONE_WORKER, "--listen", f"unix:{path}")
    result = selkie("respond", *ONE_WORKER, "--listen", f"unix:{path}")
    assert result.returncode == 1
    assert str(path) in result.stderr
    assert server.fetch().body == b"ok"


def test_a_unix_socket_of_a_successor_is_left_alone(serve, tmp_path):
    path = tmp_path / "socket"
    server = serve("respond", *ONE_WORKER, "--listen", f"unix:{path}")
    path.unlink()
    successor = serve("respond", *ONE_WORKER, "--listen", f"unix:{path}", "--body", "successor")
    assert server.stop() == 0
    assert successor.fetch().body == b"successor"


# Inherited descriptors


@every_mode
def test_an_inherited_descriptor(serve, mode):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        number = listener.fileno()
        server = serve("respond", "--workers", "2", "--listen", f"fd:{number}", *mode,
                       pass_fds=[number])
        assert server.urls == [f"http://127.0.0.1:{listener.getsockname()[1]}"]
        assert server.fetch().body == b"ok"


@pytest.mark.parametrize("address", ["fd:0", "fd:100"], ids=["no-socket", "not-open"])
def test_a_descriptor_that_is_no_listener(selkie, address):
    result = selkie("respond", *ONE_WORKER, "--listen", address)
    assert result.returncode == 2
    assert address in result.stderr


# Several at once


@every_mode
def test_several_kinds_at_once(serve, mode, tmp_path):
    listen = ["--listen", "127.0.0.1:0", "--listen", f"unix:{tmp_path}/socket", "--listen",
              "127.0.0.1:0"]
    with socket.create_server(("127.0.0.1", 0)) as inherited:
        number = inherited.fileno()
        server = serve("respond", "--workers", "2", *listen, "--listen", f"fd:{number}", *mode,
                       pass_fds=[number])
        assert len(set(server.urls)) == 4
        for index in range(4):
            with Client(server, index) as client:
                assert client.ask().body == b"ok"


@every_accept
@every_mode
def test_listen_after_fork(serve, mode, accept):
    server = serve("respond", "--workers", "3", "--listen", "127.0.0.1:0", "--listen-after-fork",
                   *mode, "--accept", accept)
    with clients(server, 30) as connections:
        for client in connections:
            assert client.ask().body == b"ok"
