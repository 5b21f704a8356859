# SPDX-License-Identifier: MIT
"""
Python's clients: http.client and urllib of the standard library, requests and aiohttp as Debian
packages them. Each keeps connections by rules of its own, sends bodies by length and in chunks, and
gives up in the middle.
"""
import asyncio
import http.client
import io
import urllib.error
import urllib.request

import pytest

from conftest import DEADLINE
from foreign import alphabet, both_engines

MEGABYTE = 1 << 20
LARGE = ["--max-body", str(8 * MEGABYTE)]


def pieces(count, length):
    """A body in pieces, of a length that nobody knows before."""
    for number in range(count):
        yield bytes([number % 256]) * length


WHOLE = b"".join(pieces(50, 10000))


def address(server):
    host, _, port = server.urls[0].removeprefix("http://").rpartition(":")
    return host, int(port)


# http.client


@pytest.fixture(name="connection")
def fixture_connection(mirror):
    """Opens a connection of http.client to a mirror, in some mode."""
    opened = []

    def start(*arguments):
        opened.append(http.client.HTTPConnection(*address(mirror(*arguments)), timeout=DEADLINE))
        return opened[-1]

    yield start
    for connection in opened:
        connection.close()


def ask(connection, method, path, **keywords):
    connection.request(method, path, **keywords)
    response = connection.getresponse()
    return response.status, response.read()


@both_engines
def test_http_client_stays_connected(connection, mode):
    connection = connection(*mode, *LARGE)
    assert ask(connection, "GET", "/") == (200, b"ok")
    peer = ask(connection, "GET", "/peer")
    for _ in range(20):
        assert ask(connection, "HEAD", "/body/1000") == (200, b"")
        assert ask(connection, "POST", "/echo", body=WHOLE) == (200, WHOLE)
        assert ask(connection, "POST", "/echo", body=pieces(50, 10000)) == (200, WHOLE)
        assert ask(connection, "PUT", "/echo", body=io.BytesIO(WHOLE)) == (200, WHOLE)
        assert ask(connection, "DELETE", "/nowhere")[0] == 404
        assert ask(connection, "OPTIONS", "*")[0] == 204
    assert ask(connection, "GET", "/peer") == peer


@both_engines
def test_http_client_passes_over_100(connection, mode):
    """It sends the body without waiting for the answer to its expectation, which may come all the
    same."""
    connection = connection(*mode)
    for _ in range(50):
        assert ask(connection, "POST", "/echo", body=b"seal",
                   headers={"Expect": "100-continue"}) == (200, b"seal")


@both_engines
def test_http_client_connects_anew_after_a_close(connection, mode):
    connection = connection(*mode)
    peers = set()
    for _ in range(3):
        peers.add(ask(connection, "GET", "/peer"))
        assert ask(connection, "GET", "/close") == (200, b"closing")
        assert connection.sock is None
    assert len(peers) == 3


@both_engines
def test_http_client_reads_why_a_body_is_refused(connection, mode):
    """It reads nothing before it has sent all of the body."""
    connection = connection(*mode)
    for _ in range(5):
        status, text = ask(connection, "POST", "/echo", body=bytes(8 * MEGABYTE))
        assert (status, text[:4]) == (413, b"413 ")


@both_engines
def test_http_client_leaves_in_the_middle(connection, mode):
    connection = connection(*mode)
    for _ in range(10):
        connection.request("GET", f"/body/{8 * MEGABYTE}")
        assert connection.getresponse().read(1000) == alphabet(1000)
        connection.close()
    assert ask(connection, "GET", "/") == (200, b"ok")


# urllib


@pytest.fixture(name="opener")
def fixture_opener():
    return urllib.request.build_opener(urllib.request.ProxyHandler({}))


@both_engines
def test_urllib(mirror, mode, opener):
    """Always `Connection: close`."""
    server = mirror(*mode)
    url = server.urls[0]
    for _ in range(3):
        with opener.open(url, timeout=DEADLINE) as response:
            assert (response.headers["Connection"], response.read()) == ("close", b"ok")
        with opener.open(f"{url}/echo", data=WHOLE, timeout=DEADLINE) as response:
            assert response.read() == WHOLE
        with pytest.raises(urllib.error.HTTPError) as failure:
            opener.open(f"{url}/nowhere", timeout=DEADLINE)
        with failure.value as response:
            assert (response.code, response.read()[:4]) == (404, b"404 ")
    assert server.served() == (9, 9)


# requests


@pytest.fixture(name="session")
def fixture_session():
    requests = pytest.importorskip("requests", reason="python3-requests is not installed")
    with requests.Session() as session:
        session.trust_env = False
        yield session


@both_engines
def test_requests_in_one_session(mirror, mode, session):
    server = mirror(*mode, *LARGE)
    url = server.urls[0]
    for _ in range(10):
        assert session.get(url, timeout=DEADLINE).text == "ok"
        assert session.post(f"{url}/echo", data=WHOLE, timeout=DEADLINE).content == WHOLE
        assert session.post(f"{url}/echo", data=pieces(50, 10000),
                            timeout=DEADLINE).content == WHOLE
        head = session.head(f"{url}/body/1000", timeout=DEADLINE)
        assert head.headers["Content-Length"] == "1000"
        assert session.options(url, timeout=DEADLINE).status_code == 200
        sent = session.post(f"{url}/echo", files={"file": ("seal", WHOLE)}, timeout=DEADLINE)
        assert WHOLE in sent.content
        assert sent.headers["Content-Type"].startswith("multipart/form-data; boundary=")
    assert session.get(f"{url}/nowhere", timeout=DEADLINE).status_code == 404
    session.close()
    assert server.served() == (61, 1)


