# SPDX-License-Identifier: MIT
"""
The two kinds of life that a server has while its system calls fail (test/faults): one in which a
single call fails, at the start or until the end, and one under load while all do. Used by
test_faults.py, and for longer by `make faults`.
"""
import os
import re
import select
import signal
import subprocess
import tempfile
import time
from collections import Counter

from client import descriptors, resident_bytes, until
from conftest import BUILD, DEADLINE, PROGRAM, Server, environment, session_processes
from fault_board import Board, fault_name
from fault_load import Ended, Load, Wrong, ask_exactly

MARKS = str(BUILD / "test/marks")

# A connection in the pool, an intake in the store and the like are kept for the next that comes:
# at most so many blocks that a worker did not have before.
BLOCKS_KEPT = 64
MEMORY_KEPT = 4 << 20

# What a server may say meanwhile. A worker ends when its ring has lost something, or when it does
# not come to life, and then there is another.
SHORTAGES = "Too many open files|Too many open files in system|No buffer space available|" \
    "Cannot allocate memory"
ALLOWED = [
    r"info: .*",
    r"served \d+ responses on \d+ connections",
    rf"warning: worker \d+ cannot accept connections: ({SHORTAGES}); it goes on with those it has, "
    r"and tries again every \d+ ms",
    r"warning: worker \d+ \(pid \d+\) (io_uring does not wait: (Invalid request descriptor|"
    r"Resource temporarily unavailable|Cannot allocate memory)|cannot open the selector .*|"
    r"cannot watch a pipe: .*|cannot wait for connections: .*|no memory for a worker|"
    r".* leaves no room for connections beside the workers and listeners); "
    r"a new one starts in \d+ ms",
    r"error: cannot fork worker \d+: .*; trying again in 5 s",
]
KILLED = r"warning: worker \d+ \(pid \d+\) was killed by SIGKILL \(9\); a new one starts in \d+ ms"


def strange_lines(lines, *more):
    """What of this a server must not say."""
    return [line for line in lines
            if not any(re.fullmatch(f"(selkie: )?{each}", line) for each in [*ALLOWED, *more])]


# A server that starts, and ends


