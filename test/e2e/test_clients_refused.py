# SPDX-License-Identifier: MIT
"""
Clients that ask for what this server does not serve, or by another protocol: curl reads what was
wrong, where it shows it, and a relay records it where it does not. The server goes on unharmed.
"""
import pytest

from foreign import Recorder, both_engines, curl, curl_has, needs, run

pytestmark = needs("curl")

STATUS = ["-w", "|%{http_code} %{size_upload}"]
MEGABYTE = 1 << 20


@both_engines
@pytest.mark.parametrize("options,status", [
    (["-H", "Host:"], 400),
    (["-H", "Host: a b"], 400),
    (["-H", "Content-Length: 2", "-H", "Transfer-Encoding: chunked", "-d", "ab"], 400),
    (["--haproxy-protocol"], 400),
    (["--request-target", "no-slash"], 400),
    (["--request-target", "*"], 400),
    (["-X", "SEAL"], 501),
    (["-X", "get"], 501),
    (["-X", "TRACE"], 501),
    (["-H", "Transfer-Encoding: gzip", "-d", "ab"], 400),
    (["-H", "Expect: the unexpected", "-d", "ab"], 417),
    (["-H", "X: " + "x" * 20000], 431),
    (["-H", "X: x"] * 101, 431),
    (["-G", "-d", "x" * 20000], 414),
], ids=lambda value: " ".join(value)[:40] if isinstance(value, list) else value)
def test_a_refusal_is_read(mirror, mode, options, status):
    server = mirror(*mode)
    for _ in range(3):
        text, _, code = curl(*options, "-w", "|%{http_code}", f"{server.urls[0]}/").rpartition("|")
        assert code == str(status)
        assert text.startswith(f"{status} ") and text.endswith("\n")
    assert curl(server.urls[0]) == "ok"


@both_engines
@pytest.mark.parametrize("options,uploaded", [
    (["-T", "{}"], False),
    (["--data-binary", "@{}"], False),
    (["--data-binary", "@{}", "-H", "Transfer-Encoding: chunked"], None),
    (["--data-binary", "@{}", "-H", "Expect:"], None),
    (["--data-binary", "@{}", "-H", "Expect:", "-H", "Transfer-Encoding: chunked"], None),
    (["--http1.0", "-T", "{}"], None),
], ids=lambda value: " ".join(value) if isinstance(value, list) else "")
def test_a_body_too_long(mirror, mode, options, uploaded, tmp_path):
    """A client that expects 100 learns it before it has sent a byte of the body, the others behind
    what they have sent by then."""
    server = mirror(*mode)
    path = tmp_path / "upload"
    path.write_bytes(bytes(8 * MEGABYTE))
    options = [option.format(path) for option in options]
    for _ in range(5):
        text, _, numbers = curl(*options, *STATUS, f"{server.urls[0]}/echo?").rpartition("|")
        code, size = numbers.split()
        assert code == "413"
        assert text.startswith("413 Content Too Large: ")
        assert uploaded is None or (size != "0") == uploaded


@both_engines
@pytest.mark.parametrize("method,path,status", [("PUT", "/nowhere", 404), ("POST", "/peer", 405)])
def test_a_body_for_nobody(mirror, mode, method, path, status):
    server = mirror(*mode)
    text, _, numbers = curl("-X", method, "-d", "b" * 1000, "-H", "Expect: 100-continue", *STATUS,
                            server.urls[0] + path).rpartition("|")
    assert (text[:4], numbers) == (f"{status} ", f"{status} 0")


@both_engines
def test_a_tunnel(mirror, mode):
    server = mirror(*mode)
    with Recorder(server) as recorder:
        # 56: the proxy did not establish the tunnel.
        curl("-p", "-x", f"http://{recorder.address}", "http://example.org/", status=56)
    assert recorder.received.startswith(b"HTTP/1.1 501 Not Implemented\r\n")
    assert curl(server.urls[0]) == "ok"


@both_engines
@pytest.mark.skipif(not curl_has("HTTP2"), reason="this curl has no HTTP/2")
def test_http_2_without_asking(mirror, mode):
    server = mirror(*mode)
    with Recorder(server) as recorder:
        result = run("curl", "-q", "-sS", "--http2-prior-knowledge", f"http://{recorder.address}/")
    assert result.returncode != 0
    head, _, text = recorder.received.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 505 HTTP Version Not Supported\r\n")
    assert text.startswith(b"505 HTTP Version Not Supported: ")
    assert curl(server.urls[0]) == "ok"


@both_engines
def test_tls(mirror, mode):
    server = mirror(*mode)
    with Recorder(server) as recorder:
        # 35: the handshake failed.
        curl("-k", f"https://{recorder.address}/", status=35)
    head, _, text = recorder.received.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert b"TLS" in text
    assert curl(server.urls[0]) == "ok"


@both_engines
@pytest.mark.parametrize("scheme,path", [("gopher", "/1/menu"), ("dict", "/d:seal"), ("mqtt", "/t"),
                                         ("rtsp", "/stream")])
def test_another_protocol(mirror, mode, scheme, path):
    if not curl_has(scheme):
        pytest.skip(f"this curl has no {scheme}")
    server = mirror(*mode)
    with Recorder(server) as recorder:
        run("curl", "-q", "-sS", "--max-time", "50", f"{scheme}://{recorder.address}{path}")
    assert recorder.received.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert curl(server.urls[0]) == "ok"
