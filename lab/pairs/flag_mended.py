#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Remembers which response is the last one, and closes behind it."""
import selectors
import socket
import sys

from messages import take

received, outgoing, last = {}, {}, {}


def accept(listener):
    connection, _ = listener.accept()
    connection.setblocking(False)
    received[connection], outgoing[connection], last[connection] = b"", b"", False
    selector.register(connection, selectors.EVENT_READ, read)


def read(connection):
    data = connection.recv(65536)
    if not data:
        drop(connection)
        return
    responses, received[connection], persists = take(received[connection] + data)
    outgoing[connection] += responses
    last[connection] = not persists
    if responses:
        selector.modify(connection, selectors.EVENT_WRITE, write)


def write(connection):
    sent = connection.send(outgoing[connection])
    outgoing[connection] = outgoing[connection][sent:]
    if outgoing[connection]:
        return
    if last[connection]:
        drop(connection)
        return
    selector.modify(connection, selectors.EVENT_READ, read)


def drop(connection):
    del received[connection], outgoing[connection], last[connection]
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
