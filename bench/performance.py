#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Measures everything that docs/performance.md shows, and writes it, with its chart beside it:
`make bench`. Everything is measured side by side with the bare loops, which do no HTTP; the ratio to
the bare epoll loop of the same run is the figure to read. What this machine lacks is named and left
out.

With --only a part is measured and printed; a file is written only where --write says so.
"""
import argparse
import subprocess
import sys
from pathlib import Path

import callgrind
import calls
import chart
import page
import peers
import ways
from kinds import COUNTED, KINDS, PARTS
from loads import missing_for
from processes import ServerError, end_in_order, progress, raise_descriptors
from rounds import SPARE_DESCRIPTORS, can_hold, half_rate, measure
from servers import HERE, SELKIE, Workshop, bare_loops, python_server


def arguments():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=0.8)
    parser.add_argument("--write", type=Path, metavar="PATH",
                        help="the page; the chart is PATH with .svg [docs/performance.md]")
    parser.add_argument("--only", action="append", metavar="KIND",
                        choices=[*(kind.key for kind in KINDS), *PARTS],
                        help="repeatable: " + ", ".join([*(kind.key for kind in KINDS), *PARTS]))
    args = parser.parse_args()
    if args.rounds < 1 or args.seconds <= 0:
        parser.error("at least one round, and some time")
    if not SELKIE.exists():
        parser.exit(1, f"performance: {SELKIE} is not built; run make\n")
    if not args.only and not args.write:
        args.write = HERE.parent / "docs/performance.md"
    return args


class Bench:
    """One run: its servers, what was measured, and what was left out and why."""

    def __init__(self, args, workshop):
        self.args = args
        self.workshop = workshop
        self.left_out = []
        self.bare = bare_loops(workshop)
        self.ways = ways.selkie(self.left_out)
        self.others = [*self.bare, python_server(), *peers.peers(workshop, self.left_out)]
        self.descriptors = raise_descriptors()
        self.charted = []

    def wants(self, key):
        return not self.args.only or key in self.args.only

    def refused(self, load):
        """Why this machine cannot run the load, or None."""
        if load.connections + SPARE_DESCRIPTORS > self.descriptors:
            return f"it needs more than the {self.descriptors} descriptors that are allowed"
        return missing_for(load, self.workshop)

    def kind(self, kind):
        """The section of one kind of load."""
        load = kind.load._replace(seconds=self.args.seconds)
        reason = self.refused(load)
        if reason:
            self.left_out.append(f"{kind.title}: {reason}")
            return
        extra = ways.deferring(self.left_out) if kind.key == "close" else []
        servers = [*self.ways, *extra, *self.others]
        present = can_hold(servers, load)
        absent = [server.name for server in servers if server not in present]
        if load.kind == "latency":
            load = load._replace(rate=half_rate(self.workshop, self.bare[1], load,
                                                self.args.rounds))
        rows = measure(self.workshop, present, load, self.args.rounds)
        if load.kind not in ("latency", "idle"):
            self.charted.append((kind.title, present, rows))
        yield from page.kind_section(kind, load, rows, absent)

    def parse(self):
        made = subprocess.run([HERE / "parse"], stdout=subprocess.PIPE, text=True, check=False)
        if made.returncode:
            self.left_out.append(f"the head parser: bench/parse ended with {made.returncode}")
            return
        yield from page.parse_section(made.stdout)

    def counted(self, tool, name, servers, section):
        """A section that strace or callgrind makes; each counts what it watches once."""
        reason = tool.missing() or self.workshop.refusal
        if reason:
            self.left_out.append(f"{name}: {reason}")
            return
        counts = {}
        for server in servers:
            progress(f"{name}: {server.name}")
            counts[server.name] = tool.count(self.workshop, server, COUNTED)
        progress("")
        yield from section(counts)

    def sections(self):
        for kind in KINDS:
            if self.wants(kind.key):
                yield from self.kind(kind)
        if self.wants("parse"):
            yield from self.parse()
        if self.wants("calls"):
            yield from self.counted(calls, "system calls", [*self.ways, *self.others],
                                    page.calls_section)
        if self.wants("instructions"):
            yield from self.counted(callgrind, "user instructions", self.ways,
                                    page.instructions_section)


def write(args, text, picture):
    if not args.write:
        return
    args.write.write_text(text)
    if picture:
        args.write.with_suffix(".svg").write_text(picture)


def run(args, workshop):
    bench = Bench(args, workshop)
    sections = list(bench.sections())
    lines = [*page.opening(args), *page.left_out(bench.left_out)]
    picture = None
    if bench.charted:
        picture = chart.draw(bench.charted, page.subtitle(args))
        name = (args.write or Path("performance.md")).with_suffix(".svg").name
        lines += ["", f"![CPU time a request of each server and load, as a ratio to a bare epoll "
                      f"loop]({name})"]
    text = "\n".join([*lines, *sections]) + "\n"
    write(args, text, picture)
    print(text, end="")


def main():
    args = arguments()
    end_in_order()
    try:
        workshop = Workshop()
        try:
            run(args, workshop)
        finally:
            workshop.close()
    except ServerError as error:
        sys.exit(f"performance: {error}")
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
