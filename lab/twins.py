# SPDX-License-Identifier: MIT
"""The pairs of servers in pairs/: NAME_broken and NAME_mended, in Python or C, each a program that
takes a port and prints the one it got. A Twin is one that runs.
"""
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PAIRS = Path(__file__).resolve().parent / "pairs"
START_S = 10


class LabError(Exception):
    """The machine does not let an experiment be made: one line that says why."""


def source(name, kind):
    """The path of one of a pair."""
    return next(path for suffix in (".py", ".c")
                if (path := PAIRS / f"{name}_{kind}{suffix}").exists())


def compiled(path, folder, defines):
    program = Path(folder) / path.stem
    compiler = shutil.which("cc")
    if not compiler:
        raise LabError("there is no C compiler (cc)")
    subprocess.run([compiler, "-O2", "-D_GNU_SOURCE", *defines, "-o", program, path], check=True)
    return program


class Twin:
    """One of a pair, running; with its workers it is a process group. `around` is put before the
    command, `defines` are for the C compiler."""

    def __init__(self, name, kind, around=(), defines=()):
        self.kind = kind
        self.folder = tempfile.TemporaryDirectory()
        path = source(name, kind)
        command = ([sys.executable, path] if path.suffix == ".py"
                   else [compiled(path, self.folder.name, defines)])
        # What PYTHONUNBUFFERED and its like would change is not what is shown.
        plain = {name: value for name, value in os.environ.items() if "PYTHON" not in name}
        self.process = subprocess.Popen([*around, *command, "0"], stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=plain,
                                        start_new_session=True)
        ready, _, _ = select.select([self.process.stdout], [], [], START_S)
        line = self.process.stdout.readline() if ready else b""
        if not line.strip().isdigit():
            self.stop()
            said = self.process.stderr.read().decode().strip()
            raise LabError(f"{path.name} did not start: {said or 'no port'}")
        self.port = int(line)
        self.settle()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def pids(self):
        """Its processes, in the order of their birth as far as pids tell that."""
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue  # it has ended
            if int(fields[2]) == self.process.pid and fields[0] != "Z":
                found.append(int(entry.name))
        return sorted(found)

    def settle(self):
        """Waits until all its workers are there, and sleep."""
        before, until = [], time.monotonic() + START_S
        while time.monotonic() < until:
            time.sleep(0.05)
            pids = self.pids()
            if pids == before and all(stat(pid)[0] == "S" for pid in pids):
                return
            before = pids
        raise LabError("the workers do not come to rest")

    def stop(self):
        """Ends all of them. Those that are left to others to wait for may take a moment."""
        until = time.monotonic() + START_S
        while (pids := self.pids()) and time.monotonic() < until:
            for pid in pids:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
            time.sleep(0.01)
        self.process.wait()
        self.process.stdout.close()
        self.folder.cleanup()


def stat(pid):
    """The fields of /proc/PID/stat behind the name (proc(5)): the first is the state."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def cpu_seconds(pids):
    return sum(int(field) for pid in pids for field in stat(pid)[11:13]) / os.sysconf("SC_CLK_TCK")


def descriptors(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


def sockets(pid):
    """What the sockets of a process are in the kernel: their inode numbers."""
    found = set()
    for entry in Path(f"/proc/{pid}/fd").iterdir():
        target = os.readlink(entry)
        if target.startswith("socket:"):
            found.add(target[8:-1])
    return found


def listening(port):
    """The inode numbers of the sockets that listen at a port."""
    lines = Path("/proc/net/tcp").read_text().splitlines()[1:]
    return {fields[9] for line in lines if (fields := line.split())[3] == "0A"
            and int(fields[1].rpartition(":")[2], 16) == port}
