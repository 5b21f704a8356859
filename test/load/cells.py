# SPDX-License-Identifier: MIT
"""The cells of the matrix: every combination of tool and server configuration, and a small choice.

matrix.py runs what is enumerated here. The choice is a greedy cover of all pairs: for any two
dimensions, each combination of their values that exists is in at least one cell. The choice is the
same each time.
"""

from collections import namedtuple
from itertools import combinations, product

TARGETS = ("respond", "pid")
ACCEPTS = ("shared", "per-worker")
WORKERS = (1, 2, 8)
KILL_WORKERS = 4
SELECTORS = ("io_uring", "epoll", "poll", "select")
# poll and select only know levels.
TRIGGERS = {
    "epoll": ("edge", "level"),
    "kqueue": ("edge", "level"),
    "poll": ("level",),
    "select": ("level",),
}
# A selector that is not one of readiness has no trigger to choose.
NO_TRIGGER = ("",)


class Cell(namedtuple("Cell", "tool selector trigger target accept workers kills")):
    """One tool against one server, of which workers are killed meanwhile if `kills` says so."""

    @property
    def name(self):
        """Unique, and what --cell searches."""
        target = f"{self.target}+keep-alive" if self.kept else self.target
        name = f"{self.tool.name}/{self.waiting}/{target}/{self.accept}/{self.workers}"
        return f"{name}/kill" if self.kills else name

    @property
    def waiting(self):
        """Selector and trigger: how the server waits."""
        return f"{self.selector}-{self.trigger}" if self.trigger else self.selector

    @property
    def closing(self):
        """Whether the server closes after each response, as pid does by default."""
        return self.target == "pid" and not self.tool.persistent

    @property
    def kept(self):
        """Whether pid is told to keep connections: the tool cannot judge a server that closes."""
        return self.target == "pid" and self.tool.persistent


def waits_all(selectors):
    """Every way to wait: selector and trigger."""
    return [(selector, trigger)
            for selector in selectors for trigger in TRIGGERS.get(selector, NO_TRIGGER)]


def cells_all(tools, selectors):
    """Every cell in which nothing is killed, tool by tool."""
    return [Cell(tool, *wait, *others, False)
            for tool, wait, *others in product(tools, waits_all(selectors), TARGETS, ACCEPTS,
                                               WORKERS)]


def cells_kill(tools, selectors):
    """Every cell in which workers are killed: with the tools that bear it, and enough workers that
    some are left. The target says nothing here: both are served alike."""
    bearing = [tool for tool in tools if tool.bears_kills]
    return [Cell(tool, *wait, "respond", accept, KILL_WORKERS, True)
            for tool, wait, accept in product(bearing, waits_all(selectors), ACCEPTS)]


def cells_kill_some(tools, selectors):
    """A few of those: one for each way to wait, every other tool and the accept modes in turn."""
    cells = cells_kill(tools, selectors)
    names = list(dict.fromkeys(cell.tool.name for cell in cells))[::2]
    chosen = {(names[turn % len(names)], *wait, ACCEPTS[turn % len(ACCEPTS)])
              for turn, wait in enumerate(waits_all(selectors))}
    return [cell for cell in cells
            if (cell.tool.name, cell.selector, cell.trigger, cell.accept) in chosen]


def cell_pairs(cell):
    """All pairs of values in the cell, each value with its dimension."""
    values = (cell.tool.name, *cell[1:])
    return set(combinations(enumerate(values), 2))


def cells_pairwise(cells):
    """A few of `cells`, in their order, that hold every pair which any of them holds."""
    pairs = {cell.name: cell_pairs(cell) for cell in cells}
    missing = set().union(*pairs.values())
    chosen = set()
    while missing:
        best = max(cells, key=lambda cell: len(pairs[cell.name] & missing))
        missing -= pairs[best.name]
        chosen.add(best.name)
    return [cell for cell in cells if cell.name in chosen]
