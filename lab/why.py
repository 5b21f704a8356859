# SPDX-License-Identifier: MIT
"""docs/why.md: its prose is written by hand, and what was measured stands between marks,
<!-- lab NAME --> and <!-- /lab -->, where this replaces it.
"""
import difflib
import re
from pathlib import Path

from recorder import excerpt
from twins import source

PAGE = Path(__file__).resolve().parent.parent / "docs/why.md"
PICTURES = PAGE.parent / "why"
EXCERPT_MAX = 28
MARKED = r"(?P<begin><!-- lab {name} -->\n).*?(?P<end><!-- /lab -->)"


def cell(value):
    text = f"{value:,}" if isinstance(value, int) else str(value)
    return text.replace("<", "&lt;").replace("|", "\\|")


def figures_table(broken, mended):
    """Of two dictionaries of figures. A figure that only one has is a row of it alone."""
    names = [*broken, *(name for name in mended if name not in broken)]
    return ["| | broken | mended |", "| --- | --- | --- |",
            *(f"| {cell(name)} | {cell(broken.get(name, ''))} | {cell(mended.get(name, ''))} |"
              for name in names)]


def difference(name):
    """What is done to the broken one to mend it, as a diff without its numbers."""
    broken, mended = (source(name, kind).read_text().splitlines() for kind in ("broken", "mended"))
    changed = list(difflib.unified_diff(broken, mended, n=2, lineterm=""))[2:]
    return ["```diff", *("" if line.startswith("@@ ") else line for line in changed[1:]), "```"]


def recording(kind, events):
    return [f"{kind}:", "", "```text", *excerpt(events, EXCERPT_MAX), "```"]


def section(result):
    """The lines of one mistake."""
    if result.reason:
        return [f"Not reproduced on this machine: {result.reason}."]
    lines = []
    if result.has_picture:
        words = f"{result.name}: what client, kernel and server do, broken and mended"
        lines += [f"![{words}](why/{result.name}.svg)", ""]
    lines += figures_table(result.broken, result.mended)
    moment = ", and the decisive moment" if result.events else ""
    lines += ["", f"<details><summary>The difference{moment}</summary>", "",
              *difference(result.name), ""]
    for kind, events in result.events.items():
        lines += [*recording(kind, events), ""]
    servers = " and ".join(f"[{path.name}](../lab/pairs/{path.name})"
                           for kind in ("broken", "mended")
                           for path in [source(result.name, kind)])
    return [*lines, "</details>", "", f"Shown by `lab/run.py {result.name}`, with {servers}."]


def heading(page, name):
    """The heading of a section, as text and as the anchor that GitHub makes of it."""
    before = page[:page.index(f"<!-- lab {name} -->")]
    text = re.findall(r"^## (.*)$", before, re.MULTILINE)[-1]
    return text, re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-")


def load_of(figures, tool):
    return next((cell(value) for name, value in figures.items() if name.split()[0] == tool), "")


def row(page, result):
    text, anchor = heading(page, result.name)
    if result.reason:
        return f"| [{text}](#{anchor}) | not reproduced here | | | | |"
    loads = (load_of(figures, tool) for figures in (result.broken, result.mended)
             for tool in ("ab", "wrk"))
    more = f"{cell(result.telling)}: {cell(result.broken[result.telling])}, mended " \
           f"{cell(result.mended[result.telling])}" if result.telling else ""
    return f"| [{text}](#{anchor}) | {' | '.join(loads)} | {more} |"


def summary(page, results):
    return ["| mistake | ab, broken | wrk, broken | ab, mended | wrk, mended | what tells more |",
            "| --- | --- | --- | --- | --- | --- |", *(row(page, result) for result in results)]


def replaced(page, name, lines):
    """The page with that between its marks."""
    pattern = re.compile(MARKED.format(name=name), re.DOTALL)
    made, count = pattern.subn(
        lambda found: found["begin"] + "\n".join(lines) + "\n" + found["end"], page)
    if count != 1:
        raise ValueError(f"{PAGE.name} has {count} places for {name}, and not one")
    return made


def write(results, speed, machine):
    page = PAGE.read_text()
    for result in results:
        page = replaced(page, result.name, section(result))
    page = replaced(page, "summary", [machine, "", *summary(page, results)])
    PAGE.write_text(replaced(page, "speed", speed))
