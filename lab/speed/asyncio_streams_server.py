#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The same server on asyncio's streams, as most would write it: a coroutine for each client, which
awaits its bytes.

    asyncio_streams_server.py PORT
"""
import asyncio
import contextlib
import signal
import sys

from selectors_server import BACKLOG, answers

READ_SIZE = 65536


async def converse(reader, writer):
    """Answers until the last request, or the end of the input."""
    waiting, last = b"", False
    while not last:
        received = await reader.read(READ_SIZE)
        if not received:
            return
        output, waiting, last = answers(waiting + received)
        writer.write(output)
        # Waits where the client does not take its responses; else goes on at once.
        await writer.drain()
    # Ends our direction and reads on until the client has closed. To close with unread input would
    # reset the connection, and the client might lose the response.
    writer.write_eof()
    while await reader.read(READ_SIZE):
        pass


async def client(reader, writer):
    """One client, from its connection to its end."""
    with contextlib.suppress(OSError):  # it has gone
        await converse(reader, writer)
    writer.close()


async def serve(port):
    server = await asyncio.start_server(client, "127.0.0.1", port, backlog=BACKLOG)
    print(f"listening on 127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    ended = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    await ended.wait()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
