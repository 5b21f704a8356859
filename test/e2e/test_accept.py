# SPDX-License-Identifier: MIT
"""
How workers take connections, on every selector and trigger, from one shared socket and from one
socket a worker: who loses the race for a connection goes on with those it has, nobody hoards, a
burst finds room, and a server with nothing to do sleeps.
"""
import collections
import contextlib
import itertools
import os
import signal

import pytest

from client import GET, Client, Uploader, assert_sleeps, clients, clients_of_each_worker, every_accept, \
    every_mode, listening_sockets, stopped, until

ANYWHERE = ["--listen", "127.0.0.1:0"]
WITH_PIDS = ["--keep-alive", "on", *ANYWHERE]


def connections_a_worker(connections):
    return collections.Counter(int(client.ask().body) for client in connections)


@every_mode
@every_accept
def test_losers_of_an_accept_race(serve, mode, accept):
    server = serve("pid", "--workers", "4", *WITH_PIDS, *mode, "--accept", accept)
    with clients_of_each_worker(server) as held:
        living = [client for its_clients in held.values() for client in its_clients]
        for _ in range(20):
            with stopped(server.workers()):
                contested = Client(server)
                for client in [contested, *living]:
                    client.send(GET)
            with contested:
                for client in [contested, *living]:
                    assert client.response().status == 200
        for _ in range(100):
            with Client(server) as contested:
                assert contested.ask().status == 200
            for client in living:
                assert client.ask().status == 200


@every_mode
@every_accept
@pytest.mark.parametrize("at_once", [False, True], ids=["one-by-one", "at-once"])
def test_connections_are_spread(serve, mode, accept, at_once):
    server = serve("pid", "--workers", "4", *WITH_PIDS, *mode, "--accept", accept)
    workers = server.workers()
    with contextlib.ExitStack() as stack:
        with stopped(workers if at_once else []):
            connections = [stack.enter_context(Client(server)) for _ in range(64)]
        spread = connections_a_worker(connections)
        assert set(spread) == set(workers)
        # One and a half times the mean.
        assert max(spread.values()) <= 24, spread


@every_mode
@every_accept
def test_requests_one_at_a_time_meet_every_worker(serve, mode, accept):
    server = serve("pid", "--workers", "4", *ANYWHERE, *mode, "--accept", accept)
    seen = set()
    for _ in range(5000):
        with Client(server) as client:
            seen.add(int(client.ask().body))
        if seen == set(server.workers()):
            return
    pytest.fail(f"5000 connections, each behind the other, met only {len(seen)} of 4 workers")


@every_mode
@every_accept
def test_the_room_of_one_worker_is_room_for_all(serve, mode, accept):
    server = serve("pid", "--workers", "2", "--max-connections", "2", *WITH_PIDS, *mode,
                   "--accept", accept)
    with clients_of_each_worker(server) as held:
        for client in itertools.chain(*held.values()):
            client.upload()  # so that it is busy
        # Each worker finds that it is full.
        with clients(server, 8) as waiting:
            for client in waiting:
                client.send(GET)
            assert not any(client.has_input(0.05) for client in waiting)
        for client in held[server.workers()[1]]:
            client.socket.close()
        for _ in range(20):
            with Client(server) as client:
                assert int(client.ask().body) == server.workers()[1]


@every_mode
@every_accept
def test_a_worker_that_drains_alone_leaves_its_connections_to_the_others(serve, mode, accept):
    server = serve("pid", "--workers", "2", *WITH_PIDS, *mode, "--accept", accept)
    with Client(server) as busy:
        draining = int(busy.ask().body)
        busy.send(b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n1")
        os.kill(draining, signal.SIGTERM)
        until(lambda: len(listening_sockets(draining)) == 0)
        for _ in range(20):
            with Client(server) as client:
                assert int(client.ask().body) != draining
        busy.send(b"2")
        assert int(busy.response().body) == draining


@pytest.mark.parametrize("how", [["--accept", "shared"], ["--accept", "per-worker"],
                                 ["--listen-after-fork"]],
                         ids=["shared", "per-worker", "listen-after-fork"])
@every_mode
def test_a_thousand_connects_at_once(serve, mode, how):
    server = serve("respond", "--workers", "4", *ANYWHERE, *mode, *how)
    with contextlib.ExitStack() as stack:
        # Nobody accepts: only the backlog can take them.
        with stopped(server.workers()):
            connections = [stack.enter_context(Client(server)) for _ in range(1000)]
        for client in connections:
            client.send(GET)
        for client in connections:
            assert client.response().body == b"ok"


@every_mode
@every_accept
def test_a_lone_worker_that_is_full_sleeps(serve, mode, accept):
    server = serve("pid", "--workers", "1", "--max-connections", "1", *WITH_PIDS, *mode,
                   "--accept", accept)
    with Uploader(server) as held, Client(server) as waiting:
        waiting.send(GET)
        assert_sleeps(server.workers())
        assert not waiting.has_input()
        held.socket.close()
        assert waiting.response().status == 200


@every_mode
def test_an_idle_server_sleeps(serve, mode):
    servers = [serve("pid", "--workers", "4", *WITH_PIDS, *mode, "--accept", accept)
               for accept in ["shared", "per-worker"]]
    workers = [pid for server in servers for pid in server.workers()]
    with contextlib.ExitStack() as stack:
        for server in servers:
            held = [stack.enter_context(Client(server)) for _ in range(32)]
            spread = connections_a_worker(held)
            loaded = max(spread, key=spread.get)
            # Its siblings' connections end, so that it holds all that there are.
            for client in held:
                if int(client.ask().body) != loaded:
                    client.socket.close()
            for _ in range(8):
                held.append(stack.enter_context(Client(server)))
                assert held[-1].ask().status == 200
        assert_sleeps(workers)


@every_mode
def test_a_connection_that_is_gone_before_it_is_accepted(serve, mode):
    server = serve("respond", "--workers", "2", *ANYWHERE, *mode)
    for _ in range(10):
        with stopped(server.workers()):
            for _ in range(5):
                Client(server).reset()
            last = Client(server)
        with last:
            assert last.ask().body == b"ok"


@every_mode
def test_each_of_several_listeners_is_served(serve, mode):
    server = serve("pid", "--workers", "2", "--keep-alive", "on", *ANYWHERE * 3, *mode)
    assert len(set(server.urls)) == 3
    for index in range(3):
        with clients(server, 4, index=index) as connections:
            assert sum(connections_a_worker(connections).values()) == 4
