# SPDX-License-Identifier: MIT
"""
curl as a client that gets what it asks for: the versions of HTTP it offers, connections used again
and in parallel, targets, fields and bodies as they arrive, uploads with and without Expect, and
what it gives up half-way. What is refused is in test_clients_refused.py.
"""
import os

import pytest

from client import every_mode
from foreign import alphabet, both_engines, curl, curl_has, needs
from test_addresses import needs_v6

pytestmark = needs("curl")

# Behind each body: status, version of the response, connections opened for it.
REPORT = ["-w", "|%{http_code} %{http_version} %{num_connects}\n"]
HEAD_REPORT = ["-w", "%{http_code} %{num_connects}\n", "-o", "/dev/null"]
MEGABYTE = 1 << 20
LARGE = ["--max-body", str(8 * MEGABYTE)]


@pytest.fixture(name="upload")
def fixture_upload(tmp_path):
    """A file of 3 MiB, whose bytes do not repeat."""
    path = tmp_path / "upload"
    path.write_bytes(os.urandom(3 * MEGABYTE))
    return path


@pytest.fixture(name="respond")
def fixture_respond(serve_strictly):
    """Starts `selkie respond` with one worker."""
    def start(*arguments, where="127.0.0.1:0", **variables):
        return serve_strictly("respond", "--workers", "1", "--listen", where, *arguments,
                              **variables)
    return start


# Versions and connections


@every_mode
@pytest.mark.parametrize("option,reuses", [("--http1.0", False), ("--http1.1", True)])
def test_versions(respond, mode, option, reuses):
    server = respond(*mode)
    seen = curl(option, *REPORT, server.urls[0], server.urls[0]).splitlines()
    assert seen == ["ok|200 1.1 1", f"ok|200 1.1 {0 if reuses else 1}"]
    assert server.served() == (2, 1 if reuses else 2)


@both_engines
@pytest.mark.parametrize("option,reuses", [
    ("--http0.9", True), ("--compressed", True), ("--tcp-nodelay", True), ("--no-keepalive", True),
    ("--keepalive-time=1", True),
])
def test_two_requests(respond, mode, option, reuses):
    server = respond(*mode)
    seen = curl(*option.split("="), *REPORT, server.urls[0], server.urls[0]).splitlines()
    assert seen == ["ok|200 1.1 1", f"ok|200 1.1 {0 if reuses else 1}"]
    assert server.served() == (2, 1 if reuses else 2)


@both_engines
@pytest.mark.parametrize("fields,reuses", [
    (["--http1.0", "-H", "Connection: keep-alive"], True),
    (["--http1.1", "-H", "Connection: close"], False),
    (["--http1.1", "-H", "Connection: keep-alive, close"], False),
    (["--http1.1", "-H", "Connection: Keep-Alive", "-H", "Keep-Alive: timeout=1"], True),
])
def test_the_client_decides(respond, mode, fields, reuses):
    server = respond(*mode)
    seen = curl(*fields, *REPORT, server.urls[0], server.urls[0]).splitlines()
    assert seen == ["ok|200 1.1 1", f"ok|200 1.1 {0 if reuses else 1}"]
    assert server.served() == (2, 1 if reuses else 2)


@both_engines
def test_the_server_decides(respond, mode):
    server = respond(*mode, "--keep-alive", "off")
    seen = curl(*REPORT, *[server.urls[0]] * 5).splitlines()
    assert seen == ["ok|200 1.1 1"] * 5
    assert server.served() == (5, 5)


@every_mode
def test_one_connection_for_all(respond, mode):
    server = respond(*mode)
    seen = curl(*REPORT, f"{server.urls[0]}/?[1-200]").splitlines()
    assert seen == ["ok|200 1.1 1"] + ["ok|200 1.1 0"] * 199
    assert server.served() == (200, 1)


@both_engines
def test_methods_on_one_connection(mirror, mode):
    server = mirror(*mode)
    echo = f"{server.urls[0]}/echo"
    seen = curl(*REPORT, "-d", "first", echo, "--next", "-sS", "-I", *HEAD_REPORT, server.urls[0],
                "--next", "-sS", *REPORT, server.urls[0], "--next", "-sS", *REPORT, "-X", "PATCH",
                "-d", "", echo, "--next", "-sS", *REPORT, "-X", "DELETE", echo)
    assert seen == "first|200 1.1 1\n200 0\nok|200 1.1 0\n|200 1.1 0\n|200 1.1 0\n"
    assert server.served() == (5, 1)


@every_mode
def test_head_leaves_the_connection_in_step(respond, mode):
    server = respond(*mode)
    heads = curl("-I", "-w", "%{num_connects}\n", *[server.urls[0]] * 3)
    assert heads.count("HTTP/1.1 200 OK\r\n") == heads.count("\r\nContent-Length: 2\r\n") == 3
    assert heads.splitlines()[-1] == "0"
    assert server.served() == (3, 1)


