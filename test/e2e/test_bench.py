# SPDX-License-Identifier: MIT
"""
The measuring tools of bench/: that the Python server is a correct one, that the open loop counts
what has no answer, and that what other tools report is read right. No test measures anything.
"""
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import xml.etree.ElementTree as ElementTree

import pytest

from conftest import BUILD, DEADLINE, ROOT, SANITIZED

sys.path.insert(0, str(ROOT / "bench"))

import calls  # noqa: E402
import callgrind  # noqa: E402
import chart  # noqa: E402
import page  # noqa: E402
from loads import Cost  # noqa: E402
from processes import running  # noqa: E402
from servers import Server, python_server  # noqa: E402

GET = b"GET / HTTP/1.1\r\nHost: h\r\n\r\n"


@pytest.fixture(name="python_at")
def fixture_python_at():
    """Starts the Python server with these options and returns its port."""
    stack = []

    def start(size=2, closing=False):
        server = running(python_server(), size, closing)
        stack.append(server)
        return server.__enter__().port
    yield start
    for server in stack:
        server.__exit__(None, None, None)


def ask(port, *pieces):
    """Sends the pieces one by one, then the end. Returns all that comes back."""
    with socket.create_connection(("127.0.0.1", port), DEADLINE) as client:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for piece in pieces:
            client.sendall(piece)
        client.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: client.recv(65536), b""))


def responses(received):
    """The status and Connection option of each response, when all have the body "ok"."""
    found = re.findall(rb"HTTP/1.1 (\d+) [^\r]*\r\nDate: [^\r]*\r\n(?:Connection: ([^\r]*)\r\n)?"
                       rb"Content-Type: text/plain\r\nContent-Length: (\d+)\r\n\r\n(ok)?", received)
    return [(int(status), option.decode()) for status, option, _, _ in found]


@pytest.mark.parametrize("version,option,answered", [
    ("1.1", "", ""), ("1.1", "keep-alive", ""), ("1.1", "close", "close"),
    ("1.0", "", "close"), ("1.0", "Keep-Alive", "keep-alive"), ("1.0", "close", "close"),
])
def test_python_server_persists_as_asked(python_at, version, option, answered):
    field = f"Connection: {option}\r\n" if option else ""
    request = f"GET / HTTP/{version}\r\nHost: h\r\n{field}\r\n".encode()
    expected = [(200, answered)] * (1 if answered == "close" else 2)
    assert responses(ask(python_at(), request + request)) == expected


def test_python_server_answers_pipelined_requests_in_pieces(python_at):
    pieces = [bytes([byte]) for byte in GET * 3]
    assert responses(ask(python_at(), *pieces)) == [(200, "")] * 3


def test_python_server_sends_all_to_a_client_that_reads_late(python_at):
    size = 1 << 20
    received = ask(python_at(size), GET * 20)
    assert received.count(b"HTTP/1.1 200 OK\r\n") == 20
    assert received.count(b"x") >= 20 * size


def test_python_server_closes_when_told_to(python_at):
    assert responses(ask(python_at(closing=True), GET)) == [(200, "close")]


@pytest.mark.parametrize("request_bytes,status", [
    (b"GET /\r\n\r\n", 400), (b"GET / HTTP/1.1\r\n\r\n", 400), (b"G / HTTP/1.1\r\nno\r\n\r\n", 400),
    (b"PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n", 413),
])
def test_python_server_refuses(python_at, request_bytes, status):
    assert responses(ask(python_at(), request_bytes)) == [(status, "close")]


def test_python_server_says_why_it_cannot_start():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        made = subprocess.run([sys.executable, ROOT / "bench/python_server.py",
                               str(taken.getsockname()[1])], capture_output=True, text=True,
                              timeout=DEADLINE, check=False)
    assert made.returncode == 1
    assert re.fullmatch(r"python_server: 127.0.0.1:\d+: Address already in use.*\n", made.stderr)


@pytest.fixture(name="hammer", scope="module")
def fixture_hammer(tmp_path_factory):
    program = tmp_path_factory.mktemp("hammer") / "hammer"
    made = subprocess.run([*os.environ.get("CC", "gcc").split(), "-o", program,
                           ROOT / "bench/hammer.c", "-luring"], capture_output=True, check=False)
    if made.returncode:
        pytest.skip("liburing is not installed")
    return program


def answer_first(listener):
    """Answers the first request of all, and never another."""
    first, _ = listener.accept()
    first.recv(4096)
    first.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
    held = [first]
    with first:
        while held[-1].recv(4096) or len(held) == 1:
            if len(held) == 1:
                held.append(listener.accept()[0])
    held[-1].close()


def test_open_loop_counts_what_was_due_and_has_no_answer(hammer):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        threading.Thread(target=answer_first, args=[listener], daemon=True).start()
        made = subprocess.run([hammer, str(port), "1", "0.2", "1", "/", "10000"], timeout=DEADLINE,
                              capture_output=True, text=True, check=False)
    if "io_uring" in made.stderr:
        pytest.skip(made.stderr.strip())
    first, last = made.stdout.splitlines()
    answered, _, p50, p99, p999, _, length, total = map(int, last.split())
    assert first == "counting"
    assert (answered, total, length) == (0, 0, 40)
    # Half of what was due in 0.6 s or more has waited for 0.3 s, but for a rounding.
    assert 290000 <= p50 < p99 <= p999