class Life:
    """A server that starts, is asked for one thing and told to end, while one call fails. It serves
    or, when it could not start, `is_refused` and says why; `complaints` are what must not be."""

    def __init__(self, board, arguments, pass_fds=()):
        self.board, self.complaints, self.is_refused = board, [], False
        with tempfile.TemporaryFile("w+") as self.errors, subprocess.Popen(
                [PROGRAM, "respond", *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                stderr=self.errors, start_new_session=True, pass_fds=pass_fds,
                env=environment(**board.variables())) as self.process:
            try:
                self.observe()
            except subprocess.TimeoutExpired:
                self.complaints.append(f"does not end, and says {self.said()}")
            finally:
                self.end_all()

    def said(self):
        self.errors.seek(0)
        return self.errors.read().splitlines()

    def observe(self):
        """Sees it start, or not, and end."""
        stdout = self.process.stdout
        if not select.select([stdout], [], [], DEADLINE)[0]:
            self.complaints.append(f"hangs, and says {self.said()}")
            return
        line = stdout.readline().decode()
        if line:
            self.check_serving(line.removeprefix("listening on ").strip())
        else:
            self.is_refused = True
            self.check_refusal()

    def check_serving(self, url):
        """It answers the first request, or the second one where the fault has struck the first."""
        was_struck = bool(self.board.faults().total())
        try:
            ask_exactly(url, b"ok", 1)
        except Ended:
            was_struck = was_struck or not self.board.faults().total()
            self.ask_again(url, was_struck)
        except Wrong as failure:
            self.complaints.append(f"does not answer: {failure!r}")
        self.check_end()

    def ask_again(self, url, was_struck):
        if was_struck:
            self.complaints.append("does not answer")
            return
        try:
            ask_exactly(url, b"ok", 1)
        except (Ended, Wrong) as failure:
            self.complaints.append(f"does not answer the second time: {failure!r}")

    def check_end(self):
        self.process.send_signal(signal.SIGTERM)
        if self.process.wait(DEADLINE) != 0 or strange_lines(self.said()):
            self.complaints.append(f"ends with {self.process.returncode}, and says {self.said()}")

    def check_refusal(self):
        status = self.process.wait(DEADLINE)
        said = self.said()
        if status != 1 or len(said) != 1 or not said[0].startswith("selkie: "):
            self.complaints.append(f"exit status {status}, and says {said}")

    def end_all(self):
        """Nothing may be left of it."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        limit = time.monotonic() + DEADLINE
        while session_processes(self.process.pid) and time.monotonic() < limit:
            time.sleep(0.002)
        for pid in session_processes(self.process.pid):
            self.complaints.append(f"process {pid} is left")
            os.kill(pid, signal.SIGKILL)


# A server under load

class Tally:
    """What a run came to."""

    def __init__(self):
        self.faults, self.answered, self.ended, self.killed = Counter(), 0, 0, 0

    def add(self, other):
        self.faults.update(other.faults)
        self.answered += other.answered
        self.ended += other.ended
        self.killed += other.killed


class Siege:
    """A server of marks whose calls fail while it is under load. `options` are its selector and its
    trigger."""

    def __init__(self, path, options, host="127.0.0.1", seed=1, **variables):
        self.board = Board(path, seed)
        self.seed, self.answered, self.killed, self.lives = seed, 0, 0, 0
        self.server = Server(f"{host}:0", "2", *options, program=MARKS,
                             **self.board.variables(), **variables)
        self.descriptors = descriptors(self.server.workers()[0])

    def is_at_rest(self):
        """Both workers live, and hold no connection."""
        try:
            held = [descriptors(pid) for pid in self.server.workers()]
        except FileNotFoundError:
            return False  # it was killed a moment ago
        return held == 2 * [self.descriptors]

    def loaded(self, seconds, one_in, kills=0):
        """Load for so long, while one in so many calls fails; some workers are killed meanwhile."""
        self.lives += 1
        load = Load(self.server, seed=self.seed * 1000 + self.lives)
        self.board.strike(one_in)
        load.start()
        for _ in range(kills):
            time.sleep(seconds / (kills + 1))
            for pid in self.server.workers()[:1]:
                os.kill(pid, signal.SIGKILL)
                self.killed += 1
        time.sleep(seconds / (kills + 1))
        self.board.strike(0)
        load.stop()
        self.answered += load.answered
        assert not load.complaints, load.complaints

    def rest(self):
        """The faults are over: the server is whole, answers everything, and is at rest with the
        descriptors that it began with. Returns the memory of each worker, in blocks and bytes."""
        until(self.is_at_rest)
        self.answered += ask_exactly(self.server.urls[0], None, 10_000)
        until(self.is_at_rest)
        return {pid: (self.board.blocks(pid), resident_bytes(pid))
                for pid in self.server.workers()}

    def assert_nothing_lost(self, before, after):
        """The workers that live on hold no more memory than they did."""
        for pid in before.keys() & after.keys():
            assert after[pid][0] <= before[pid][0] + BLOCKS_KEPT, (before, after)
            assert after[pid][1] <= before[pid][1] + MEMORY_KEPT, (before, after)

    def end(self, one_in):
        """Ends it in order, while calls fail."""
        load = Load(self.server, seed=self.seed * 1000)
        self.board.strike(one_in)
        load.start()
        time.sleep(0.2)
        load.is_over = True
        self.server.send_signal(signal.SIGTERM)
        status = self.server.wait()
        load.stop()
        self.board.strike(0)
        self.answered += load.answered
        assert not load.complaints, load.complaints
        assert status == 0, self.server.stderr

    def tally(self):
        """Checks what the server has said, and sums up."""
        tally = Tally()
        lines = self.server.stderr.splitlines()
        killed = sum(bool(re.fullmatch(KILLED, line)) for line in lines)
        assert not strange_lines(lines, KILLED)
        assert killed <= self.killed, lines
        tally.faults, tally.answered, tally.killed = self.board.faults(), self.answered, killed
        tally.ended = sum("a new one starts" in line for line in lines) - killed
        return tally


    def missing(self, calls):
        """The faults of these calls that have not come to pass, by name."""
        return [(call, fault_name(fault)) for (call, fault), count in self.board.faults().items()
                if call in calls and not count]


def siege(path, options, seconds, one_in, kills=0, calls=(), **keywords):
    """A whole run: a first half, after which the server is at rest, a second after which it holds
    no more than after the first, and an end while calls fail. The second half lasts until each
    fault of `calls` has come to pass."""
    run = Siege(path, options, **keywords)
    try:
        run.rest()
        run.loaded(seconds / 2, one_in)
        first = run.rest()
        run.loaded(seconds / 2, one_in, kills)
        limit = time.monotonic() + DEADLINE
        while run.missing(calls):
            assert time.monotonic() < limit, run.missing(calls)
            run.loaded(seconds / 2, one_in)
        second = run.rest()
        run.assert_nothing_lost(first, second)
        run.end(one_in)
        return run.tally()
    finally:
        run.board.strike(0)
        run.server.kill()
