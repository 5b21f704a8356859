# SPDX-License-Identifier: MIT
"""The experiments: for each mistake what is done to its pair, which figures come of that, and how
the broken one and the mended one differ in them. No figure that decides depends on how fast a
machine is.
"""
import contextlib
import fcntl
import http.client
import os
import struct
import subprocess
import termios
import time
from typing import Callable, NamedTuple

import counts
import probes
from judges import PIPELINE, ab, wrk
from probes import GET, GET_AB
from twins import LabError, Twin, cpu_seconds, descriptors, listening, sockets, stat


def is_telling(event):
    return not event.text.startswith("epoll_wait() ... ")


def is_not_end(event):
    """Where the interesting things are over when a connection ends."""
    return is_telling(event) and not any(
        word in event.text for word in ("FIN", "unwatch", "close", "the end", "send(5, 0 bytes)"))


class Mistake(NamedTuple):
    """`measure` takes a Twin and returns its figures, {words: value}; `breaks` and `holds` tell by
    the figures of the broken and of the mended one whether each does what docs/why.md says.
    `moment` plays the client of a picture, given the Twin, behind `prepare`, given it too.
    `keep` picks its events: all but a worker that sleeps for want of work. `arguments` are for both
    twins. `telling` names the figure that tells most where ab and wrk tell nothing. `decisive` is
    what a recording of the broken one has to have in it."""
    name: str
    measure: Callable
    breaks: Callable
    holds: Callable
    moment: Callable = None
    prepare: Callable = None
    keep: Callable = is_telling
    arguments: dict = {}
    telling: str = ""
    decisive: str = ""


def loads(twin, keep_alive=False, **keywords):
    """ab, then wrk."""
    options = ("-k",) if keep_alive else ()
    return {"ab -k" if keep_alive else "ab": ab(twin.port, options=options),
            "wrk": wrk(twin.port, **keywords)}


def both_fine(figures):
    return all(load.is_fine for tool, load in figures.items() if tool.split()[0] in ("ab", "wrk"))


# 1 and 2: a close that resets


def ab_is_reset(figures):
    return "reset" in figures["ab"].problem


def ask_once(twin, request=GET):
    with probes.connect(twin.port) as client:
        probes.exchange(client, request)


def ask_late(twin):
    with probes.connect(twin.port) as client:
        time.sleep(0.02)  # as a client does that is not on the same machine
        probes.exchange(client, GET)


# 3: both at once


TURNS = "turns of the loop in an idle second, slowed down by strace"


def measure_both(twin):
    figures = loads(twin, keep_alive=True)
    with contextlib.ExitStack() as stack:
        for _ in range(8):
            probes.exchange(stack.enter_context(probes.connect(twin.port)), GET, seconds=0.05)
        before = cpu_seconds(twin.pids())
        time.sleep(1)
        figures["CPU time of a second, 8 idle connections"] = \
            f"{cpu_seconds(twin.pids()) - before:.2f} s"
        figures[TURNS] = counts.of(twin.pids(), 1).get("epoll_wait", 0)
    return figures


def turns(figures):
    return figures[TURNS]


def ask_and_idle(twin):
    with probes.connect(twin.port) as client:
        probes.exchange(client, GET, seconds=0.05)


# 4: a listening socket that blocks

SLEEPER = "of 16 open connections, not answered any more once a 17th has come"


def measure_blocking(twin):
    """Which workers see the same connection is chance, so it is tried more than once."""
    figures = loads(twin, keep_alive=True, connections=16)
    figures[SLEEPER] = probes.forgotten(twin.port, twin.pids(), 16, tries=60)
    return figures


def is_accept_or_data(event):
    """Enough to see who sleeps, and what nobody reads any more."""
    return any(word in event.text for word in ("SYN", "accept", "bytes"))


def ask_and_come(twin):
    """A client that keeps its connection asks once more when another has come."""
    with probes.connect(twin.port) as client:
        probes.exchange(client, GET, seconds=0.05)
        with probes.connect(twin.port) as other:
            probes.exchange(other, GET, seconds=0.05)
            probes.exchange(client, GET, seconds=0.1)


