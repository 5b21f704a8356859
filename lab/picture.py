# SPDX-License-Identifier: MIT
"""Draws what recorder.py has recorded as a sequence picture, one plain SVG with colours for light
and dark pages: the client, the kernel of the server and the server program are lines from top to
bottom, packets are arrows between the first two, calls between the last two.

Time runs down, a row an event, so that no two lie on each other; how much it was stands in front.
"""
import re
import textwrap
from typing import NamedTuple
from xml.sax.saxutils import escape, quoteattr

import recorder

WIDTHS = {1: 800, 2: 960}
MARGIN, BETWEEN = 16, 28  # at the sides of the page and between two columns
CLIENT, KERNEL = 78, 206  # lifelines, from the left of their column; times are left of them
HEAD = 80  # the names of a column and of its lifelines
ROW, LINE = 28, 14  # an event with one line of text, and each further line
ROWS_MAX = 28
WORKERS = 64  # between the lifelines of several programs, where there is room
CALLS_MIN = 70  # between the kernel and the first program
BAR = 8  # the width of the bar that says "asleep"
# An average character of 12 px; what is wider than the room in front of the edge gets two lines.
CHARACTER = 6.1
ASLEEP, STILL = " ... asleep", " ... still asleep"
STYLE = """
text { font: 12px system-ui, sans-serif; fill: #1f2328; paint-order: stroke; stroke: #ffffff;
  stroke-width: 4px; stroke-linejoin: round }
.head { font-size: 15px; font-weight: 600 }
.name { font-weight: 600; text-anchor: middle }
.middle { text-anchor: middle }
.time { font-size: 10.5px; text-anchor: end; fill: #59636e; font-variant-numeric: tabular-nums }
.letter { font-weight: 700 }
.page { fill: #ffffff }
.life { stroke: #c4cbd3; stroke-width: 1.5 }
.cut { fill: #59636e }
.arrow { fill: none; stroke-width: 1.6 }
.packet { stroke: #0969da } .tip.packet { fill: #0969da }
.call { stroke: #0f766e } .tip.call { fill: #0f766e }
.later { stroke: #8c959f } .tip.later { fill: #8c959f }
.wrong { stroke: #cf222e } .tip.wrong { fill: #cf222e }
text.wrong { fill: #cf222e; stroke: #ffffff }
.tip { stroke: none }
.asleep { fill: #f3d9a4; stroke: #b7791f; stroke-width: 1 }
.open { fill: none; stroke: #b7791f; stroke-width: 1.5; stroke-dasharray: 2 2 }
@media (prefers-color-scheme: dark) {
  text, text.wrong { fill: #e6edf3; stroke: #0d1117 }
  text.wrong { fill: #ff7b72 }
  .time, .cut { fill: #9198a1 }
  .page { fill: #0d1117 }
  .life { stroke: #3d444d }
  .packet { stroke: #4493f8 } .tip.packet { fill: #4493f8 }
  .call { stroke: #2dd4bf } .tip.call { fill: #2dd4bf }
  .later { stroke: #6e7681 } .tip.later { fill: #6e7681 }
  .wrong { stroke: #ff7b72 } .tip.wrong { fill: #ff7b72 }
  .tip { stroke: none }
  .asleep { fill: #5c4410; stroke: #d29922 }
  .open { stroke: #d29922 }
}
"""


class Row(NamedTuple):
    """One event in its place; `event` is None where others are left out. Pixels."""
    event: recorder.Event | None
    first: int  # the index of the event, or of the first that is left out
    lines: list  # its text
    top: float
    base: float  # where its arrow lies, under the text


def text(x, y, words, kind="", letter=""):
    letter = f'<tspan class="letter">{escape(letter)}</tspan> ' if letter else ""
    return f'<text x="{x:g}" y="{y:g}" class="{kind}">{letter}{escape(words)}</text>'


def arrow(start, end, y, kind):
    """A horizontal one whose tip touches `end`."""
    back = end - 8 if end > start else end + 8
    return (f'<path d="M{start:g} {y:g}H{back:g}" class="arrow {kind}"/>'
            f'<path d="M{end:g} {y:g}L{back:g} {y - 4:g}V{y + 4:g}z" class="tip {kind}"/>')


