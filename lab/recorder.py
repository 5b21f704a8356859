# SPDX-License-Identifier: MIT
"""Records what passes between a client and a server, and between the server and its kernel: packets
by tcpdump, calls by strace, merged by their time. Used by the pages that the laboratory writes.

Both tools write the time of the same clock in microseconds. strace slows each call down by some ten
microseconds, so that a recording tells an order and what sleeps, and nothing about speed.
"""
import contextlib
import re
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import strace_text

ATTACH_S = 10
END_S = 5
# A closing handshake and a loop that goes round without end both show within it.
BEHIND_S = 0.2
# Longer than a call takes that only waits for its turn on a busy machine.
ASLEEP_S = 0.005
# Enough of a line that the server prints.
PRINTED_MAX = 40
# A loop that runs idle repeats one call, or a few in turn; a few of a cycle are told one by one.
CYCLE_MAX = 4
CYCLE_REPEATS = 5
PACKET = re.compile(r"(\d+\.\d+) IP6? \S+\.(\d+) > \S+\.(\d+): Flags \[([^]]*)\].*?length (\d+)")


class Event(NamedTuple):
    at: float        # seconds since the first event of the recording
    kind: str        # "packet" or "call"
    peer: str        # the client's connection: "A", "B", ... as they appear; "" where none
    to_server: bool  # of a packet: its direction
    process: int     # of a call: the process (of a program with threads the thread); else 0
    text: str        # "SYN", "78 bytes, FIN"; "accept() = 5", "recv(5, 256) ... asleep"


class TraceError(Exception):
    """Nothing could be recorded; the text says why in one line."""


class Tool:
    """A recording program, and what it writes."""

    def __init__(self, command, ready):
        """`ready`: what it says when it has begun, a list of strings."""
        self.name, self.ready = command[0], ready
        if not shutil.which(self.name):
            raise TraceError(f"{self.name} is not installed")
        self.written, self.said = tempfile.TemporaryFile("w+"), tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=self.written,
                                        stderr=self.said)
        try:
            self._wait()
        except BaseException:
            self.end()
            raise

    @staticmethod
    def _all(file):
        # By its own descriptor: reading from ours would move where the tool writes.
        return Path(f"/proc/self/fd/{file.fileno()}").read_text(errors="replace")

    def _wait(self):
        deadline = time.monotonic() + ATTACH_S
        while not all(words in self._all(self.said) for words in self.ready):
            if self.process.poll() is not None or time.monotonic() > deadline:
                lines = self._all(self.said).strip().splitlines() or ["it says nothing"]
                raise TraceError(f"{self.name} may not record: {lines[-1].strip()}")
            time.sleep(0.01)

    def end(self):
        """Ends it, by force when it does not, and returns what it wrote; may be called again."""
        if self.written.closed:
            return ""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.send_signal(signal.SIGINT)
            self.process.wait(END_S)
        self.process.kill()
        self.process.wait()
        text = self._all(self.written)
        self.written.close()
        self.said.close()
        return text


def strace(pids):
    command = ["strace", "-f", "-ttt", "-T", "-y", "-s", str(PRINTED_MAX), "-e", "signal=none",
               "-e", f"trace={strace_text.TRACED}", "-o", "/dev/stdout"]
    for pid in pids:
        command += ["-p", str(pid)]
    return Tool(command, [f"Process {pid} attached" for pid in pids])


def tcpdump(port):
    return Tool(["tcpdump", "--immediate-mode", "-i", "lo", "-n", "-tt", "-S", "-l", "-s", "128",
                 f"tcp port {port}"], ["listening on"])


def unavailable():
    """What keeps this machine from recording, a line each; empty where all is well."""
    reasons = []
    # A stranger to strace, as a server is: some machines let it attach to its own children only.
    with subprocess.Popen(["sleep", str(2 * ATTACH_S)]) as stranger:
        for start, argument in ((strace, [stranger.pid]), (tcpdump, 9)):
            try:
                start(argument).end()
            except (TraceError, OSError) as error:
                reasons.append(str(error))
        stranger.kill()
    return reasons


def packets(text, port):
    """The packets of what tcpdump wrote, those left out that only confirm others. Their times are
    of the wall clock, their peers port numbers."""
    for line in filter(None, map(PACKET.match, text.splitlines())):
        at, source, target, flags, length = line.groups()
        to_server = int(target) == port
        words = [strace_text.plural(int(length), "byte")] if length != "0" else []
        if "S" in flags:
            words = ["SYN ACK" if "." in flags else "SYN"]
        words += [name for sign, name in (("F", "FIN"), ("R", "RST")) if sign in flags]
        if words:
            yield Event(float(at), "packet", source if to_server else target, to_server, 0,
                        ", ".join(words))


