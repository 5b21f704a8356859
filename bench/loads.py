# SPDX-License-Identifier: MIT
"""What is done to a running server, and what it costs: the load of hammer.c (closed or open loop),
ab for one request a connection, and connections that idle. Used by rounds.py, calls.py and
callgrind.py.
"""
import re
import shutil
import socket
import subprocess
import time
from typing import NamedTuple

from processes import CPUS, ServerError, cpu_ns, last_line, on_cpu, pss

# ab allocates room for each request that it may send; no server here answers so many in a run.
AB_MOST = 5_000_000
# Idle connections that are there before counting, so that what is allocated once does not count.
IDLE_FIRST = 50


class Load(NamedTuple):
    """What to do: `kind` is keepalive, pipeline, latency (an open loop of `rate` requests/s), close
    or idle."""
    kind: str
    connections: int = 64
    depth: int = 1
    size: int = 2
    seconds: float = 1.0
    rate: float = 0.0


class Cost(NamedTuple):
    """What a load has measured. For idle only `bytes` (of memory a connection) and `kib` (with
    IDLE_FIRST connections); for the others the rest. `errors` is text, or empty."""
    cpu_us: float = 0.0  # of the server, a request
    rate: float = 0.0    # requests/s
    p50: float = 0.0     # us, as p99 and p999
    p99: float = 0.0
    p999: float = 0.0
    bytes: float = 0.0
    kib: float = 0.0
    total: int = 0       # requests, with those of the warm-up
    errors: str = ""


def hammer(workshop, server, path, load):
    """The server's CPU time is read when the load begins to count and when it ends, while all its
    connections are open."""
    command = [workshop.folder / "hammer", server.port, load.connections, load.seconds,
               load.depth, path, load.rate]
    with subprocess.Popen(on_cpu(CPUS[-1], command), stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            if process.stdout.readline().strip() != "counting":
                raise ServerError(last_line(process.stderr.read(), "the load ended"))
            pids = server.pids()
            start = cpu_ns(pids)
            counts = process.stdout.readline().split()
            used = cpu_ns(pids) - start
        finally:
            process.kill()
    if len(counts) != 8:
        raise ServerError("the load had no result")
    requests, rate, p50, p99, p999, errors, _, total = map(float, counts)
    if requests == 0:
        raise ServerError("no request was answered")
    return Cost(used / 1000 / requests, rate, p50, p99, p999, total=int(total),
                errors=f"{errors:.0f} errors" if errors else "")


def ab(server, path, load):
    """One request a connection, HTTP/1.0. The order of -t and -n matters: -t sets -n."""
    pids = server.pids()
    start = cpu_ns(pids)
    out = subprocess.run(on_cpu(CPUS[-1], [
        "ab", "-q", "-l", "-c", load.connections, "-t", max(1, round(load.seconds)), "-n", AB_MOST,
        f"http://127.0.0.1:{server.port}{path}"]), capture_output=True, text=True, check=False)
    used = cpu_ns(pids) - start

    def number(pattern):
        found = re.search(pattern, out.stdout)
        if not found:
            raise ServerError("ab: " + last_line(out.stderr, "no report"))
        return float(found[1])
    done = number(r"Complete requests:\s+(\d+)")
    if done == 0:
        raise ServerError("ab: no request was answered")
    failed = number(r"Failed requests:\s+(\d+)")
    kinds = re.search(r"\((Connect: .*)\)", out.stdout)
    return Cost(used / 1000 / done, number(r"Requests per second:\s+([\d.]+)"),
                1000 * number(r"50%\s+(\d+)"), 1000 * number(r"99%\s+(\d+)"), total=int(done),
                errors=f"{failed:.0f} failed ({kinds[1] if kinds else 'ab does not say how'})"
                if failed else "")


def idle(server, path, load):
    """The user memory that one more idle keep-alive connection costs."""
    held = []

    def more(count):
        for _ in range(count):
            connection = socket.create_connection(("127.0.0.1", server.port), 10)
            held.append(connection)
            connection.sendall(b"GET %s HTTP/1.1\r\nHost: x\r\n\r\n" % path.encode())
            if not connection.recv(4096):
                raise ServerError(f"closed connection {len(held)}")
    pids = server.pids()
    try:
        more(IDLE_FIRST)
        before = pss(pids)
        more(load.connections)
        time.sleep(0.3)
        return Cost(bytes=(pss(pids) - before) / load.connections, kib=before / 1024)
    except OSError as error:
        raise ServerError(f"connection {len(held)}: {error}") from error
    finally:
        for connection in held:
            connection.close()


def apply(workshop, server, path, load):
    """Runs the load; ServerError when it has no result."""
    try:
        if load.kind == "idle":
            return idle(server, path, load)
        if load.kind == "close":
            return ab(server, path, load)
        return hammer(workshop, server, path, load)
    except OSError as error:
        raise ServerError(f"the server has gone: {error}") from error


def missing_for(load, workshop):
    """Why this machine cannot run the load, or None."""
    if load.kind != "idle" and len(CPUS) < 2:
        return "the server and the load need a CPU each, and there is one"
    if load.kind == "close" and not shutil.which("ab"):
        return "ab is not installed (apache2-utils)"
    return workshop.refusal if load.kind not in ("close", "idle") else None
