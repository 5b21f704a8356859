#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A plain HTTP/1.x server on the standard library's selectors, pre-forked: what that approach costs
when it is done correctly. It keeps connections as HTTP/1.0 and 1.1 say, answers pipelined requests
in order, and goes on where a read or a write stopped half-way. Request bodies it refuses.

    python_server.py PORT [--workers N] [--size N] [--close]
"""
import argparse
import email.utils
import os
import selectors
import signal
import socket
import sys
import time

# What a client may send without ending a head; the usual limit of servers.
HEAD_MAX = 16384
READ_SIZE = 65536
BACKLOG = 4096


class Connection:
    """One client: what came and is not a whole head yet, and what is to go out."""

    def __init__(self, sock):
        self.socket = sock
        self.input = b""
        self.output = b""
        self.closing = False


def persists(version, fields):
    """Whether the connection stays open after this request (RFC 9112, 9.3)."""
    options = {option.strip().lower() for name, value in fields if name == "connection"
               for option in value.split(",")}
    return "close" not in options and (version == "HTTP/1.1" or "keep-alive" in options)


def parse(head):
    """The method, version and fields of a head; ValueError for what is none."""
    lines = head.decode("latin-1").split("\r\n")
    method, _, version = lines[0].split(" ")
    if version not in ("HTTP/1.0", "HTTP/1.1"):
        raise ValueError(version)
    fields = []
    for line in lines[1:]:
        name, colon, value = line.partition(":")
        if not colon or name != name.strip():
            raise ValueError(line)
        fields.append((name.lower(), value.strip()))
    if version == "HTTP/1.1" and [name for name, _ in fields].count("host") != 1:
        raise ValueError("host")
    return method, version, fields


class Worker:
    """The event loop of one process."""

    def __init__(self, listener, size, closing):
        self.listener = listener
        self.body = b"ok" if size == 2 else b"x" * size
        self.closing = closing
        self.selector = selectors.DefaultSelector()
        self.selector.register(listener, selectors.EVENT_READ)
        self.date, self.date_second = "", 0

    def run(self):
        while True:
            for key, events in self.selector.select():
                if key.data is None:
                    self.accept()
                elif events & selectors.EVENT_WRITE:
                    self.send(key.data)
                else:
                    self.receive(key.data)

    def accept(self):
        try:
            sock, _ = self.listener.accept()
        except (BlockingIOError, ConnectionAbortedError):
            return  # a sibling was quicker, or the client has gone
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.selector.register(sock, selectors.EVENT_READ, Connection(sock))

    def receive(self, connection):
        try:
            received = connection.socket.recv(READ_SIZE)
        except BlockingIOError:
            return
        except OSError:
            received = b""
        if not received:
            self.end(connection)
            return
        connection.input += received
        self.answer(connection)
        self.send(connection)

    def answer(self, connection):
        """Writes the responses to all whole requests."""
        while not connection.closing:
            # Empty lines before a request mean nothing (RFC 9112, 2.2).
            head, end, rest = connection.input.lstrip(b"\r\n").partition(b"\r\n\r\n")
            if not end:
                if len(head) > HEAD_MAX:
                    self.refuse(connection, "431 Request Header Fields Too Large")
                return
            connection.input = rest
            try:
                method, version, fields = parse(head)
            except ValueError:
                self.refuse(connection, "400 Bad Request")
                return
            if any(name in ("content-length", "transfer-encoding") for name, _ in fields):
                self.refuse(connection, "413 Content Too Large")
                return
            keep = not self.closing and persists(version, fields)
            option = "" if keep and version == "HTTP/1.1" else "keep-alive" if keep else "close"
            self.respond(connection, "200 OK", option, self.body, method != "HEAD")

    def refuse(self, connection, status):
        self.respond(connection, status, "close", b"", True)

    def respond(self, connection, status, option, body, with_body):
        second = int(time.time())
        if second != self.date_second:
            self.date, self.date_second = email.utils.formatdate(second, usegmt=True), second
        head = (f"HTTP/1.1 {status}\r\nDate: {self.date}\r\n"
                + (f"Connection: {option}\r\n" if option else "")
                + f"Content-Type: text/plain\r\nContent-Length: {len(body)}\r\n\r\n")
        connection.output += head.encode() + (body if with_body else b"")
        connection.closing = option == "close"

    def send(self, connection):
        """Sends what the socket takes. The rest goes when it takes more; until then nothing is
        read, so that a client that does not read cannot fill the memory."""
        try:
            sent = connection.socket.send(connection.output) if connection.output else 0
        except BlockingIOError:
            sent = 0
        except OSError:
            self.end(connection)
            return
        waited = self.selector.get_key(connection.socket).events
        connection.output = connection.output[sent:]
        wanted = selectors.EVENT_WRITE if connection.output else selectors.EVENT_READ
        if connection.closing and not connection.output:
            self.end(connection)
        elif wanted != waited:
            self.selector.modify(connection.socket, wanted, connection)

    def end(self, connection):
        self.selector.unregister(connection.socket)
        connection.socket.close()


def listen(port):
    listener = socket.create_server(("127.0.0.1", port), backlog=BACKLOG)
    # The loser of a race for a connection must not sleep in accept().
    listener.setblocking(False)
    return listener


def serve(arguments, listener):
    """Forks the workers and waits; TERM and INT end them all, and so does the end of any."""
    workers = []

    def end(*_):
        for pid in workers:
            os.kill(pid, signal.SIGTERM)
        sys.exit(0)

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    for _ in range(arguments.workers):
        pid = os.fork()
        if pid == 0:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            Worker(listener, arguments.size, arguments.close).run()
        workers.append(pid)
    pid, status = os.wait()
    workers.remove(pid)
    print(f"python_server: worker {pid} ended with status {status}", file=sys.stderr)
    for other in workers:
        os.kill(other, signal.SIGTERM)
    return 1


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("port", type=int)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--size", type=int, default=2, help="bytes of the body")
    parser.add_argument("--close", action="store_true", help="close after each response")
    arguments = parser.parse_args()
    if arguments.workers < 1 or arguments.size < 0:
        parser.error("at least one worker, and no negative size")
    try:
        listener = listen(arguments.port)
    except OSError as error:
        parser.exit(1, f"python_server: 127.0.0.1:{arguments.port}: {error.strerror}\n")
    return serve(arguments, listener)


if __name__ == "__main__":
    sys.exit(main())
