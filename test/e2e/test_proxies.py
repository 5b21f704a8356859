# SPDX-License-Identifier: MIT
"""
Behind nginx and haproxy, in the ways in which they are configured: requests and bodies of all
kinds, load without an error, their health checks, and a worker that is killed under load, which the
proxy makes good.
"""
import os
import re
import signal
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from client import GET, HEAD, Client
from conftest import DEADLINE, MIRROR, ROOT, SERVED, until
from foreign import alphabet, both_engines, find, needs
from proxies import RETRYING, WAYS, Way, proxied

sys.path.insert(0, str(ROOT / "test/load"))

from tools import TOOLS, Load, tool_run  # noqa: E402

MEGABYTE = 1 << 20
LOAD_TOOLS = {tool.name: tool for tool in TOOLS}
CONNECTIONS = 16
REQUESTS = 2000


def each_way(ways):
    """Once for each way to configure a proxy, where that is installed."""
    return pytest.mark.parametrize("way", [
        pytest.param(way, id=name, marks=needs(way.program)) for name, way in ways.items()])


def post(body, chunked=False):
    head = b"POST /echo HTTP/1.1\r\nHost: h\r\nContent-Type: text/plain\r\n"
    if not chunked:
        return head + b"Content-Length: %d\r\n\r\n" % len(body) + body
    pieces = [body[at:at + 10000] for at in range(0, len(body), 10000)]
    chunks = b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces)
    return head + b"Transfer-Encoding: chunked\r\n\r\n" + chunks + b"0\r\n\r\n"


def get(path):
    return b"GET %b HTTP/1.1\r\nHost: h\r\n\r\n" % path


@both_engines
@each_way(WAYS)
def test_requests_through(mirror, mode, way, tmp_path):
    server = mirror(*mode, "--max-body", str(8 * MEGABYTE))
    body = alphabet(3 * MEGABYTE)
    with proxied(server, way, tmp_path) as proxy, Client(proxy) as client:
        for _ in range(3):
            assert client.ask(GET).body == b"ok"
            assert client.ask(HEAD, "HEAD").fields["content-length"] == "2"
            assert client.ask(post(body)).body == body
            assert client.ask(post(body, chunked=True)).body == body
            assert client.ask(post(b"")).body == b""
            assert client.ask(get(b"/body/5000000")).body == alphabet(5000000)
            assert client.ask(get(b"/nowhere")).status == 404
            assert client.ask(get(b"/close")).body == b"closing"


REFUSALS = {
    "body": (post(bytes(3 * MEGABYTE)), 413),
    "chunks": (post(bytes(3 * MEGABYTE), chunked=True), 413),
    "target": (get(b"/" + b"x" * 6000), 414),
    "field": (GET[:-2] + b"X: " + b"x" * 6000 + b"\r\n\r\n", 431),
    "method": (b"SEAL / HTTP/1.1\r\nHost: h\r\n\r\n", 501),
}


@both_engines
@each_way(WAYS)
def test_refusals_through(serve_strictly, mode, way, tmp_path):
    """Which are not to become a 502."""
    server = serve_strictly("respond", "--workers", "1", "--listen", "127.0.0.1:0", *mode,
                            "--max-head", "4k")
    with proxied(server, way, tmp_path) as proxy:
        for data, status in 5 * list(REFUSALS.values()):
            with Client(proxy) as client:
                assert client.ask(data).status == status
        with Client(proxy) as client:
            assert client.ask(GET).body == b"ok"


# Load


def load_through(proxy, name, count=REQUESTS):
    """What a load tool says of a run through the proxy."""
    tool = LOAD_TOOLS[name]
    program = find(tool.program)
    if not program:
        pytest.skip(f"{tool.program} is not installed ({tool.package})")
    load = Load(count=count, connections=CONNECTIONS, seconds=1)
    return tool_run(tool, program, load, proxy.url, DEADLINE)


@both_engines
@each_way(WAYS)
def test_h2load_through(serve_strictly, mode, way, tmp_path):
    server = serve_strictly("respond", "--workers", "2", "--listen", "127.0.0.1:0", *mode)
    with proxied(server, way, tmp_path) as proxy:
        report = load_through(proxy, "h2load")
        assert (report.answered, report.errors, proxy.complaints()) == (REQUESTS, {}, [])
    responses, connections = server.served()
    # Where it reuses connections, it needs no more of them at a time than it has clients.
    assert responses >= REQUESTS
    assert connections < responses / 2 if way.reuses else connections >= responses


