# SPDX-License-Identifier: MIT
"""What strace wrote, as calls in words that a web developer can read. Used by trace.py.

It reads the output of `strace -f -ttt -T -y`: one line a call, its process and start in front, its
duration behind, and each descriptor followed by what it is, as in 5<socket:[4711]>. The number of a
socket is the same in all processes and threads that share it, and names it beyond its end. (-yy
would also tell its addresses, but asks the kernel for a list of all connections each time.)
"""
import re
from pathlib import Path
from typing import NamedTuple

# The question mark lets strace pass over a call that this machine does not have.
TRACED = ",".join("?" + name for name in (
    "accept accept4 recvfrom recvmsg read readv sendto sendmsg write writev sendfile shutdown "
    "close epoll_wait epoll_pwait epoll_pwait2 poll ppoll select pselect6 epoll_ctl listen "
    "setsockopt clock_nanosleep nanosleep restart_syscall").split())
ERRORS = {
    "EAGAIN": "nothing yet", "ECONNRESET": "reset by the peer", "EPIPE": "broken pipe",
    "EMFILE": "too many open files", "ENFILE": "too many open files", "EINTR": "interrupted",
    "ENOTCONN": "no longer connected", "EBADF": "no such descriptor",
    "ECONNABORTED": "the client has gone", "ETIMEDOUT": "the peer does not answer",
}
LINE = re.compile(r"(\d+) +(\d+\.\d+) (.*)")
RESUMED = re.compile(r"<\.\.\. \w+ resumed>")
UNFINISHED = re.compile(r" ?<(?:unfinished|detached) \.\.\.>$")
# What a process slept in when strace attached. The name that strace tells is a guess, and poll is
# the one of these calls that the kernel resumes in this way.
RESTARTED = re.compile(r"restart_syscall\(<\.\.\. .*? \.\.\.>")
# A string, what a descriptor is, or a character that opens, closes or divides.
TOKEN = re.compile(r'"(?:\\.|[^"\\])*"|<(?:->|[^>])*>|[\[{(]|[\]})]|,')
RESULT = re.compile(r" *= (-?\d+)(?:<\w+:\[(\d+)\]>)?(?: (E[A-Z0-9]+) \((.*?)\))?")
LASTED = re.compile(r"<(\d+\.\d+)>$")
DESCRIPTOR = re.compile(r"(\d+)(?:<\w+:\[(\d+)\]>)?")
ADDRESS = re.compile(r"sin6?_port=htons\((\d+)\)")


class Call(NamedTuple):
    """A call that is worth showing; times are seconds of the wall clock."""
    start: float
    end: float | None  # None: it had not returned when strace was ended
    process: int
    port: int  # the client's, 0 where no connection is concerned
    brings: bool  # it brings something to the program, which happens at its end
    waits: bool  # it may put the program to sleep
    words: str  # "recv(5, 256)"
    result: str  # "78 bytes", "" where nobody asks for it


class Parsed(NamedTuple):
    """A line of strace in parts, `value` being None and `error` "" where there is no such."""
    name: str
    arguments: list
    value: int | None
    socket: str  # of an accepted connection
    error: str
    explained: str


def parse(body):
    """`body`: a call from its name on, up to its duration or to where it was left unfinished."""
    name, _, rest = body.partition("(")
    arguments, depth, begin, behind = [], 0, 0, ""
    for token in TOKEN.finditer(rest):
        sign = token[0]
        if sign in "[{(":
            depth += 1
        elif sign in "]})" and depth:
            depth -= 1
        elif sign == ")" or (sign == "," and not depth):
            arguments.append(rest[begin:token.start()].strip())
            begin = token.end()
            if sign == ")":
                behind = rest[begin:]
                break
    found = RESULT.match(behind)
    if not found:
        return Parsed(name, arguments, None, "", "", "")
    return Parsed(name, arguments, int(found[1]), *(part or "" for part in found.groups()[1:]))


def plural(count, noun):
    return f"{count:,} {noun}" + ("" if count == 1 else "s")


