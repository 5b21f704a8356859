# SPDX-License-Identifier: MIT
"""
A browser as a client: Chromium without a screen loads a page, whose script asks the server two
hundred times, posts, aborts, and reports what it has seen (programs/page.html). Skipped where there
is no Chromium, which is too large to be installed for this alone.
"""
import json
from pathlib import Path

import pytest

from client import Client
from conftest import until
from foreign import both_engines, find, running, said

CHROMIUM = find("chromium") or find("chromium-browser")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")

PAGE = (Path(__file__).parent / "programs/page.html").read_bytes()
# What a browser opens to one host at a time.
PARALLEL_MAX = 6
# Without its own requests to the world, a sandbox, and shared memory that containers lack.
OPTIONS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
           "--no-first-run", "--disable-background-networking", "--disable-component-update",
           "--disable-sync", "--no-proxy-server", "--remote-debugging-port=0"]


def keep(client, name, data):
    head = f"PUT /kept/{name} HTTP/1.1\r\nHost: h\r\nContent-Type: text/html; charset=utf-8\r\n"
    client.send(head.encode() + b"Content-Length: %d\r\n\r\n" % len(data) + data)
    assert client.response().status == 204


def report(client, browser):
    """What the page has seen, or None as long as it has not said so."""
    assert browser.poll() is None, said(browser)
    response = client.ask(b"GET /kept/report HTTP/1.1\r\nHost: h\r\n\r\n")
    return json.loads(response.body) if response.status == 200 else None


@both_engines
def test_a_page(mirror, mode, tmp_path):
    server = mirror(*mode)
    with Client(server) as client:
        keep(client, "page", PAGE)
        command = [CHROMIUM, *OPTIONS, f"--user-data-dir={tmp_path}/profile",
                   f"{server.urls[0]}/kept/page"]
        with running(command, tmp_path) as browser:
            seen = until(lambda: report(client, browser))
        counts = client.ask(b"GET /counters HTTP/1.1\r\nHost: h\r\n\r\n").body.split()
    assert len(seen["parallel"]) == len(seen["inTurn"]) == 100
    assert 1 < len(set(seen["parallel"])) <= PARALLEL_MAX
    assert len(set(seen["inTurn"])) == 1
    assert (seen["echoes"], seen["aborted"], seen["framed"]) == (10, 10, "GET /head/frame")
    assert (seen["missing"], seen["then"]) == (404, "ok")
    # Six, one for each of what was aborted, and what the browser opens ahead.
    assert int(counts[0]) < 40
