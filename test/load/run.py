# SPDX-License-Identifier: MIT
"""Runs one tool against one server, and says how it went.

Used by matrix.py for the cells and by selftest.py for the faulty servers. Whatever goes wrong is a
complaint in the `Outcome`, so that one cell never stops the others.
"""

import os
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path

from judge import judge, judge_killed
from killer import Killer, worker_pids
from server import Served, ServerFailed
from tools import Load, NotUnderstood, Tool, tool_run

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("SELKIE_BUILD", ROOT / "build"))
# npm installs its tools into the first that exists.
TOOL_FOLDERS = (BUILD / "tools/node_modules/.bin", ROOT / "build/tools/node_modules/.bin")
sys.path.append(str(ROOT / "test/e2e"))
# pylint: disable=wrong-import-position
from fault_load import Ended, Wrong, ask_exactly

# Loopback has many addresses: each run takes the next, so that the connections which wait out
# TIME_WAIT never use up the local ports of an address pair.
HOSTS = 200
# What a server has to answer when its workers are killed no more, and the connections for that.
AFTER_KILLS, AFTER_CONNECTIONS = 10_000, 20
# A worker that was killed early is replaced after five seconds at most.
RECOVERY_SECONDS = 30
# A run in which no connection was lost shows nothing: so often it is made longer.
LONGER_TIMES = 4


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
    kills: int = 0
    lost: int = 0

    @property
    def passed(self):
        return not self.complaints

    def line(self):
        verdict = "ok" if self.passed else "FAILED " + "; ".join(self.complaints)
        killed = f"{self.kills} killed, {self.lost} connections lost, " if self.kills else ""
        return f"{self.name}: {verdict} ({self.answered} requests, {killed}{self.seconds:.1f} s)"


def host(turn):
    """The loopback address of the run with this number."""
    return f"127.0.0.{1 + turn % HOSTS}"


@dataclass(frozen=True)
class Trial:
    """A tool and what is asked of it; `closing`: the server closes after each response; `kills`:
    its workers are killed meanwhile."""

    tool: Tool
    program: str
    load: Load
    closing: bool
    timeout: int
    kills: bool = False


def measure(name, trial, server):
    """Loads the server with the tool and stops it. Returns the outcome."""
    with server:
        report = tool_run(trial.tool, trial.program, trial.load, server.url, trial.timeout)
        served = server.stop()
    complaints = judge(trial.tool, trial.load, trial.closing, report, served)
    return Outcome(name, complaints, report.answered)


def recover(server, workers):
    """Waits until the server has all its workers again, and has it serve without an error."""
    limit = time.monotonic() + RECOVERY_SECONDS
    while len(worker_pids(server.process.pid)) < workers:
        if time.monotonic() > limit:
            raise ServerFailed(f"no {workers} workers {RECOVERY_SECONDS} s after the last kill")
        time.sleep(0.01)
    try:
        ask_exactly(server.url.rstrip("/"), b"ok", AFTER_KILLS, AFTER_CONNECTIONS)
    except (Ended, Wrong) as error:
        raise ServerFailed(f"after the kills: {error!r}") from error


def measure_killed(name, trial, server):
    """The same, while workers are killed."""
    with server:
        workers = len(worker_pids(server.process.pid))
        with Killer(server.process.pid, name) as killer:
            report = tool_run(trial.tool, trial.program, trial.load, server.url, trial.timeout,
                              kills=True)
        recover(server, workers)
        kills = len(killer.killed)
        served = server.stop(kills)
    served = Served(served.responses - AFTER_KILLS, served.connections - AFTER_CONNECTIONS)
    complaints = judge_killed(trial.tool, trial.load, report, served, killer.lost)
    return Outcome(name, complaints, report.answered, kills=kills, lost=killer.lost)


def longer(load):
    return replace(load, count=load.count * 4, seconds=load.seconds + 1)


def measure_until_lost(name, trial, server):
    """The same, until the killing has shown something."""
    for _ in range(LONGER_TIMES):
        outcome = measure_killed(name, trial, server)
        if outcome.lost:
            break
        trial = replace(trial, load=longer(trial.load))
    return outcome


def run(name, trial, server):
    """The outcome of one trial against `server`, which this starts and stops."""
    start = time.monotonic()
    try:
        outcome = (measure_until_lost if trial.kills else measure)(name, trial, server)
    except NotUnderstood as error:
        outcome = Outcome(name, [str(error)])
    except (ServerFailed, OSError) as error:
        outcome = Outcome(name, [str(error)], served=False)
    outcome.seconds = time.monotonic() - start
    return outcome
