#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Each worker makes a socket of its own at the port, and so has a queue of its own."""
import os
import selectors
import socket
import sys

from messages import take

WORKERS = 4
received = {}


def accept(listener):
    try:
        connection, _ = listener.accept()
    except BlockingIOError:  # another worker was faster
        return
    connection.setblocking(True)
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


def open_listener(port):
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    listener.setblocking(False)
    listener.bind(("127.0.0.1", port))
    return listener


listener = open_listener(int(sys.argv[1]))
port = listener.getsockname()[1]
print(port, flush=True)
for _ in range(WORKERS - 1):
    if os.fork() == 0:
        listener.close()
        listener = open_listener(port)
        break
listener.listen(511)  # each worker for itself
selector = selectors.DefaultSelector()
selector.register(listener, selectors.EVENT_READ, accept)
while True:
    for key, _ in selector.select():
        try:
            key.data(key.fileobj)
        except ConnectionError:  # the client has gone
            drop(key.fileobj)