# 5: listen() after the fork

OBJECTS, VAIN = "sockets in the kernel, 4 workers", "accept() in vain, 2,000 connections of ab"
RESETS = "the price: reset, of 40 that wait when a worker is killed"


def is_not_end_or_sleeper(event):
    """With the workers that are there before anything happens, and sleep."""
    return is_not_end(event) or event.text == "epoll_wait() ... asleep" and event.at < 0.01


def measure_after_fork(twin):
    found = set().union(*map(sockets, twin.pids())) & listening(twin.port)
    with counts.during(twin.pids()) as calls:
        load = ab(twin.port, requests=2000)
    figures = {"ab": load, "wrk": wrk(twin.port), OBJECTS: len(found),
               VAIN: calls.errors.get("accept4", 0)}
    figures[RESETS] = probes.resets_of_a_death(twin.port, twin.pids(), 40)
    return figures


# 6: the backlog

LATE, NEVER = "of 200 at once, not answered within 0.9 s", "of them, not answered within 4 s"


def waits_of(twin):
    waited = probes.burst(twin.port, twin.pids(), 200, 4)
    return {LATE: sum(0.9 < seconds for seconds in waited),
            NEVER: sum(seconds >= 4 for seconds in waited)}


def measure_backlog(twin):
    figures = waits_of(twin)
    if twin.kind == "broken":
        with Twin("backlog", "broken", defines=["-DBACKLOG=100"]) as hundred:
            late = waits_of(hundred)
        figures["the same with a backlog of 100"] = \
            f"{late[LATE]}, of them {late[NEVER]} not within 4 s"
    return {**figures, "ab -c 200": ab(twin.port, connections=200), "wrk": wrk(twin.port)}


def is_first_or_dropped(event):
    """Of ten connections A to F find room, so that H does not."""
    return event.peer in ("A", "H")


def burst_of_ten(twin):
    probes.burst(twin.port, twin.pids(), 10, 1.5)


# 7 and 8: persistence


def ask_and_wait_for_the_end(twin):
    ask_once(twin, GET_AB)


def ask_twice(twin):
    with probes.connect(twin.port) as client:
        probes.exchange(client, GET, seconds=0.02)
        probes.exchange(client, GET)


# 9: the version

VERSIONS = (b"HTTP/1.0", b"HTTP/7.3", b"<script>")


def of_python(port):
    """What the client of Python's library makes of the answer in a version it does not know."""
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    client._http_vsn_str = "HTTP/7.3"  # pylint: disable=protected-access
    with contextlib.closing(client):
        try:
            client.request("GET", "/")
            return f"status {client.getresponse().status}"
        except http.client.HTTPException as error:
            return type(error).__name__


def measure_version(twin):
    figures = loads(twin)
    for version in VERSIONS:
        figures[f"first line of the answer to {version.decode()}"] = \
            probes.first_line(twin.port, version)
    figures["http.client, asking in HTTP/7.3"] = of_python(twin.port)
    return figures


def lines(figures):
    return [figures[f"first line of the answer to {version.decode()}"] for version in VERSIONS]


def ask_in_a_version(twin):
    ask_once(twin, b"GET / HTTP/7.3\r\nHost: lab\r\n\r\n")


# 10: pieces

# As long as the cookies of many a site.
COOKIE = "Cookie: " + "session=0123456789abcdef; " * 25
SINGLE = "calls a request (recv and send)"


def measure_pieces(twin):
    with counts.during(twin.pids()) as calls:
        load = ab(twin.port, requests=100, connections=1, options=("-H", COOKIE))
    counted = sum(calls.get(name, 0) for name in ("recvfrom", "sendto"))
    before = cpu_seconds(twin.pids())
    under = wrk(twin.port, connections=1, fields=(COOKIE,))
    used = cpu_seconds(twin.pids()) - before
    return {"ab -c 1": load, "wrk -c 1": under, SINGLE: round(counted / max(1, load.done)),
            "CPU time a request": f"{1e6 * used / max(1, under.answers):.0f} us"}


