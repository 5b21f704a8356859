# SPDX-License-Identifier: MIT
"""
Master and workers as they live and die: a lost worker is replaced and takes no connection but its
own with it, a lost master takes its workers along, and each signal ends the server in its own way
without losing a request that was accepted.
"""
import contextlib
import os
import re
import signal
import threading

import pytest

from client import GET, Client, clients, clients_of_each_worker, descriptors, every_accept, \
    every_mode, stopped, until
from conftest import Server

ANYWHERE = ["--listen", "127.0.0.1:0"]
PIDS = ["pid", "--keep-alive", "on", *ANYWHERE]


def is_refused(server):
    try:
        server.connect().close()
    except ConnectionRefusedError:
        return True
    except ConnectionResetError:
        pass  # it came just before the listener was closed
    return False


# Workers that are lost


@every_accept
@pytest.mark.parametrize("mode", [[], ["--selector", "poll"]], ids=["best", "poll"])
def test_a_killed_worker_is_replaced(serve, accept, mode):
    server = serve(*PIDS, "--workers", "3", "--accept", accept, *mode)
    former = set(server.workers())
    with clients_of_each_worker(server) as held, contextlib.ExitStack() as stack:
        victim = next(iter(held))
        os.kill(victim, signal.SIGKILL)
        for pid, kept in held.items():
            for client in kept:
                if pid == victim:
                    assert client.remains() == b""
                else:
                    assert int(client.ask().body) == pid
        until(lambda: len(set(server.workers()) - {victim}) == 3)
        successor, = set(server.workers()) - former
        until(lambda: int(stack.enter_context(Client(server)).ask().body) == successor)
        assert all(int(client.ask().body) == pid for pid, kept in held.items() if pid != victim
                   for client in kept)


@every_accept
def test_queued_connections_outlive_their_worker(serve, accept):
    server = serve(*PIDS, "--workers", "1", "--accept", accept)
    victim, = server.workers()
    with contextlib.ExitStack() as stack:
        os.kill(victim, signal.SIGSTOP)
        queued = [stack.enter_context(Client(server)) for _ in range(50)]
        for client in queued:
            client.send(GET)
        os.kill(victim, signal.SIGKILL)
        successors = {int(client.response().body) for client in queued}
        assert successors == set(server.workers()) - {victim}


def test_term_to_one_worker_drains_that_one(serve):
    server = serve(*PIDS, "--workers", "3")
    with clients_of_each_worker(server) as held:
        drained = next(iter(held))
        busy = held[drained].pop()
        busy.send(GET[:-2])
        os.kill(drained, signal.SIGTERM)
        for client in held.pop(drained):
            assert client.rest() == b""
        assert busy.ask(GET[-2:]).connection == "close"
        assert busy.rest() == b""
        busy.socket.close()
        until(lambda: drained not in server.workers() and len(server.workers()) == 3)
        assert all(int(client.ask().body) == pid for pid, kept in held.items() for client in kept)


def test_workers_end_with_a_killed_master():
    # Not by the fixture, for which an exit status other than 0 is a failure.
    server = Server(*PIDS, "--workers", "4")
    try:
        with Client(server) as client:
            assert client.ask().status == 200
            server.process.kill()
            assert client.remains() == b""
        assert server.wait() == -signal.SIGKILL
        assert is_refused(server)
    finally:
        server.kill()


# Signals that end the server