@both_engines
@each_way(RETRYING)
def test_wrk_through(serve_strictly, mode, way, tmp_path):
    server = serve_strictly("respond", "--workers", "2", "--listen", "127.0.0.1:0", *mode)
    with proxied(server, way, tmp_path) as proxy:
        report = load_through(proxy, "wrk")
        assert (report.errors, proxy.complaints()) == ({}, [])
    assert server.served()[0] >= report.answered > 0


@both_engines
@each_way(RETRYING)
def test_a_server_that_closes(serve_strictly, mode, way, tmp_path):
    server = serve_strictly("pid", "--workers", "2", "--listen", "127.0.0.1:0", *mode)
    with proxied(server, way, tmp_path) as proxy:
        report = load_through(proxy, "h2load")
        assert (report.answered, report.errors, proxy.complaints()) == (REQUESTS, {}, [])
    responses, connections = server.served()
    assert connections >= responses >= REQUESTS


# Health checks


CHECKS = {
    # Connects and resets, before the server can accept.
    "default": ("", "L4OK"),
    # Connects and closes.
    "linger": ("option tcp-check\n    tcp-check connect linger", "L4OK"),
    # OPTIONS / HTTP/1.0, without Host.
    "httpchk": ("option httpchk", "L7OK"),
    "httpchk-get": ("option httpchk GET /", "L7OK"),
    "httpchk-1.1": ("option httpchk\n    http-check send meth GET uri / ver HTTP/1.1 hdr Host h",
                    "L7OK"),
}


def checked(server, check, folder):
    """haproxy before a server, which it checks in this way all the time."""
    return proxied(server, Way("haproxy", "check inter 10ms fall 1", CHECKS[check][0], False),
                   folder)


def assert_up(proxy, check):
    """That the server is up, as this check has found, and always was."""
    until(lambda: proxy.statistics()["check_status"] == CHECKS[check][1])
    row = proxy.statistics()
    assert (row["status"], row["chkfail"], row["chkdown"]) == ("UP", "0", "0")
    assert proxy.complaints() == []


@both_engines
@needs("haproxy")
@pytest.mark.parametrize("check", [check for check in CHECKS if check != "default"])
def test_many_health_checks(mirror, mode, check, tmp_path):
    server = mirror(*mode)
    with checked(server, check, tmp_path) as proxy, Client(server) as client:
        until(lambda: int(client.ask(get(b"/counters")).body.split()[0]) > 50)
        assert_up(proxy, check)


@both_engines
@needs("haproxy")
@pytest.mark.parametrize("check", CHECKS)
def test_health_checks_of_a_server_that_closes(serve_strictly, mode, check, tmp_path):
    server = serve_strictly("pid", "--workers", "1", "--listen", "127.0.0.1:0", *mode)
    with checked(server, check, tmp_path) as proxy:
        assert_up(proxy, check)


# Workers that die


def responses_given(server):
    return int(server.fetch("/counters").body.split()[1])


def kill_worker(server):
    """Kills a worker, and waits for its successor."""
    count = len(server.workers())
    os.kill(server.workers()[0], signal.SIGKILL)
    until(lambda: len(server.workers()) == count)


def stop_after_deaths(server, count):
    """Stops a server, of whose workers so many were killed; it speaks of nothing else."""
    server.stop()
    death = r"worker \d+ \(pid \d+\) was killed by SIGKILL \(9\); a new one starts in \d+ ms\n"
    assert re.fullmatch(f"(?:{death}){{{count}}}{SERVED.pattern}", server.stderr), server.stderr


@both_engines
@each_way(RETRYING)
def test_a_worker_that_dies_idle(serve, mode, way, tmp_path):
    server = serve("--listen", "127.0.0.1:0", "--workers", "1", *mode, program=MIRROR)
    with proxied(server, way, tmp_path) as proxy, Client(proxy) as client:
        for _ in range(3):
            assert client.ask(GET).body == b"ok"
            kill_worker(server)
        assert client.ask(GET).body == b"ok"
    stop_after_deaths(server, 3)


@both_engines
@each_way(RETRYING)
def test_a_worker_that_dies_under_load(serve, mode, way, tmp_path):
    server = serve("--listen", "127.0.0.1:0", "--workers", "2", *mode, program=MIRROR)
    with proxied(server, way, tmp_path) as proxy, ThreadPoolExecutor() as executor:
        load = executor.submit(load_through, proxy, "h2load", 4 * REQUESTS)
        for share in (1, 2, 3):
            until(lambda share=share: responses_given(server) > share * REQUESTS)
            kill_worker(server)
        report = load.result()
        assert (report.answered, report.errors) == (4 * REQUESTS, {}), proxy.complaints()
    stop_after_deaths(server, 3)
