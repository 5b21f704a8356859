# SPDX-License-Identifier: MIT
"""Decides whether a cell passed: the tool's report against what the server says it served.

Called by run.py for each cell. No tool is believed alone: hey and siege repeat a failed request in
silence, and autocannon forgets it; but then the server has answered another number of requests, or
has seen more connections, than the tool accounts for.
"""

# Connections a tool may open beyond those it was asked for: wrk tries the address once before it
# starts. (Where each request has a connection of its own, there may also be as many without one as
# the tool keeps open: ab opens them at its end, wrk is cut off.)
CONNECTIONS_SPARE = 1


def complaints_of_tool(tool, load, report):
    """What the report itself has to complain about."""
    complaints = [f"{kind}: {count}" for kind, count in report.errors.items()]
    wanted = tool.answers(load)
    if wanted is not None and report.answered != wanted:
        complaints.append(f"{report.answered} of {wanted} requests answered")
    if not report.answered:
        complaints.append("no request answered")
    return complaints


def complaints_of_responses(tool, load, report, served):
    """Where the counts of responses differ."""
    surplus = served.responses - report.answered
    allowed = tool.in_flight(load)
    if 0 <= surplus <= allowed:
        return []
    return [f"server counts {served.responses} responses, tool {report.answered}"
            + (f" and at most {allowed} in flight" if allowed else "")]


def connection_bounds(tool, load, closing, served):
    """The fewest and the most connections that the run explains.

    For a tool that dials ahead only persistence as such can be demanded: that less than every other
    request took a connection of its own.
    """
    spare = load.connections + CONNECTIONS_SPARE
    if closing or tool.closes:
        return served.responses, served.responses * (2 if tool.dials_ahead else 1) + spare
    return 1, served.responses // 2 if tool.dials_ahead else spare


def judge(tool, load, closing, report, served):
    """All complaints about a run, none when it passed; `closing`: the server closes each time."""
    complaints = complaints_of_tool(tool, load, report)
    complaints += complaints_of_responses(tool, load, report, served)
    fewest, most = connection_bounds(tool, load, closing, served)
    if not fewest <= served.connections <= most:
        complaints.append(f"{served.connections} connections, expected {fewest} to {most}")
    return complaints
