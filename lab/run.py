#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs each mistake of docs/why.md and its mended twin under ab and wrk, checks that the one breaks
as the page says and the other does not, records the decisive moments, and measures what makes a
server fast: `make lab` writes what it has seen into docs/why.md, and the pictures beside it.

With names (lab/run.py unread) only those are run, and printed. Exits 1 when something does not
behave as the page says; nothing is written then.
"""
import argparse
import os
import platform
import subprocess
import sys
from typing import NamedTuple

import picture
import recorder
import speed  # with it the tools of bench/ can be imported
import why
import processes
from mistakes import MISTAKES
from twins import LabError, Twin


TRIES = 10


class Result(NamedTuple):
    """Of one mistake: the figures of both, the recorded events by kind, in `reason` why the machine
    does not let it be made and in `problem` what is not as it should be, or ""; and the name of the
    figure that tells most, or ""."""
    name: str
    broken: dict = {}
    mended: dict = {}
    events: dict = {}
    reason: str = ""
    problem: str = ""
    telling: str = ""

    @property
    def has_picture(self):
        return bool(self.events)


def start(mistake, kind):
    arguments = {key: value() for key, value in mistake.arguments.items()}
    return Twin(mistake.name, kind, **arguments)


def measure(mistake, kind):
    with start(mistake, kind) as twin:
        return mistake.measure(twin)


def recorded(mistake, kind):
    """The decisive moment. Some are a race, which is not always lost."""
    for _ in range(TRIES):
        events = record(mistake, kind)
        if kind == "mended" or any(mistake.decisive in event.text for event in events):
            return events
    raise LabError(f"in {TRIES} recordings nothing said {mistake.decisive.strip()}")


def record(mistake, kind):
    with start(mistake, kind) as twin:
        if mistake.prepare:
            mistake.prepare(twin)
        events = recorder.record(twin.pids(), twin.port, lambda: mistake.moment(twin),
                                 mistake.keep)
    while events and events[-1].text.startswith("epoll_wait() = "):
        events.pop()  # of an end that is not kept
    return events


def problem_of(mistake, broken, mended):
    if not mistake.breaks(broken):
        return "the broken one does not break as docs/why.md says"
    if not mistake.holds(mended):
        return "the mended one does not hold"
    return ""


def play(mistake):
    try:
        broken, mended = measure(mistake, "broken"), measure(mistake, "mended")
        events = {}
        if mistake.moment and not recorder.unavailable():
            events = {kind: recorded(mistake, kind) for kind in ("broken", "mended")}
    except LabError as error:
        return Result(mistake.name, reason=str(error))
    return Result(mistake.name, broken, mended, events,
                  problem=problem_of(mistake, broken, mended), telling=mistake.telling)


def show(result):
    if result.reason:
        print(f"{result.name}: not reproduced on this machine: {result.reason}")
        return
    print(f"\n{result.name}: {result.problem or 'as docs/why.md says'}")
    for kind, figures in (("broken", result.broken), ("mended", result.mended)):
        for words, value in figures.items():
            print(f"  {kind}  {words}: {value}")
    for kind, events in result.events.items():
        print(f"  {kind}, the decisive moment:")
        for line in recorder.excerpt(events):
            print(f"    {line}")


def said_first(command):
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    return (run.stdout + run.stderr).strip().splitlines()[0]


def machine():
    ab = said_first(["ab", "-V"]).partition("Version ")[2].split()[0]
    wrk = said_first(["wrk", "-v"]).split()[1]
    lost = "".join(f" No pictures: {reason}." for reason in recorder.unavailable()[:1])
    return (f"Seen on Linux {platform.release().split('-')[0]} with {len(os.sched_getaffinity(0))} "
            f"processors, Python {platform.python_version()}, ab {ab}, wrk {wrk}.{lost}")


def ladder():
    """The lines of the table of speeds, or one that says why this machine cannot measure it."""
    try:
        rows = speed.measure()
    except processes.ServerError as error:
        return [f"Not measured on this machine: {error}."]
    complaints = speed.check(rows)
    if complaints:
        raise LabError("; ".join(complaints))
    return speed.table(rows)


def draw(results):
    why.PICTURES.mkdir(exist_ok=True)
    for result in results:
        if result.has_picture:
            picture.draw(why.PICTURES / f"{result.name}.svg", list(result.events.items()))


def arguments():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    names = [mistake.name for mistake in MISTAKES]
    parser.add_argument("names", nargs="*", metavar="NAME",
                        help="print only these: " + ", ".join([*names, "speed"]))
    args = parser.parse_args()
    for name in args.names:
        if name not in [*names, "speed"]:
            parser.error(f"there is no mistake named {name}; there are: {', '.join(names)}, speed")
    return args.names


def main():
    names = arguments()
    for reason in recorder.unavailable():
        print(f"lab: no recordings: {reason}", file=sys.stderr)
    results = []
    for mistake in MISTAKES:
        if not names or mistake.name in names:
            results.append(play(mistake))
            show(results[-1])
            sys.stdout.flush()
    is_right = not any(result.problem for result in results)
    table = ladder() if not names or "speed" in names else []
    print("", *table, sep="\n")
    if not names and is_right:
        draw(results)
        why.write(results, table, machine())
        print(f"\n{why.PAGE} is written")
    return 0 if is_right else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (OSError, subprocess.SubprocessError, LabError, recorder.TraceError) as error:
        sys.exit(f"lab: {error}")
