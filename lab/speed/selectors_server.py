#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A correct HTTP/1.0 and 1.1 server on the standard library's selectors, one process, one thread:
it says "ok" to everyone. The three other servers of this folder import `answers` from here, so that
all do the same work on a request and differ only in how bytes come and go.

    selectors_server.py PORT

Left out, because a measurement does not need it: timeouts, request bodies, more processes.
"""
import email.utils
import functools
import selectors
import signal
import socket
import sys
import time

HEAD_MAX = 16384  # bytes that a client may send without ending a head; the usual limit of servers
BACKLOG = 1024    # connections that may wait to be accepted
# One buffer for all connections: a request is in it only until it is answered or kept.
BUFFER = memoryview(bytearray(65536))


@functools.lru_cache(maxsize=1)
def date(second):
    """The Date field, made once a second and not once a request."""
    return email.utils.formatdate(second, usegmt=True)


def response(status, option, body, with_body=True):
    head = (f"HTTP/1.1 {status}\r\nDate: {date(int(time.time()))}\r\n"
            + (f"Connection: {option}\r\n" if option else "")
            + f"Content-Type: text/plain\r\nContent-Length: {len(body)}\r\n\r\n")
    return head.encode() + (body if with_body else b"")


def refusal(status):
    return response(status, "close", b""), True


def answer(head):
    """The response to one request head (bytes, without its blank line), and whether it is the
    last of its connection."""
    first, *lines = head.decode("latin-1").split("\r\n")
    method, _, rest = first.partition(" ")
    version = rest.rpartition(" ")[2]
    fields = [line.partition(":") for line in lines]
    names = [name.lower() for name, _, _ in fields]
    if (version not in ("HTTP/1.0", "HTTP/1.1") or rest.count(" ") != 1
            or any(not colon or name != name.strip() for name, colon, _ in fields)
            or version == "HTTP/1.1" and names.count("host") != 1):
        return refusal("400 Bad Request")
    if method not in ("GET", "HEAD"):
        return refusal("501 Not Implemented")
    if "content-length" in names or "transfer-encoding" in names:
        return refusal("413 Content Too Large")
    options = {option.strip().lower() for name, (_, _, value) in zip(names, fields)
               if name == "connection" for option in value.split(",")}
    # RFC 9112, 9.3: HTTP/1.1 goes on unless told otherwise, HTTP/1.0 only when asked, and that is
    # confirmed: ab -k waits for the end of the connection where it is not.
    last = "close" in options or version == "HTTP/1.0" and "keep-alive" not in options
    option = "close" if last else "keep-alive" if version == "HTTP/1.0" else ""
    return response("200 OK", option, b"ok", method == "GET"), last


def answers(received):
    """Answers all whole requests in `received`, which may hold none, a part of one, or many.
    Returns the bytes to send, those that wait for the rest of their request, and whether the
    connection ends."""
    output, last = b"", False
    while received and not last:
        # Empty lines before a request mean nothing (RFC 9112, 2.2).
        head, end, rest = received.lstrip(b"\r\n").partition(b"\r\n\r\n")
        if not end and len(head) <= HEAD_MAX:
            break
        whole = len(head) <= HEAD_MAX
        reply, last = answer(head) if whole else refusal("431 Request Header Fields Too Large")
        output, received = output + reply, rest
    return output, received, last


class Connection:
    """One client: what came and is not a whole request yet, and what the socket did not take."""

    def __init__(self, client):
        self.socket = client
        self.input = b""
        self.output = b""
        self.waits_for = selectors.EVENT_READ  # what the selector watches the socket for
        self.last = False


def accept(selector, listener):
    try:
        client, _ = listener.accept()
    except OSError:
        return  # the client has gone already, or descriptors ran out: it can wait
    client.setblocking(False)
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    selector.register(client, selectors.EVENT_READ, Connection(client))


def receive(selector, connection):
    length = connection.socket.recv_into(BUFFER)
    if length == 0:
        selector.unregister(connection.socket)
        connection.socket.close()
    elif not connection.last:
        connection.output, connection.input, connection.last = answers(
            connection.input + BUFFER[:length])
        if connection.output:
            send(selector, connection)


def send(selector, connection):
    """Sends at once: the socket is nearly always ready. Only what it does not take is left for
    later, and until that has gone nothing is read, so that memory cannot fill with responses."""
    try:
        connection.output = connection.output[connection.socket.send(connection.output):]
    except BlockingIOError:
        pass
    wanted = selectors.EVENT_WRITE if connection.output else selectors.EVENT_READ
    if wanted != connection.waits_for:
        selector.modify(connection.socket, wanted, connection)
        connection.waits_for = wanted
    if connection.last and not connection.output:
        # Says "that was all" and reads on until the client has closed. To close with unread
        # input would reset the connection, and the client might lose the response.
        connection.socket.shutdown(socket.SHUT_WR)


def serve(listener):
    selector = selectors.DefaultSelector()
    selector.register(listener, selectors.EVENT_READ)
    while True:
        for key, events in selector.select():
            if key.data is None:
                accept(selector, listener)
                continue
            try:
                (send if events & selectors.EVENT_WRITE else receive)(selector, key.data)
            except BlockingIOError:
                pass  # a false alarm: the selector will say it again
            except OSError:  # the client has gone
                selector.unregister(key.fileobj)
                key.fileobj.close()


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    listener = socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=BACKLOG)
    # Between select() and accept() a client may go; accept() must not wait for the next one.
    listener.setblocking(False)
    print(f"listening on 127.0.0.1:{listener.getsockname()[1]}", flush=True)
    serve(listener)


if __name__ == "__main__":
    main()
