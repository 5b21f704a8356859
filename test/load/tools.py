# SPDX-License-Identifier: MIT
"""The load tools: how each is called, and how its report is read.

matrix.py runs what `TOOLS` lists. A reader turns what the tool printed into a `Report`; it keeps
every kind of error the tool knows of apart, by the tool's own word for it, and raises
`NotUnderstood` rather than guess. What a tool cannot say, judge.py finds in the server's counts.
"""

import json
import os
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable
from urllib.parse import urlsplit

HERE = Path(__file__).resolve().parent
# httperf waits with select(), so it has 1,024 descriptors at most: fewer connections than that
# cannot exhaust them, however slow the server is.
HTTPERF_CONNECTIONS_MAX = 900
# Connections httperf opens a second: fast enough that they overlap.
HTTPERF_RATE = 1000
WRK_DEPTH = 16
H2LOAD_DEPTH = 16
AUTOCANNON_DEPTH = 10
# Longer than any pause that a busy machine makes, shorter than the bound on the whole run.
PATIENCE_SECONDS = 20

SIEGE_CONFIGURATION = """verbose = false
color = off
quiet = false
logging = false
protocol = HTTP/1.1
connection = {connection}
parser = false
cache = false
timeout = {patience}
failures = 1000000
limit = 255
json_output = true
"""


class NotUnderstood(Exception):
    """The tool ended without a report that its reader knows."""


@dataclass(frozen=True)
class Load:
    """How much a cell asks for: `count` requests, or `seconds` of a tool that only knows time."""

    count: int
    connections: int
    seconds: int


@dataclass
class Report:
    """What a tool says: responses it accepted, and its errors by kind."""

    answered: int
    errors: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Tool:
    """One way to call one program.

    `persistent`: it can only judge a server that keeps connections open.
    `closes`: it uses a connection for one request, whatever the server does.
    `timed`: it runs for a time and ends with requests in flight.
    `dials_ahead`: it dials for each request that finds no idle connection, then takes whichever is
    free first: how many connections it opens is a matter of time.
    `counts_ends`: it takes the end of a connection for a response, be it empty.
    `on_kill`: what makes it go on when connections are reset, and count what is lost; None where
    nothing does.
    `losses`: the kinds of errors by which it counts that, and how often each time.
    """

    name: str
    program: str
    package: str
    command: Callable
    read: Callable
    depth: int = 1
    persistent: bool = False
    closes: bool = False
    timed: bool = False
    dials_ahead: bool = False
    requests: Callable = lambda load: load.count
    counts_ends: bool = False
    on_kill: tuple = None
    losses: tuple = ()

    @property
    def bears_kills(self):
        """Whether it can judge a server whose workers are killed."""
        return self.on_kill is not None

    def in_flight(self, load):
        """How many responses the server may have sent that the tool ended too early to count."""
        if self.timed:
            return load.connections * self.depth
        return load.count - self.answers(load)

    def answers(self, load):
        """How many responses the tool has to count, None when that is a matter of time."""
        return None if self.timed else self.requests(load)


def number(pattern, text):
    """The integer that `pattern` finds; a report without it is none."""
    found = re.search(pattern, text, re.MULTILINE)
    if not found:
        raise NotUnderstood(f"no match for {pattern!r}")
    return int(found.group(1))


def named_counts(text, names, form):
    """The counts that are not zero, by name; `form` is a pattern with the name left open."""
    counts = {name: number(form.format(re.escape(name)), text) for name in names}
    return {name: count for name, count in counts.items() if count}


def optional(name, pattern, text):
    """A count that the tool prints only when it is not zero."""
    return {name: number(pattern, text)} if re.search(pattern, text, re.MULTILINE) else {}


# --- wrk


def wrk_command(load, url, _home):
    return ["-t2", f"-c{load.connections}", f"-d{load.seconds}s", "--timeout",
            f"{PATIENCE_SECONDS}s", url]


def wrk_pipelined_command(load, url, home):
    return [*wrk_command(load, url, home), "-s", str(HERE / "pipelined.lua"), "--", str(WRK_DEPTH)]


def wrk_read(text):
    errors = optional("non-2xx", r"^  Non-2xx or 3xx responses: (\d+)", text)
    if "Socket errors" in text:
        kinds = ("connect", "read", "write", "timeout")
        errors |= named_counts(text, kinds, r"Socket errors:.*\b{} (\d+)")
    return Report(number(r"^  (\d+) requests in", text), errors)


# --- ab


def ab_command(load, url, _home):
    # -l: the pids of two workers may differ in length.
    return ["-l", "-q", "-n", str(load.count), "-c", str(load.connections), "-s",
            str(PATIENCE_SECONDS), url]


