#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Takes what one recv() brings for one request."""
import selectors
import socket
import sys

from messages import persists, response


def accept(listener):
    connection, _ = listener.accept()
    selector.register(connection, selectors.EVENT_READ, serve)


def serve(connection):
    data = connection.recv(65536)
    if not data:
        drop(connection)
        return
    connection.send(response(data))
    if not persists(data):
        drop(connection)


def drop(connection):
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
