# SPDX-License-Identifier: MIT
"""
Every system call that the server makes fails, in every way that its manual page lists
(test/faults): one at a time, each from its start to its end; and many times under load, on every
engine. It ends neither by a crash nor by a hang, sends no wrong byte, and is as before when the
faults are over.
"""
import concurrent.futures
import itertools
import socket
from collections import Counter
from typing import NamedTuple

import pytest

from conftest import REFUSAL, SANITIZED
from fault_board import LIBRARY, Board, fault_name, faults_known
from faults import Life, siege

pytestmark = [
    pytest.mark.skipif(SANITIZED, reason="a sanitizer has to be the first library"),
    pytest.mark.skipif(not SANITIZED and not LIBRARY.exists(),
                       reason="the library stands before the allocator of glibc only"),
]

ENGINES = {
    "io_uring": ["io_uring", ""],
    "epoll-edge": ["epoll", "edge"],
    "epoll-level": ["epoll", "level"],
    "poll-level": ["poll", "level"],
    "select-level": ["select", "level"],
}
if REFUSAL:
    del ENGINES["io_uring"]

# Of these each fault comes to pass under load.
OF_READINESS = ["accept4", "close", "recv", "send"]
HOT = {
    "io_uring": ["accept4", "io_uring: recv", "io_uring: recv that went on", "io_uring: send",
                 "io_uring: poll", "io_uring: close", "io_uring_enter, to submit",
                 "io_uring_enter, to wait"],
    "epoll-edge": [*OF_READINESS, "epoll_ctl EPOLL_CTL_ADD", "epoll_wait"],
    "epoll-level": [*OF_READINESS, "epoll_ctl EPOLL_CTL_ADD", "epoll_ctl EPOLL_CTL_MOD",
                    "epoll_wait"],
    "poll-level": [*OF_READINESS, "ppoll"],
    "select-level": [*OF_READINESS, "pselect"],
}
# These end a worker, and are rare.
RARE = ["io_uring_enter, lost", "io_uring_enter, link torn"]
SECONDS, ONE_IN = 2, 25
LIVES_AT_ONCE = 8


# A server that starts, and ends


class Place:
    """Where a server listens, and how; made for each start."""

    def __init__(self, kind, folder):
        self.fds, self.listener = (), None
        address = "127.0.0.1:0"
        if kind == "unix":
            address = self.stale(folder / "socket")
        elif kind == "fd":
            self.listener = socket.create_server(("127.0.0.1", 0))
            self.fds = (self.listener.fileno(),)
            address = f"fd:{self.fds[0]}"
        elif kind == "name":
            address = "localhost:0"
        self.arguments = ["--listen", address]

    @staticmethod
    def stale(path):
        """A socket file on which nobody listens any more."""
        path.unlink(missing_ok=True)
        with socket.socket(socket.AF_UNIX) as former:
            former.bind(str(path))
        return f"unix:{path}"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.listener:
            self.listener.close()


# The options, the place, and how the names begin of the calls that fail in the short form (None:
# all do); the others are made alike in a life of another kind.
MEMORY = ["aligned_alloc", "calloc", "malloc", "realloc"]
LIVES = {
    "epoll": (["--workers", "2", "--selector", "epoll"], "address", None),
    "io_uring": (["--workers", "2", "--selector", "io_uring"], "address",
                 ["io_uring", "mmap", "shutdown", "socketpair", "write", *MEMORY]),
    "poll": (["--workers", "2", "--selector", "poll"], "address", ["poll", "ppoll", "calloc"]),
    "select": (["--workers", "2", "--selector", "select"], "address", ["pselect", "fcntl"]),
    "best": (["--workers", "auto"], "address", ["io_uring", "sched_getaffinity", "fopen"]),
    "per-worker": (["--workers", "2", "--selector", "epoll", "--accept", "per-worker"], "name",
                   ["bind", "getaddrinfo", "getsockname", "listen", "setsockopt", "socket"]),
    "late-listen": (["--workers", "2", "--selector", "epoll", "--listen-after-fork",
                     "--defer-accept", "on"], "address", ["listen", "setsockopt"]),
    "per-address": (["--workers", "1", "--selector", "epoll", "--max-per-address", "9"], "address",
                    ["getpeername", "aligned_alloc", "calloc"]),
    "unix": (["--workers", "1", "--selector", "epoll"], "unix",
             ["bind", "connect", "flock", "listen", "lstat", "open", "socket", "unlink", "malloc"]),
    "fd": (["--workers", "1", "--selector", "epoll"], "fd", ["fcntl", "getsockname", "setsockopt"]),
}
if REFUSAL:
    del LIVES["io_uring"]