def ab_keep_command(load, url, home):
    return ["-k", *ab_command(load, url, home)]


def ab_read(text):
    errors = optional("failed", r"^Failed requests: +([1-9]\d*)", text)
    errors |= optional("write errors", r"^Write errors: +(\d+)", text)
    errors |= optional("non-2xx", r"^Non-2xx responses: +(\d+)", text)
    # With -r it goes on, and calls those complete as well of which it has not received a response.
    lost = optional("lost", r"^ +\(Connect: .*\bReceive: (\d+)", text)
    return Report(number(r"^Complete requests: +(\d+)", text) - sum(lost.values()), errors)


# --- h2load


def h2load_command(load, url, _home):
    return ["--h1", "-n", str(load.count), "-c", str(load.connections), url]


def h2load_pipelined_command(load, url, home):
    return ["-m", str(H2LOAD_DEPTH), *h2load_command(load, url, home)]


def h2load_read(text):
    errors = named_counts(text, ("failed", "errored", "timeout"), r"^requests:.* (\d+) {}")
    errors |= named_counts(text, ("3xx", "4xx", "5xx"), r"^status codes:.* (\d+) {}")
    return Report(number(r"^status codes: (\d+) 2xx", text), errors)


# --- hey


def hey_command(load, url, _home):
    return ["-n", str(load.count), "-c", str(load.connections), "-t", str(PATIENCE_SECONDS), url]


def hey_read(text):
    if "Status code distribution:" not in text:
        raise NotUnderstood("no status code distribution")
    responses, _, failures = text.partition("Error distribution:")
    statuses = re.findall(r"^  \[(\d{3})\]\t(\d+) responses", responses, re.MULTILINE)
    causes = re.findall(r"^  \[(\d+)\]\t(.*)", failures, re.MULTILINE)
    errors = {f"status {status}": int(count) for status, count in statuses if status != "200"}
    for count, cause in causes:  # each with the ports in it
        kind = "reset" if cause.endswith("connection reset by peer") else cause
        errors[kind] = errors.get(kind, 0) + int(count)
    return Report(int(dict(statuses).get("200", 0)), errors)


# --- siege


def siege_arguments(load, url, home, connection):
    configuration = Path(home) / "siegerc"
    configuration.write_text(SIEGE_CONFIGURATION.format(connection=connection,
                                                        patience=PATIENCE_SECONDS))
    rounds = load.count // load.connections
    return [f"--rc={configuration}", "-b", "-j", "-c", str(load.connections), "-r", str(rounds),
            url]


def siege_command(load, url, home):
    return siege_arguments(load, url, home, "close")


def siege_keep_command(load, url, home):
    return siege_arguments(load, url, home, "keep-alive")


def siege_read(text):
    messages = re.findall(r"\[(error|alert|warning)\]", re.sub(r"\x1b\[[0-9;]*m", "", text))
    errors = {f"{kind} messages": messages.count(kind) for kind in sorted(set(messages))}
    failed = number(r'"failed_transactions":\s*(\d+)', text)
    if failed:
        errors["failed transactions"] = failed
    return Report(number(r'"successful_transactions":\s*(\d+)', text), errors)


# --- httperf


def httperf_arguments(url, connections, calls):
    """Without --hog: with it httperf looks for free local ports itself, by bind() one after the
    other, and when the tools before it have left many in TIME_WAIT that takes it half a minute."""
    where = urlsplit(url)
    return ["--server", where.hostname, "--port", str(where.port), "--uri", "/",
            "--num-conns", str(connections), "--num-calls", str(calls), "--rate", str(HTTPERF_RATE),
            "--timeout", str(PATIENCE_SECONDS)]


def httperf_requests(load):
    return min(load.count, HTTPERF_CONNECTIONS_MAX)


def httperf_command(load, url, _home):
    return httperf_arguments(url, httperf_requests(load), 1)


