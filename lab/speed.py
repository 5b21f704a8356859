#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The ladder from Python to the kernel: the same answer, "ok", from servers that differ in how they
wait, each with one process on one CPU, and what one request costs in each. The bench's tools do the
measuring (../bench); the Python servers are in speed/.

    speed.py [--rounds N] [--seconds N]     prints the table

No figure here is right or wrong on its own, since machines differ: `check` demands only that no
server made an error.
"""
import argparse
import os
import platform
import pstats
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple, Optional

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent / "bench"))

import calls  # noqa: E402
import loads  # noqa: E402
import rounds  # noqa: E402
import ways  # noqa: E402
from processes import ServerError, end_in_order, progress, raise_descriptors, running  # noqa: E402
from servers import SELKIE, Server, Workshop, bare_loops  # noqa: E402

SERVERS = HERE / "speed"
# Debian's packages, as python3-gevent, are for Debian's own interpreter.
DEBIAN = Path("/usr/bin/python3")
INTERPRETER = str(DEBIAN) if DEBIAN.exists() else sys.executable
ROUNDS = 3
LOAD = loads.Load("keepalive", connections=64, seconds=1.0)
# Runs under strace and under a profiler: long beside calls.SHORT_S, with which they are compared.
COUNTED = LOAD._replace(seconds=1.2)
# A run so short sees no request at all where something else takes the CPU; it is counted again.
ATTEMPTS = 3
NAMES_SHOWN = 3
# The functions that every Python server of the ladder calls on a request, in selectors_server.py.
HTTP_FILE = "selectors_server.py"
HTTP_FUNCTIONS = ("answers", "answer", "response", "<listcomp>", "<setcomp>", "<genexpr>")


class Step(NamedTuple):
    """A rung. `server` is None where this machine lacks it, and `missing` says why; `removes` is
    what this one does without that the one above does."""
    name: str
    server: Optional[Server]
    removes: str
    missing: str = ""


class PythonCalls(NamedTuple):
    """Function calls a request that the interpreter saw, of Python and built-in functions: all, and
    those of `answers` and below. `errors` says why there are none."""
    all: float = 0.0
    http: float = 0.0
    errors: str = ""


class Row(NamedTuple):
    """What one step cost a request."""
    step: Step
    cost: loads.Cost
    calls: calls.Calls
    python: PythonCalls


# The Python servers: name, file, module they need besides the standard library, what they remove.
PYTHON = (
    ("gevent", "gevent_server.py", "gevent",
     "Where it begins: a greenlet for each client, and code that looks as if it blocked."),
    ("asyncio streams", "asyncio_streams_server.py", None,
     "Up to two system calls: gevent often reads once in vain before it waits, and asks for the "
     "size of the socket's buffer before it writes. The price is a future and a wake-up a read."),
    ("asyncio Protocol", "asyncio_server.py", None,
     "The coroutine with its future and its buffer: the loop reads, and calls a method with the "
     "bytes."),
    ("selectors", "selectors_server.py", None,
     "The loop's queue of callbacks: the program reads by itself where the selector tells it to. "
     "asyncio stands on this same module, and nothing below it is saved."),
)
# Selkie: name, options, what it removes.
SELKIE_WAYS = (
    ("Selkie, select", ["--selector", "select"],
     "The interpreter. The system calls stay the same two, in C."),
    ("Selkie, poll", ["--selector", "poll"],
     "The bit sets of select(2), which end at descriptor 1,023."),
    ("Selkie, epoll level", ["--selector", "epoll", "--trigger", "level"],
     "The list of all connections at every wait: the kernel keeps it. That shows with thousands of "
     "connections of which few are busy, not here."),
    ("Selkie, epoll edge", ["--selector", "epoll", "--trigger", "edge"],
     "Changes of interest when a socket is full: each connection is registered once, for both "
     "directions. Short responses never fill one."),
    ("Selkie, io_uring", ["--selector", "io_uring"],
     "Nearly all calls: one hands over the work of many, and returns with their results."),
)
BARE = (
    ("bare epoll loop", "bare-epoll",
     "HTTP: a read, a search for the blank line, a write; but two calls a request again."),
    ("bare io_uring loop", "bare-io_uring",
     "Those calls. What is left is the kernel's TCP, and no server can save that."),
)


def python_version():
    return subprocess.run([INTERPRETER, "-c", "import platform; print(platform.python_version())"],
                          capture_output=True, text=True, check=True).stdout.strip()


def importable(module):
    return subprocess.run([INTERPRETER, "-c", f"import {module}"], capture_output=True,
                          check=False).returncode == 0


def python_server(name, file, options=()):
    return Server(name, "python", lambda port, size, closing: [
        INTERPRETER, *options, SERVERS / file, port])


def python_steps():
    for name, file, module, removes in PYTHON:
        if module and not importable(module):
            yield Step(name, None, removes, "not installed")
        else:
            yield Step(name, python_server(name, file), removes)


def selkie_steps():
    for name, options, removes in SELKIE_WAYS:
        reason = ways.refusal(options)
        server = None if reason else ways.way(options, name)
        yield Step(name, server, removes, reason or "")


def bare_steps(workshop):
    loops = {server.name: server for server in bare_loops(workshop)}
    # The bare io_uring loop needs of the kernel what the load needs, so that where there is a load
    # it works.
    for name, server, removes in BARE:
        yield Step(name, loops[server], removes)


def called(profile):
    """(all, of HTTP): how often functions were called in a run, by the profiler's file."""
    everything = of_http = 0
    for _, count, _, _, callers in pstats.Stats(str(profile)).stats.values():
        everything += count
        of_http += sum(times for (file, _, function), (_, times, _, _) in callers.items()
                       if Path(file).name == HTTP_FILE and function in HTTP_FUNCTIONS)
    return everything, of_http