@both_engines
@pytest.mark.parametrize("status", [204, 304])
def test_a_status_without_a_body(respond, mode, status):
    server = respond(*mode, "--status", str(status))
    seen = curl(*REPORT, *[server.urls[0]] * 3).splitlines()
    assert seen == [f"|{status} 1.1 1"] + [f"|{status} 1.1 0"] * 2
    assert server.served() == (3, 1)


@every_mode
def test_parallel(respond, mode, tmp_path):
    server = respond(*mode)
    seen = curl("-Z", "--parallel-max", "20", *REPORT, f"{server.urls[0]}/?[1-300]",
                "-o", tmp_path / "body-#1").splitlines()
    assert {line[:-1] for line in seen} == {"|200 1.1 "}
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"ok"] * 300
    opened = sum(int(line[-1]) for line in seen)
    assert server.served() == (300, opened)


@both_engines
def test_parallel_uploads(mirror, mode, upload, tmp_path):
    server = mirror(*mode, *LARGE)
    curl("-Z", "--parallel-immediate", "-T", upload, f"{server.urls[0]}/echo?[1-8]",
         "-o", tmp_path / "echo-#1")
    assert {path.read_bytes() for path in tmp_path.glob("echo-*")} == {upload.read_bytes()}
    assert server.served()[0] == 8


# Ways to the server


@needs_v6
@every_mode
def test_v6(respond, mode):
    server = respond(*mode, where="[::1]:0")
    assert curl("-g", *REPORT, server.urls[0], server.urls[0]) == "ok|200 1.1 1\nok|200 1.1 0\n"


@every_mode
def test_unix_socket(respond, mode, tmp_path):
    path = tmp_path / "socket"
    respond(*mode, where=f"unix:{path}")
    seen = curl("--unix-socket", path, *REPORT, "http://localhost/", "http://localhost/")
    assert seen == "ok|200 1.1 1\nok|200 1.1 0\n"


@both_engines
def test_tcp_fastopen(mirror, mode):
    server = mirror(*mode)
    for _ in range(3):
        assert curl("--tcp-fastopen", "-d", "body", *REPORT,
                    f"{server.urls[0]}/echo") == "body|200 1.1 1\n"


@both_engines
@pytest.mark.skipif(not curl_has("telnet"), reason="this curl has no telnet")
@pytest.mark.parametrize("request_bytes,status", [
    (b"GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", b"200"),
    (b"GET / HTTP/1.0\r\n\r\n", b"200"),
    (b"hello\r\n", b"400"),
], ids=["1.1", "1.0", "no-http"])
def test_telnet(respond, mode, request_bytes, status):
    server = respond(*mode)
    seen = curl(server.urls[0].replace("http:", "telnet:"), stdin=request_bytes).encode()
    assert seen.startswith(b"HTTP/1.1 " + status)
    assert b"\r\nConnection: close\r\n" in seen


# Targets and fields, as they arrive


def shown(server, *arguments):
    """What the mirror has received of a request: "METHOD target", and the fields."""
    first, *lines = curl(*arguments).splitlines()
    return first, dict(line.split(": ", 1) for line in lines)


@both_engines
@pytest.mark.parametrize("option,target,arrives", [
    ([], "/head/a/../b/./c", "/head/b/c"),
    (["--path-as-is"], "/head/a/../b/./c", "/head/a/../b/./c"),
    (["-G", "--data-urlencode", "name=a b&c/ü"], "/head/", "/head/?name=a+b%26c%2F%C3%BC"),
    ([], "/head/?q=[1]{2}", "/head/?q=[1]{2}"),
    ([], "/head/%00%2f#fragment", "/head/%00%2f"),
    (["--request-target", "/head/other"], "/", "/head/other"),
    (["--request-target", "http://other:81/head/x?y"], "/", "http://other:81/head/x?y"),
])
def test_targets(mirror, mode, option, target, arrives):
    server = mirror(*mode)
    request, _ = shown(server, "-g", *option, server.urls[0] + target)
    assert request.lower().replace("+", "%20") == f"GET {arrives}".lower().replace("+", "%20")


@both_engines
def test_as_a_proxy(mirror, mode):
    """A server takes absolute targets, which clients send to proxies (RFC 9112, 3.2.2)."""
    server = mirror(*mode)
    request, fields = shown(server, "-x", server.urls[0], "http://example.org/head/?q")
    assert request == "GET http://example.org/head/?q"
    assert fields["Host"] == "example.org"


@both_engines
def test_options_of_the_server(respond, mode):
    server = respond(*mode)
    seen = curl("-i", "-X", "OPTIONS", "--request-target", "*", server.urls[0])
    assert seen.startswith("HTTP/1.1 204 No Content\r\n")
    assert "\r\nAllow: GET, HEAD, POST, PUT, DELETE, OPTIONS, PATCH\r\n" in seen


