# SPDX-License-Identifier: MIT
"""
A worker allocates nothing for a request: on every selector and trigger it serves 100,000 of them
behind a warm-up, one by one and pipelined, and 20,000 of each other shape, without one call of
malloc or its kin. They are counted by a library that is preloaded (programs/count_allocations.c).
"""
import struct

import pytest

from client import GET, clients, every_mode
from conftest import BUILD, SANITIZED

COUNTER = BUILD / "test/libcount_allocations.so"
pytestmark = [
    pytest.mark.skipif(SANITIZED, reason="a sanitizer is an allocator itself, and has to be first"),
    pytest.mark.skipif(not SANITIZED and not COUNTER.exists(),
                       reason="the counter stands before the allocator of glibc only"),
]

CONNECTIONS = 10
BODY = b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 300\r\n\r\n" + 300 * b"b"
CHUNKED = (b"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
           b"5\r\nhello\r\n0\r\n\r\n")


def rotated(request, cut):
    """What stands on the wire from `cut` bytes into one request as far into the next: each segment
    ends one request, and leaves the next to be kept."""
    return request[cut:] + request[:cut]


# For each shape what is sent first, then the segment that is sent over and over, how many responses
# answer that, and how many requests are sent: as each second counts, 100,000 of the first two only.
SHAPES = {
    "keep-alive": (b"", GET, 1, 100_000),
    "pipelined": (b"", 50 * GET, 50, 100_000),
    "pipelined-in-two": (GET[:20], 50 * rotated(GET, 20), 50, 20_000),
    "head-in-two": (GET[:9], rotated(GET, 9), 1, 20_000),
    "body": (b"", BODY, 1, 20_000),
    "body-in-two": (BODY[:-200], rotated(BODY, len(BODY) - 200), 1, 20_000),
    "chunked-in-two": (CHUNKED[:-12], rotated(CHUNKED, len(CHUNKED) - 12), 1, 20_000),
}


class Counter:
    """The file of counts, and what it says."""

    def __init__(self, path):
        self.path = path
        path.touch()

    def allocations(self, pid):
        """The allocations of a process so far."""
        count, *pairs = struct.unpack_from("129Q", self.path.read_bytes())
        return dict(zip(pairs[0:2 * count:2], pairs[1:2 * count:2]))[pid]


def response_length(client):
    """The bytes of a response, which are as many each time."""
    client.send(GET)
    while not client.received.endswith(b"ok"):
        assert client.receive()
    return len(client.received)


def exchange(connections, segment, length):
    """Sends a segment on each connection, and takes `length` bytes of responses from each."""
    for client in connections:
        client.send(segment)
    for client in connections:
        missing = length
        while missing > 0:
            data = client.socket.recv(missing)
            assert data, "the connection has ended"
            missing -= len(data)


@every_mode
@pytest.mark.parametrize("shape", SHAPES)
def test_requests_allocate_nothing(serve, tmp_path, mode, shape):
    first, segment, answers, requests = SHAPES[shape]
    counter = Counter(tmp_path / "allocations")
    server = serve("respond", "--workers", "1", "--listen", "127.0.0.1:0", *mode,
                   LD_PRELOAD=str(COUNTER), ALLOCATIONS=str(counter.path))
    worker, = server.workers()
    with clients(server, CONNECTIONS) as connections:
        length = answers * response_length(connections[0])
        for client in connections:
            client.send(first)
        for _ in range(5):
            exchange(connections, segment, length)
        before = counter.allocations(worker)
        assert before > 0, "the counter does not count"
        for _ in range(requests // (CONNECTIONS * answers)):
            exchange(connections, segment, length)
        assert counter.allocations(worker) == before
