# SPDX-License-Identifier: MIT
"""
The library as its users have it: C programs built against what `make install` installs, by what
pkg-config tells, and the example of the README. Which symbols the library has is tested with the
build.
"""
import os
import shutil
import signal
import socket
import subprocess
from pathlib import Path

import pytest

from client import Client, until
from conftest import BUILD, DEADLINE, ROOT

COMPILER = os.environ.get("CC", "cc").split()
PROGRAMS = Path(__file__).parent / "programs"
SANITIZED = "-fsanitize=" in (BUILD / "compile_commands.json").read_text(encoding="utf-8")
LANGUAGES = {"C17": [*COMPILER, "-std=c17", "-x", "c"],
             "C++17": ["c++", "-std=c++17", "-x", "c++"]}


class Installed:
    """Selkie, installed below a directory of the tests."""

    def __init__(self, below):
        subprocess.run(["meson", "install", "-C", BUILD, "--no-rebuild", "--destdir", below],
                       check=True, capture_output=True)
        self.folder = below
        self.libraries = str(next(below.glob("**/pkgconfig")).parent)
        self.environment = dict(
            os.environ, PKG_CONFIG_SYSROOT_DIR=str(below),
            PKG_CONFIG_PATH=f"{self.libraries}/pkgconfig")

    def flags(self, *which):
        return subprocess.run(["pkg-config", *which, "selkie"], env=self.environment, check=True,
                              capture_output=True, text=True).stdout.split()

    def build(self, name):
        """Builds programs/NAME.c and returns the path of the program."""
        program = str(self.folder / name)
        checks = ["-fsanitize=address,undefined"] if SANITIZED else []
        subprocess.run([*COMPILER, *checks, "-std=gnu17", "-Wall", "-Wextra", "-Wpedantic",
                        "-Werror", "-pthread", "-o", program, PROGRAMS / f"{name}.c",
                        *self.flags("--cflags", "--libs")], check=True)
        return program


@pytest.fixture(scope="module", name="installed")
def fixture_installed(tmp_path_factory):
    return Installed(tmp_path_factory.mktemp("installed"))


@pytest.fixture(scope="module", name="probe_program")
def fixture_probe_program(installed):
    return installed.build("probe")


@pytest.fixture(name="probe")
def fixture_probe(serve, installed, probe_program):
    """Starts the probe with so many workers."""
    def start(workers, where="127.0.0.1:0"):
        return serve(where, str(workers), program=probe_program,
                     LD_LIBRARY_PATH=installed.libraries)
    return start


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("header", sorted(path.name for path in ROOT.glob("include/selkie/*.h")))
def test_each_public_header_compiles_alone(installed, language, header):
    command = LANGUAGES[language]
    if not shutil.which(command[0]):
        pytest.skip(f"there is no {command[0]}")
    # Twice, since a header must bear that too.
    source = f"#include <selkie/{header}>\n" * 2 + "int main(void) { return 0; }\n"
    result = subprocess.run(
        [*command, "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-fsyntax-only",
         *installed.flags("--cflags"), "-"], input=source, text=True, capture_output=True,
        check=False)
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("workers", [0, 2])
def test_what_a_handler_sees(probe, workers):
    server = probe(workers)
    with Client(server) as client:
        for body in [b"short", b"b" * 100000, b""]:
            head = f"POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: {len(body)}\r\n\r\n"
            assert client.ask(head.encode() + body).body == body
        chunks = b"4\r\nWiki\r\n5\r\npedia\r\n0\r\n\r\n"
        head = b"POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
        assert client.ask(head + chunks).body == b"Wikipedia"
        asked = b"GET /field/%s HTTP/1.1\r\nHost: h\r\nX-Selkie: a  seal \r\n\r\n"
        assert client.ask(asked % b"x-selkie").body == b"a  seal"
        assert client.ask(asked % b"X-%53elkie").body == b"a  seal"
        assert client.ask(asked % b"x-other").status == 404
        host, port = client.socket.getsockname()
        peer = client.ask(b"GET /peer HTTP/1.1\r\nHost: h\r\n\r\n")
        assert peer.body.decode() == f"{host}:{port}"


