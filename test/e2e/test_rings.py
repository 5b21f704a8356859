# SPDX-License-Identifier: MIT
"""
Rings that are always full, and buffers that are always lent: what is rare on io_uring otherwise.
With rings of one entry and of a few, hundreds of connections do all that connections do, at random
but the same each time; every byte comes, and none is stuck.
"""
import concurrent.futures
import random

import pytest

from client import GET, GET_AND_CLOSE, Client, clients, descriptors, needs_io_uring, \
    serve_narrowly, stopped, until

pytestmark = needs_io_uring
ON_IO_URING = ["respond", "--workers", "1", "--selector", "io_uring"]
every_size = pytest.mark.parametrize("entries", ["1", "2", "8"])
SMALL = "".join(f"{number:05d} " for number in range(500))
LARGE = "".join(f"{number:06d} " for number in range(120 * 1024 // 7))
THREADS = 16


def ask_some(client, chance, bursts):
    """Sends requests in several goes, and takes a little of the responses between. Returns how many
    they are."""
    asked = 0
    for _ in range(chance.randint(1, 4)):
        count = chance.choice(bursts)
        client.send(count * GET)
        asked += count
        if chance.random() < 0.3:
            client.receive()
    return asked


def end_somehow(client, chance):
    """Sends a last request, which ends the connection from one side or the other, or both."""
    ends, closes = chance.choice([(False, True), (True, False), (True, True)])
    client.send(GET_AND_CLOSE if closes else GET)
    if ends:
        client.end()


def live(server, seed, body, bursts):
    """The life of a connection, all of whose responses must be `body`. One of ten goes early."""
    chance = random.Random(seed)
    with Client(server, receive_buffer=chance.choice([2048, 16384, 1 << 20])) as client:
        asked = ask_some(client, chance, bursts)
        if chance.random() < 0.1:
            return
        end_somehow(client, chance)
        for _ in range(asked + 1):
            assert client.response().body == body.encode()
        assert client.rest() == b""


def live_all(server, lives, body, bursts):
    """Some lives at a time; a connection that is stuck fails by the time-out of its socket."""
    with concurrent.futures.ThreadPoolExecutor(THREADS) as threads:
        running = [threads.submit(live, server, seed, body, bursts) for seed in range(lives)]
        for life in running:
            life.result()


@every_size
@pytest.mark.parametrize("lives,body,bursts", [
    (400, SMALL, [1, 1, 2, 5, 40]),
    (100, LARGE, [1, 2]),
], ids=["many", "large"])
def test_lives_on_a_small_ring(serve, entries, lives, body, bursts):
    server = serve_narrowly(serve, *ON_IO_URING, SELKIE_BODY=body, SELKIE_RING_ENTRIES=entries)
    worker, = server.workers()
    before = descriptors(worker)
    live_all(server, lives, body, bursts)
    until(lambda: descriptors(worker) == before)
    assert server.workers() == [worker]


@every_size
@pytest.mark.parametrize("body", ["ok", LARGE], ids=["small", "large"])
def test_connections_that_come_and_go(serve, entries, body):
    """Many at once, that ask for one thing or for a few, and are closed behind it by the server:
    the descriptor of one is soon another's."""
    server = serve_narrowly(serve, *ON_IO_URING, SELKIE_BODY=body, SELKIE_RING_ENTRIES=entries)
    worker, = server.workers()
    before = descriptors(worker)
    chance = random.Random(entries)
    for _ in range(10 if body == "ok" else 2):
        counts = [chance.choice([0, 0, 0, 0, 0, 3]) for _ in range(30)]
        with clients(server, len(counts)) as connections:
            for client, count in zip(connections, counts):
                client.send(count * GET + GET_AND_CLOSE)
            for client, count in zip(connections, counts):
                assert [client.response().body for _ in range(count + 1)] == [
                    body.encode()] * (count + 1)
                assert client.rest() == b""
    until(lambda: descriptors(worker) == before)
    assert server.workers() == [worker]


# There are 64 buffers of 4 KiB (src/engine/ring.h).


@pytest.mark.parametrize("length", [0, 6000], ids=["one-buffer-each", "two-buffers-each"])
def test_more_input_at_once_than_buffers(serve, length):
    server = serve(*ON_IO_URING, "--listen", "127.0.0.1:0")
    workers = server.workers()
    post = b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: %d\r\n\r\n" % length + length * b"b"
    with clients(server, 1000) as connections:
        # The second recv of a connection goes on by itself; that of the first request does not.
        for _ in range(3):
            with stopped(workers):
                for client in connections:
                    client.send(post)
            assert all(client.response().body == b"ok" for client in connections)
    assert server.workers() == workers


def test_idle_connections_hold_no_buffer(serve):
    server = serve(*ON_IO_URING, "--listen", "127.0.0.1:0")
    large = b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 500000\r\n\r\n" + 500_000 * b"b"
    with clients(server, 500) as idle, Client(server) as busy:
        for _ in range(2):
            assert all(client.ask().body == b"ok" for client in idle)
        # Some have begun something, which is kept elsewhere.
        for client in idle[:200]:
            client.send(GET[:20])
        for _ in range(3):
            assert busy.ask(large).body == b"ok"
        assert all(client.ask(GET[20:]).body == b"ok" for client in idle[:200])


@every_size
def test_a_small_ring_drains(serve, entries):
    """All that is asked of the kernel is taken back, though little fits at a time."""
    server = serve(*ON_IO_URING, "--listen", "127.0.0.1:0", SELKIE_RING_ENTRIES=entries)
    with clients(server, 100) as idle:
        assert all(client.ask().body == b"ok" for client in idle)
        assert server.stop() == 0
        assert all(client.rest() == b"" for client in idle)
