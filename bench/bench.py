#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Side-by-side measurement by hand: servers in turn, round by round, one pinned to a CPU and the
load to another.

The figure to trust on a shared machine is the server's CPU time per request, as a ratio to the bare
loop (limit.c) measured in the same run; requests/s and times are printed too.

    bench.py keepalive --server 'selkie=build/selkie respond --workers 1 --listen 127.0.0.1:{port}'
    bench.py pipeline --conns 64 --depth 16 --server ... --peers nginx h2o
    bench.py keepalive --size 1024 --server '... --body {body}'
    bench.py close    --server ...          # ab: one request a connection, HTTP/1.0
    bench.py latency  --server ...          # open loop, at half of what the bare epoll loop reaches
    bench.py idle     --conns 8000 --server ...   # memory a connection that idles costs

Needs gcc and liburing-dev, and ab for close. A server that forks: its children's CPU and memory
count too. Peers known by name: nginx, h2o, lighttpd, haproxy, python. In close the bare loops defer
accept until the request is there.
"""
import argparse
import json
import sys

from loads import Load, missing_for
from peers import PEERS, find_program, peer
from processes import ServerError, end_in_order, raise_descriptors
from rounds import SPARE_DESCRIPTORS, can_hold, half_rate, measure
from servers import Workshop, bare_loops, by_hand, python_server


def arguments():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kind", choices=["keepalive", "pipeline", "close", "latency", "idle"])
    parser.add_argument("--server", action="append", default=[], metavar="NAME=COMMAND",
                        help="{port}, {size} and {body} in it are replaced; NAME/path=COMMAND for "
                             "another path")
    parser.add_argument("--peers", nargs="*", default=[], choices=[*PEERS, "python"])
    parser.add_argument("--conns", type=int, default=64)
    parser.add_argument("--depth", type=int, default=16, help="of pipeline")
    parser.add_argument("--size", type=int, default=2, help="bytes of a response's body")
    parser.add_argument("--rate", type=float, default=0, help="requests/s of latency")
    parser.add_argument("--seconds", type=float, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    if min(args.conns, args.depth, args.rounds) < 1 or args.seconds <= 0 or args.size < 0:
        parser.error("less than one connection, request, round, or a negative time or size")
    for spec in args.server:
        if "=" not in spec:
            parser.error(f"--server is NAME=COMMAND: {spec}")
    for name in args.peers:
        if name != "python" and not find_program(name):
            parser.error(f"not installed: {name}")
    return args


def ratio(cost, base):
    return f"{cost.cpu_us / base.cpu_us:.2f}" if base.cpu_us else "-"


def show(load, rows, rounds):
    if load.kind == "idle":
        print(f"{'server':20}{'B a connection':>16}{'KiB with 50':>14}  errors")
        for name, cost in rows.items():
            print(f"{name:20}{cost.bytes:16.0f}{cost.kib:14.0f}  {cost.errors}")
        return
    pace = f" at {load.rate:.0f} requests/s" if load.rate else ""
    print(f"{load.kind}{pace}, {load.connections} connections, {load.size} bytes, {rounds} rounds of "
          f"{load.seconds} s, medians")
    print(f"{'server':20}{'req/s':>10}{'CPU us/req':>12}{'x io_uring':>12}{'x epoll':>9}"
          "  p50/p99/p99.9 us, errors")
    for name, cost in sorted(rows.items(), key=lambda row: row[1].cpu_us or 1e9):
        tail = f"/{cost.p999:.0f}" if load.kind != "close" else ""  # ab does not tell
        print(f"{name:20}{cost.rate:10.0f}{cost.cpu_us:12.3f}"
              f"{ratio(cost, rows['bare-io_uring']):>12}{ratio(cost, rows['bare-epoll']):>9}"
              f"  {cost.p50:.0f}/{cost.p99:.0f}{tail} {cost.errors}")


def run(args):
    load = Load(args.kind, args.conns, args.depth if args.kind == "pipeline" else 1, args.size,
                args.seconds, args.rate if args.kind == "latency" else 0.0)
    limit = raise_descriptors()
    if load.connections + SPARE_DESCRIPTORS > limit:
        raise ServerError(f"{load.connections} connections do not fit into {limit} descriptors")
    workshop = Workshop()
    try:
        if missing_for(load, workshop):
            raise ServerError(missing_for(load, workshop))
        servers = [*bare_loops(workshop), *map(by_hand, args.server)]
        servers += [python_server() if name == "python" else peer(workshop, name)
                    for name in args.peers]
        if load.kind == "latency" and not load.rate:
            load = load._replace(rate=half_rate(workshop, servers[1], load, args.rounds))
        return load, measure(workshop, can_hold(servers, load), load, args.rounds)
    finally:
        workshop.close()


def main():
    args = arguments()
    end_in_order()
    try:
        load, rows = run(args)
    except ServerError as error:
        sys.exit(f"bench: {error}")
    except KeyboardInterrupt:
        sys.exit(130)
    if args.json:
        json.dump({name: cost._asdict() for name, cost in rows.items()}, sys.stdout)
        return
    show(load, rows, args.rounds)


if __name__ == "__main__":
    main()
