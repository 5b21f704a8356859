# SPDX-License-Identifier: MIT
"""What docs/performance.md shows: each kind of load by the name that --only takes, its title, and
what a reader has to know of it. Used by performance.py and page.py.
"""
from typing import NamedTuple

from loads import Load


class Kind(NamedTuple):
    key: str
    title: str
    note: str
    load: Load


CLOSE_NOTE = ("By ab, whose requests are HTTP/1.0. The bare loops leave a connection in the kernel "
              "until its request is there (TCP_DEFER_ACCEPT), which saves a wake-up for each; of "
              "the others only the one that says so does.")
LATENCY_NOTE = ("An open loop of {rate:,.0f} requests/s on 64 connections, for all servers the "
                "same: half of what bare-epoll reached in a closed loop just before. Requests are "
                "due at even distances, and a time counts from when its request was due, whether a "
                "connection was free or not, which corrects coordinated omission. A server that "
                "cannot reach the rate has no times: they would be those of an ever longer queue.")
IDLE_NOTE = ("User memory (PSS of all processes of a server) that one more connection costs, which "
             "has been answered once and stays open; and the whole with 50 of them. The kernel's "
             "own memory for a socket, some KiB, comes on top and is the same for all.")

KINDS = (
    Kind("keepalive-1", "Keep-alive, 1 connection", "", Load("keepalive", 1)),
    Kind("keepalive-64", "Keep-alive, 64 connections", "", Load("keepalive", 64)),
    Kind("keepalive-1000", "Keep-alive, 1,000 connections", "", Load("keepalive", 1000)),
    Kind("keepalive-8000", "Keep-alive, 8,000 connections", "", Load("keepalive", 8000)),
    Kind("pipeline", "Pipelined by 16, 64 connections", "", Load("pipeline", 64, depth=16)),
    Kind("close", "One request a connection, 64 at a time", CLOSE_NOTE, Load("close", 64)),
    Kind("1k", "Responses of 1 KiB, 64 connections", "", Load("keepalive", 64, size=1024)),
    Kind("64k", "Responses of 64 KiB, 64 connections", "", Load("keepalive", 64, size=65536)),
    Kind("latency", "Response times at a fixed rate", LATENCY_NOTE, Load("latency", 64)),
    Kind("idle", "Memory of an idle connection, 8,000 held", IDLE_NOTE, Load("idle", 8000)),
)

# The parts that are no load of their own.
PARTS = ("parse", "calls", "instructions")
COUNTED = Load("keepalive", 64)
