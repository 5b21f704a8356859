#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A worker for each processor; each answers with its pid, which always takes as much room."""
import os
import selectors
import socket
import sys

from messages import take

WORKERS = len(os.sched_getaffinity(0))
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
    body = b"%7d" % os.getpid()
    responses, received[connection], persists = take(received[connection] + data, body)
    connection.send(responses)
    if not persists:
        drop(connection)


def drop(connection):
    del received[connection]
    selector.unregister(connection)
    connection.close()


listener = socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=511)
listener.setblocking(False)
print(listener.getsockname()[1], flush=True)
for _ in range(WORKERS - 1):
    if os.fork() == 0:
        break
selector = selectors.DefaultSelector()
selector.register(listener, selectors.EVENT_READ, accept)
while True:
    for key, _ in selector.select():
        try:
            key.data(key.fileobj)
        except ConnectionError:  # the client has gone
            drop(key.fileobj)
