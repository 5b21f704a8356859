# SPDX-License-Identifier: MIT
"""The two load tools that the author of the originals tried, each with a bounded run, and what they
say in words.
"""
import re
import subprocess
import tempfile
from typing import NamedTuple

# How long ab and wrk wait for something to happen, and for how long they may run at all.
PATIENCE_S, MOST_S = 1, 30


class Ab(NamedTuple):
    """What ab has seen: of `asked` requests `done`, `lengths` of them with another body length than
    the first; `problem` is "" or why it ended early; the longest request in ms."""
    asked: int
    done: int
    lengths: int = 0
    problem: str = ""
    longest_ms: int = 0

    @property
    def is_fine(self):
        return self.done == self.asked and not self.problem and not self.lengths

    def __str__(self):
        text = f"{self.done:,} of {self.asked:,}"
        if self.lengths:
            text += f", {self.lengths:,} failed (Length)"
        return f"{text}, then {self.problem}" if self.problem else text


class Wrk(NamedTuple):
    """What wrk has seen on so many connections. `rate` is in answers a second. It tells of an
    answer that comes late, but never of one that does not come."""
    connections: int
    answers: int
    rate: float
    read: int = 0
    write: int = 0
    timeouts: int = 0

    @property
    def stands(self):
        """Not even two answers on each connection, in a run of a second or more."""
        return self.answers <= self.connections

    @property
    def is_fine(self):
        return not self.stands and not self.read + self.write + self.timeouts

    def __str__(self):
        errors = [f"{count:,} {name} error{'s' * (count != 1)}"
                  for name, count in (("read", self.read), ("write", self.write)) if count]
        if self.timeouts:
            errors.append(f"{self.timeouts:,} timed out")
        if self.stands:
            errors.append("then nothing")
        return f"{self.answers:,} answers, " + (", ".join(errors) or "no error")


def bounded(command):
    """Runs it for at most MOST_S. Returns all that it has said."""
    try:
        run = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False,
                             timeout=MOST_S)
        return run.stdout + run.stderr
    except subprocess.TimeoutExpired as expired:
        said = b"".join(part or b"" for part in (expired.stdout, expired.stderr))
        return said.decode() + "\nhangs for ever\n"


def number(pattern, text):
    found = re.search(pattern, text)
    return int(found[1]) if found else 0


def ab_problem(said):
    if "reset by peer" in said:
        return "a reset ends it"
    if "timeout specified has expired" in said or "hangs for ever" in said:
        return f"it waits in vain ({PATIENCE_S} s)"
    found = re.search(r"^apr_\w+: (.*?) \(\d+\)$", said, re.MULTILINE)
    return found[1] if found else ""


def ab(port, requests=1000, connections=8, options=(), patience_s=PATIENCE_S):
    said = bounded(["ab", "-q", "-s", patience_s, "-n", requests, "-c", connections, *options,
                    f"http://127.0.0.1:{port}/"])
    problem = ab_problem(said)
    done = number(r"Complete requests:\s+(\d+)", said) or \
        number(r"Total of (\d+) requests completed", said)
    return Ab(requests, done, number(r"Length: (\d+)", said), problem,
              number(r"100%\s+(\d+)", said))


# Four requests in one segment, by an extension of wrk: its manual's pipeline.lua.
PIPELINE = """init = function(args)
  local one = wrk.format("GET", "/")
  four = one .. one .. one .. one
end
request = function() return four end
"""


def wrk(port, connections=8, seconds=1, script="", fields=()):
    """`script` is Lua; `fields` are further header fields."""
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as file:
        file.write(script)
        file.flush()
        said = bounded(["wrk", "-t", 1, "-c", connections, "-d", f"{seconds}s", "--timeout",
                        f"{PATIENCE_S}s", *(["-s", file.name] if script else []),
                        *(part for field in fields for part in ("-H", field)),
                        f"http://127.0.0.1:{port}/"])
    answers = number(r"(\d+) requests in", said)
    rate = re.search(r"Requests/sec:\s+([\d.]+)", said)
    counts = re.search(r"Socket errors: connect \d+, read (\d+), write (\d+), timeout (\d+)", said)
    return Wrk(connections, answers, float(rate[1]) if rate else 0.0, *(map(int, counts.groups())
                                                          if counts else ()))
