# SPDX-License-Identifier: MIT
"""Runs one tool against one server, and says how it went.

Used by matrix.py for the cells and by selftest.py for the faulty servers. Whatever goes wrong is a
complaint in the `Outcome`, so that one cell never stops the others.
"""

import os
import time
from dataclasses import dataclass
from pathlib import Path

from judge import judge
from server import Server, ServerFailed
from tools import Load, NotUnderstood, Tool, tool_run

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("SELKIE_BUILD", ROOT / "build"))
# npm installs its tools into the first that exists.
TOOL_FOLDERS = (BUILD / "tools/node_modules/.bin", ROOT / "build/tools/node_modules/.bin")
# Loopback has many addresses: each run takes the next, so that the connections which wait out
# TIME_WAIT never use up the local ports of an address pair.
HOSTS = 200


@dataclass
class Outcome:
    """How a run went; `answered` is what the tool counted, 0 without a report.

    `served` is false when the server itself failed, so that the tool had nothing to judge.
    """

    name: str
    complaints: list
    answered: int = 0
    seconds: float = 0.0
    served: bool = True

    @property
    def passed(self):
        return not self.complaints

    def line(self):
        verdict = "ok" if self.passed else "FAILED " + "; ".join(self.complaints)
        return f"{self.name}: {verdict} ({self.answered} requests, {self.seconds:.1f} s)"


def host(turn):
    """The loopback address of the run with this number."""
    return f"127.0.0.{1 + turn % HOSTS}"


@dataclass(frozen=True)
class Trial:
    """A tool and what is asked of it; `closing`: the server closes after each response."""

    tool: Tool
    program: str
    load: Load
    closing: bool
    timeout: int


def measure(trial, server):
    """Loads the server with the tool and stops it; returns what each of the two counts."""
    with server:
        report = tool_run(trial.tool, trial.program, trial.load, server.url, trial.timeout)
        return report, server.stop()


def run(name, trial, server):
    """The outcome of one trial against `server`, which this starts and stops."""
    start = time.monotonic()
    try:
        report, served = measure(trial, server)
        complaints = judge(trial.tool, trial.load, trial.closing, report, served)
        outcome = Outcome(name, complaints, report.answered)
    except NotUnderstood as error:
        outcome = Outcome(name, [str(error)])
    except (ServerFailed, OSError) as error:
        outcome = Outcome(name, [str(error)], served=False)
    outcome.seconds = time.monotonic() - start
    return outcome