def called(call, first, last):
    """The events of a call within the recording from `first` to `last`, by the wall clock: that it
    goes to sleep and what becomes of it. Peers are port numbers."""
    def event(at, text, port=call.port):
        return Event(at, "call", str(port or ""), False, call.process, text)

    end = call.end or last
    start = max(call.start, first)
    if end < first or start > last:
        return
    slept = call.waits and end - call.start >= ASLEEP_S
    if slept:
        # Whom it will accept is not known yet.
        yield event(start, f"{call.words} ... asleep", 0 if call.words == "accept()" else call.port)
    if call.end is None or end > last:
        if slept:
            yield event(last, f"{call.words} ... still asleep")
        return
    # What it brings is there at its end, what it does to the client may show before that.
    yield event(end if call.brings or slept else start,
                call.words + (f" = {call.result}" if call.result else ""))


def letter(index):
    """A, B, ... Z, AA, AB, ..."""
    return (letter(index // 26 - 1) if index >= 26 else "") + chr(ord("A") + index % 26)


def named(events):
    """The events in the order of time, from the first on, with letters instead of ports."""
    events = sorted(events, key=lambda event: event.at)
    letters = {"": ""}
    for event in events:
        if event.peer not in letters:
            letters[event.peer] = letter(len(letters) - 1)
    return [event._replace(at=event.at - events[0].at, peer=letters[event.peer])
            for event in events]


def repeats(calls, begin, length):
    """How often the `length` calls from `begin` on come, one time after the other."""
    def cycle(index):
        return [(call.text, call.peer) for call in calls[index:index + length]]

    count, first = 1, cycle(begin)
    while len(first) == length and cycle(begin + count * length) == first:
        count += 1
    return count


def folded(calls):
    """Calls of one process, between two packets, with repetitions said in one."""
    begin = 0
    while begin < len(calls):
        for length in range(1, CYCLE_MAX + 1):
            count = repeats(calls, begin, length)
            if count >= (CYCLE_REPEATS if length > 1 else 2):
                break
        else:
            length, count = 1, 1
        for call in calls[begin:begin + length]:
            yield call._replace(text=f"{call.text} × {count:,}") if count > 1 else call
        begin += length * count


def fold(events):
    """The events, with the repeated calls of each process said in one, at the time of the first."""
    runs, out = {}, []
    for event in events:
        if event.kind == "call":
            runs.setdefault(event.process, []).append(event)
            continue
        out += [call for run in runs.values() for call in folded(run)]
        out.append(event)
        runs = {}
    out += [call for run in runs.values() for call in folded(run)]
    return sorted(out, key=lambda event: event.at)


def record(pids, port, act, keep=None):
    """The events of the server with these processes and this port while act() plays the client;
    `keep` says of an event whether it stays. What one tool cannot see is missing; TraceError where
    neither can record. act() brings its own time-outs."""
    pids = [pid for pid in dict.fromkeys(pids) if Path(f"/proc/{pid}").exists()]
    tools, reasons = [], []
    try:
        for start, argument in ((tcpdump, port), (strace, pids)):
            try:
                tools.append(start(argument))
            except (TraceError, OSError) as error:
                reasons.append(str(error))
        if not tools:
            raise TraceError("; ".join(reasons))
        known = strace_text.sockets(port)
        first = time.time()
        act()
        time.sleep(BEHIND_S)
        last = time.time()
        written = {tool.name: tool.end() for tool in reversed(tools)}
    finally:
        for tool in tools:
            tool.end()
    events = list(packets(written.get("tcpdump", ""), port))
    for call in strace_text.calls(written.get("strace", ""), known):
        events += called(call, first, last)
    return fold([event for event in named(events) if not keep or keep(event)])


def cut(events, most):
    """The events before and behind the cut, and how many are left out; together with the line that
    says so there are at most `most`."""
    if len(events) <= most:
        return events, [], 0
    front = (most - 1) * 3 // 5
    back = most - 1 - front
    return events[:front], events[len(events) - back:], len(events) - front - back


def who(event):
    if event.kind == "packet":
        ends = f"client {event.peer}", "server"
        return " → ".join(ends if event.to_server else ends[::-1])
    return f"server {event.process}" + (f" ({event.peer})" if event.peer else "")


def excerpt(events, most=14):
    """The events as at most `most` lines of text, long recordings cut in the middle."""
    front, back, left_out = cut(events, most)
    shown = [(f"{event.at * 1000:.1f} ms", who(event), event.text) for event in front + back]
    times = max((len(at) for at, _, _ in shown), default=0)
    names = max((len(name) for _, name, _ in shown), default=0)
    lines = [f"{at:>{times}}  {name:<{names}}  {text}" for at, name, text in shown]
    if left_out:
        lines.insert(len(front), " " * (times + 2) + f"... {left_out:,} more ...")
    return lines