def kind_of(event):
    """The colour of an event. "Nothing yet" is an answer, no failure."""
    if "(EAGAIN)" in event.text:
        return "later"
    if event.text.endswith("RST") or re.search(r"\(E[A-Z0-9]+\)|killed by", event.text):
        return "wrong"
    return event.kind


def comes_to_program(words):
    """Whether a call brings something from the kernel, as opposed to asking it to do something."""
    return words.startswith(("accept", "recv", "read", "epoll_wait", "poll", "select", "sleep"))


def stays_in_program(words):
    return words.startswith(("print", "exits", "killed")) or words.endswith((ASLEEP, STILL))


class Column:
    """One recording, with its place on the page."""

    def __init__(self, heading, events, left, width):
        self.heading, self.events, self.left, self.right = heading, events, left, left + width
        self.client, self.kernel = left + CLIENT, left + KERNEL
        self.processes = sorted({event.process for event in events if event.kind == "call"}) or [0]
        self.lettered = len({event.peer for event in events if event.peer}) > 1
        # The last stands at the edge, with room for its name, so that texts lie in front of them.
        last, gaps = self.right - 40, len(self.processes) - 1
        step = min(WORKERS, (last - self.kernel - CALLS_MIN) / max(1, gaps))
        self.programs = {process: last - step * (gaps - i)
                         for i, process in enumerate(self.processes)}
        self.rows = list(self._rows())
        self.bottom = self.rows[-1].base + 16 if self.rows else HEAD + ROW

    def _lines(self, event):
        """The text of an event, broken where it is wider than its room."""
        if event.kind == "packet":
            return [event.text]
        room = int((self.right - self.kernel - 8) / CHARACTER) - 2 * self.lettered
        if len(event.text) <= room:
            return [event.text]
        call, sign, result = event.text.partition(" = ")
        if sign and max(len(call), len(result) + 2) <= room:
            return [call, "= " + result]
        return textwrap.wrap(event.text, room, max_lines=2, placeholder=" …")

    def _rows(self):
        front, back, left_out = recorder.cut(self.events, ROWS_MAX)
        top = HEAD
        places = [(event, i, self._lines(event)) for i, event in enumerate(front)]
        if left_out:
            places.append((None, len(front), [f"⋮ {left_out:,} more"]))
        begin = len(self.events) - len(back)
        places += [(event, begin + i, self._lines(event)) for i, event in enumerate(back)]
        for event, first, lines in places:
            base = top + ROW - 6 + LINE * (len(lines) - 1)
            yield Row(event, first, lines, top, base)
            top = base + 6

    def height_of(self, index):
        """Where the event of this index is, or where it is left out."""
        return [row.base for row in self.rows if row.first <= index][-1]

    def sleeps(self):
        """Each sleep as (process, index of its begin, index of its end or None)."""
        asleep = {}
        for i, event in enumerate(self.events):
            if event.kind != "call" or event.text.endswith(STILL):
                continue
            if event.process in asleep:
                yield event.process, asleep.pop(event.process), i
            if event.text.partition(" × ")[0].endswith(ASLEEP):
                asleep[event.process] = i
        for i, event in enumerate(self.events):
            # One that began before all else has only its end.
            if event.text.endswith(STILL):
                yield event.process, asleep.pop(event.process, i), None
        for process, begin in asleep.items():
            yield process, begin, None

    def bars(self):
        for process, begin, end in self.sleeps():
            x, top = self.programs[process] - BAR / 2, self.height_of(begin)
            bottom = self.bottom if end is None else self.height_of(end)
            if bottom <= top:
                continue  # all of it is left out
            yield (f'<rect x="{x:g}" y="{top:g}" width="{BAR}" height="{bottom - top:g}" '
                   f'class="asleep"/>')
            if end is None:
                yield (f'<path d="M{x:g} {bottom:g}v12m{BAR} 0v-12" class="open"/>')

    def packet(self, row):
        kind, ends = kind_of(row.event), (self.client, self.kernel)
        yield text(sum(ends) / 2, row.base - 6, row.event.text,
                   "middle" + (" wrong" if kind == "wrong" else ""),
                   row.event.peer if self.lettered else "")
        yield arrow(*(ends if row.event.to_server else ends[::-1]), row.base, kind)

    def call(self, row):
        words, kind, program = row.event.text, kind_of(row.event), self.programs[row.event.process]
        for i, line in enumerate(row.lines):
            yield text(self.kernel + 8, row.base - 6 - LINE * (len(row.lines) - 1 - i), line,
                       "wrong" if kind == "wrong" else "",
                       row.event.peer if self.lettered and not i else "")
        if stays_in_program(words):
            # A mark; the thin line leads from it to its words.
            yield f'<path d="M{self.kernel + 8:g} {row.base:g}H{program:g}" class="life"/>'
            yield f'<circle cx="{program:g}" cy="{row.base:g}" r="4" class="tip {kind}"/>'
        elif comes_to_program(words):
            yield arrow(self.kernel, program, row.base, kind)
        else:
            yield arrow(program, self.kernel, row.base, kind)

    def lifelines(self):
        names = [("", "client", self.client), ("kernel of", "the server", self.kernel)]
        if len(self.processes) == 1:
            names.append(("server", "program", self.programs[self.processes[0]]))
        else:
            wide = WORKERS * len(self.processes) < self.right - self.kernel - CALLS_MIN + WORKERS
            names += [("worker" if wide else "", str(i), self.programs[process])
                      for i, process in enumerate(self.processes, 1)]
        for upper, lower, x in names:
            yield f'<path d="M{x:g} {HEAD - 4}V{self.bottom + 12:g}" class="life"/>'
            yield text(x, HEAD - 12 - LINE, upper, "name")
            yield text(x, HEAD - 12, lower, "name")
    def draw(self):
        yield text(self.left, 28, self.heading, "head")
        yield from self.lifelines()
        yield text(self.left + 36, HEAD - 12, "ms", "time")
        yield from self.bars()
        for row in self.rows:
            if row.event is None:
                yield text(self.kernel + 8, row.base - 2, row.lines[0], "cut")
                continue
            yield text(self.left + 36, row.base + 3, f"{row.event.at * 1000:.1f}", "time")
            yield from self.packet(row) if row.event.kind == "packet" else self.call(row)