def profiled(workshop, step, file, seconds):
    """The calls of one run under the profiler, as `called`, and how many requests it answered."""
    profile = workshop.folder / "profile"
    profile.unlink(missing_ok=True)
    server = python_server(step.name, file, ["-m", "cProfile", "-o", profile])
    with running(server) as instance:
        cost = loads.apply(workshop, instance, server.path, COUNTED._replace(seconds=seconds))
    if not profile.exists():
        raise ServerError("the profiler has written nothing")
    return (*called(profile), cost.total)


def counted(count, *arguments):
    """Calls `count` until its result is without errors, or has been wrong too often."""
    for _ in range(ATTEMPTS):
        result = count(*arguments)
        if not result.errors:
            break
    return result


def python_calls(workshop, step):
    """Two runs of different length: their difference is free of what starting costs. Zero calls for
    a server that is not in Python."""
    files = {name: file for name, file, _, _ in PYTHON}
    if step.name not in files:
        return PythonCalls()
    try:
        long = profiled(workshop, step, files[step.name], COUNTED.seconds)
        short = profiled(workshop, step, files[step.name], calls.SHORT_S)
    except (ServerError, OSError) as error:
        return PythonCalls(errors=str(error))
    everything, of_http, requests = (more - less for more, less in zip(long, short))
    if requests <= 0:
        return PythonCalls(errors="the longer run answered fewer requests")
    # `answers` itself is called by the server.
    return PythonCalls(everything / requests, of_http / requests + 1)


def system_calls(workshop, step):
    reason = calls.missing()
    if reason:
        return calls.Calls(errors=reason)
    return counted(calls.count, workshop, step.server, COUNTED)


def climb(workshop, steps, number, load):
    """The rows of all steps."""
    present = [step.server for step in steps if step.server]
    costs = rounds.measure(workshop, present, load, number)
    for step in steps:
        if not step.server:
            yield Row(step, loads.Cost(), calls.Calls(), PythonCalls())
            continue
        progress(f"calls: {step.name}")
        yield Row(step, costs[step.server.name], system_calls(workshop, step),
                  counted(python_calls, workshop, step))
    progress("")