@both_engines
def test_fields(mirror, mode):
    server = mirror(*mode)
    _, fields = shown(server, "-A", "seal/1", "-e", "http://a/", "-b", "a=1; b=2", "-u", "u:p",
                      "-H", "X-Empty;", "-H", "X-Latin: caf\xe9", "--connect-to",
                      "there:80:" + server.urls[0].removeprefix("http://"), "http://there/head/")
    fields.pop("Accept")
    assert fields.pop("X-Latin").encode("latin-1").decode() == "caf\xe9"
    assert fields == {"Host": "there", "Authorization": "Basic dTpw", "User-Agent": "seal/1",
                      "Referer": "http://a/", "Cookie": "a=1; b=2", "X-Empty": ""}


@both_engines
@pytest.mark.skipif(not curl_has("HTTP2"), reason="this curl has no HTTP/2")
def test_an_offer_of_http_2_is_ignored(mirror, mode):
    server = mirror(*mode)
    url = f"{server.urls[0]}/head/"
    *lines, report = curl("--http2", *REPORT, url).splitlines()
    assert "Upgrade: h2c" in lines
    assert report == "|200 1.1 1"


@both_engines
def test_ranges_are_ignored(mirror, mode, tmp_path):
    server = mirror(*mode)
    body = f"{server.urls[0]}/body/1000"
    assert curl("-r", "10-19", *REPORT, body) == alphabet(1000).decode() + "|200 1.1 1\n"
    part = tmp_path / "part"
    part.write_bytes(b"0123456789")
    # Resumed with the whole, curl gives up: 33 is its word for a server without ranges.
    curl("-C", "-", "-o", part, body, status=33)
    assert part.read_bytes() == b"0123456789"


# Uploads


@both_engines
@pytest.mark.parametrize("options", [
    ["-T", "{upload}"],
    ["-T", "-"],
    ["-T", "."],
    ["-T", "-", "-H", "Expect:"],
    ["--data-binary", "@{upload}"],
    ["--data-binary", "@{upload}", "-H", "Expect:"],
    ["--data-binary", "@{upload}", "-H", "Transfer-Encoding: chunked"],
    ["--data-binary", "@{upload}", "-H", "Transfer-Encoding: chunked", "-H", "Expect:"],
    ["--http1.0", "-T", "{upload}"],
    ["--http1.0", "--data-binary", "@{upload}"],
], ids=" ".join)
def test_uploads(mirror, mode, upload, options, tmp_path):
    """With a client that waits for 100 as long as for anything: one that does not come is a
    failure, and not a pause."""
    server = mirror(*mode, *LARGE)
    back = tmp_path / "back"
    options = [option.format(upload=upload) for option in options]
    # Without /echo in the URL, -T would add the name of the file to it.
    for _ in range(2):
        assert curl("--expect100-timeout", "1000", *options, "-o", back, "-w", "%{http_code}",
                    f"{server.urls[0]}/echo?", stdin=upload.read_bytes()) == "200"
        assert back.read_bytes() == upload.read_bytes()
    assert server.served() == (2, 2)


@both_engines
@pytest.mark.parametrize("length", [0, 1, 16384, MEGABYTE])
def test_a_body_up_to_the_limit(mirror, mode, upload, tmp_path, length):
    """1 MiB is the default of --max-body."""
    server = mirror(*mode)
    data = upload.read_bytes()[:length]
    back = tmp_path / "back"
    assert curl("--data-binary", "@-", "-o", back, "-w", "%{http_code}", f"{server.urls[0]}/echo",
                stdin=data) == "200"
    assert back.read_bytes() == data


@both_engines
def test_a_form(mirror, mode, upload):
    server = mirror(*mode, *LARGE)
    seen = curl("-F", "name=seal", "-F", f"file=@{upload}", "-D", "-", f"{server.urls[0]}/echo")
    assert "\r\nContent-Type: multipart/form-data; boundary=" in seen
    assert upload.read_bytes().decode("latin-1") in seen


# Slow and rude


@both_engines
def test_a_slow_reader(mirror, mode, tmp_path):
    server = mirror(*mode)
    back = tmp_path / "back"
    curl("--limit-rate", "16M", "-o", back, f"{server.urls[0]}/body/{8 * MEGABYTE}")
    assert back.read_bytes() == alphabet(8 * MEGABYTE)


@both_engines
@pytest.mark.parametrize("options,status", [
    (["--limit-rate", "1k", "--max-time", "0.2"], 28),
    (["--max-filesize", "1000"], 63),
    (["-o", "/dev/full"], 23),
], ids=["time", "size", "disk"])
def test_a_download_given_up(mirror, mode, options, status):
    server = mirror(*mode)
    for _ in range(5):
        curl(*options, f"{server.urls[0]}/body/{16 * MEGABYTE}", status=status)
    assert curl(server.urls[0]) == "ok"


@both_engines
def test_an_upload_given_up(mirror, mode, upload):
    server = mirror(*mode, *LARGE)
    for _ in range(3):
        curl("--limit-rate", "1k", "--max-time", "0.2", "-T", upload, f"{server.urls[0]}/echo",
             status=28)
    assert curl(server.urls[0]) == "ok"