def httperf_keep_command(load, url, _home):
    return httperf_arguments(url, load.connections, load.count // load.connections)


def httperf_read(text):
    kinds = ("client-timo", "socket-timo", "connrefused", "connreset", "fd-unavail", "addrunavail",
             "ftab-full", "other")
    errors = named_counts(text, kinds, r"^Errors:.*\b{} (\d+)")
    errors |= named_counts(text, ("1xx", "3xx", "4xx", "5xx"), r"^Reply status:.*\b{}=(\d+)")
    return Report(number(r"^Reply status:.*\b2xx=(\d+)", text), errors)


# --- autocannon


def autocannon_command(load, url, _home):
    return ["-j", "--no-progress", "-a", str(load.count), "-c", str(load.connections), "-t",
            str(PATIENCE_SECONDS), url]


def autocannon_pipelined_command(load, url, home):
    return ["-p", str(AUTOCANNON_DEPTH), *autocannon_command(load, url, home)]


def autocannon_pipelined_requests(load):
    # Having sent its last request, each connection ends at the next response and leaves the rest of
    # the pipeline uncounted.
    return load.count - load.connections * (AUTOCANNON_DEPTH - 1)


def autocannon_read(text):
    try:
        result = json.loads(text[text.index("{"):])
        kinds = ("errors", "timeouts", "mismatches", "non2xx", "resets")
        errors = {kind: result[kind] for kind in kinds if result[kind]}
        return Report(result["2xx"], errors)
    except (ValueError, KeyError) as error:
        raise NotUnderstood(f"no result in JSON: {error}") from error


# When a connection is reset, h2load and httperf -k give up what they had still to ask on it: they
# cannot judge a server whose workers are killed. Nor can httperf, whose connections are so short
# that a kill hardly ever meets one. ab counts each such request twice, as one that it did not
# receive and as an exception.
#
# siege and autocannon put the next request on a connection whose end was announced, h2load counts
# as errors what it had pipelined behind the last response, and httperf gives up the calls that are
# left: in a server that closes they would only see their own mistakes.
TOOLS = (
    Tool("wrk", "wrk", "wrk", wrk_command, wrk_read, timed=True, on_kill=(),
         losses=(("read", 1),)),
    Tool("wrk-pipelined", "wrk", "wrk", wrk_pipelined_command, wrk_read, depth=WRK_DEPTH,
         timed=True, on_kill=(), losses=(("read", 1),)),
    Tool("ab", "ab", "apache2-utils", ab_command, ab_read, closes=True, counts_ends=True,
         on_kill=("-r",), losses=(("failed", 2),)),
    Tool("ab-k", "ab", "apache2-utils", ab_keep_command, ab_read, counts_ends=True,
         on_kill=("-r",), losses=(("failed", 2),)),
    Tool("h2load", "h2load", "nghttp2-client", h2load_command, h2load_read),
    Tool("h2load-pipelined", "h2load", "nghttp2-client", h2load_pipelined_command, h2load_read,
         depth=H2LOAD_DEPTH, persistent=True),
    Tool("hey", "hey", "hey", hey_command, hey_read, dials_ahead=True, on_kill=(),
         losses=(("reset", 1),)),
    Tool("siege", "siege", "siege", siege_command, siege_read, closes=True, on_kill=(),
         losses=(("error messages", 1), ("failed transactions", 1))),
    Tool("siege-k", "siege", "siege", siege_keep_command, siege_read, persistent=True, on_kill=(),
         losses=(("error messages", 1), ("failed transactions", 1))),
    Tool("httperf", "httperf", "httperf", httperf_command, httperf_read, closes=True,
         requests=httperf_requests),
    Tool("httperf-k", "httperf", "httperf", httperf_keep_command, httperf_read, persistent=True),
    Tool("autocannon", "autocannon", "autocannon", autocannon_command, autocannon_read,
         persistent=True, on_kill=(), losses=(("errors", 1), ("resets", 1))),
    Tool("autocannon-pipelined", "autocannon", "autocannon", autocannon_pipelined_command,
         autocannon_read, depth=AUTOCANNON_DEPTH, persistent=True,
         requests=autocannon_pipelined_requests, on_kill=(),
         losses=(("errors", 1), ("resets", 1))),
)


def tool_find(tool, folders):
    """The path of the tool's program in one of `folders` or on PATH, or None."""
    path = os.pathsep.join([*map(str, folders), os.environ.get("PATH", os.defpath)])
    return shutil.which(tool.program, path=path)


def tool_run(tool, program, load, url, timeout, kills=False):
    """Runs the tool against `url` and reads its report; raises NotUnderstood when there is none.
    `kills`: workers are killed meanwhile."""
    with tempfile.TemporaryDirectory(prefix="selkie-load-") as home:
        more = tool.on_kill if kills else ()
        command = [program, *more, *tool.command(load, url, home)]
        environment = {**os.environ, "HOME": home, "LC_ALL": "C"}
        try:
            done = subprocess.run(command, env=environment, cwd=home, text=True, errors="replace",
                                  stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, timeout=timeout, check=False)
        except subprocess.TimeoutExpired as error:
            raise NotUnderstood(f"no report in {timeout} s") from error
    return report_read(tool, done)


def report_read(tool, done):
    """The report of a tool that has ended; an exit status other than 0 is an error of its own."""
    try:
        report = tool.read(done.stdout)
    except NotUnderstood as error:
        last = (done.stdout.strip().splitlines() or ["nothing printed"])[-1]
        raise NotUnderstood(f"no report, exit status {done.returncode}: {last}") from error
    if done.returncode:
        report.errors["exit status"] = done.returncode
    return report
