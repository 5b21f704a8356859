# SPDX-License-Identifier: MIT
"""User instructions a request, and what they are spent on, by valgrind's callgrind: keep-alive, 64
connections. Two runs of different length; their difference is free of what starting and ending
cost. Used by performance.py, for the ways to run Selkie.

An instruction belongs to the file that its line stands in, inlined or not, and so to the floor of
that file; and to the function that it was compiled into.
"""
import collections
import re
import shutil
from typing import NamedTuple

import loads
from processes import ServerError, running

SHORT_S = 0.2
SRC = re.compile(r"(?:^|/)src/(\w+)/[^/]+$")
# What the compiler's clones and link-time optimisation append to a name.
SUFFIX = re.compile(r"\.(isra|constprop|part|cold|lto_priv)\b.*|'\d+$")


class Profile(NamedTuple):
    """Instructions a request: all, {floor: ...} and {(function, file): ...}. Or `errors`."""
    all: float = 0.0
    floors: dict = {}
    functions: dict = {}
    errors: str = ""


def missing():
    """Why this machine cannot count, or None."""
    return None if shutil.which("valgrind") else "valgrind is not installed"


class Reader:
    """Sums up one output file (the format is in valgrind's manual, "Callgrind Format
    Specification"): self cost by (object, file of the function, function, file of the line)."""

    def __init__(self):
        self.names = {}
        self.costs = collections.Counter()
        self.object = self.file = self.function = self.line_file = ""

    def _name(self, kind, text):
        """A name, which after its first use is written as its number only."""
        found = re.match(r"\((\d+)\)(?: (.*))?$", text)
        if not found:
            return text
        if found[2] is not None:
            self.names[kind, found[1]] = found[2]
        return self.names[kind, found[1]]

    def _where(self, key, text):
        if key in ("ob", "cob"):
            name = self._name("ob", text)
        elif key in ("fn", "cfn"):
            name = self._name("fn", text)
        else:
            name = self._name("fl", text)
        if key == "ob":
            self.object = name
        elif key == "fl":
            self.file = self.line_file = name
        elif key in ("fi", "fe"):
            self.line_file = name
        elif key == "fn":
            self.function = name

    def read(self, lines):
        lines = iter(lines)
        for line in lines:
            key, equals, text = line.partition("=")
            if equals and key == "calls":
                next(lines)  # the cost of the callee
            elif equals and key in ("ob", "fl", "fi", "fe", "fn", "cob", "cfi", "cfl", "cfn"):
                self._where(key, text.strip())
            elif line[:1] in "0123456789+-*" and len(line.split()) == 2:
                where = (self.object, self.file, self.function, self.line_file)
                self.costs[where] += int(line.split()[1])
        return self.costs


def floor_of(its_object, file, line_file):
    """The floor of src/, or what stands in its place."""
    for path in (line_file, file):
        found = SRC.search(path)
        if found:
            return found[1]
    return "libc" if re.search(r"/(libc|ld)[-.]", its_object) else "other"


def function_name(file, function, its_object):
    found = SRC.search(file)
    name = SUFFIX.sub("", function)
    return name, (found[0].lstrip("/") if found else its_object.rpartition("/")[2])


def run(workshop, server, load):
    """The costs of the busiest process, the worker, and how many requests it answered."""
    folder = workshop.folder / "callgrind"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    around = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={folder}/%p"]
    with running(server, around=around) as instance:
        total = loads.apply(workshop, instance, server.path, load).total
    costs = [Reader().read(path.read_text().splitlines()) for path in folder.iterdir()]
    if not costs:
        raise ServerError("callgrind did not see it end")
    return max(costs, key=lambda cost: sum(cost.values())), total


def count(workshop, server, load):
    try:
        costs, total = run(workshop, server, load)
        short_costs, short_total = run(workshop, server, load._replace(seconds=SHORT_S))
    except (ServerError, OSError, KeyError, ValueError) as error:
        return Profile(errors=str(error) or type(error).__name__)
    requests = total - short_total
    if requests <= 0:
        return Profile(errors="the longer run answered fewer requests")
    costs.subtract(short_costs)
    floors, functions = collections.Counter(), collections.Counter()
    for (its_object, file, function, line_file), cost in costs.items():
        floors[floor_of(its_object, file, line_file)] += cost / requests
        functions[function_name(file, function, its_object)] += cost / requests
    return Profile(sum(floors.values()), dict(floors.most_common()), dict(functions.most_common()))
