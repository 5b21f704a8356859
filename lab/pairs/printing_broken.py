#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Prints a line for each request."""
import selectors
import socket
import sys

from messages import take

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
    if responses:
        print(connection.getpeername(), data[:14], flush=True)
    if not persists:
        drop(connection)


def drop(connection):
    del received[connection]
    selector.unregister(connection)
    connection.close()


selector = selectors.DefaultSelector()
listener = socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=511)
selector.register(listener, selectors.EVENT_READ, accept)
print(listener.getsockname()[1], flush=True)
while True:
    for key, _ in selector.select():
        try:
            key.data(key.fileobj)
        except ConnectionError:  # the client has gone
            drop(key.fileobj)
