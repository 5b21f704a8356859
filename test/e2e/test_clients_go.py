# SPDX-License-Identifier: MIT
"""
Go's net/http as a client: goroutines that share connections, bodies of known and unknown length,
Expect, refusals while a body goes out, and what is cancelled. programs/go_client.go has the
scenarios. Skipped where there is no Go, which is too large to be installed for this alone.
"""
from pathlib import Path

import pytest

from foreign import both_engines, find, run

pytestmark = pytest.mark.skipif(find("go") is None, reason="go is not installed (golang-go)")


@pytest.fixture(name="go_client", scope="module")
def fixture_go_client(tmp_path_factory):
    """Builds the program, and returns what runs a scenario of it."""
    folder = tmp_path_factory.mktemp("go")
    program = folder / "go_client"
    source = Path(__file__).parent / "programs/go_client.go"
    made = run("go", "build", "-o", program, source, cwd=folder, GO111MODULE="off",
               CGO_ENABLED="0", GOTOOLCHAIN="local")
    assert made.returncode == 0, made.stderr

    def start(scenario, server):
        result = run(program, scenario, server.urls[0])
        assert result.returncode == 0, result.stderr
        return result.stdout.decode().strip()
    return start


@both_engines
def test_in_parallel(go_client, mirror, mode):
    server = mirror(*mode)
    opened = int(go_client("parallel", server))
    responses, connections = server.served()
    # It also dials ahead: what it has connected may find no request left.
    assert responses == 1000
    assert 0 < opened <= connections < 100


@both_engines
@pytest.mark.parametrize("scenario", ["bodies", "expect", "refused", "cancelled", "closing",
                                      "wrongDoor"])
def test_scenario(go_client, mirror, mode, scenario):
    go_client(scenario, mirror(*mode))
