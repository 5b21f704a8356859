#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Workers wait for connections at one socket, and then call accept()."""
import os
import selectors
import socket
import sys

from messages import take

WORKERS = 4
received = {}


def accept(listener):
    connection, _ = listener.accept()
    received[connection] = b""
    selector.register(connection, selectors.EVENT_READ, serve)


def serve(connection):
    data = connection.recv(65536)
    if not data:
        drop(connection)
        return
    responses, received[connection], persists = take(received[connection] + data)
    connection.send(responses)
    if not persists:
        drop(connection)


def drop(connection):
    del received[connection]
    selector.unregister(connection)
    connection.close()


listener = socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=511)
print(listener.getsockname()[1], flush=True)
for _ in range(WORKERS - 1):
    if os.fork() == 0:
        break
selector = selectors.DefaultSelector()
selector.register(listener, selectors.EVENT_READ, accept)
while True:
    for key, _ in selector.select():
        try:
            key.data(key.fileobj)
        except ConnectionError:  # the client has gone
            drop(key.fileobj)