@every_accept
@every_mode
def test_term_drains(serve, accept, mode):
    server = serve("respond", "--workers", "2", *ANYWHERE, *mode, "--accept", accept)
    with clients(server, 8) as idle, Client(server) as half_a_head, Client(server) as half_a_body:
        assert all(client.ask().connection is None for client in idle)
        half_a_head.send(GET[:-2])
        half_a_body.send(b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\n12")
        server.send_signal(signal.SIGTERM)
        for client in idle:
            assert client.rest() == b""
        until(lambda: is_refused(server))
        for client, rest in ((half_a_head, GET[-2:]), (half_a_body, b"34")):
            response = client.ask(rest)
            assert (response.body, response.connection) == (b"ok", "close")
            assert client.rest() == b""
    assert server.wait() == 0
    assert server.stderr.startswith("selkie: served 10 responses on ")


@pytest.mark.parametrize("second", [signal.SIGTERM, signal.SIGINT, signal.SIGQUIT])
def test_a_second_signal_forces(serve, second):
    server = serve("respond", "--workers", "2", *ANYWHERE)
    with Client(server) as idle, Client(server) as busy:
        assert idle.ask().body == b"ok"
        busy.send(GET[:-2])
        server.send_signal(signal.SIGTERM)
        assert idle.rest() == b""
        assert not busy.has_input()
        server.send_signal(second)
        assert busy.remains() == b""
    assert server.wait() == 0


def test_quit_ends_at_once(serve):
    server = serve("respond", "--workers", "2", *ANYWHERE)
    with Client(server) as busy:
        busy.send(GET[:-2])
        server.send_signal(signal.SIGQUIT)
        assert busy.remains() == b""
    assert server.wait() == 0


def test_the_drain_time_out_ends_the_busy(serve):
    server = serve("respond", "--workers", "2", *ANYWHERE, "--drain-timeout", "200ms")
    with Client(server) as busy:
        busy.send(GET[:-2])
        server.send_signal(signal.SIGTERM)
        assert busy.remains() == b""
    assert server.wait() == 0


@every_accept
@every_mode
def test_connections_that_have_just_come_are_served(serve, mode, accept):
    """More than a worker accepts in a turn wait for it when it learns that it is to drain."""
    server = serve("respond", "--workers", "2", *ANYWHERE, *mode, "--accept", accept)
    with contextlib.ExitStack() as stack:
        with stopped(server.workers()):
            waiting = [stack.enter_context(Client(server)) for _ in range(300)]
            for client in waiting:
                client.send(GET)
            before = descriptors(server.pid)
            server.send_signal(signal.SIGTERM)
            # The master closes its listeners when it has told the workers.
            until(lambda: descriptors(server.pid) < before)
        for client in waiting:
            response = client.response()
            assert (response.body, response.connection) == (b"ok", "close")
            assert client.rest() == b""
            client.socket.close()
    assert server.wait() == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("attempt", range(5))
def test_a_signal_to_the_whole_group_is_one_signal(serve, number, attempt):
    """A terminal sends SIGINT, and systemd SIGTERM, to all processes at once."""
    del attempt
    server = serve("respond", "--workers", "4", *ANYWHERE, "--log-level", "info")
    with Client(server) as idle, Client(server) as busy:
        assert idle.ask().body == b"ok"
        busy.send(GET[:-2])
        os.killpg(server.pid, number)
        assert idle.rest() == b""
        until(lambda: is_refused(server))
        assert busy.ask(GET[-2:]).connection == "close"
        assert busy.rest() == b""
    assert server.wait() == 0
    assert not re.search("a new one starts|killed", server.stderr), server.stderr
    said = "Shutting down worker processes ...\n" if number == signal.SIGINT else ""
    assert server.stdout == said


# No request that was accepted is lost


class Visitor(threading.Thread):
    """Asks again and again, on kept or on fresh connections, until the server has gone. `responses`
    are those that came whole, `complaints` what must not happen."""

    def __init__(self, server, keeps):
        super().__init__()
        self.server, self.keeps = server, keeps
        self.responses, self.complaints = 0, []

    def run(self):
        while not self.complaints:
            try:
                client = Client(self.server)
            except ConnectionError:
                return
            with client:
                self.visit(client)

    def visit(self, client):
        """One connection from its beginning to its end."""
        while True:
            try:
                client.send(GET)
                if not client.receive():
                    return
            except ConnectionError:
                return  # it ended between two requests
            try:
                response = client.response()
                self.responses += 1
                if response.connection == "close":
                    assert client.rest() == b""
                    return
            except (ConnectionError, AssertionError) as error:
                self.complaints.append(repr(error))
                return
            if not self.keeps:
                return


@every_accept
@every_mode
def test_a_drain_loses_no_request(serve, accept, mode):
    server = serve("respond", "--workers", "2", *ANYWHERE, *mode, "--accept", accept)
    visitors = [Visitor(server, keeps=number % 4 != 0) for number in range(8)]
    for visitor in visitors:
        visitor.start()
    until(lambda: sum(visitor.responses for visitor in visitors) > 500)
    server.send_signal(signal.SIGTERM)
    for visitor in visitors:
        visitor.join()
    assert [visitor.complaints for visitor in visitors] == [[]] * 8
    assert server.wait() == 0
    answered = sum(visitor.responses for visitor in visitors)
    assert server.stderr.startswith(f"selkie: served {answered} responses on ")


def test_the_address_is_free_again(serve):
    server = serve("respond", "--workers", "2", *ANYWHERE)
    port = server.urls[0].rpartition(":")[2]
    with Client(server) as client:
        assert client.ask().body == b"ok"
        assert server.stop() == 0
        successor = serve("respond", "--workers", "2", "--listen", f"127.0.0.1:{port}")
        assert successor.fetch().body == b"ok"
        assert client.rest() == b""
