# SPDX-License-Identifier: MIT
"""
wget as a client: connections used again or not, HEAD, methods and bodies, downloads that are
resumed, slow or given up, and refusals.
"""
import re

import pytest

from client import every_mode
from foreign import alphabet, both_engines, needs, run

pytestmark = needs("wget")

MEGABYTE = 1 << 20


def wget(*arguments, status=0, cwd="/"):
    """Runs wget, which must end with this status (wget(1), EXIT STATUS). Returns its output, and
    what it tells of its work."""
    result = run("wget", "--no-config", "--tries=1", "--timeout=50", "-O", "-", *arguments, cwd=cwd)
    assert result.returncode == status, result.stderr
    return result.stdout, result.stderr


@every_mode
@pytest.mark.parametrize("option,connections", [(["--http-keep-alive"], 1),
                                                (["--no-http-keep-alive"], 4)])
def test_four_requests(serve_strictly, mode, option, connections):
    server = serve_strictly("respond", "--workers", "1", "--listen", "127.0.0.1:0", *mode)
    body, told = wget(*option, *[server.urls[0]] * 4)
    assert body == b"ok" * 4
    assert told.count("Reusing existing connection") == 4 - connections
    assert server.served() == (4, connections)


@both_engines
def test_a_server_that_closes(serve_strictly, mode):
    server = serve_strictly("pid", "--workers", "1", "--listen", "127.0.0.1:0", *mode)
    worker = str(server.workers()[0]).encode()
    body, told = wget(*[server.urls[0]] * 4)
    assert body == worker * 4
    assert "Reusing existing connection" not in told
    assert server.served() == (4, 4)


@both_engines
@pytest.mark.parametrize("options", [
    ["--post-data={text}"], ["--post-file={path}"],
    ["--method=PUT", "--body-file={path}"], ["--method=PATCH", "--body-data={text}"],
])
def test_bodies(mirror, mode, options, tmp_path):
    server = mirror(*mode)
    text = alphabet(100000).decode()
    path = tmp_path / "body"
    path.write_text(text)
    options = [option.format(text=text, path=path) for option in options]
    body, _ = wget(*options, *[f"{server.urls[0]}/echo"] * 2)
    assert body == text.encode() * 2


@both_engines
def test_head(mirror, mode):
    server = mirror(*mode)
    _, told = wget("--spider", "--server-response", f"{server.urls[0]}/body/5000")
    assert "HTTP/1.1 200 OK" in told and "Content-Length: 5000" in told
    assert server.served() == (1, 1)


@both_engines
def test_a_download_resumed(mirror, mode, tmp_path):
    """A range is answered with the whole, of which wget throws away what it has."""
    server = mirror(*mode)
    (tmp_path / "1000").write_bytes(alphabet(400))
    result = run("wget", "--no-config", "--continue", f"{server.urls[0]}/body/1000", cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    assert (tmp_path / "1000").read_bytes() == alphabet(1000)


@both_engines
def test_a_slow_reader(mirror, mode):
    server = mirror(*mode)
    body, _ = wget("--limit-rate=16m", f"{server.urls[0]}/body/{4 * MEGABYTE}")
    assert body == alphabet(4 * MEGABYTE)


@both_engines
@pytest.mark.parametrize("path,options,said", [
    ("/nowhere", [], "404: Not Found"),
    ("/head/" + "x" * 20000, [], "414: URI Too Long"),
    ("/", ["--header=X: " + "x" * 20000], "431: Request Header Fields Too Large"),
    ("/", ["--method=SEAL"], "501: Not Implemented"),
    ("/peer", ["--post-data=seal"], "405: Method Not Allowed"),
], ids=["404", "414", "431", "501", "405"])
def test_refusals(mirror, mode, path, options, said):
    server = mirror(*mode)
    # 8: the server answered with an error.
    _, told = wget("--content-on-error", *options, server.urls[0] + path, status=8)
    assert re.search(rf"ERROR {said}\.", told), told
    body, _ = wget("--content-on-error", *options, server.urls[0] + path, status=8)
    assert body.decode().startswith(said.replace(":", ""))
