#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Reads a request to its end, answers, and closes."""
import selectors
import socket
import sys

RESPONSE = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"
received = {}


def accept(listener):
    connection, _ = listener.accept()
    received[connection] = b""
    selector.register(connection, selectors.EVENT_READ, answer)


def answer(connection):
    data = connection.recv(65536)
    received[connection] += data
    if data and b"\r\n\r\n" not in received[connection]:
        return  # there is more to come
    if data:
        connection.send(RESPONSE)
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
