# SPDX-License-Identifier: MIT
"""The text of docs/performance.md, from what performance.py has measured. Functions return lines."""
import os
import platform
import re
import subprocess
import time
from pathlib import Path

from loads import IDLE_FIRST
from peers import PEERS, find_program, peer_version
from processes import CPUS

# Functions of which each has less than this of a request's instructions are summed up.
FUNCTION_SHARE = 0.01
FLOORS = ("handlers", "server", "engine", "selector", "http", "base")


def number(value, digits=2):
    text = f"{value:,.{digits}f}"
    return text.lstrip("-") if float(text.replace(",", "")) == 0 else text


def ratio(cost, base):
    return number(cost.cpu_us / base.cpu_us) if base and base.cpu_us else "-"


def table(head, rows):
    """Rows of text; the first column is left-aligned, and so is one whose title ends in a blank."""
    marks = ["---" if i == 0 or title.endswith(" ") else "---:" for i, title in enumerate(head)]
    lines = [[title.strip() for title in head], marks, *rows]
    return ["| " + " | ".join(line) + " |" for line in lines]


def load_table(rows):
    """The cheapest first; those without a result last."""
    epoll, uring = rows.get("bare-epoll"), rows.get("bare-io_uring")
    lines = []
    for name, cost in sorted(rows.items(), key=lambda row: row[1].cpu_us or float("inf")):
        if not cost.cpu_us:
            lines.append([name, "-", "-", "-", "-", cost.errors])
            continue
        lines.append([name, number(cost.cpu_us), ratio(cost, epoll), ratio(cost, uring),
                      number(cost.rate, 0), cost.errors or "none"])
    return table(["server", "CPU us a request", "x bare epoll", "x bare io_uring", "requests/s",
                  "errors "], lines)


def latency_table(rows):
    lines = []
    behind = {name for name, cost in rows.items() if not cost.cpu_us or "reaches" in cost.errors}
    for name, cost in sorted(rows.items(), key=lambda row: (row[0] in behind, row[1].p50)):
        times = ["-"] * 3 if name in behind else [number(value, 0) for value in
                                               (cost.p50, cost.p99, cost.p999)]
        cpu = number(cost.cpu_us) if cost.cpu_us else "-"
        lines.append([name, *times, cpu, cost.errors or "none"])
    return table(["server", "p50 us", "p99 us", "p99.9 us", "CPU us a request", "errors "], lines)


def idle_table(rows):
    lines = []
    for name, cost in sorted(rows.items(), key=lambda row: (not row[1].kib, row[1].bytes)):
        figures = [number(cost.bytes, 0), number(cost.kib, 0)] if cost.kib else ["-", "-"]
        lines.append([name, *figures, cost.errors or "none"])
    return table(["server", "bytes a connection", f"KiB with {IDLE_FIRST} connections", "errors "],
                 lines)


TABLES = {"latency": latency_table, "idle": idle_table}


def kind_section(kind, load, rows, absent):
    note = kind.note.format(rate=load.rate)
    if absent:
        note += f" Left out, because it cannot hold so many: {', '.join(absent)}."
    yield from ["", f"## {kind.title}", ""]
    if note:
        yield from [note.strip(), ""]
    yield from TABLES.get(kind.key, load_table)(rows)


def parse_section(text):
    yield from ["", "## The head parser", "",
                "`http_head_parse` of src/http, with `http_head_start`, on a browser's request and "
                "on a minimal one: `auto` is what the server calls, the others are its variants. "
                "As printed by `bench/parse`:", "", "```", *text.splitlines(), "```"]


def calls_section(counts):
    yield from ["", "## System calls a request", "",
                "By `strace -f -c`, keep-alive, 64 connections. A watched server is several times "
                "slower than the load, so that each wait brings more events than it would bring "
                "otherwise.", ""]
    lines = []
    for name, count in sorted(counts.items(), key=lambda row: row[1].all or float("inf")):
        what = ", ".join(f"{call} {share:.2f}" for call, share in count.of.items())
        lines.append([name, number(count.all) if count.of else "-", count.errors or what])
    yield from table(["server", "calls a request", "which "], lines)