def described(heading, events):
    """What a column shows, for those who listen to it."""
    def who(event):
        if event.kind == "packet":
            ends = f"client {event.peer}", "server"
            return " to ".join(ends if event.to_server else ends[::-1])
        return f"server {processes.index(event.process) + 1}"

    processes = sorted({event.process for event in events if event.kind == "call"})
    front, back, left_out = recorder.cut(events, ROWS_MAX)
    told = [f"{who(event)}: {event.text}" for event in front]
    told += [f"{left_out:,} more"] * bool(left_out)
    told += [f"{who(event)}: {event.text}" for event in back]
    return f"{heading}. " + "; ".join(told) + "."


def draw(path, columns):
    """Writes the picture of one recording or of two beside each other; `columns` are (heading,
    events), the events as recorder.record() returns them."""
    page = WIDTHS[len(columns)]
    width = (page - 2 * MARGIN - BETWEEN * (len(columns) - 1)) / len(columns)
    drawn = [Column(heading, events, MARGIN + i * (width + BETWEEN), width)
             for i, (heading, events) in enumerate(columns)]
    height = max(column.bottom for column in drawn) + 26
    title = "What passes between client, kernel and server: " + " | ".join(
        heading for heading, _ in columns)
    words = " ".join(described(heading, events) for heading, events in columns)
    lines = [line for column in drawn for line in column.draw()]
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join([
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {page} {height:g}" '
            f'width="{page}" height="{height:g}" role="img" aria-label={quoteattr(title)}>',
            f"<title>{escape(title)}</title>", f"<desc>{escape(words)}</desc>",
            f"<style>{STYLE}</style>",
            f'<rect width="{page}" height="{height:g}" rx="6" class="page"/>', *lines, "</svg>",
            ""]))
