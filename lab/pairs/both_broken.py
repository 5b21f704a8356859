#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Watches every connection for reading and for writing, all the time."""
import selectors
import socket
import sys

from messages import take

EITHER = selectors.EVENT_READ | selectors.EVENT_WRITE
received, outgoing, last = {}, {}, {}


def accept(listener, _):
    connection, _ = listener.accept()
    connection.setblocking(False)
    received[connection], outgoing[connection], last[connection] = b"", b"", False
    selector.register(connection, EITHER, serve)


def serve(connection, ready):
    if ready & selectors.EVENT_READ:
        data = connection.recv(65536)
        responses, received[connection], persists = take(received[connection] + data)
        outgoing[connection] += responses
        last[connection] = not data or not persists
    if ready & selectors.EVENT_WRITE and outgoing[connection]:
        sent = connection.send(outgoing[connection])
        outgoing[connection] = outgoing[connection][sent:]
    if last[connection] and not outgoing[connection]:
        drop(connection)


def drop(connection):
    del received[connection], outgoing[connection], last[connection]
    selector.unregister(connection)
    connection.close()


selector = selectors.DefaultSelector()
listener = socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=511)
selector.register(listener, selectors.EVENT_READ, accept)
print(listener.getsockname()[1], flush=True)
while True:
    for key, ready in selector.select():
        try:
            key.data(key.fileobj, ready)
        except ConnectionError:  # the client has gone
            drop(key.fileobj)
