# SPDX-License-Identifier: MIT
"""Starts and stops the server that a cell loads, and reads how much it served.

A server is any command that prints `listening on URL` when it accepts, ends on SIGTERM with exit
status 0, and says `served N responses on M connections` on stderr, perhaps behind its name:
build/selkie, and faulty.py. It always ends with the `with` block, by SIGKILL to its process group
if it must.
"""

import os
import re
import select
import signal
import subprocess
import tempfile
from dataclasses import dataclass

START_SECONDS = 10
# All connections of a tool are gone when it ends: there is nothing to wait for but the exit itself.
STOP_SECONDS = 20
# The whole of stderr: a worker that died by itself, or a sanitizer's report, would be another line.
SERVED = r"(?:selkie: )?served (\d+) responses on (\d+) connections"
KILLED = (r"selkie: warning: worker \d+ \(pid \d+\) was killed by SIGKILL \(9\); "
          r"a new one starts in \d+ ms / ")


class ServerFailed(Exception):
    """The server did not start, did not stop, or did not say what it served."""


@dataclass(frozen=True)
class Served:
    """The counts of all workers together."""

    responses: int
    connections: int


def selkie_command(program, cell, host):
    """The command line of the server for a cell, on any free port of `host`."""
    command = [program, cell.target, "--listen", f"{host}:0", "--workers", str(cell.workers),
               "--selector", cell.selector, "--accept", cell.accept]
    if cell.trigger:
        command += ["--trigger", cell.trigger]
    if cell.kept:
        command += ["--keep-alive", "on"]
    return command


def selector_refusal(program, selector):
    """Why this system does not grant a selector, in a line, or None."""
    server = Server([program, "respond", "--listen", "127.0.0.1:0", "--workers", "1",
                     "--selector", selector])
    try:
        with server:
            return None
    except ServerFailed as failure:
        return str(failure)


class Server:
    """One running server; `url` is where it listens."""

    def __init__(self, command):
        self.command = command
        self.url = None

    def __enter__(self):
        self.errors = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, stderr=self.errors, text=True,
                                        start_new_session=True)
        try:
            self.url = self.wait_for_url()
        except ServerFailed:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_exception):
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self.process.stdout.close()
        self.errors.close()

    def said(self):
        """What the server wrote to stderr so far, as one line."""
        self.errors.seek(0)
        return " / ".join(self.errors.read().splitlines())

    def wait_for_url(self):
        readable, _, _ = select.select([self.process.stdout], [], [], START_SECONDS)
        line = self.process.stdout.readline() if readable else ""
        found = re.match(r"listening on (http://\S+)", line)
        if not found:
            said = self.said() or line.strip() or "nothing"
            raise ServerFailed(f"server did not start, said: {said}")
        return found.group(1) + "/"

    def stop(self, kills=0):
        """Ends the server politely and returns what it served; `kills` workers were killed."""
        self.process.terminate()
        try:
            status = self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired as error:
            raise ServerFailed(f"server still there {STOP_SECONDS} s after SIGTERM") from error
        said = self.said()
        found = re.fullmatch(f"(?:{KILLED}){{{kills}}}{SERVED}", said)
        if status or not found:
            raise ServerFailed(f"server ended with {status}, said: {said or 'nothing'}")
        return Served(int(found.group(1)), int(found.group(2)))
