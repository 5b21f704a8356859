# SPDX-License-Identifier: MIT
"""
The board by which a test tells the preloaded library of test/faults what is to fail, and reads what
did. Used by faults.py and test_faults.py.
"""
import errno
import mmap
import struct
import subprocess
from collections import Counter

from conftest import BUILD, DEADLINE, PROGRAM, environment

LIBRARY = BUILD / "test/libfaults.so"

# As in test/faults/board.c.
PLAN = struct.Struct("=Q32sqQQ")
CALL = struct.Struct("=32sQQ" + 20 * "qQ")
PROCESS = struct.Struct("=Qq")
CALLS, PROCESSES = 64, 4096
FAULT_SHORT = 1000


def fault_name(fault):
    """ENOMEM, "short", or the number of an EAI_ error."""
    return "short" if fault == FAULT_SHORT else errno.errorcode.get(fault, str(fault))


class Board:
    """The file that the library maps; see test/faults/board.c."""

    def __init__(self, path, seed=1):
        self.path, self.seed = path, seed
        with open(path, "wb+") as file:
            file.truncate(PLAN.size + CALLS * CALL.size + PROCESSES * PROCESS.size)
            self.map = mmap.mmap(file.fileno(), 0)

    def variables(self):
        """What a program needs in its environment."""
        return {"LD_PRELOAD": str(LIBRARY), "FAULTS": str(self.path),
                "FAULTS_SEED": str(self.seed)}

    def strike(self, one_in):
        """From now on one in so many calls fails; none with 0."""
        struct.pack_into("=Q", self.map, 0, one_in)

    def plan(self, call, fault, nth):
        """For a program that has yet to start: the nth of these calls fails so."""
        PLAN.pack_into(self.map, 0, 0, call.encode(), fault, nth, 0)

    def calls(self):
        """For each call how often it was made, and the count of each of its faults."""
        result = {}
        for index in range(CALLS):
            name, made, _, *pairs = CALL.unpack_from(self.map, PLAN.size + index * CALL.size)
            faults = {fault: count for fault, count in zip(pairs[::2], pairs[1::2]) if fault}
            if faults:
                result[name.rstrip(b"\0").decode()] = (made, faults)
        return result

    def faults(self):
        """The faults that came to pass, by call and fault."""
        return Counter({(call, fault): count for call, (_, faults) in self.calls().items()
                        for fault, count in faults.items()})

    def blocks(self, pid):
        """The blocks of memory that a process has taken, and not given back, since its fork."""
        start = PLAN.size + CALLS * CALL.size
        return dict(PROCESS.iter_unpack(self.map[start:]))[pid]


def faults_known(path):
    """Every call that the library can let fail, with its faults."""
    board = Board(path)
    subprocess.run([PROGRAM, "--version"], env=environment(**board.variables()), check=True,
                   stdout=subprocess.DEVNULL, timeout=DEADLINE)
    return {call: list(faults) for call, (_, faults) in board.calls().items()}
