# SPDX-License-Identifier: MIT
"""Shows that the matrix can fail: each tool, against servers with a fault, must complain.

Called by matrix.py --self-test and before every short run. A tool that cannot see a fault is listed
in `BLIND` with the reason, and is held to that as well: should it complain one day, the list is
wrong.
"""

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from faulty import FAULTS
from judge import judge, judge_killed
from run import Outcome, Trial, host, run
from server import Served, Server
from tools import TOOLS, Load, Report

FAULTY = Path(__file__).resolve().parent / "faulty.py"
LOAD = Load(count=320, connections=8, seconds=1)
# The bound on a tool that waits for the silent server, which only costs time; and on all others,
# which no busy machine may reach, or a slow tool would pass for one that has noticed something.
SILENT_SECONDS = 3
TIMEOUT_SECONDS = 60
# Most of a run is waiting, for processes to start and for the tools that count in whole seconds.
AT_ONCE = 8
# Reading to the end of the connection, these take a body for complete that is shorter than
# announced.
BLIND = {"ab": ("truncated",), "siege": ("truncated",), "httperf": ("truncated",)}


def sentence(tool, fault, closing, content):
    """What a run shows when it passes."""
    manner = "closing server" if closing else "server"
    verb = "accepts" if content else "rejects"
    return f"self-test: {tool.name} {verb} a {manner}, fault: {fault}"


def verdict(tool, program, fault, closing, turn):
    """Passed when the tool was content with a correct server, or complained about a faulty one."""
    command = [sys.executable, str(FAULTY), fault, host(turn), "off" if closing else "on"]
    content = fault == "none" or fault in BLIND.get(tool.name, ())
    timeout = SILENT_SECONDS if fault == "silent" else TIMEOUT_SECONDS
    trial = Trial(tool, program, LOAD, closing, timeout)
    outcome = run(sentence(tool, fault, closing, content), trial, Server(command))
    if not content and outcome.served:
        outcome.complaints = ["nothing noticed"] if outcome.passed else []
    return outcome


def cases(programs):
    """Tool, program, fault and whether the server closes, for every run."""
    for tool in TOOLS:
        if tool.name not in programs:
            continue
        for fault in FAULTS:
            yield tool, programs[tool.name], fault, False
        if not tool.persistent:
            yield tool, programs[tool.name], "none", True


def selftest_live(programs):
    """The outcomes of all runs of the tools in `programs`, by name, in order."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        runs = [pool.submit(verdict, *case, turn) for turn, case in enumerate(cases(programs))]
        for each in runs:
            yield each.result()


# What judge() has to say to counts that are off by one, which no faulty server makes visible in
# every tool: tool, what it counts, its errors, responses and connections served, whether it passes.
COUNTS = (
    ("hey", 320, {}, 320, 8, True),
    ("hey", 320, {}, 321, 8, False),
    ("hey", 320, {}, 319, 8, False),
    ("hey", 319, {}, 319, 8, False),
    ("hey", 320, {"status 500": 1}, 320, 8, False),
    ("hey", 320, {}, 320, 160, True),
    ("hey", 320, {}, 320, 161, False),
    ("h2load", 320, {}, 320, 10, False),
    ("ab", 320, {}, 320, 321, True),
    ("ab", 320, {}, 320, 319, False),
    ("wrk", 500, {}, 508, 9, True),
    ("wrk", 500, {}, 509, 9, False),
    ("wrk", 500, {}, 499, 9, False),
    ("wrk", 0, {}, 0, 9, False),
    ("autocannon-pipelined", 248, {}, 320, 8, True),
    ("autocannon-pipelined", 248, {}, 321, 8, False),
    ("autocannon-pipelined", 247, {}, 320, 8, False),
)

# And to those of a run in which workers were killed: the same, with the connections lost before the
# last.
KILLED_COUNTS = (
    ("hey", 320, {}, 320, 13, 5, True),
    ("hey", 320, {}, 325, 13, 5, True),
    ("hey", 320, {}, 326, 13, 5, False),
    ("hey", 315, {}, 315, 13, 5, True),
    ("hey", 314, {}, 314, 13, 5, False),
    ("hey", 315, {"reset": 5}, 315, 13, 5, True),
    ("hey", 315, {"reset": 6}, 315, 13, 5, False),
    ("hey", 320, {"status 500": 1}, 320, 13, 5, False),
    ("hey", 320, {}, 320, 13, 0, False),
    ("ab-k", 315, {"failed": 10}, 315, 13, 5, True),
    ("ab-k", 315, {"failed": 11}, 315, 13, 5, False),
    ("ab-k", 320, {}, 315, 13, 5, True),
    ("ab-k", 320, {}, 314, 13, 5, False),
    ("ab-k", 315, {"failed": 10, "non-2xx": 1}, 315, 13, 5, False),
    ("ab-k", 315, {"failed": 10}, 315, 15, 5, False),
    ("wrk", 500, {"read": 5}, 513, 14, 5, True),
    ("wrk", 500, {"read": 5}, 514, 14, 5, False),
    ("wrk", 500, {"read": 6}, 500, 14, 5, False),
    ("wrk", 500, {"read": 5, "timeout": 1}, 500, 14, 5, False),
    ("wrk-pipelined", 500, {"read": 5}, 708, 14, 5, True),
    ("wrk-pipelined", 500, {"read": 5}, 709, 14, 5, False),
    ("siege-k", 315, {"failed transactions": 5, "error messages": 4}, 315, 13, 5, True),
    ("siege-k", 315, {"failed transactions": 6}, 315, 13, 5, False),
    ("autocannon-pipelined", 198, {"errors": 5}, 320, 13, 5, True),
    ("autocannon-pipelined", 197, {"errors": 5}, 320, 13, 5, False),
)


def selftest_killed_counts():
    """The outcomes of judging `KILLED_COUNTS`."""
    tools = {tool.name: tool for tool in TOOLS}
    for name, answered, errors, responses, connections, lost, passes in KILLED_COUNTS:
        report, served = Report(answered, errors), Served(responses, connections)
        complaints = judge_killed(tools[name], LOAD, report, served, lost)
        wrong = [] if passes == (not complaints) else [f"judged otherwise: {complaints}"]
        yield Outcome(f"self-test: {name} counts {answered}, server {responses} on {connections}, "
                      f"errors {errors}, {lost} lost: {'passes' if passes else 'fails'}", wrong,
                      answered)


def selftest_counts():
    """The outcomes of judging `COUNTS`."""
    tools = {tool.name: tool for tool in TOOLS}
    for name, answered, errors, responses, connections, passes in COUNTS:
        report, served = Report(answered, errors), Served(responses, connections)
        complaints = judge(tools[name], LOAD, False, report, served)
        wrong = [] if passes == (not complaints) else [f"judged otherwise: {complaints}"]
        yield Outcome(f"self-test: {name} counts {answered}, server {responses} on {connections}, "
                      f"errors {errors}: {'passes' if passes else 'fails'}", wrong, answered)
