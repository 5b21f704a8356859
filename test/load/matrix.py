#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The load matrix: the usual load tools against build/selkie in every configuration.

Each cell starts a server, loads it with one tool, stops it and demands: no error of any kind the
tool knows, every request answered, and the server's counts equal to the tool's. In the cells that
end in `/kill` workers are killed meanwhile: so many requests may fail as they held, and no more.
`make test` runs the short form and `make load` the full one. Exit status: 0 all passed, 1 something
failed, 2 wrong usage.
"""

import argparse
import os
import sys
from collections import Counter
from pathlib import Path

from cells import SELECTORS, cells_all, cells_kill, cells_kill_some, cells_pairwise
from report import page
from run import BUILD, TOOL_FOLDERS, Trial, host, run
from selftest import selftest_counts, selftest_killed_counts, selftest_live
from server import Server, selkie_command, selector_refusal
from tools import TOOLS, Load, tool_find

SHORT = Load(count=3200, connections=32, seconds=1)
FULL = Load(count=12800, connections=64, seconds=3)
# In either form long enough for several kills.
KILL = Load(count=12800, connections=32, seconds=2)
TIMEOUT_SECONDS = 60


def arguments_parse():
    """The command line; argparse exits with 2 when it is wrong."""
    parser = argparse.ArgumentParser(description="Run the load tools against build/selkie.")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--short", action="store_true",
                      help="each tool on each selector, the rest pairwise (default)")
    form.add_argument("--full", action="store_true", help="every cell, longer")
    form.add_argument("--self-test", action="store_true",
                      help="only show that the matrix can fail; needs no server")
    parser.add_argument("--cell", action="append", metavar="SUBSTRING",
                        help="only cells with this in the name")
    parser.add_argument("--selectors", default=",".join(SELECTORS), metavar="LIST",
                        help="default: %(default)s")
    parser.add_argument("--write", type=Path, metavar="PATH",
                        help="write the outcome as Markdown")
    parser.add_argument("--list", action="store_true", help="print the cells and end")
    arguments = parser.parse_args()
    if not arguments.self_test and not cells_chosen(arguments):
        parser.error("no cell has that name")
    return arguments


def cells_chosen(arguments):
    """The cells that the command line asks for; a substring is looked for among all of them."""
    if arguments.self_test:
        return []
    selectors = arguments.selectors.split(",")
    cells, kills = cells_all(TOOLS, selectors), cells_kill(TOOLS, selectors)
    if arguments.cell:
        return [cell for cell in cells + kills
                if any(part in cell.name for part in arguments.cell)]
    if arguments.full:
        return cells + kills
    return cells_pairwise(cells) + cells_kill_some(TOOLS, selectors)


def programs_found():
    """The path of each tool that is installed, by the tool's name."""
    paths = {tool.name: tool_find(tool, TOOL_FOLDERS) for tool in TOOLS}
    return {name: path for name, path in paths.items() if path}


def show(tally, outcome):
    """Prints the outcome of one cell and counts it."""
    print(outcome.line(), flush=True)
    tally["passed" if outcome.passed else "failed"] += 1
    return outcome


def skip(tally, tools, programs):
    """Prints and returns why tools do not run; in continuous integration none may be missing."""
    reasons = []
    for tool, cells in tools.items():
        if tool.name in programs:
            continue
        word = "failed" if os.environ.get("CI") == "true" else "skipped"
        tally[word] += cells
        reasons.append(f"- {tool.name}: {cells} cells {word}, {tool.program} is not installed")
        print(reasons[-1][2:], flush=True)
    return reasons


def skip_refused(tally, cells):
    """Prints and returns why a selector cannot run here, and the cells that are left."""
    refused = {selector: reason for selector in {cell.selector for cell in cells}
               if (reason := selector_refusal(str(BUILD / "selkie"), selector))}
    reasons = []
    for selector, reason in refused.items():
        count = sum(cell.selector == selector for cell in cells)
        tally["skipped"] += count
        reasons.append(f"- {selector}: {count} cells skipped, {reason}")
        print(reasons[-1][2:], flush=True)
    return reasons, [cell for cell in cells if cell.selector not in refused]


def cells_run(tally, cells, load, programs):
    """Runs the cells whose tool is there; returns each with its outcome."""
    results = []
    for turn, cell in enumerate(cells):
        if cell.tool.name not in programs:
            continue
        trial = Trial(cell.tool, programs[cell.tool.name], KILL if cell.kills else load,
                      cell.closing, TIMEOUT_SECONDS, cell.kills)
        server = Server(selkie_command(str(BUILD / "selkie"), cell, host(turn)))
        results.append((cell, show(tally, run(cell.name, trial, server))))
    return results


def selftest_run(tally, programs):
    """Shows that the judge and the tools find faults."""
    for outcome in (*selftest_counts(), *selftest_killed_counts(), *selftest_live(programs)):
        show(tally, outcome)


def matrix_run(arguments, tally, programs):
    """Everything that the command line asks for."""
    cells = cells_chosen(arguments)
    tools = Counter(cell.tool for cell in cells) if cells else Counter(TOOLS)
    load = FULL if arguments.full else SHORT
    skipped = skip(tally, tools, programs)
    refused, cells = skip_refused(tally, cells)
    if not arguments.full and not arguments.cell:
        selftest_run(tally, programs)
    results = cells_run(tally, cells, load, programs)
    if arguments.write:
        arguments.write.write_text(page(results, skipped + refused, load, TOOLS, programs))


def main():
    arguments = arguments_parse()
    if arguments.list:
        print("\n".join(cell.name for cell in cells_chosen(arguments)))
        return 0
    if not arguments.self_test and not (BUILD / "selkie").exists():
        print(f"{BUILD / 'selkie'} is not there: run make first", file=sys.stderr)
        return 1
    tally = Counter()
    matrix_run(arguments, tally, programs_found())
    print(f"{tally['passed']} passed, {tally['failed']} failed, {tally['skipped']} skipped")
    return 1 if tally["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