def sockets(port):
    """The sockets of the server of this port, as a dict from their number, a string, to the port of
    the client, 0 for a listener."""
    found = {}
    for name in ("tcp", "tcp6"):
        table = Path("/proc/net", name)
        for line in table.read_text().splitlines()[1:] if table.exists() else []:
            _, local, remote, *_, inode = line.split()[:10]
            if int(local.rpartition(":")[2], 16) == port:
                found[inode] = int(remote.rpartition(":")[2], 16)
    return found


class Reader:
    """Turns the lines of one recording, in their order, into calls."""

    def __init__(self, known):
        self.clients = dict(known)

    def descriptor(self, parsed, place=0):
        """The number of the descriptor that is this argument, and the client's port: 0 of a
        listener, None of what is not a socket of this server."""
        found = DESCRIPTOR.match(parsed.arguments[place]) if len(parsed.arguments) > place else None
        return (int(found[1]), self.clients.get(found[2])) if found else (-1, None)

    def accept(self, parsed):
        address = ADDRESS.search(" ".join(parsed.arguments))
        if address:
            self.clients[parsed.socket] = int(address[1])
        elif self.descriptor(parsed)[1] is None:
            return None
        return int(address[1]) if address else 0, "accept()", str(parsed.value)

    def receive(self, parsed):
        number, client = self.descriptor(parsed)
        if client is None:
            return None
        word = "recv" if parsed.name.startswith("recv") else "read"
        room = parsed.arguments[2:3] if parsed.name in ("recvfrom", "read") else []
        result = plural(parsed.value, "byte") if parsed.value else "0, the end"
        return client, f"{word}({', '.join([str(number), *room])})", result

    def send(self, parsed):
        number, client = self.descriptor(parsed)
        if client is None:
            return self.printed(parsed, number)
        if parsed.name == "sendfile":
            length = int(parsed.arguments[3]) if len(parsed.arguments) > 3 else 0
        elif parsed.name in ("sendmsg", "writev"):
            length = sum(map(int, re.findall(r"iov_len=(\d+)", parsed.arguments[1])))
        else:
            length = int(parsed.arguments[2])
        word = {"sendto": "send", "sendmsg": "send"}.get(parsed.name, parsed.name)
        return client, f"{word}({number}, {plural(length, 'byte')})", f"{parsed.value or 0:,}"

    def printed(self, parsed, number):
        """What the program says to its terminal or its log; a lone line end is none."""
        if number not in (1, 2) or parsed.name != "write":
            return None
        quoted, dots = re.match(r'"(.*)"(\.*)$', parsed.arguments[1]).groups()
        said = quoted.encode().decode("unicode_escape").encode("latin-1").decode(errors="replace")
        said = " ".join(said.split())
        return (0, f"print: {said}{'…' if dots else ''}", "") if said else None

    def close(self, parsed):
        number, client = self.descriptor(parsed)
        return (client, f"close({number})", "") if client else None

    def shutdown(self, parsed):
        number, client = self.descriptor(parsed)
        how = {"SHUT_RD": "read", "SHUT_WR": "write"}.get(parsed.arguments[1], "read+write")
        return None if client is None else (client, f"shutdown({number}, {how})", "")

    def wait(self, parsed):
        word = parsed.name.removeprefix("p") if parsed.name[:2] in ("pp", "ps") else parsed.name
        word = {"epoll_pwait": "epoll_wait", "epoll_pwait2": "epoll_wait",
                "select6": "select"}.get(word, word)
        if word == "select" and parsed.arguments[:1] == ["0"]:
            return self.sleep(parsed)  # how older Pythons sleep
        return 0, f"{word}()", plural(parsed.value, "event") if parsed.value else "time is up"

    def sleep(self, _):
        return 0, "sleep()", "time is up"

    def watch(self, parsed):
        number, client = self.descriptor(parsed, 2)
        if client is None:
            return None
        if parsed.arguments[1] == "EPOLL_CTL_DEL":
            return client, f"unwatch({number})", ""
        asked = [word for name, word in (("EPOLLIN", "read"), ("EPOLLOUT", "write"))
                 if re.search(rf"\b{name}\b", parsed.arguments[3])]
        return client, f"watch({number}, {'+'.join(asked) or 'nothing'})", ""

    def listen(self, parsed):
        return 0, f"listen({self.descriptor(parsed)[0]}, {parsed.arguments[1]})", ""

    def option(self, parsed):
        if parsed.arguments[2] != "SO_REUSEPORT":
            return None
        return 0, f"setsockopt({self.descriptor(parsed)[0]}, SO_REUSEPORT)", ""

    # For each call of the kernel: who puts it into words, does it bring something, may it sleep.
    KINDS = {
        **dict.fromkeys(("accept", "accept4"), (accept, True, True)),
        **dict.fromkeys(("recvfrom", "recvmsg", "read", "readv"), (receive, True, True)),
        **dict.fromkeys(("sendto", "sendmsg", "write", "writev", "sendfile"), (send, False, True)),
        **dict.fromkeys(("epoll_wait", "epoll_pwait", "epoll_pwait2", "poll", "ppoll", "select",
                         "pselect6"), (wait, True, True)),
        **dict.fromkeys(("clock_nanosleep", "nanosleep"), (sleep, True, True)),
        "close": (close, False, False), "shutdown": (shutdown, False, False),
        "epoll_ctl": (watch, False, False), "listen": (listen, False, False),
        "setsockopt": (option, False, False),
    }

    def failure(self, parsed, brings):
        if parsed.error == "EAGAIN" and not brings:
            return "no room yet (EAGAIN)"
        words = ERRORS.get(parsed.error, parsed.explained.lower())
        return f"{words} ({parsed.error})"

    def call(self, start, process, body):
        """The call of this line, or None where it is not worth showing."""
        lasted = LASTED.search(body)
        parsed = parse(RESTARTED.sub("poll(", LASTED.sub("", body)))
        returned = parsed.value is not None
        if parsed.name not in self.KINDS or returned != bool(lasted) or "= ?" in body:
            return None
        words_of, brings, waits = self.KINDS[parsed.name]
        try:
            said = words_of(self, parsed)
        except (IndexError, ValueError, AttributeError):
            return None  # cut off before what it is about, as a call that never returned may be
        if said is None:
            return None
        client, words, result = said
        if parsed.error:
            result = self.failure(parsed, brings)
        end = start + float(lasted[1]) if lasted else None
        return Call(start, end, process, client or 0, brings, waits, words, result)