def measure(number=ROUNDS, load=LOAD):
    """Measures the ladder: a list of Row, in its order. ServerError says why this machine
    cannot: the load needs io_uring, and a CPU of its own."""
    if not SELKIE.exists():
        raise ServerError(f"{SELKIE.name} is not built; run make")
    raise_descriptors()
    workshop = Workshop()
    try:
        reason = loads.missing_for(load, workshop)
        if reason:
            raise ServerError(reason)
        steps = [*python_steps(), *selkie_steps(), *bare_steps(workshop)]
        return list(climb(workshop, steps, number, load))
    finally:
        workshop.close()


def last_selkie(rows):
    """The row that the others are compared with: the last way of Selkie that has a result."""
    names = [name for name, _, _ in SELKIE_WAYS]
    return next((row for row in reversed(rows)
                 if row.step.name in names and row.cost.cpu_us), None)


def system_calls_cell(row):
    if not row.calls.of:
        return row.calls.errors or "-"
    shown = list(row.calls.of.items())[:NAMES_SHOWN]
    return f"{row.calls.all:.2f}: " + ", ".join(f"{name} {share:.2f}" for name, share in shown)


def python_cell(row):
    if row.python.errors:
        return row.python.errors
    return f"{row.python.all:.0f} ({row.python.http:.0f})" if row.python.all else "0"


def cells(row, compared):
    """The words of one row of the table."""
    if not row.cost.cpu_us:
        reason = row.step.missing or row.cost.errors
        return [row.step.name, reason, "-", "-", "-", "-", row.step.removes]
    errors = f" ({row.cost.errors})" if row.cost.errors else ""
    ratio = f"{row.cost.cpu_us / compared.cost.cpu_us:.2f}" if compared else "-"
    return [row.step.name, f"{row.cost.rate:,.0f}{errors}", f"{row.cost.cpu_us:.2f}", ratio,
            system_calls_cell(row), python_cell(row), row.step.removes]


def machine():
    """The sentence about where and how this was measured."""
    return (f"Measured with {os.cpu_count()} CPUs, {platform.system()} {platform.release()} and "
            f"Python {python_version()}: {LOAD.connections} keep-alive connections, each with one "
            "request at a time, and one process of each server on one CPU, the load on another; "
            "medians of rounds in which all servers had their turn. The CPU time is the server's, "
            "user and system. It is the figure to trust: where the server is faster than the load, "
            "the requests/s are the load's. Calls were counted in other runs, by strace and "
            "cProfile: these slow a server down, so that a wait finds more connections ready than "
            "it would otherwise.")


def table(rows):
    """The ladder in Markdown, as lines: the table of what `measure` has given, an empty line, and
    where it was measured."""
    compared = last_selkie(rows)
    head = ["server", "requests/s", "CPU us a request",
            f"x {compared.step.name}" if compared else "ratio", "system calls a request",
            "Python calls a request (of HTTP)", "what this step removes"]
    marks = ["---", "---:", "---:", "---:", "---", "---:", "---"]
    lines = [head, marks, *(cells(row, compared) for row in rows)]
    return [*("| " + " | ".join(line) + " |" for line in lines), "", machine()]


def check(rows):
    """What is wrong with the rows, a line each: errors of a server. Speed never is."""
    return [f"{row.step.name}: {row.cost.errors}" for row in rows if row.cost.errors]


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--seconds", type=float, default=LOAD.seconds)
    args = parser.parse_args()
    end_in_order()
    try:
        rows = measure(args.rounds, LOAD._replace(seconds=args.seconds))
    except ServerError as error:
        return f"speed: {error}"
    print("\n".join(table(rows)))
    return "\n".join(check(rows)) or 0


if __name__ == "__main__":
    sys.exit(main())
