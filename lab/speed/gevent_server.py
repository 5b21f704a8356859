#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The same server on gevent: code that looks as if it blocked, in a greenlet for each client. Where
a call would wait, gevent lets another greenlet run.

    gevent_server.py PORT
"""
import contextlib
import signal
import socket
import sys

import gevent
from gevent.server import StreamServer

from selectors_server import BACKLOG, answers

READ_SIZE = 65536


def converse(client):
    """Answers until the last request, or the end of the input."""
    waiting, last = b"", False
    while not last:
        received = client.recv(READ_SIZE)
        if not received:
            return
        output, waiting, last = answers(waiting + received)
        client.sendall(output)
    # Ends our direction and reads on until the client has closed. To close with unread input would
    # reset the connection, and the client might lose the response.
    client.shutdown(socket.SHUT_WR)
    while client.recv(READ_SIZE):
        pass


def serve_client(client, _address):
    """One client, from its connection to its end; the server closes the socket."""
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    with contextlib.suppress(OSError):  # it has gone
        converse(client)


def main():
    server = StreamServer(("127.0.0.1", int(sys.argv[1])), serve_client, backlog=BACKLOG)
    server.start()
    print(f"listening on 127.0.0.1:{server.server_port}", flush=True)
    # Does not wait for clients that hold a connection open.
    gevent.signal_handler(signal.SIGTERM, server.stop, 0)
    server.serve_forever()


if __name__ == "__main__":
    main()
