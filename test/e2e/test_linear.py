# SPDX-License-Identifier: MIT
"""
A request that arrives byte by byte costs as much for each byte as it is long or short: twice the
bytes take twice the instructions, in the parsers alone (programs/pieces.c) and through the server.
They are counted by valgrind's callgrind, not timed.
"""
import fcntl
import re
import shutil
import socket
import subprocess
import termios
import time

import pytest

from conftest import BUILD, DEADLINE, PROGRAM, SANITIZED

PIECES = BUILD / "test/pieces"
pytestmark = [
    pytest.mark.skipif(SANITIZED, reason="valgrind does not run what a sanitizer is in"),
    pytest.mark.skipif(not shutil.which("valgrind"), reason="valgrind is not installed"),
]

LINE = b"GET / HTTP/1.1\r\n"
HOST = b"Host: h\r\n"
END = b"Connection: close\r\n\r\n"
CHUNKED = b"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n" + END

# Of 64 bytes, or 128, in what follows: twice as many stay within 100 fields and 16,384 bytes.
UNITS = 45

HEADS = {
    "fields": lambda units: LINE + HOST + units * (b"Name: " + 56 * b"v" + b"\r\n") + END,
    "value": lambda units: LINE + HOST + b"Name: " + units * 64 * b"v" + b"\r\n" + END,
    "name": lambda units: LINE + HOST + b"n" + units * 64 * b"n" + b": v\r\n" + END,
    "white-space": lambda units: LINE + HOST + b"Name:" + units * 64 * b" " + b"v" +
                                 units * 64 * b" " + b"\r\n" + END,
    "list": lambda units: LINE + HOST + b"Connection: " + units * 32 * b"a," + b"a\r\n" + END,
    "path": lambda units: b"GET /" + units * 16 * b"%20p" + b" HTTP/1.1\r\n" + HOST + END,
    "query": lambda units: b"GET /?" + units * 64 * b"q" + b" HTTP/1.1\r\n" + HOST + END,
    "authority": lambda units: b"GET http://h" + units * 64 * b"h" + b" HTTP/1.1\r\n" + HOST +
                               END,
    "method": lambda units: b"M" + units * 64 * b"M" + b" / HTTP/1.1\r\n" + HOST + END,
    "empty-lines": lambda units: units * 32 * b"\r\n" + LINE + HOST + END,
}
BODIES = {
    "chunks": lambda units: units * 8 * b"3\r\nabc\r\n" + b"0\r\n\r\n",
    "chunk": lambda units: b"%x\r\n" % (units * 64) + units * 64 * b"c" + b"\r\n0\r\n\r\n",
    "trailer": lambda units: b"0\r\n" + units * (b"Name: " + 56 * b"v" + b"\r\n") + b"\r\n",
}
SENT = {name: HEADS[name] for name in ("fields", "value", "path", "empty-lines")}
SENT["chunks"] = lambda units: CHUNKED + BODIES["chunks"](units)


def callgrind(folder):
    """What to run a program with, so that its instructions are counted in files of the folder."""
    return ["--tool=callgrind", f"--callgrind-out-file={folder}/%p"]


def counted(folder):
    """The instructions that were counted, of all processes; the files are gone then."""
    totals = 0
    for path in folder.iterdir():
        totals += int(re.search(r"^totals: (\d+)", path.read_text(), re.MULTILINE)[1])
        path.unlink()
    assert totals > 0
    return totals


def growth(cost, shape):
    """How often what UNITS cost is in what twice as many do; what both cost without any is not
    counted."""
    none, once, twice = (cost(shape(count)) for count in (0, UNITS, 2 * UNITS))
    return (twice - none) / (once - none)


@pytest.fixture(name="parse")
def fixture_parse(tmp_path):
    """Parses bytes one by one, as a kind of thing: the instructions."""
    def parse(kind, data):
        subprocess.run(["valgrind", *callgrind(tmp_path), PIECES, kind], input=data, check=True,
                       stderr=subprocess.DEVNULL)
        return counted(tmp_path)
    return parse


@pytest.mark.parametrize("shape", HEADS)
def test_a_head_is_parsed_once(parse, shape):
    assert growth(lambda data: parse("head", data), HEADS[shape]) < 2.2


@pytest.mark.parametrize("shape", BODIES)
def test_a_chunked_body_is_decoded_once(parse, shape):
    assert growth(lambda data: parse("body", data), BODIES[shape]) < 2.2


def test_a_parser_that_begins_anew_would_be_seen(parse):
    assert growth(lambda data: parse("again", data), HEADS["fields"]) > 3


def send_bytes(client, data):
    """Sends bytes one by one, each when the server has taken the one before: a socket of the
    family AF_UNIX tells what its peer has not read."""
    limit = time.monotonic() + DEADLINE
    for index in range(len(data)):
        client.sendall(data[index:index + 1])
        while fcntl.ioctl(client, termios.TIOCOUTQ, b"\0\0\0\0") != b"\0\0\0\0":
            assert time.monotonic() < limit, "the server does not read"


def answer(client):
    """All that the server says until it closes."""
    return b"".join(iter(lambda: client.recv(4096), b""))


@pytest.fixture(name="ask")
def fixture_ask(serve, tmp_path):
    """Asks a server of its own byte by byte: the instructions of all its processes."""
    folder = tmp_path / "callgrind"
    folder.mkdir()

    def ask(data):
        server = serve(*callgrind(folder), PROGRAM, "respond", "--workers", "1", "--selector",
                       "epoll", "--head-timeout", "1h", "--body-timeout", "1h", "--listen",
                       f"unix:{tmp_path}/socket", program="valgrind")
        with server.connect() as client:
            send_bytes(client, data)
            assert answer(client).startswith(b"HTTP/1.1 200 OK\r\n")
        assert server.stop() == 0
        return counted(folder)
    return ask


@pytest.mark.parametrize("shape", SENT)
def test_a_server_takes_a_request_once(ask, shape):
    assert growth(ask, SENT[shape]) < 2.2
