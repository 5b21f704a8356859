# SPDX-License-Identifier: MIT
"""Interleaved rounds: every server once, then all of them again, so that what else the machine does
meets them alike. Used by bench.py and performance.py.
"""
import statistics

import loads
from processes import ServerError, progress, running

# The descriptors that a server or a load needs besides its connections.
SPARE_DESCRIPTORS = 200
# An open loop that gets fewer answers than this share of what was due has met a server that cannot
# keep up; what it then measures is its own queue.
REACHED = 0.98


def once(workshop, server, load):
    """One server under one load. What does not work is an error in its row, not the end."""
    try:
        with running(server, load.size, load.kind == "close") as instance:
            return loads.apply(workshop, instance, server.path, load)
    except ServerError as error:
        return loads.Cost(errors=str(error))


def middle(costs, rate):
    """The median of each figure, of the rounds that have one; errors of all. In an open loop of
    `rate` it is an error not to reach that."""
    good = [cost for cost in costs if cost.cpu_us or cost.kib]
    errors = ", ".join(sorted({cost.errors for cost in costs if cost.errors}))
    if not good:
        return loads.Cost(errors=errors)
    figures = {field: statistics.median(getattr(cost, field) for cost in good)
               for field in loads.Cost._fields if field != "errors"}
    if rate and figures["rate"] < REACHED * rate:
        errors = ", ".join(filter(None, [f"reaches {figures['rate']:,.0f} a second only", errors]))
    return loads.Cost(**figures, errors=errors)


def can_hold(servers, load):
    return [server for server in servers
            if server.most is None or load.connections <= server.most]


def measure(workshop, servers, load, rounds):
    """{name: Cost}, the median of the rounds, which run forwards and backwards by turns."""
    costs = {server.name: [] for server in servers}
    for number in range(rounds):
        for server in servers if number % 2 == 0 else reversed(servers):
            progress(f"{load.kind}, {load.connections} connections, round {number + 1}: "
                     f"{server.name}")
            costs[server.name].append(once(workshop, server, load))
    progress("")
    return {name: middle(row, load.rate) for name, row in costs.items()}


def half_rate(workshop, bare_epoll, load, rounds):
    """Half of what the bare epoll loop reaches with these connections: the rate at which all are
    compared, whether they can reach it or not."""
    closed = load._replace(kind="keepalive", rate=0)
    cost = measure(workshop, [bare_epoll], closed, rounds)[bare_epoll.name]
    if not cost.rate:
        raise ServerError(f"{bare_epoll.name}: {cost.errors}")
    return float(round(cost.rate / 2, -3))
