#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The same server on asyncio's protocols: the event loop calls a method when bytes came, and no
coroutine or task is in between.

    asyncio_server.py PORT
"""
import asyncio
import signal
import sys

from selectors_server import BACKLOG, answers


class Answering(asyncio.Protocol):
    """One client. The loop has read the bytes already, and what the socket does not take of a
    response it keeps and sends later."""

    def __init__(self):
        self.transport = None
        self.input = b""
        self.last = False

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        if self.last:
            return  # behind the last request, what comes means nothing
        output, self.input, self.last = answers(self.input + data)
        if output:
            self.transport.write(output)
        if self.last:
            # Ends our direction only. The loop reads on, and closes when the client has: to close
            # with unread input would reset the connection, and the client might lose the response.
            self.transport.write_eof()

    # A client that asks without reading: until it takes its responses, nothing more is read.

    def pause_writing(self):
        self.transport.pause_reading()

    def resume_writing(self):
        self.transport.resume_reading()


async def serve(port):
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Answering, "127.0.0.1", port, backlog=BACKLOG)
    print(f"listening on 127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    ended = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, ended.set)
    await ended.wait()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