def ask_with_cookie(twin):
    ask_once(twin, b"GET / HTTP/1.1\r\nHost: lab\r\n" + COOKIE.encode() + b"\r\n\r\n")


# 11: segments

HALVES, PAIR = "answers to a request in two segments", "answers to two requests in one"


def measure_segments(twin):
    figures = loads(twin, keep_alive=True)
    figures["wrk, four requests a segment"] = wrk(twin.port, seconds=2, script=PIPELINE)
    figures[HALVES] = probes.answers_to(twin.port, GET[:20], GET[20:])
    figures[PAIR] = probes.answers_to(twin.port, GET * 2)
    return figures


def ask_in_pieces(twin):
    with probes.connect(twin.port) as client:
        probes.exchange(client, GET[:20], GET[20:], seconds=0.1)
        probes.exchange(client, GET * 2, seconds=0.1)


# 12: exceptions

LEFT = "descriptors of connections that are gone"
AFTER = "turns of the loop in a second without a client, slowed down by strace"


def measure_exceptions(twin):
    before = descriptors(twin.process.pid)
    figures = loads(twin, keep_alive=True)
    time.sleep(0.1)
    figures[LEFT] = descriptors(twin.process.pid) - before
    figures[AFTER] = counts.of(twin.pids(), 1).get("epoll_wait", 0)
    return figures


def ask_and_go(twin):
    with probes.connect(twin.port) as client:
        probes.exchange(client, GET, seconds=0.02)
    time.sleep(0.02)


# 13: print

AGAIN = "ab -k, once more"


def pipe_holds(pipe):
    return struct.unpack("i", fcntl.ioctl(pipe, termios.FIONREAD, b"\0\0\0\0"))[0]


def served(port, most):
    """How many requests on one connection are answered, up to `most`."""
    with probes.connect(port) as client:
        for count in range(most):
            client.send(GET)
            if not probes.answer(client, 1):
                return count
    return most


def measure_printing(twin):
    """Nobody reads its standard output, as when what reads it has stopped, or a terminal is held by
    ^S."""
    with counts.during(twin.pids()) as calls:
        served(twin.port, 100)
    return {"calls for a request": round(sum(calls.values()) / 100),
            "ab -k": ab(twin.port, options=("-k",)), AGAIN: ab(twin.port, options=("-k",)),
            "wrk": wrk(twin.port, seconds=2)}


