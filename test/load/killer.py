# SPDX-License-Identifier: MIT
"""Kills workers of a server at random moments while a tool loads it; used by run.py for the cells
whose name ends in `/kill`.

A worker takes its connections with it, and with each of them the requests that are in flight there:
so many may fail. It is stopped before it is killed, so that its connections can be counted.
"""

import os
import random
import signal
import threading
import time
from pathlib import Path

# Seconds until the first, once there are connections, and between two, at most.
PAUSE_FIRST, PAUSE = 0.05, 0.25
KILLS_MAX = 8
STOP_SECONDS = 10


def worker_pids(master):
    """The children of a process."""
    return [int(pid) for pid in Path(f"/proc/{master}/task/{master}/children").read_text().split()]


def socket_count(pid):
    """How many sockets a process has; one that has just gone has none."""
    count = 0
    try:
        for name in os.listdir(f"/proc/{pid}/fd"):
            count += os.readlink(f"/proc/{pid}/fd/{name}").startswith("socket:")
    except FileNotFoundError:
        return 0
    return count


def process_state(pid):
    """The letter of /proc/PID/stat, "" for a process that has gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return ""


class Killer(threading.Thread):
    """A context manager that kills workers as long as it lasts. `killed` are they, `lost` the
    connections that they held together."""

    def __init__(self, master, seed):
        super().__init__(daemon=True)
        self.master = master
        self.chance = random.Random(seed)
        self.over = threading.Event()
        self.killed, self.lost = [], 0
        # Every worker has the same ones besides its connections.
        self.own_sockets = socket_count(worker_pids(master)[0])

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_exception):
        self.over.set()
        self.join()

    def held(self, worker):
        """How many connections a worker holds."""
        return max(0, socket_count(worker) - self.own_sockets)

    def run(self):
        while not self.over.wait(0.01) and not any(map(self.held, worker_pids(self.master))):
            continue  # the tool has yet to connect
        pause = PAUSE_FIRST
        while len(self.killed) < KILLS_MAX and not self.over.wait(self.chance.uniform(0, pause)):
            pause = PAUSE
            # One that was killed is a child until the master has reaped it.
            workers = [pid for pid in worker_pids(self.master) if pid not in self.killed]
            if workers:
                self.kill(self.chance.choice(workers))

    def kill(self, worker):
        """Kills one, and counts what it held."""
        os.kill(worker, signal.SIGSTOP)
        limit = time.monotonic() + STOP_SECONDS
        while process_state(worker) not in ("T", "") and time.monotonic() < limit:
            time.sleep(0.001)
        self.lost += self.held(worker)
        self.killed.append(worker)
        os.kill(worker, signal.SIGKILL)
