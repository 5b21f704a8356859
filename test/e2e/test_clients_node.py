# SPDX-License-Identifier: MIT
"""
Node's clients: fetch, http.request with agents of several kinds, and undici, which pipelines; also
http2 and https, which come to the wrong door. The scenarios are in programs/node_clients.mjs and
programs/undici_clients.cjs; here stands what each has to see, and what the server has to count.
"""
import json
from pathlib import Path

import pytest

from conftest import ROOT
from foreign import both_engines, needs, run

pytestmark = needs("node")

PROGRAMS = Path(__file__).parent / "programs"
# Where tools/need puts what comes from npm.
MODULES = ROOT / "build/tools/node_modules"
needs_undici = pytest.mark.skipif(not (MODULES / "undici/package.json").exists(),
                                  reason="npm has not brought undici (tools/need test)")


def node(program, scenario, server):
    """What a scenario has seen."""
    result = run("node", PROGRAMS / program, scenario, server.urls[0], NODE_PATH=str(MODULES))
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


def node_clients(scenario, server):
    return node("node_clients.mjs", scenario, server)


def undici_clients(scenario, server):
    return node("undici_clients.cjs", scenario, server)


@both_engines
def test_fetch_in_turn(mirror, mode):
    server = mirror(*mode)
    peers = node_clients("fetchInTurn", server)["peers"]
    # It does not always wait until its one connection is free again.
    assert peers < 10
    assert server.served() == (100, peers)


@both_engines
def test_fetch_in_parallel(mirror, mode):
    server = mirror(*mode)
    assert node_clients("fetchInParallel", server) == {"inPlace": 200}
    assert server.served()[0] == 200


@both_engines
def test_fetch_bodies(mirror, mode):
    seen = node_clients("fetchBodies", mirror(*mode))
    assert seen == {"seen": [[200, 200000], [200, 200000], [200, 5], [200, 200000]],
                    "length": "1000", "missing": 404, "text": "404"}


@both_engines
def test_fetch_aborted(mirror, mode):
    assert node_clients("fetchAborted", mirror(*mode)) == {"aborted": 10, "then": "ok"}


@both_engines
def test_agents_with_a_limit(mirror, mode):
    server = mirror(*mode)
    assert node_clients("agentLimits", server) == {"fifo": 4, "lifo": 4}
    assert server.served() == (400, 8)


@both_engines
def test_an_agent_without_keep_alive(mirror, mode):
    server = mirror(*mode)
    assert node_clients("agentWithoutKeepAlive", server) == {"ok": 20, "reused": 0}
    assert server.served() == (20, 20)


@both_engines
def test_an_agent_left_idle(serve_strictly, mode):
    server = serve_strictly("respond", "--workers", "1", "--listen", "127.0.0.1:0",
                            "--idle-timeout", "100ms", *mode)
    ok = {"status": 200, "body": "ok", "reused": False}
    assert node_clients("agentLeftIdle", server) == {"first": ok, "second": ok}
    assert server.served() == (2, 2)


@both_engines
def test_expect_continue(mirror, mode):
    assert node_clients("expectContinue", mirror(*mode)) == {"status": 200, "whole": True}


@both_engines
def test_expect_refusal(mirror, mode):
    assert node_clients("expectRefusal", mirror(*mode)) == {"seen": [404, 405, 413]}


@both_engines
def test_trailers(mirror, mode):
    assert node_clients("trailers", mirror(*mode)) == {"body": "begin end"}


@both_engines
def test_upgrade(mirror, mode):
    seen = node_clients("upgrade", mirror(*mode))["seen"]
    assert [(one["status"], one["body"]) for one in seen] == [(200, "ok")] * 2


@both_engines
@pytest.mark.parametrize("scenario,error", [("http2", "ERR_HTTP2_ERROR"), ("https", "EPROTO")])
def test_the_wrong_door(mirror, mode, scenario, error):
    assert node_clients(scenario, mirror(*mode)) == {"error": error, "then": "ok"}


@needs_undici
@both_engines
@pytest.mark.parametrize("scenario,connections", [("pipeline", 1), ("pipelineWithHead", 10)])
def test_undici_pipelines(mirror, mode, scenario, connections):
    server = mirror(*mode)
    assert undici_clients(scenario, server) == {"inPlace": 500}
    responses, opened = server.served()
    # What lay behind a HEAD in the pipeline it asks for again.
    assert responses >= 500 and opened == connections


@needs_undici
@both_engines
def test_undici_pool(mirror, mode):
    server = mirror(*mode)
    assert undici_clients("pool", server) == {"peers": 4}
    assert server.served() == (400, 4)


@needs_undici
@both_engines
def test_undici_behind_a_close(mirror, mode):
    server = mirror(*mode)
    assert undici_clients("closedInThePipeline", server) == {"ok": 90, "closing": 10}
    assert server.served() == (100, 11)


@needs_undici
@both_engines
def test_undici_bodies(mirror, mode):
    server = mirror(*mode)
    assert undici_clients("bodies", server) == {"same": 50}
    assert server.served() == (50, 1)


@needs_undici
@both_engines
def test_undici_aborted(mirror, mode):
    assert undici_clients("aborted", mirror(*mode)) == {"then": "ok"}