def fill_pipe(twin):
    """Makes its pipe small, and fills it but for two lines."""
    fcntl.fcntl(twin.process.stdout, fcntl.F_SETPIPE_SZ, 4096)
    served(twin.port, 1)
    time.sleep(0.2)  # the line comes behind the answer
    line = pipe_holds(twin.process.stdout)
    if line:
        served(twin.port, 4096 // line - 3)


def ask_six_times(twin):
    with probes.connect(twin.port) as client:
        for _ in range(6):
            probes.exchange(client, GET, seconds=0.05)


# 14: workers


def alone():
    """The words before a command that give it a namespace of pids of its own, which begin at 1: so
    they differ in length, as they do at some time on every machine."""
    words = ["unshare", "--fork", "--kill-child", "--pid"]
    words += [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
    if subprocess.run([*words, "true"], capture_output=True, check=False).returncode:
        raise LabError("no namespace of pids is to be had (unshare), in which their lengths differ")
    return words


def switches(pids):
    """Context switches, by will or not (proc_pid_status(5))."""
    total = 0
    for pid in pids:
        with open(f"/proc/{pid}/status", encoding="ascii") as file:
            total += sum(int(line.split()[1]) for line in file if "ctxt_switches" in line)
    return total


def measure_workers(twin):
    figures = {"ab": ab(twin.port, connections=32)}
    before, used = switches(twin.pids()), cpu_seconds(twin.pids())
    figures["wrk"] = load = wrk(twin.port, connections=64, seconds=2)
    answers = max(1, load.answers)
    figures["workers"] = sum(stat(pid)[0] != "Z" for pid in twin.pids()) - 1
    figures["requests a second"] = f"{load.rate:,.0f}"
    figures["CPU time a request"] = f"{1e6 * (cpu_seconds(twin.pids()) - used) / answers:.0f} us"
    figures["changes between processes (context switches) in 100 requests"] = round(
        100 * (switches(twin.pids()) - before) / answers)
    return figures


MISTAKES = [
    Mistake("unread", loads, ab_is_reset, both_fine, ask_once, decisive="RST"),
    Mistake("early", loads, lambda figures: not figures["ab"].is_fine, both_fine, ask_late,
            decisive="RST"),
    Mistake("both", measure_both,
            lambda figures: both_fine(figures) and turns(figures) > 100,
            lambda figures: both_fine(figures) and turns(figures) < 10, ask_and_idle,
            telling=TURNS, decisive=" × "),
    Mistake("blocking", measure_blocking,
            lambda figures: not both_fine(figures) or figures[SLEEPER] > 0,
            lambda figures: both_fine(figures) and figures[SLEEPER] == 0, ask_and_come,
            keep=is_accept_or_data, telling=SLEEPER, decisive="accept() ... still asleep"),
    Mistake("afterfork", measure_after_fork,
            lambda figures: both_fine(figures) and figures[OBJECTS] == 1 and figures[VAIN] > 0,
            lambda figures: both_fine(figures) and figures[OBJECTS] == 4 and figures[VAIN] == 0,
            ask_once, keep=is_not_end_or_sleeper, telling=VAIN, decisive="EAGAIN"),
    Mistake("backlog", measure_backlog,
            lambda figures: figures[LATE] > 0,
            lambda figures: both_fine(figures) and figures[LATE] == 0, burst_of_ten,
            keep=is_first_or_dropped, telling=LATE),
    Mistake("flag", loads,
            lambda figures: "waits" in figures["ab"].problem and figures["wrk"].is_fine,
            both_fine, ask_and_wait_for_the_end),
    Mistake("field", loads,
            lambda figures: figures["ab"].is_fine and figures["wrk"].read > 0,
            both_fine, ask_twice),
    Mistake("version", measure_version,
            lambda figures: both_fine(figures) and lines(figures)[2].startswith("<script>"),
            lambda figures: both_fine(figures) and
            [line.split()[:2] for line in lines(figures)] ==
            [["HTTP/1.1", "200"], ["HTTP/1.1", "505"], ["HTTP/1.1", "505"]], ask_in_a_version,
            keep=is_not_end, telling="http.client, asking in HTTP/7.3"),
    Mistake("pieces", measure_pieces,
            lambda figures: both_fine(figures) and figures[SINGLE] > 200,
            lambda figures: both_fine(figures) and figures[SINGLE] < 50, ask_with_cookie,
            telling=SINGLE),
    Mistake("segments", measure_segments,
            lambda figures: figures["ab -k"].is_fine and figures["wrk"].is_fine and
            figures["wrk, four requests a segment"].stands and
            figures[HALVES] != 1 and figures[PAIR] == 1,
            lambda figures: both_fine(figures) and figures[HALVES] == 1 and figures[PAIR] == 2,
            ask_in_pieces, keep=is_not_end, telling=PAIR),
    Mistake("exceptions", measure_exceptions,
            lambda figures: both_fine(figures) and figures[LEFT] > 0 and figures[AFTER] > 100,
            lambda figures: both_fine(figures) and figures[LEFT] == 0 and figures[AFTER] < 10,
            ask_and_go, telling=AFTER, decisive=" × "),
    Mistake("printing", measure_printing,
            lambda figures: figures["ab -k"].is_fine and not figures[AGAIN].is_fine and
            figures["wrk"].stands, both_fine, ask_six_times, fill_pipe, telling=AGAIN,
            decisive="still asleep"),
    Mistake("workers", measure_workers,
            lambda figures: figures["ab"].lengths > 0,
            lambda figures: both_fine(figures), arguments={"around": alone}),
]