def floor_table(profiles):
    """Floors by ways. What is there once and costs nothing a request is not shown."""
    seen = {floor for profile in profiles.values() for floor, cost in profile.floors.items()
            if cost >= 0.5}
    floors = [floor for floor in FLOORS if floor in seen] + sorted(seen - set(FLOORS))
    lines = [[floor, *(number(profile.floors.get(floor, 0), 0) for profile in profiles.values())]
             for floor in floors]
    lines.append(["all", *(number(profile.all, 0) for profile in profiles.values())])
    return table(["floor", *profiles], lines)


def function_table(profile):
    lines, rest = [], 0.0
    for (function, file), cost in profile.functions.items():
        if cost < FUNCTION_SHARE * profile.all:
            rest += cost
            continue
        lines.append([f"`{function}`", file, number(cost, 0), f"{100 * cost / profile.all:.0f} %"])
    lines.append(["all others", "", number(rest, 0), f"{100 * rest / profile.all:.0f} %"])
    return table(["function", "file ", "instructions", "share"], lines)


def instructions_section(profiles):
    yield from ["", "## User instructions a request", "",
                "By callgrind, keep-alive, 64 connections. An instruction counts for the floor "
                "whose file its line stands in, and below for the function that it was compiled "
                "into.", ""]
    good = {name: profile for name, profile in profiles.items() if not profile.errors}
    for name, profile in profiles.items():
        if profile.errors:
            yield from [f"{name}: {profile.errors}.", ""]
    if good:
        first = next(iter(good))
        yield from floor_table(good)
        yield from ["", f"{first}, by function:", "", *function_table(good[first])]


def processor():
    found = re.search(r"^model name\s*:\s*(.*)", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    return found[1] if found else platform.machine()


def ab_version():
    said = subprocess.run(["ab", "-V"], capture_output=True, text=True, check=False).stdout
    found = re.search(r"Version (\S+)", said)
    return found[1] if found else "unknown"


def versions():
    told = [f"{name} {peer_version(name)}" for name in PEERS if find_program(name)]
    told.append(f"Python {platform.python_version()}")
    if find_program("ab"):
        told.append(f"ab {ab_version()}")
    return ", ".join(told)


def pinned():
    if len(CPUS) < 2:
        return f"The server is pinned to CPU {CPUS[0]}, and so is what loads it."
    return f"The server is pinned to CPU {CPUS[0]}, the load to CPU {CPUS[1]}."


def rounds(args):
    return f"{args.rounds} round{'s' if args.rounds > 1 else ''} of {args.seconds:g} s"


def subtitle(args):
    return (f"Linux {platform.release()}, {processor()}, one worker on one CPU; medians of "
            f"{rounds(args)}")


def opening(args):
    yield from ["# Performance", "",
                f"Written by `make bench` on {time.strftime('%Y-%m-%d', time.gmtime())}: Linux "
                f"{platform.release()}, {os.cpu_count()} CPUs ({processor()}); {rounds(args)}, "
                f"each with all servers in turn; medians. {pinned()} "
                f"{versions()}.", "",
                "Every server has one worker and answers the same request with the same body, of 2 "
                "bytes where nothing else is said. CPU time is that of all its processes, user and "
                "system, by the scheduler's account; most of it is the kernel's TCP. The bare loops "
                "(bench/limit.c) answer every blank line with the same bytes and do no HTTP: what "
                "they cost, the kernel costs. The Python server (bench/python_server.py) is on the "
                "standard library's `selectors`, with a master and one worker. On a shared machine "
                "trust the ratios within a table, and nothing else."]


def left_out(lines):
    if lines:
        yield from ["", "Left out:", "", *(f"- {line}." for line in lines)]
