#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Measures what slow and greedy clients can do to a good one: slowhttptest in each of its four modes
opens several times as many connections as the server has places for, while wrk plays the good
client, which comes when they are all there. `make slow` writes the tables of docs/limits.md.

Exits 1 when the good client has seen an error, or its median more than doubled.
"""
import argparse
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

from processes import Running, ServerError, end_in_order, free_port, progress, \
    raise_descriptors
from servers import SELKIE

PAGE = Path(__file__).resolve().parent.parent / "docs/limits.md"
BEGIN, END = "<!-- from make slow -->", "<!-- to here -->"
PLACES, SLOW, GOOD = 200, 1000, 16
# slowhttptest comes with 500 connections a second; the good client comes when it holds them all.
RATE, AHEAD_S, SECONDS, ROUNDS = 500, 3, 3, 3
SELECTORS = [("io_uring", ["--selector", "io_uring"]),
             ("epoll, edge", ["--selector", "epoll", "--trigger", "edge"]),
             ("epoll, level", ["--selector", "epoll", "--trigger", "level"]),
             ("poll", ["--selector", "poll"]), ("select", ["--selector", "select"])]


class Mode(NamedTuple):
    """One of slowhttptest's modes: its options, and what is served."""
    name: str
    words: str
    options: list
    body: str = "ok"


MODES = [
    Mode("-H", "heads that drip", ["-H", "-i", "1"]),
    Mode("-B", "bodies that drip", ["-B", "-i", "1", "-s", "8192"]),
    Mode("-R", "overlapping ranges", ["-R", "-a", "5", "-b", "3000"]),
    Mode("-X", "responses read slowly", ["-X", "-w", "512", "-y", "1024", "-n", "1", "-z", "32",
                                         "-k", "3"], "slow " * 20000),
]


class Good(NamedTuple):
    """What wrk has seen."""
    rate: float
    median_us: float
    errors: int


MICROSECONDS = {"us": 1, "ms": 1000, "s": 1000000}


def wrk(port):
    command = ["wrk", "-t", "1", "-c", str(GOOD), "-d", f"{SECONDS}s", "--latency",
               f"http://127.0.0.1:{port}/"]
    out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    value, unit = re.search(r"50%\s+([\d.]+)(us|ms|s)", out).groups()
    errors = sum(map(int, re.findall(r"(?:connect|read|write|timeout|responses:) (\d+)", out)))
    return Good(float(re.search(r"Requests/sec:\s+([\d.]+)", out)[1]),
                float(value) * MICROSECONDS[unit], errors)


class Slow:
    """slowhttptest, for as long as the good client runs. It polls without a pause once a server has
    closed a connection of its, which takes most of a CPU; so it gets what the others leave of that.
    """

    def __init__(self, mode, port):
        length = AHEAD_S + SECONDS + 2
        self.process = subprocess.Popen(
            ["chrt", "--idle", "0", "slowhttptest", *mode.options, "-c", str(SLOW), "-r", str(RATE), "-l", str(length),
             "-p", "2", "-u", f"http://127.0.0.1:{port}/"], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        time.sleep(AHEAD_S)

    def stop(self):
        self.process.terminate()
        self.process.communicate(timeout=30)


def reached(running):
    """What the server says of its bounds, in words."""
    master = next(pid for pid in running.pids() if "selkie" in
                  Path(f"/proc/{pid}/comm").read_text())
    os.kill(master, signal.SIGUSR1)
    time.sleep(0.3)
    running.said.seek(0)
    found = re.findall(r"reached (\S+) (\d+)", running.said.read())
    return ", ".join(f"{name} {count}" for name, count in found) or "none"


def measure(options, mode):
    """The good client alone, then beside the slow ones: two of Good, and the bounds in words."""
    port = free_port()
    server = Running([SELKIE, "respond", "--workers", "2", "--listen", f"127.0.0.1:{port}",
                      "--max-connections", str(PLACES // 2), "--body", mode.body, *options], port)
    try:
        alone = wrk(port)
        slow = Slow(mode, port)
        try:
            beside = wrk(port)
            return alone, beside, reached(server)
        finally:
            slow.stop()
    finally:
        server.stop()


def middle(rounds):
    """Of several measurements the one whose median, as a multiple of that alone, is in the middle;
    with the errors of all of them."""
    rounds = sorted(rounds, key=lambda each: each[1].median_us / each[0].median_us)
    alone, beside, bounds = rounds[len(rounds) // 2]
    return alone, beside._replace(errors=sum(each[1].errors for each in rounds)), bounds


def row(name, mode, alone, beside, bounds):
    return (f"| {name} | {mode.name} {mode.words} | {beside.errors} | {alone.median_us:.0f} us | "
            f"{beside.median_us:.0f} us | {beside.median_us / alone.median_us:.2f} | "
            f"{beside.rate / alone.rate:.2f} | {bounds} |")


def version(command, pattern):
    out = subprocess.run(command, capture_output=True, text=True, check=False)
    found = re.search(pattern, out.stdout + out.stderr)
    return found[1] if found else "of an unknown version"


def table(rows):
    return "\n".join([
        f"slowhttptest {version(['slowhttptest', '-h'], r'version ([0-9.]+)')} with {SLOW:,} "
        f"connections, run by chrt --idle 0, against two workers with {PLACES // 2} places each; "
        f"wrk with {GOOD} "
        f"connections, which it opens {AHEAD_S} s later, for {SECONDS} s. Median of wrk's "
        f"requests, and its rate, as a multiple of what it has alone; of {ROUNDS} rounds the one "
        "with the ratio in the middle, and the errors of all.",
        "",
        "| selector | slowhttptest | errors of wrk | median alone | median beside | ratio | rate, "
        "ratio | bounds met |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |", *rows])


def write(text):
    page = PAGE.read_text()
    before, rest = page.split(BEGIN)
    _, after = rest.split(END)
    PAGE.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=[name for name, _ in SELECTORS], metavar="SELECTOR",
                        help="print a part: " + "; ".join(name for name, _ in SELECTORS))
    return parser.parse_args()


def main():
    args = arguments()
    end_in_order()
    raise_descriptors()
    rows, is_good = [], True
    for name, options in SELECTORS:
        if args.only and name != args.only:
            continue
        for mode in MODES:
            progress(f"{name} {mode.name}")
            alone, beside, bounds = middle([measure(options, mode) for _ in range(ROUNDS)])
            rows.append(row(name, mode, alone, beside, bounds))
            print(rows[-1], flush=True)
            is_good &= beside.errors == 0 and beside.median_us <= 2 * alone.median_us
    if not args.only:
        write(table(rows))
    return 0 if is_good else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (ServerError, subprocess.CalledProcessError, OSError) as error:
        sys.exit(f"slow: {error}")
