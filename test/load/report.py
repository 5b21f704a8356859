# SPDX-License-Identifier: MIT
"""Writes the outcome of a run of the matrix as a Markdown page; used by matrix.py --write.

The page is made from the outcomes alone: a table of tool by selector and trigger, whose entries
stand for all the other dimensions, and below it every cell that failed.
"""

import platform
import subprocess
from datetime import date

EXPLANATION = (
    "An entry stands for the commands respond and pid, the accept modes shared and per-worker, and",
    "1, 2 and 8 workers. A cell is ok when the tool reports no error of any kind, every request",
    "was answered, and the server counts the same responses (up to what is in flight when wrk ends",
    "by the clock), on as many connections as the tool explains.",
)

KILLS_EXPLANATION = (
    "Here one of four workers is killed (SIGKILL) again and again at random moments, and an entry",
    "stands for the two accept modes. A cell is ok when no more requests failed than were in",
    "flight on the connections that the killed workers held (\"lost\"), the server counts the same",
    "responses but for those, all workers are there again, and 10,000 more requests are answered",
    "without an error. h2load and httperf-k are left out: after a reset they give up all that they",
    "had still to ask on that connection. So is httperf: a kill hardly ever meets one of its short",
    "connections.",
)


def version_of(tool, program):
    """The version of an installed tool: of its Debian package, as some cannot say it themselves."""
    query = [program, "--version"] if tool.package == "autocannon" else \
        ["dpkg-query", "-W", "-f", "${Version}", tool.package]
    try:
        said = subprocess.check_output(query, stderr=subprocess.DEVNULL, text=True, timeout=20)
    except (OSError, subprocess.SubprocessError):
        return "of unknown version"
    return said.splitlines()[0].removeprefix("autocannon v")


def versions(tools, programs):
    """One phrase a program, in the order of the tools."""
    known = {}
    for tool in tools:
        if tool.name in programs and tool.program not in known:
            known[tool.program] = f"{tool.program} {version_of(tool, programs[tool.name])}"
    return list(known.values())


def entry(outcomes):
    """What a group of cells came to."""
    if not outcomes:
        return "not run"
    passed = sum(outcome.passed for outcome in outcomes)
    verdict = "ok" if passed == len(outcomes) else "**ok**, the others failed"
    answered = sum(outcome.answered for outcome in outcomes)
    lost = sum(outcome.lost for outcome in outcomes)
    killed = f", {sum(outcome.kills for outcome in outcomes)} killed, {lost} lost" if lost else ""
    return f"{passed}/{len(outcomes)} {verdict}, {answered:,} requests{killed}"


def table(results):
    """The lines of the table; `results` pairs each cell with its outcome."""
    waits = list(dict.fromkeys(cell.waiting for cell, _ in results))
    names = dict.fromkeys(cell.tool.name for cell, _ in results)
    yield "| tool | " + " | ".join(waits) + " |"
    yield "| --- |" + " --- |" * len(waits)
    for name in names:
        groups = ([outcome for cell, outcome in results
                   if (cell.tool.name, cell.waiting) == (name, wait)] for wait in waits)
        yield f"| {name} | " + " | ".join(map(entry, groups)) + " |"


def failures(results):
    """A line for each cell that failed."""
    failed = [outcome for _, outcome in results if not outcome.passed]
    return [f"- {outcome.line()}" for outcome in failed] or ["None."]


def page(results, skipped, load, tools, programs):
    """The whole page as text; `skipped` holds a reason for each tool that did not run."""
    kept = ", ".join(tool.name for tool in tools if tool.persistent)
    lines = [
        "# The load matrix", "",
        "Made by `test/load/matrix.py --write`; not written by hand.", "",
        f"- Date: {date.today().isoformat()}",
        f"- Kernel: {platform.system()} {platform.release()}, {platform.machine()}",
        f"- Tools: {', '.join(versions(tools, programs))}",
        f"- Cells: {len(results)}",
        f"- Each: {load.connections} connections, {load.count:,} requests; wrk {load.seconds} s",
        "", *EXPLANATION,
        f"For {kept}, pid runs with `--keep-alive on`:",
        "they cannot judge a server that closes.", "",
        *table([(cell, outcome) for cell, outcome in results if not cell.kills]), "",
        "## With workers killed", "", *KILLS_EXPLANATION, "",
        *table([(cell, outcome) for cell, outcome in results if cell.kills]), "",
        "## Failed", "", *failures(results), "",
        "## Skipped", "", *(skipped or ["None."]), "",
    ]
    return "\n".join(lines)
