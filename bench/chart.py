# SPDX-License-Identifier: MIT
"""The chart of docs/performance.svg: CPU time a request as a ratio to the bare epoll loop, a panel
of horizontal bars for each kind of load. Plain SVG, its text as text, its colours for light and dark
pages. Used by performance.py.
"""
from xml.sax.saxutils import escape

WIDTH, COLUMNS, MARGIN = 960, 2, 20
LABEL, VALUE = 170, 52  # the columns of names and of figures in a panel
ROW, BAR, HEAD, GAP = 18, 12, 46, 22
TOP = 92
# A bar that is longer ends in an arrow: most servers lie below, and are to be told apart.
RATIO_MAX = 4.0
GROUPS = {"selkie": "Selkie", "bare": "bare loops, no HTTP", "peer": "peers",
          "python": "Python selectors"}
STYLE = """
text { font: 12px system-ui, sans-serif; fill: #1f2328 }
.title { font-size: 17px; font-weight: 600 }
.kind { font-size: 13px; font-weight: 600 }
.quiet { fill: #59636e }
.value { text-anchor: end; font-variant-numeric: tabular-nums }
.name { text-anchor: end }
.page { fill: #ffffff }
.one { stroke: #59636e; stroke-dasharray: 3 3 }
.selkie { fill: #0f766e } .bare { fill: #8c959f } .peer { fill: #c2710c } .python { fill: #7c4dcc }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 }
  .quiet { fill: #9198a1 }
  .page { fill: #0d1117 }
  .one { stroke: #9198a1 }
  .selkie { fill: #2dd4bf } .bare { fill: #6e7681 } .peer { fill: #f0a04b } .python { fill: #b392f0 }
}
"""


def text(x, y, words, kind=""):
    return f'<text x="{x:g}" y="{y:g}" class="{kind}">{escape(words)}</text>'


def bar(x, y, width, ratio, group):
    """A bar from x on, at most `width` long."""
    length = width * min(ratio, RATIO_MAX) / RATIO_MAX
    if ratio <= RATIO_MAX:
        return f'<rect x="{x:g}" y="{y:g}" width="{length:.1f}" height="{BAR}" class="{group}"/>'
    tip, middle, low = x + length, y + BAR / 2, y + BAR
    return (f'<path d="M{x:g} {y:g}H{tip - 7:g}L{tip:g} {middle:g}L{tip - 7:g} {low:g}H{x:g}z" '
            f'class="{group}"/>')


def panel(x, y, title, bars):
    """One kind of load; `bars` are (name, group, ratio), in the order in which they are drawn."""
    width = (WIDTH - MARGIN * (COLUMNS + 1)) / COLUMNS
    left, room = x + LABEL + 8, width - LABEL - VALUE - 8
    one = left + room / RATIO_MAX
    bottom = y + HEAD + ROW * len(bars)
    yield text(x + LABEL + 8, y + 14, title, "kind")
    yield text(one + 4, y + HEAD - 10, "1 = bare epoll", "quiet")
    for i, (name, group, ratio) in enumerate(bars):
        row = y + HEAD + ROW * i
        yield text(x + LABEL, row + 10, name, "name")
        yield bar(left, row, room, ratio, group)
        yield text(x + width, row + 10, f"{ratio:.2f}", "value")
    yield f'<path d="M{one:g} {y + HEAD - 20}V{bottom}" class="one"/>'


def bars_of(servers, rows):
    """The servers that have a figure, in the order of the list."""
    base = rows["bare-epoll"].cpu_us if "bare-epoll" in rows else 0
    return [(server.name, server.group, rows[server.name].cpu_us / base) for server in servers
            if base and server.name in rows and rows[server.name].cpu_us]


def legend(groups):
    x = MARGIN
    for group in [group for group in GROUPS if group in groups]:
        yield f'<rect x="{x}" y="66" width="12" height="12" class="{group}"/>'
        yield text(x + 18, 76, GROUPS[group])
        x += 40 + 7 * len(GROUPS[group])


def draw(measured, subtitle):
    """The whole chart; `measured` are (title, servers, rows)."""
    panels = [(title, bars_of(servers, rows)) for title, servers, rows in measured]
    panels = [(title, bars) for title, bars in panels if bars]
    width = (WIDTH - MARGIN * (COLUMNS + 1)) / COLUMNS
    lines, y = [], TOP
    for i in range(0, len(panels), COLUMNS):
        pair = panels[i:i + COLUMNS]
        for column, (title, bars) in enumerate(pair):
            lines += panel(MARGIN + column * (width + MARGIN), y, title, bars)
        y += HEAD + ROW * max(len(bars) for _, bars in pair) + GAP
    title = "CPU time a request, as a ratio to a bare epoll loop"
    groups = {group for _, bars in panels for _, group, _ in bars}
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y}" width="{WIDTH}" '
        f'height="{y}" role="img" aria-labelledby="title">',
        f'<title id="title">{title}</title>', f"<style>{STYLE}</style>",
        f'<rect width="{WIDTH}" height="{y}" rx="6" class="page"/>',
        text(MARGIN, 30, title + ": shorter is cheaper", "title"),
        text(MARGIN, 50, subtitle, "quiet"), *legend(groups), *lines, "</svg>", ""])
