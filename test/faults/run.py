#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The long form of test/e2e/test_faults.py, for `make faults`: each engine in turn is under load
while its system calls fail, for as long as is asked, and then every start is tried. Prints a table
of what was made to fail and, last, one line that sums up. Exit status 0: all held."""

import argparse
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "e2e"))

# pylint: disable=wrong-import-position
from faults import Tally, fault_name, siege
from test_faults import ENGINES

# A run has so many seconds at most; then another server begins, from another seed.
RUN_SECONDS = 30
# Faults are rarer in one run, and more frequent in the next.
RATES = (50, 10, 200, 25)


def arguments_parse():
    parser = argparse.ArgumentParser(description="Let system calls fail under load.")
    parser.add_argument("--seconds", type=int, default=600, help="in all (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=int(time.time()), help="where chance begins")
    parser.add_argument("--engine", choices=ENGINES, action="append", help="only this one")
    return parser.parse_args()


def engine_run(engine, seconds, seed):
    """All runs of one engine."""
    total, turn = Tally(), 0
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        rate = RATES[turn % len(RATES)]
        span = min(RUN_SECONDS, max(4, end - time.monotonic()))
        with tempfile.TemporaryDirectory(prefix="selkie-faults-") as folder:
            tally = siege(Path(folder) / "board", ENGINES[engine], span, rate,
                          kills=int(span / 4), host=f"127.0.0.{turn % 250 + 1}",
                          seed=seed + turn)
        print(f"{engine}: seed {seed + turn}, one in {rate}: {sum(tally.faults.values())} faults, "
              f"{tally.answered} requests, {tally.ended} workers ended, {tally.killed} killed",
              flush=True)
        total.add(tally)
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
    total = Tally()
    for engine in engines:
        total.add(engine_run(engine, arguments.seconds / len(engines), arguments.seed))
    table_print(total)
    print(f"{sum(total.faults.values())} faults, {total.answered} requests, {total.ended} workers "
          f"ended, {total.killed} killed")


if __name__ == "__main__":
    sys.exit(main())
