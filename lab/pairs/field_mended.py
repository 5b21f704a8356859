#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Keeps a connection open by a request's version and Connection field, and says what it does."""
import re
import selectors
import socket
import sys

received = {}


def accept(listener):
    connection, _ = listener.accept()
    received[connection] = b""
    selector.register(connection, selectors.EVENT_READ, serve)


def persists(head):
    """Whether the connection stays open after the response (RFC 9112, 9.3)."""
    field = re.search(rb"(?i)\r\nConnection: *([^ \r]*)", head + b"\r\n")
    option = field[1].lower() if field else b""
    return option != b"close" if b" HTTP/1.1\r\n" in head else option == b"keep-alive"


def response(head):
    option = b"keep-alive" if persists(head) else b"close"
    return b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: %s\r\n\r\nok" % option


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
