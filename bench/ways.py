# SPDX-License-Identifier: MIT
"""The ways to run Selkie: each selector that `selkie help respond` names and this machine has, with
each trigger that the selector knows. What does not start here is told in one line.
"""
import re
import select
import subprocess

from processes import last_line
from servers import SELECT_MOST, SELKIE, Server, body

# Only ends a probe that hangs.
PROBE_S = 20


def help_text():
    return subprocess.run([SELKIE, "help", "respond"], capture_output=True, text=True,
                          check=True).stdout


def selectors(text):
    names = re.search(r"--selector ([\w|]+)", text)[1].split("|")
    # The order of the help, but what `auto` prefers is first.
    return sorted((name for name in names if name != "auto"), key=lambda name: name != "io_uring")


def refusal(options):
    """Starts Selkie with these options and ends it. Returns None when it listened, else why not."""
    command = [SELKIE, "respond", "--workers", "1", "--listen", "127.0.0.1:0", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True) as process:
        try:
            ready, _, _ = select.select([process.stdout], [], [], PROBE_S)
            listens = bool(ready) and process.stdout.readline().startswith("listening")
        finally:
            process.terminate()
        said = last_line(process.stderr.read(), "it said nothing")
        return None if listens else said.removeprefix("selkie: ")


def way(options, name):
    command = [SELKIE, "respond", "--workers", "1", *options]
    most = SELECT_MOST if "select" in options else None
    return Server(f"selkie {name}", "selkie", lambda port, size, closing: [
        *command, "--listen", f"127.0.0.1:{port}", "--body", body(size)], most=most)


def ways_of(selector, left_out):
    """The ways of one selector, best first."""
    reason = refusal(["--selector", selector])
    if reason:
        left_out.append(f"selkie {selector}: {reason}")
        return []
    triggers = [trigger for trigger in ("edge", "level")
                if refusal(["--selector", selector, "--trigger", trigger]) is None]
    if not triggers:
        return [way(["--selector", selector], selector)]
    return [way(["--selector", selector, "--trigger", trigger], f"{selector} {trigger}")
            for trigger in triggers]


def selkie(left_out):
    """All ways of this machine."""
    return [found for selector in selectors(help_text())
            for found in ways_of(selector, left_out)]


def deferring(left_out):
    """The way that leaves a connection in the kernel until its request is there, as the bare loops
    do when they close; none where Selkie cannot."""
    options = ["--selector", "io_uring", "--defer-accept", "on"]
    if "--defer-accept" not in help_text() or refusal(options):
        left_out.append("selkie io_uring with deferred accept: this build or machine lacks it")
        return []
    return [way(options, "io_uring, deferring")]