def test_the_peer_of_a_unix_socket(probe, tmp_path):
    with Client(probe(0, f"unix:{tmp_path}/socket")) as client:
        assert client.ask(b"GET /peer HTTP/1.1\r\nHost: h\r\n\r\n").body == b"unix:"


@pytest.mark.parametrize("workers", [0, 2])
def test_a_body_that_comes_when_it_is_asked_for(probe, workers):
    with Client(probe(workers)) as client:
        client.send(b"POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n"
                    b"Expect: 100-continue\r\n\r\n")
        assert client.response().status == 100
        assert client.ask(b"hello").body == b"hello"


@pytest.mark.parametrize("workers,path", [(0, "/stop"), (0, "/stop/thread"), (2, "/stop")])
def test_stop(probe, workers, path):
    server = probe(workers)
    assert len(server.workers()) == workers
    with Client(server) as idle, Client(server) as client:
        assert idle.ask(b"GET /peer HTTP/1.1\r\nHost: h\r\n\r\n").status == 200
        client.send(f"POST {path} HTTP/1.1\r\nHost: h\r\n\r\n".encode())
        assert client.response().body == b"stopping"
        assert client.rest() == b""
        assert idle.rest() == b""
    assert server.wait() == 0
    assert server.stdout == "2 responses, 0 active\n"


@pytest.mark.parametrize("workers", [0, 2])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGQUIT])
def test_signals(probe, workers, number):
    server = probe(workers)
    with Client(server) as idle:
        assert idle.ask(b"GET /peer HTTP/1.1\r\nHost: h\r\n\r\n").status == 200
        server.send_signal(number)
        assert idle.rest() == b""
    assert server.wait() == 0
    assert server.stdout == f"signal {number.value}\n1 responses, 0 active\n"


def test_workers_that_die_at_birth(installed):
    result = subprocess.run(
        [installed.build("stillborn")], capture_output=True, text=True, timeout=DEADLINE,
        env=dict(installed.environment, LD_LIBRARY_PATH=installed.libraries), check=False)
    assert result.returncode == 1
    assert "no worker can live: the last one ended with status 7" in result.stderr


# The example


class Hello:
    """The running example, at a unix socket."""

    def __init__(self, path):
        self.path = str(path)
        self.process = subprocess.Popen([BUILD / "examples" / "hello", f"unix:{path}"])

    def connect(self, index=0):
        assert index == 0
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(DEADLINE)
        until(lambda: connection.connect_ex(self.path) == 0)
        return connection

    def stop(self):
        self.process.terminate()
        return self.process.wait(DEADLINE)


@pytest.fixture(scope="module", name="hello")
def fixture_hello(tmp_path_factory):
    server = Hello(tmp_path_factory.mktemp("hello") / "socket")
    yield server
    assert server.stop() == 0


@pytest.mark.parametrize("method,path,status,body", [
    ("GET", "/hello/you", 200, b"Hello, you!\n"),
    ("GET", "/hello/J%C3%B6rg", 200, "Hello, Jörg!\n".encode()),
    ("HEAD", "/hello/you", 200, b""),
    ("GET", "/hello/you/two", 404, None),
    ("GET", "/", 404, None),
    ("POST", "/hello/you", 405, None),
])
def test_the_example(hello, method, path, status, body):
    with Client(hello) as client:
        for _ in range(2):
            response = client.ask(f"{method} {path} HTTP/1.1\r\nHost: h\r\n\r\n".encode(), method)
            assert response.status == status
            assert body is None or response.body == body
            if method == "HEAD":
                assert response.fields["content-length"] == str(len("Hello, you!\n"))
            if status == 405:
                assert response.fields["allow"] == "GET, HEAD, OPTIONS"
