# SPDX-License-Identifier: MIT
"""A small HTTP server with one deliberate fault, for `matrix.py --self-test`.

It speaks to the matrix as build/selkie does: a `listening on` line once it accepts, SIGTERM ends
it, and a `served` line on stderr. With the fault `none` it is correct, which shows that a cell can
pass; every other fault has to make the cells of the tools fail that are able to see it.
"""

import asyncio
import signal
import socket
import struct
import sys

# Faults that strike one request in so many: rare enough that a tool goes on, frequent enough to
# strike in a run of a few hundred requests.
STRIKE_EVERY = 7

FAULTS = {
    "none": "correct: the control",
    "status": "answers 503",
    "miscount": "answers correctly, but reports twice as many responses",
    "silent": "accepts, and never answers",
    "truncated": "closes before the announced length is complete",
    "dropped": f"closes without a word instead of each {STRIKE_EVERY}th response",
    "reset": f"resets the connection instead of each {STRIKE_EVERY}th response",
}


class Counts:
    """What all connections of the server have seen."""

    requests = 0
    responses = 0
    connections = 0


def response_head(status, length, persistent):
    """The bytes before the body; Connection is always said, which suits HTTP/1.0 and 1.1."""
    connection = "keep-alive" if persistent else "close"
    return (f"HTTP/1.1 {status}\r\nContent-Type: text/plain\r\nContent-Length: {length}\r\n"
            f"Connection: {connection}\r\n\r\n").encode()


class Connection(asyncio.Protocol):
    """Answers GET requests, pipelined or not, and commits the fault."""

    def __init__(self, fault, keep_alive):
        self.fault = fault
        self.keep_alive = keep_alive
        self.input = b""
        self.closed = False
        self.transport = None

    def connection_made(self, transport):
        Counts.connections += 1
        self.transport = transport

    def data_received(self, data):
        self.input += data
        while b"\r\n\r\n" in self.input and not (self.closed or self.transport.is_closing()):
            head, self.input = self.input.split(b"\r\n\r\n", 1)
            Counts.requests += 1
            self.answer(head.lower())

    def answer(self, head):
        struck = Counts.requests % STRIKE_EVERY == 0
        if self.fault == "silent":
            return
        if self.fault in ("dropped", "reset") and struck:
            self.abandon()
            return
        self.respond(self.wants_persistence(head))

    def wants_persistence(self, head):
        if b"http/1.0" in head:
            return self.keep_alive and b"connection: keep-alive" in head
        return self.keep_alive and b"connection: close" not in head

    def respond(self, persistent):
        Counts.responses += 1
        status = "503 Service Unavailable" if self.fault == "status" else "200 OK"
        length = 100 if self.fault == "truncated" else 2
        self.transport.write(response_head(status, length, persistent) + b"ok")
        if not persistent or self.fault == "truncated":
            self.close()

    def close(self):
        """FIN first and the close later, since a close with unread input would reset."""
        self.closed = True
        self.transport.write_eof()
        asyncio.get_running_loop().call_later(1, self.transport.close)

    def abandon(self):
        self.closed = True
        if self.fault == "reset":
            sock = self.transport.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.transport.abort()


async def serve(fault, host, keep_alive):
    """Serves until SIGTERM."""
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, ended.set)
    server = await loop.create_server(lambda: Connection(fault, keep_alive), host, 0, backlog=1024)
    print(f"listening on http://{host}:{server.sockets[0].getsockname()[1]}", flush=True)
    await ended.wait()
    server.close()


def main():
    fault, host, keep_alive = sys.argv[1], sys.argv[2], sys.argv[3] == "on"
    asyncio.run(serve(fault, host, keep_alive))
    responses = Counts.responses * 2 if fault == "miscount" else Counts.responses
    print(f"served {responses} responses on {Counts.connections} connections", file=sys.stderr)


if __name__ == "__main__":
    main()
