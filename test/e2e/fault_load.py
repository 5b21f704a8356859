# SPDX-License-Identifier: MIT
"""
Clients that know every byte of their responses (test/faults/marks.c): each request has a mark of
its own. A connection may end at any point, and a response may say that the server is short of
memory; but a wrong byte, or silence, is a complaint. Used by faults.py and test/load/run.py.
"""
import contextlib
import os
import random
import socket
import struct
import threading
import time

# Longer than any pause that a server in trouble makes: it tries to fork again after 5 s.
PATIENCE = 60
THREADS = 8


class Ended(Exception):
    """The connection has ended, in order or not."""


class Refused(Ended):
    """Nobody listens."""


class Wrong(Exception):
    """What must not be."""


def mark_body(length, mark):
    return (mark * (length // len(mark) + 1))[:length]


def mark_request(length, mark, *fields):
    lines = [b"GET /%d/%s HTTP/1.1" % (length, mark), b"Host: h", *fields]
    return b"\r\n".join(lines) + b"\r\n\r\n"


def place_of(url):
    """The family of an address that the server has announced, and the address."""
    if url.startswith("unix:"):
        return socket.AF_UNIX, url.removeprefix("unix:")
    host, _, port = url.removeprefix("http://").rpartition(":")
    family = socket.AF_INET6 if host.startswith("[") else socket.AF_INET
    return family, (host.strip("[]"), int(port))


def difference(body, wanted):
    """Where two bodies part."""
    at = len(os.path.commonprefix([body, wanted]))
    return (f"at {at} of {len(wanted)} comes {body[max(0, at - 20):at + 60]!r}, and not "
            f"{wanted[max(0, at - 20):at + 60]!r}")


class Talk:
    """One connection, which raises Ended or Wrong."""

    def __init__(self, url, receive_buffer=None):
        family, address = place_of(url)
        self.received = b""
        self.socket = socket.socket(family)
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(PATIENCE)
        if family != socket.AF_UNIX:
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with self.ending():
            self.socket.connect(address)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    @contextlib.contextmanager
    def ending(self):
        """Turns failures of the socket into one of the two."""
        try:
            yield
        except TimeoutError as error:
            raise Wrong(f"silence behind {self.received[:200]!r}") from error
        except ConnectionRefusedError as error:
            raise Refused from error
        except OSError as error:
            raise Ended from error

    def send(self, data):
        with self.ending():
            self.socket.sendall(data)

    def receive(self):
        with self.ending():
            data = self.socket.recv(65536)
        if not data:
            raise Ended
        self.received += data

    def head(self):
        """The status and the fields of the next response."""
        while b"\r\n\r\n" not in self.received:
            self.receive()
        head, self.received = self.received.split(b"\r\n\r\n", 1)
        first, *lines = head.split(b"\r\n")
        version, status, _ = first.split(b" ", 2)
        if version != b"HTTP/1.1":
            raise Wrong(f"a head that begins with {first!r}")
        return int(status), dict(line.lower().split(b": ", 1) for line in lines)

    def body(self, length, wanted):
        """The body of a response, which is to be `wanted`, also when it ends too early."""
        try:
            while len(self.received) < length:
                self.receive()
        finally:
            body, self.received = self.received[:length], self.received[length:]
            if body != wanted[:len(body)]:
                raise Wrong(difference(body, wanted))
        if length != len(wanted):
            raise Wrong(f"{length} bytes, and not {len(wanted)}")

    def take(self, wanted):
        """The next response. Returns whether it is the one that is wanted, or says that the server
        is in trouble."""
        status, fields = self.head()
        length = int(fields[b"content-length"])
        if status == 200:
            self.body(length, wanted)
        elif status not in (500, 503):
            raise Wrong(f"status {status}: {self.received[:200]!r}")
        else:
            while len(self.received) < length:
                self.receive()
            self.received = self.received[length:]
        if fields.get(b"connection") == b"close":
            self.rest()
        return status == 200

    def rest(self):
        """Nothing comes behind the last response."""
        if not self.received:
            self.receive()
        raise Wrong(f"behind the last response {self.received[:200]!r}")


class Visitor:
    """One thread of clients, one after the other, which do by chance what clients do."""

    def __init__(self, url, seed):
        self.url, self.chance, self.seed = url, random.Random(seed), seed
        self.count = self.answered = 0

    def mark(self):
        self.count += 1
        return b"%d.%d-" % (self.seed, self.count)

    def ask(self, talk, wanted):
        """Takes a response for each that is wanted."""
        for body in wanted:
            self.answered += talk.take(body)

    def ask_one(self, talk):
        length, mark = self.chance.randint(0, 300), self.mark()
        talk.send(mark_request(length, mark))
        self.ask(talk, [mark_body(length, mark)])

    def ask_many(self, talk):
        asked = [(self.chance.choice([0, 5, 50, 2000]), self.mark())
                 for _ in range(self.chance.randint(2, 20))]
        talk.send(b"".join(mark_request(*each) for each in asked))
        self.ask(talk, [mark_body(*each) for each in asked])

    def ask_large(self, talk):
        length, mark = self.chance.randint(20_000, 400_000), self.mark()
        talk.send(mark_request(length, mark))
        self.ask(talk, [mark_body(length, mark)])

    def ask_slowly(self, talk):
        length, mark = self.chance.randint(0, 300), self.mark()
        request = mark_request(length, mark)
        cut = self.chance.randrange(1, len(request))
        talk.send(request[:cut])
        time.sleep(self.chance.choice([0, 0.001]))
        talk.send(request[cut:])
        self.ask(talk, [mark_body(length, mark)])

    def ask_echo(self, talk):
        body = mark_body(self.chance.choice([0, 10, 3000, 60_000]), self.mark())
        if self.chance.random() < 0.5:
            data = b"Content-Length: %d\r\n\r\n%s" % (len(body), body)
        else:
            chunk = b"%x\r\n%s\r\n" % (len(body), body) if body else b""
            data = b"Transfer-Encoding: chunked\r\n\r\n%s0\r\n\r\n" % chunk
        data = b"POST /echo HTTP/1.1\r\nHost: h\r\n" + data
        cut = self.chance.randrange(1, len(data))
        talk.send(data[:cut])
        talk.send(data[cut:])
        self.ask(talk, [body])

    def leave(self, talk):
        """Ends a connection in one of many ways."""
        way = self.chance.choice(["close", "last", "half", "reset", "away"])
        length, mark = self.chance.choice([10, 100_000]), self.mark()
        if way == "reset":
            talk.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        if way in ("reset", "away"):
            talk.send(mark_request(length, mark))
        if way == "last":
            talk.send(mark_request(length, mark, b"Connection: close"))
        if way == "half":
            talk.send(mark_request(length, mark))
            with talk.ending():
                talk.socket.shutdown(socket.SHUT_WR)
        if way in ("last", "half"):
            self.ask(talk, [mark_body(length, mark)])
            talk.rest()

    def visit(self):
        """One connection from its beginning to its end."""
        buffer = self.chance.choice([None, None, None, 4096])
        steps = [self.ask_one, self.ask_one, self.ask_many, self.ask_many, self.ask_slowly,
                 self.ask_echo, self.ask_large]
        with Talk(self.url, buffer) as talk:
            for _ in range(self.chance.randint(0, 12)):
                self.chance.choice(steps)(talk)
            self.leave(talk)


class Load:
    """Some visitors at a time. `answered` are the responses that were right, `complaints` what must
    not be."""

    def __init__(self, server, seed):
        self.visitors = [Visitor(server.urls[0], seed * THREADS + i) for i in range(THREADS)]
        self.threads = [threading.Thread(target=self.visit, args=[each], daemon=True)
                        for each in self.visitors]
        self.server, self.is_over, self.complaints = server, False, []

    @property
    def answered(self):
        return sum(visitor.answered for visitor in self.visitors)

    def visit(self, visitor):
        while not self.is_over and not self.complaints:
            try:
                visitor.visit()
            except Refused:
                if not self.is_over:
                    self.complaints.append("nobody listens")
            except Ended:
                pass
            except Wrong as wrong:
                self.complaints.append(str(wrong))

    def start(self):
        for thread in self.threads:
            thread.start()

    def stop(self):
        self.is_over = True
        for thread in self.threads:
            thread.join()


def ask_exactly(url, body, count, connections=20, depth=50):
    """So many requests, of which every single one is answered: with `body`, or each with its mark.
    Returns how many they are."""
    with contextlib.ExitStack() as stack:
        talks = [stack.enter_context(Talk(url)) for _ in range(min(count, connections))]
        for start in range(0, count, len(talks) * depth):
            shares = [range(start, count)[i::len(talks)][:depth] for i in range(len(talks))]
            for talk, share in zip(talks, shares):
                talk.send(b"".join(mark_request(20, b"%d." % number) for number in share))
            for talk, share in zip(talks, shares):
                for number in share:
                    if not talk.take(mark_body(20, b"%d." % number) if body is None else body):
                        raise Wrong("a request was refused")
    return count
