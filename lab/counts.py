# SPDX-License-Identifier: MIT
"""How often running processes call the kernel, by strace -c."""
import contextlib
import select
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from twins import LabError

ATTACH_S = 10


class Counts(dict):
    """{name of a call: how often}, and in `errors` how often it failed. Filled when the watching
    ends."""

    def __init__(self):
        super().__init__()
        self.errors = {}

    def read(self, report):
        """strace's table: % time, seconds, usecs/call, calls, [errors], name."""
        for line in report.splitlines():
            words = line.split()
            if len(words) in (5, 6) and words[3].isdigit() and words[-1] != "total":
                self[words[-1]] = int(words[3])
                self.errors[words[-1]] = int(words[4]) if len(words) == 6 else 0


def await_attached(process, count):
    """strace says a line for each process that it watches."""
    said, until = b"", time.monotonic() + ATTACH_S
    while said.count(b" attached\n") < count:
        ready, _, _ = select.select([process.stderr], [], [], max(0, until - time.monotonic()))
        more = process.stderr.read1() if ready else b""
        if not more:
            raise LabError(f"strace cannot watch: {said.decode().strip() or 'it says nothing'}")
        said += more


@contextlib.contextmanager
def during(pids):
    """Watches the processes. Gives Counts that are complete behind the block."""
    if not shutil.which("strace"):
        raise LabError("strace is not installed")
    counts = Counts()
    with tempfile.NamedTemporaryFile("r") as report:
        command = ["strace", "-f", "-c", "-o", report.name, *(f"-p{pid}" for pid in pids)]
        with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                              stderr=subprocess.PIPE) as process:
            try:
                await_attached(process, len(pids))
                yield counts
            finally:
                process.send_signal(signal.SIGINT)
                process.communicate(timeout=ATTACH_S)
        counts.read(Path(report.name).read_text(encoding="ascii"))


def of(pids, seconds):
    """Counts of so many seconds."""
    with during(pids) as counts:
        time.sleep(seconds)
    return counts
