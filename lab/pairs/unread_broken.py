#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Reads as much of a request as it needs, answers, and closes."""
import selectors
import socket
import sys

RESPONSE = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"


def accept(listener):
    connection, _ = listener.accept()
    selector.register(connection, selectors.EVENT_READ, answer)


def answer(connection):
    connection.recv(16)  # the method and the path: nobody wants the rest
    connection.send(RESPONSE)
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
