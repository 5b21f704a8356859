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


def complaints_of_losses(tool, load, report, allowed):
    """What a tool reports that the killing of workers does not explain."""
    counted = dict(tool.losses)
    complaints = [f"{kind}: {count}, allowed {allowed * counted.get(kind, 0)}"
                  for kind, count in report.errors.items()
                  if count > allowed * counted.get(kind, 0)]
    wanted = tool.answers(load)
    if wanted is not None and not wanted - allowed <= report.answered <= wanted:
        complaints.append(f"{report.answered} of {wanted} requests answered, with {allowed} lost")
    if not report.answered:
        complaints.append("no request answered")
    return complaints


def judge_killed(tool, load, report, served, lost):
    """All complaints about a run in which workers were killed that held `lost` connections: of each
    as many requests may fail as are in flight on it. Those that fail may have been answered."""
    allowed = lost * tool.depth
    complaints = complaints_of_losses(tool, load, report, allowed)
    if not lost:
        complaints.append("no connection was lost: nothing is shown")
    surplus = served.responses - report.answered
    least = -lost if tool.counts_ends else 0
    if not least <= surplus <= tool.in_flight(load) + allowed:
        complaints.append(f"server counts {served.responses} responses, tool {report.answered} and "
                          f"at most {tool.in_flight(load)} in flight and {allowed} lost")
    fewest, most = connection_bounds(tool, load, False, served)
    if not fewest <= served.connections <= most + lost:
        complaints.append(f"{served.connections} connections, expected {fewest} to {most + lost}")
    return complaints


def judge(tool, load, closing, report, served):
    """All complaints about a run, none when it passed; `closing`: the server closes each time."""
    complaints = complaints_of_tool(tool, load, report)
    complaints += complaints_of_responses(tool, load, report, served)
    fewest, most = connection_bounds(tool, load, closing, served)
    if not fewest <= served.connections <= most:
        complaints.append(f"{served.connections} connections, expected {fewest} to {most}")
    return complaints