class Chain(NamedTuple):
    """Lives of one kind, in which one call fails in one way: the first of these calls, and of the
    others every `stride`th from `second` on."""
    kind: str
    call: str
    fault: int
    second: int
    stride: int

    def __str__(self):
        return f"{self.kind}, {self.call}: {fault_name(self.fault)}"

    def numbers(self):
        return itertools.chain([1], itertools.count(self.second, self.stride))


def life_once(folder, kind, call="", fault=0, nth=0):
    """One life in this folder. Returns it, and whether the fault has come to pass."""
    options, where, _ = LIVES[kind]
    board = Board(folder / "board")
    board.plan(call, fault, nth)
    with Place(where, folder) as place:
        life = Life(board, [*options, *place.arguments], place.fds)
    return life, bool(board.faults().total())


def chains_of(folder, kind, is_full):
    """What there is to try of a kind. In the full form each of the calls fails in each way, in the
    short one in one of them, but for the first."""
    _, _, wanted = LIVES[kind]
    life, _ = life_once(folder, kind)
    assert not life.is_refused and not life.complaints
    for call, (made, faults) in life.board.calls().items():
        if not made or not (is_full or wanted is None or any(map(call.startswith, wanted))):
            continue
        for which, fault in enumerate(faults):
            yield (Chain(kind, call, fault, 2, 1) if is_full else
                   Chain(kind, call, fault, 2 + which, len(faults)))


def chain_try(folder, chain):
    """Tries it to its end. Returns how many faults came to pass, and what must not be."""
    folder.mkdir()
    complaints = []
    for count, nth in enumerate(chain.numbers()):
        life, came = life_once(folder, chain.kind, chain.call, chain.fault, nth)
        if life.complaints:
            complaints.append(f"{chain}, number {nth}: {life.complaints}")
        if not came:
            return count, complaints


def lives_try(folder, is_full=False):
    """All chains, several at a time. Returns the count of each call's faults, and what must not be.
    """
    chains = [chain for kind in LIVES for chain in chains_of(folder, kind, is_full)]
    # Where there is no process to be had the server waits for 5 s.
    chains.sort(key=lambda chain: chain.call != "fork")
    with concurrent.futures.ThreadPoolExecutor(LIVES_AT_ONCE) as pool:
        tries = list(pool.map(lambda number: chain_try(folder / str(number), chains[number]),
                              range(len(chains))))
    faults = Counter()
    for chain, (count, _) in zip(chains, tries):
        faults[chain.call, chain.fault] += count
    return faults, [text for _, complaints in tries for text in complaints]


def is_of_io_uring(call):
    """Whether only a server on io_uring makes this call, or makes it without clients."""
    return call.startswith("io_uring") or call in ("shutdown", "socketpair")


def test_each_call_fails_once(tmp_path):
    faults, complaints = lives_try(tmp_path)
    assert not complaints
    elsewhere = set().union(*HOT.values(), RARE)
    missing = {(call, fault_name(fault)) for call, known in faults_known(tmp_path / "board").items()
               for fault in known if not faults[call, fault] and call not in elsewhere}
    if REFUSAL:
        missing = {(call, fault) for call, fault in missing if not is_of_io_uring(call)}
    assert not missing


# A server under load


@pytest.mark.parametrize("engine", ENGINES)
def test_under_load(tmp_path, engine):
    tally = siege(tmp_path / "board", ENGINES[engine], SECONDS, ONE_IN, kills=1,
                  calls=HOT[engine])
    assert tally.answered > 30_000