@both_engines
def test_requests_given_up(mirror, mode, session):
    server = mirror(*mode)
    for _ in range(5):
        with session.get(f"{server.urls[0]}/body/{8 * MEGABYTE}", stream=True,
                         timeout=DEADLINE) as response:
            assert next(response.iter_content(1000)) == alphabet(1000)
    assert session.get(server.urls[0], timeout=DEADLINE).text == "ok"


# aiohttp


def in_time(main):
    """Runs a coroutine to its end, within bounds."""
    async def bounded():
        return await asyncio.wait_for(main, DEADLINE)
    return asyncio.run(bounded())


@pytest.fixture(name="aiohttp")
def fixture_aiohttp():
    return pytest.importorskip("aiohttp", reason="python3-aiohttp is not installed")


@both_engines
def test_aiohttp_in_parallel(mirror, mode, aiohttp):
    server = mirror(*mode)

    async def main():
        connector = aiohttp.TCPConnector(limit=8)
        async with aiohttp.ClientSession(server.urls[0], connector=connector) as session:
            async def peer():
                async with session.get("/peer") as response:
                    return await response.text()
            return await asyncio.gather(*[peer() for _ in range(400)])

    peers = set(in_time(main()))
    assert len(peers) <= 8
    assert server.served() == (400, len(peers))


@both_engines
def test_aiohttp_bodies(mirror, mode, aiohttp):
    server = mirror(*mode, *LARGE)

    async def in_pieces():
        for piece in pieces(50, 10000):
            yield piece

    async def main():
        async with aiohttp.ClientSession(server.urls[0]) as session:
            async def echo(data, **keywords):
                async with session.post("/echo", data=data, **keywords) as response:
                    return response.status, await response.read()
            for _ in range(10):
                assert await echo(WHOLE) == (200, WHOLE)
                assert await echo(in_pieces()) == (200, WHOLE)
                assert await echo(WHOLE, chunked=True) == (200, WHOLE)
                # It waits for 100, however long that takes.
                assert await echo(WHOLE, expect100=True) == (200, WHOLE)
                assert await echo(in_pieces(), expect100=True) == (200, WHOLE)

    in_time(main())
    assert server.served() == (50, 1)


@both_engines
def test_aiohttp_expects_in_vain(mirror, mode, aiohttp):
    server = mirror(*mode)

    async def main():
        async with aiohttp.ClientSession(server.urls[0]) as session:
            for _ in range(5):
                async with session.post("/nowhere", data=WHOLE, expect100=True) as response:
                    assert response.status == 404
                async with session.post("/echo", data=bytes(8 * MEGABYTE),
                                        expect100=True) as response:
                    assert response.status == 413
                    assert (await response.text()).startswith("413 Content Too Large")

    in_time(main())


@both_engines
def test_aiohttp_speaks_1_0(mirror, mode, aiohttp):
    server = mirror(*mode)

    async def main():
        async with aiohttp.ClientSession(server.urls[0], version=aiohttp.HttpVersion10) as session:
            for _ in range(5):
                async with session.get("/body/100000") as response:
                    assert await response.read() == alphabet(100000)

    in_time(main())


@both_engines
def test_aiohttp_wants_a_websocket(mirror, mode, aiohttp):
    """The offer to upgrade is ignored, which tells the client that there is none."""
    server = mirror(*mode)

    async def main():
        async with aiohttp.ClientSession(server.urls[0]) as session:
            with pytest.raises(aiohttp.WSServerHandshakeError) as failure:
                await session.ws_connect("/")
            assert failure.value.status == 200
            async with session.get("/") as response:
                assert await response.text() == "ok"

    in_time(main())


@both_engines
def test_aiohttp_cancelled(mirror, mode, aiohttp):
    server = mirror(*mode)

    async def main():
        async with aiohttp.ClientSession(server.urls[0]) as session:
            async def begin(started):
                async with session.get(f"/body/{16 * MEGABYTE}") as response:
                    await response.content.read(1000)
                    started.set()
                    await response.read()
            for _ in range(10):
                started = asyncio.Event()
                task = asyncio.create_task(begin(started))
                await started.wait()
                task.cancel()
            async with session.get("/") as response:
                assert await response.text() == "ok"

    in_time(main())


@both_engines
def test_aiohttp_by_a_unix_socket(mirror, mode, aiohttp, tmp_path):
    path = f"{tmp_path}/socket"
    mirror(*mode, where=f"unix:{path}")

    async def main():
        connector = aiohttp.UnixConnector(path)
        async with aiohttp.ClientSession("http://h", connector=connector) as session:
            for _ in range(10):
                async with session.post("/echo", data=WHOLE) as response:
                    assert await response.read() == WHOLE

    in_time(main())