def gone(at, process, body):
    """The end of a process, as something that it does."""
    words = body.strip("+ ").replace("exited with", "exits with status")
    return Call(at, at, process, 0, False, False, words, "")


def in_order(found):
    """The calls, none of which ends later than the next of its process begins: strace measures its
    duration from another moment than its start, and is at times interrupted between them."""
    begins = {}
    for call in reversed(found):
        if call.end:
            call = call._replace(end=min(call.end, begins.get(call.process, call.end)))
        begins[call.process] = call.start
        yield call


def calls(text, known):
    """The calls worth showing of what strace wrote about a server; `known`: its sockets() at the
    beginning."""
    reader, begun, found = Reader(known), {}, []
    for line in filter(None, map(LINE.match, text.splitlines())):
        process, at, body = int(line[1]), float(line[2]), line[3]
        if body.startswith("+++"):
            found.append(gone(at, process, body))
            begun.pop(process, None)
        elif UNFINISHED.search(body):
            begun[process] = at, UNFINISHED.sub("", body)
        elif RESUMED.match(body) and process in begun:
            start, front = begun.pop(process)
            found.append(reader.call(start, process, front + RESUMED.sub("", body, count=1)))
        else:
            found.append(reader.call(at, process, body))
    found += [reader.call(start, process, front) for process, (start, front) in begun.items()]
    return list(in_order([call for call in found if call]))
