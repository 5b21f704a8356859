# SPDX-License-Identifier: MIT
"""
Every system call that the server makes fails, in every way that its manual page lists (test/faults):
once while it starts, each by itself; and many times under load, on every engine. It ends neither by
a crash nor by a hang, sends no wrong byte, and is as before when the faults are over.
"""
import concurrent.futures
import itertools
import socket

import pytest

from conftest import REFUSAL, SANITIZED
from faults import LIBRARY, Board, Start, fault_name, faults_known, siege

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
OF_ALL = ["accept4", "read", "malloc", "realloc"]
OF_READINESS = ["recv", "send", "shutdown", "close"]
HOT = {
    "io_uring": [*OF_ALL, "io_uring: recv", "io_uring: recv that went on", "io_uring: send",
                 "io_uring: poll", "io_uring: close", "io_uring_enter, to submit",
                 "io_uring_enter, to wait"],
    "epoll-edge": [*OF_ALL, *OF_READINESS, "epoll_ctl EPOLL_CTL_ADD", "epoll_pwait2",
                   "epoll_wait"],
    "epoll-level": [*OF_ALL, *OF_READINESS, "epoll_ctl EPOLL_CTL_ADD", "epoll_ctl EPOLL_CTL_MOD",
                    "epoll_pwait2", "epoll_wait"],
    "poll-level": [*OF_ALL, *OF_READINESS, "ppoll"],
    "select-level": [*OF_ALL, *OF_READINESS, "pselect"],
}
# These end a worker, and are rare.
RARE = ["io_uring_enter, lost", "io_uring_enter, link torn"]
SECONDS, ONE_IN = 3, 25
STARTS_AT_ONCE = 6




# A server that starts


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


# The options, and the place.
STARTS = {
    "io_uring": (["--workers", "2", "--selector", "io_uring"], "address"),
    "epoll": (["--workers", "2", "--selector", "epoll"], "address"),
    "poll": (["--workers", "2", "--selector", "poll"], "address"),
    "select": (["--workers", "2", "--selector", "select"], "address"),
    "per-worker": (["--workers", "auto", "--accept", "per-worker"], "name"),
    "late-listen": (["--workers", "2", "--listen-after-fork", "--defer-accept", "on"], "address"),
    "unix": (["--workers", "1", "--selector", "epoll"], "unix"),
    "fd": (["--workers", "1", "--selector", "epoll"], "fd"),
}
if REFUSAL:
    del STARTS["io_uring"]


def start_chain(folder, name, call, faults, which):
    """Lets the first of these calls fail in one way, and of the others those whose turn it is, so
    that each fails in one of the ways. Returns the faults that came to pass and what must not be."""
    options, kind = STARTS[name]
    came, complaints = set(), []
    folder.mkdir()
    for nth in itertools.chain([1], itertools.count(2 + which, len(faults))):
        board = Board(folder / "board")
        board.plan(call, faults[which], nth)
        with Place(kind, folder) as place:
            start = Start(board, [*options, *place.arguments], place.fds)
        if start.complaints:
            complaints.append(f"{name}: {call} number {nth}, {fault_name(faults[which])}: "
                              f"{start.complaints}")
        if start.outcome == "hangs" or not board.faults().total():
            break
        came.add((call, faults[which]))
    return came, complaints


def test_each_call_fails_once_while_it_starts(tmp_path):
    known = faults_known(tmp_path / "board")
    chains = [(name, call, faults, which) for name in STARTS for call, faults in known.items()
              for which in range(len(faults))]
    with concurrent.futures.ThreadPoolExecutor(STARTS_AT_ONCE) as pool:
        results = list(pool.map(lambda number: start_chain(tmp_path / str(number), *chains[number]),
                                range(len(chains))))
    assert [text for _, complaints in results for text in complaints] == []
    came = set().union(*(came for came, _ in results))
    under_load = set().union(*HOT.values(), RARE)
    assert {(call, fault_name(fault)) for call, faults in known.items() for fault in faults
            if (call, fault) not in came and call not in under_load} == set()


# A server under load


@pytest.mark.parametrize("engine", ENGINES)
def test_under_load(tmp_path, engine):
    tally = siege(tmp_path / "board", ENGINES[engine], SECONDS, ONE_IN, kills=1)
    missing = [(call, fault_name(fault)) for (call, fault), count in tally.faults.items()
               if call in HOT[engine] and count == 0]
    assert not missing