def test_hammer_refuses_a_wrong_command_line(hammer):
    for arguments in ([], ["80"], ["80", "1", "1", "16", "/", "100"], ["x", "1", "1", "1"]):
        made = subprocess.run([hammer, *arguments], capture_output=True, text=True, check=False)
        assert (made.returncode, made.stdout) == (2, "")
        assert made.stderr.startswith("usage: hammer ")


STRACE = """% time     seconds  usecs/call     calls    errors syscall
------ ----------- ----------- --------- --------- ----------------
 61.54    0.000024           0     12345           sendto
 38.46    0.000015           0       700         3 recvfrom
------ ----------- ----------- --------- --------- ----------------
100.00    0.000039           0     13045         3 total
"""


def test_strace_report_is_read():
    assert calls.read_report(STRACE) == {"sendto": 12345, "recvfrom": 700}


CALLGRIND = """# callgrind format
version: 1
positions: line
events: Ir

ob=(1) /usr/bin/selkie
fl=(1) ../src/http/lines.c
fn=(1) http_lines_avx2.lto_priv.0
10 100
+2 20
fi=(2) ../src/base/span.h
5 7
fe=(1)
11 3
cob=(2) /lib/libc.so.6
cfi=(3) ???
cfn=(2) memcpy
calls=4 0
11 999

ob=(2)
fl=(3)
fn=(2)
0 40
"""


def test_callgrind_output_is_read():
    costs = callgrind.Reader().read(CALLGRIND.splitlines())
    floors, functions = {}, {}
    for (its_object, file, function, line_file), cost in costs.items():
        floor = callgrind.floor_of(its_object, file, line_file)
        floors[floor] = floors.get(floor, 0) + cost
        name = callgrind.function_name(file, function, its_object)
        functions[name] = functions.get(name, 0) + cost
    assert floors == {"http": 123, "base": 7, "libc": 40}
    assert functions == {("http_lines_avx2", "src/http/lines.c"): 130, ("memcpy", "libc.so.6"): 40}


def server_named(name, group):
    return Server(name, group, lambda *_: [])


def test_chart_is_svg_with_its_text_as_text():
    servers = [server_named("selkie <one>", "selkie"), server_named("bare-epoll", "bare"),
               server_named("slow", "peer"), server_named("broken", "peer")]
    rows = {"selkie <one>": Cost(cpu_us=5), "bare-epoll": Cost(cpu_us=10),
            "slow": Cost(cpu_us=100), "broken": Cost(errors="did not start")}
    root = ElementTree.fromstring(chart.draw([("Keep-alive", servers, rows)], "a machine"))
    said = [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]
    assert {"selkie <one>", "0.50", "bare-epoll", "1.00", "slow", "10.00", "a machine"} <= set(said)
    assert "broken" not in said
    assert "prefers-color-scheme: dark" in root.find("{http://www.w3.org/2000/svg}style").text


def test_page_shows_what_failed():
    rows = {"bare-epoll": Cost(cpu_us=10, rate=5000), "broken": Cost(errors="did not start"),
            "half": Cost(cpu_us=5, rate=9000, errors="3 errors")}
    assert page.load_table(rows)[2:] == [
        "| half | 5.00 | 0.50 | - | 9,000 | 3 errors |",
        "| bare-epoll | 10.00 | 1.00 | - | 5,000 | none |",
        "| broken | - | - | - | - | did not start |"]
    slow = {"slow": Cost(cpu_us=9, p50=90000, errors="reaches 10 a second only")}
    assert page.latency_table(slow)[2:] == ["| slow | - | - | - | 9.00 | reaches 10 a second only |"]


@pytest.mark.skipif(sys.platform != "linux", reason="it counts by what Linux offers")
def test_parse_prints_each_request_by_each_parser():
    requests = [ROOT / f"bench/requests/{name}.http" for name in ("browser", "minimal")]
    made = subprocess.run([BUILD / "bench/parse", *requests], capture_output=True, text=True,
                          timeout=DEADLINE * (5 if SANITIZED else 1), check=False)
    rows = [line.split() for line in made.stdout.splitlines()[1:-1]]
    for name, length in (("browser.http", "667"), ("minimal.http", "40")):
        assert {"auto", "plain"} <= {row[2] for row in rows if row[:2] == [name, length]}
    if made.returncode == 0:
        assert all(int(row[3]) > int(row[1]) and float(row[4]) > 0 for row in rows)
    else:  # a machine that forbids all three ways
        assert "not counted" in made.stdout and all(row[3] == "-" for row in rows)


def test_requests_are_stored_as_they_are_sent():
    for path in (ROOT / "bench/requests").glob("*.http"):
        assert path.read_bytes().endswith(b"\r\n\r\n")


@pytest.mark.skipif(not shutil.which("taskset"), reason="taskset is not installed")
def test_a_server_that_does_not_start_is_an_error_in_one_line():
    server = Server("none", "peer", lambda *_: [sys.executable, "-c", "raise SystemExit('why')"])
    with pytest.raises(Exception, match="^did not start: why$"):
        with running(server):
            pass
