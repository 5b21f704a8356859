#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Answers in the version that the client has named."""
import selectors
import socket
import sys

from messages import persists

received = {}


def accept(listener):
    connection, _ = listener.accept()
    received[connection] = b""
    selector.register(connection, selectors.EVENT_READ, serve)


def response(head):
    version = head.partition(b"\r\n")[0].split(b" ")[-1]
    option = b"keep-alive" if persists(head) else b"close"
    return b"%s 200 OK\r\nContent-Length: 2\r\nConnection: %s\r\n\r\nok" % (version, option)


def serve(connection):
    data = connection.recv(65536)
    if not data:
        drop(connection)
        return
    *heads, received[connection] = (received[connection] + data).split(b"\r\n\r\n")
    for head in heads:
        connection.send(response(head))
    if not all(persists(head) for head in heads):
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
