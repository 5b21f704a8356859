#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""
The long form of test/e2e/test_faults.py, for `make faults`. Each call fails in each way, the first
time, the second and so on, in a life of its own; then each engine in turn is under load while all
calls fail, for as long as is asked. Prints how often each call has failed and, last, one line that
sums up. A run that fails ends it, with an exit status other than 0, and names its seed; chance
repeats what fails, and time does not.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "e2e"))

# pylint: disable=wrong-import-position
from fault_board import fault_name
from faults import Tally, siege
from test_faults import ENGINES, lives_try

# A run has so many seconds at most; then another server begins, from another seed.
RUN_SECONDS = 30
# One in so many calls fails, in one run and in the next.
RATES = (50, 25, 200, 100)
KILL_SECONDS = 4
# With a ring of so many entries, where there is one: full queues are rare otherwise.
RINGS = ("256", "8", "256", "1", "2")


def arguments_parse():
    parser = argparse.ArgumentParser(description="Let system calls fail.")
    parser.add_argument("--seconds", type=int, default=600, help="in all (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=int(time.time()), help="where chance begins")
    parser.add_argument("--engine", choices=ENGINES, action="append", help="only this one")
    return parser.parse_args()


def folder_open():
    return tempfile.TemporaryDirectory(prefix="selkie-faults-")


def lives_run():
    """Every call by itself."""
    total = Tally()
    with folder_open() as folder:
        total.faults, complaints = lives_try(Path(folder), is_full=True)
    print(f"one by one: {total.faults.total()} faults", *complaints, sep="\n", flush=True)
    if complaints:
        sys.exit(1)
    return total


def siege_run(engine, seconds, turn, seed):
    """One server, under load for so long."""
    rate = RATES[turn % len(RATES)]
    name = f"{engine}: seed {seed + turn}, one in {rate}"
    try:
        with folder_open() as folder:
            tally = siege(Path(folder) / "board", ENGINES[engine], seconds, rate,
                          kills=int(seconds / KILL_SECONDS), host=f"127.0.0.{turn % 250 + 1}",
                          seed=seed + turn, SELKIE_RING_ENTRIES=RINGS[turn % len(RINGS)])
    except BaseException:
        print(f"{name}: failed", flush=True)
        raise
    print(f"{name}: {tally.faults.total()} faults, {tally.answered} requests, {tally.ended} "
          f"workers ended, {tally.killed} killed", flush=True)
    return tally


def engine_run(engine, seconds, seed):
    """All runs of one engine."""
    total, turn, end = Tally(), 0, time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        total.add(siege_run(engine, min(RUN_SECONDS, max(KILL_SECONDS, left)), turn, seed))
        turn += 1
    return total


def table_print(total):
    """What was made to fail, a line a call."""
    calls = {}
    for (call, fault), count in sorted(total.faults.items()):
        calls.setdefault(call, []).append(f"{fault_name(fault)} {count}")
    for call, faults in calls.items():
        print(f"{call}: {', '.join(faults)}")


def main():
    arguments = arguments_parse()
    engines = arguments.engine or list(ENGINES)
    total = lives_run()
    for engine in engines:
        total.add(engine_run(engine, arguments.seconds / len(engines), arguments.seed))
    table_print(total)
    print(f"{total.faults.total()} faults, {total.answered} requests, {total.ended} workers ended, "
          f"{total.killed} killed")


if __name__ == "__main__":
    main()
