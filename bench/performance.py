#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Measures everything that docs/performance.md shows, and writes it: `make bench`.

    performance.py [--rounds N] [--seconds N] [--write PATH]

Each table comes from one call of bench.py: all servers in turn, round by round, the server pinned to CPU 0
and the load to CPU 1, medians. The bare loops do no HTTP; the ratio to the bare epoll loop of the same run
is the figure to read. Peers that are not installed are named and left out.
"""
import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
SELKIE = Path(os.environ.get("SELKIE_BUILD", HERE.parent / "build")).resolve() / "selkie"
PEERS = ("nginx", "h2o", "lighttpd", "haproxy")
WAYS = ("epoll edge", "epoll level", "poll level", "select level")

# The kinds of load, the connections of each, and what its table is called.
KINDS = (
    ("keepalive", 64, "Keep-alive, 64 connections, one request at a time each"),
    ("keepalive", 500, "Keep-alive, 500 connections"),
    ("pipeline", 64, "Pipelined by 16, 64 connections"),
    ("close", 64, "One request a connection (ab, HTTP/1.0), 64 at a time"),
)


def servers(most):
    """The command of each way to run Selkie that can hold `most` connections."""
    commands = []
    for way in WAYS:
        selector, trigger = way.split()
        if selector == "select" and most > 900:
            continue
        commands += ["--server", f"selkie {way}={SELKIE} respond --workers 1 --selector {selector} "
                                 f"--trigger {trigger} --listen 127.0.0.1:{{port}}"]
    return commands


def measure(kind, connections, args):
    """One table: {server: {"a": requests/s or bytes, "b": CPU us a request or KiB, "errors": []}}."""
    command = [sys.executable, HERE / "bench.py", kind, "--json", "--conns", str(connections),
               "--rounds", str(args.rounds), "--seconds", str(args.seconds), *servers(connections)]
    present = [peer for peer in PEERS if shutil.which(peer)]
    if present:
        command += ["--peers", *present]
    return json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)


def table(rows):
    """A load's servers, the cheapest first."""
    epoll, uring = rows["bare-epoll"]["b"], rows["bare-io_uring"]["b"]
    lines = ["| server | CPU us a request | x bare epoll | x bare io_uring | requests/s | errors |",
             "| --- | ---: | ---: | ---: | ---: | --- |"]
    for name, row in sorted(rows.items(), key=lambda item: item[1]["b"]):
        lines.append(f"| {name} | {row['b']:.2f} | {row['b'] / epoll:.2f} | {row['b'] / uring:.2f} "
                     f"| {row['a']:.0f} | {', '.join(row['errors']) or 'none'} |")
    return lines


def idle_table(rows):
    lines = ["| server | bytes a connection | KiB with 50 connections |", "| --- | ---: | ---: |"]
    for name, row in sorted(rows.items(), key=lambda item: item[1]["a"]):
        lines.append(f"| {name} | {row['a']:.0f} | {row['b'] / 1024:.0f} |")
    return lines


def page(args):
    """The whole page, line by line."""
    yield "# Performance"
    yield ""
    yield ("Written by `make bench` "
           f"on {time.strftime('%Y-%m-%d', time.gmtime())}, Linux {platform.release()}, "
           f"{os.cpu_count()} CPUs; {args.rounds} rounds of {args.seconds} s, medians. The server has one "
           "worker, pinned to one CPU, the load to another. CPU time is the server's, user and system, "
           "by the scheduler's account; most of it is the kernel's TCP. The bare loops (bench/limit.c) answer "
           "every blank line with the same bytes and do no HTTP. On a shared machine trust the ratios "
           "within a table, and nothing else.")
    missing = [peer for peer in PEERS if not shutil.which(peer)]
    if missing:
        yield ""
        yield f"Left out, because not installed: {', '.join(missing)}."
    for kind, connections, title in KINDS:
        yield from ["", f"## {title}", "", *table(measure(kind, connections, args))]
    yield from ["", "## Memory of an idle keep-alive connection, 800 held", ""]
    yield from idle_table(measure("idle", 800, args))


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=2)
    parser.add_argument("--write", type=Path, default=HERE.parent / "docs/performance.md")
    args = parser.parse_args()
    if os.cpu_count() < 2:
        parser.exit(1, "performance.py: the server and the load need a CPU each; this machine has one\n")
    text = "\n".join(page(args)) + "\n"
    args.write.write_text(text)
    print(text, end="")


if __name__ == "__main__":
    main()
