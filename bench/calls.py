# SPDX-License-Identifier: MIT
"""System calls a request, by strace -c: keep-alive, 64 connections. Two runs of different length;
their difference is free of what starting and ending cost. Used by performance.py.

A watched server is several times slower than the load, so that each wait brings more events than it
would bring otherwise.
"""
import shutil
from typing import NamedTuple

import loads
from processes import ServerError, running

SHORT_S = 0.2
# What is called less often than every hundredth request does not belong to the requests.
SHOWN = 0.01


class Calls(NamedTuple):
    """Calls a request: all, and {name: calls}. Or `errors` says why there are none."""
    all: float = 0.0
    of: dict = {}
    errors: str = ""


def missing():
    """Why this machine cannot count, or None."""
    return None if shutil.which("strace") else "strace is not installed"


def read_report(text):
    """{name: calls} of strace's table: % time, seconds, usecs/call, calls, [errors], name."""
    counts = {}
    for line in text.splitlines():
        words = line.split()
        if len(words) in (5, 6) and words[3].isdigit() and words[-1] != "total":
            counts[words[-1]] = int(words[3])
    return counts


def run(workshop, server, load):
    """The calls of one run, and how many requests were answered."""
    report = workshop.folder / "strace"
    report.unlink(missing_ok=True)
    with running(server, around=["strace", "-f", "-c", "-o", report],
                 inner_first=True) as instance:
        total = loads.apply(workshop, instance, server.path, load).total
    counts = read_report(report.read_text())
    if not counts:
        raise ServerError("strace did not see it end")
    return counts, total


def count(workshop, server, load):
    try:
        counts, total = run(workshop, server, load)
        short_counts, short_total = run(workshop, server, load._replace(seconds=SHORT_S))
    except (ServerError, OSError) as error:
        return Calls(errors=str(error))
    requests = total - short_total
    if requests <= 0:
        return Calls(errors="the longer run answered fewer requests")
    shares = {name: (calls - short_counts.get(name, 0)) / requests
              for name, calls in counts.items()}
    shown = {name: share for name, share in shares.items() if share >= SHOWN}
    return Calls(sum(shares.values()), dict(sorted(shown.items(), key=lambda item: -item[1])))
