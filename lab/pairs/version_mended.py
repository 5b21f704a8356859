#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Answers in its own version, and serves only a version that it speaks."""
import re
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
    status = b"200 OK" if re.fullmatch(rb"HTTP/1\.\d", version) else b"505 HTTP Version Not Supported"
    option = b"keep-alive" if persists(head) else b"close"
    return b"HTTP/1.1 %s\r\nContent-Length: 2\r\nConnection: %s\r\n\r\nok" % (status, option)


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
