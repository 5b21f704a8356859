# SPDX-License-Identifier: MIT
"""What a server is to everything here, and those of this folder: the bare loops and the Python
server; ways.py and peers.py bring the others. All have one worker, and answer every request with
the same number of bytes.
"""
import os
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Callable, NamedTuple, Optional

import processes

HERE = Path(__file__).resolve().parent
SELKIE = Path(os.environ.get("SELKIE_BUILD", HERE.parent / "build")).resolve() / "selkie"
# What every request asks for: peers serve it as a file, the others answer it like any path.
PATH = "/ok.txt"
# select(2) knows 1,024 descriptors, and a server needs some itself.
SELECT_MOST = 900
# What the load and the bare loops are compiled with.
COMPILER = os.environ.get("CC", "gcc")


class Server(NamedTuple):
    """`command(port, size, closing)` is how to start it: answering with `size` bytes, and, when
    `closing`, ending each connection after its response, deferring accept where it can."""
    name: str
    group: str  # selkie, bare, peer or python
    command: Callable
    path: str = PATH
    most: Optional[int] = None  # connections that it can hold


class Workshop:
    """A folder for one run: the compiled load and bare loops, the peers' configurations and the
    files that they serve."""

    def __init__(self):
        self._folder = tempfile.TemporaryDirectory(prefix="selkie-bench-")
        self.folder = Path(self._folder.name)
        # Peers that are started as root read their files as someone else.
        self.folder.chmod(0o755)
        (self.folder / "www").mkdir()
        for name in ("limit", "hammer"):
            compiled = subprocess.run(
                [*shlex.split(COMPILER), "-O2", "-o", self.folder / name, HERE / f"{name}.c",
                 "-luring"], stderr=subprocess.PIPE, text=True, check=False)
            if compiled.returncode:
                raise processes.ServerError(f"{name}.c does not compile: "
                                            + processes.last_line(compiled.stderr, "no reason"))

        self.refusal = self._load_refusal()

    def _load_refusal(self):
        """Why this machine cannot run the load, as where io_uring is forbidden, or None."""
        probe = subprocess.run([self.folder / "hammer", "probe"], stderr=subprocess.PIPE,
                               text=True, check=False)
        return processes.last_line(probe.stderr, "no load") if probe.returncode else None

    def close(self):
        self._folder.cleanup()

    def file(self, size):
        """Writes the file that peers serve."""
        path = self.folder / "www" / PATH[1:]
        path.write_text(body(size))
        return path


def body(size):
    return "ok" if size == 2 else "x" * size


def bare_loops(workshop):
    def loop(name, engine):
        return Server(name, "bare", lambda port, size, closing: [
            workshop.folder / "limit", engine, port, size, *(["close"] if closing else [])])
    return [loop("bare-io_uring", "uring"), loop("bare-epoll", "epoll")]


def python_server():
    return Server("python selectors", "python", lambda port, size, closing: [
        sys.executable, HERE / "python_server.py", port, "--size", size,
        *(["--close"] if closing else [])])


def by_hand(spec):
    """A server given on the command line: NAME=COMMAND or NAME/path=COMMAND."""
    name, _, command = spec.partition("=")
    name, slash, path = name.partition("/")
    words = shlex.split(command)

    def filled(port, size, _closing):
        values = {"{port}": str(port), "{size}": str(size), "{body}": body(size)}
        pattern = re.compile("|".join(map(re.escape, values)))
        return [pattern.sub(lambda found: values[found[0]], word) for word in words]
    return Server(name, "selkie", filled, slash + path or "/")
