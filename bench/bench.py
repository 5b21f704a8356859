#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Side-by-side measurement: servers in turn, round by round, one pinned to CPU 0 and the load to CPU 1.

The figure to trust on a shared machine is the server's CPU time per request, as a ratio to the bare loop
(limit.c) measured in the same run; requests/s and latency are printed too.

    bench.py keepalive --server 'selkie=build/selkie respond --workers 1 --listen 127.0.0.1:{port}'
    bench.py pipeline --conns 64 --depth 16 --server ... --peers nginx h2o
    bench.py close    --server ...          # ab: one request a connection, HTTP/1.0
    bench.py idle     --conns 8000 --server ...   # memory a connection that idles costs

Kinds: keepalive, pipeline (both with hammer.c), close (ab), idle. Needs gcc and liburing-dev, and ab for close.
A server that forks: its children's CPU and memory count too. Peers known by name: nginx, h2o, lighttpd, haproxy.
"""
import argparse, json, os, re, resource, shlex, signal, socket, statistics, subprocess, sys, tempfile, time
from pathlib import Path

HERE = Path(__file__).resolve().parent
WORK = Path(tempfile.gettempdir()) / f"bench-{os.getuid()}"

def build():
    WORK.mkdir(exist_ok=True)
    for name in ("limit", "hammer"):
        exe, src = WORK / name, HERE / f"{name}.c"
        if not exe.exists() or exe.stat().st_mtime < src.stat().st_mtime:
            subprocess.run(["gcc", "-O2", "-o", exe, src, "-luring"], check=True)

def peer(name, port):
    """A peer's command, with its configuration written beside it: access log off, one worker, the answer 'ok'."""
    www = WORK / "www"
    www.mkdir(exist_ok=True)
    (www / "ok.txt").write_text("ok")
    conf = WORK / f"{name}.conf"
    if name == "nginx":
        temps = " ".join(f"{k}_temp_path {WORK}/{k};" for k in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        conf.write_text(f"daemon off; worker_processes 1; error_log {WORK}/nginx.err; pid {WORK}/nginx.pid;"
            "events { worker_connections 18000; multi_accept on; use epoll; } http { access_log off; "
            f"keepalive_requests 1000000000; keepalive_timeout 3600; {temps} default_type text/plain; server {{ "
            f"listen 127.0.0.1:{port} backlog=4096; location / {{ return 200 ok; }} }} }}")
        return ["nginx", "-c", str(conf)], "/"
    if name == "haproxy":
        conf.write_text("global\n  nbthread 1\n  maxconn 9000\ndefaults\n  mode http\n  timeout client 600s\n  timeout server 60s\n"
            f"  timeout connect 5s\nfrontend f\n  bind 127.0.0.1:{port} backlog 4096\n"
            '  http-request return status 200 content-type text/plain string "ok"\n')
        return ["haproxy", "-f", str(conf), "-db"], "/"
    if name == "h2o":
        conf.write_text(f"listen: {{ host: 127.0.0.1, port: {port} }}\nnum-threads: 1\nmax-connections: 18000\n"
            f"http1-request-timeout: 600\nhosts:\n  default:\n    paths:\n      /:\n        file.dir: {www}\n")
        return ["h2o", "-c", str(conf)], "/ok.txt"
    if name == "lighttpd":
        conf.write_text(f'server.document-root = "{www}"\nserver.port = {port}\nserver.bind = "127.0.0.1"\n'
            "server.max-keep-alive-requests = 1000000000\nserver.max-keep-alive-idle = 3600\nserver.max-connections = 18000\n"
            'server.max-fds = 19000\nserver.listen-backlog = 4096\nmimetype.assign = ( ".txt" => "text/plain" )\n')
        return ["lighttpd", "-D", "-f", str(conf)], "/ok.txt"
    raise SystemExit(f"bench: no such peer: {name}")

def family(pid):
    """The process and all below it."""
    out = [pid]
    for task in os.listdir(f"/proc/{pid}/task"):
        for child in Path(f"/proc/{pid}/task/{task}/children").read_text().split():
            out += family(int(child))
    return out

def cpu_ns(pids):
    return sum(int(Path(f"/proc/{p}/task/{t}/schedstat").read_text().split()[0]) for p in pids for t in os.listdir(f"/proc/{p}/task"))

def pss(pids):
    """Bytes of memory, shared pages divided among those who share them."""
    return 1024 * sum(int(re.search(r"Pss:\s+(\d+)", Path(f"/proc/{p}/smaps_rollup").read_text())[1]) for p in pids)

def wait_for(port, process):
    for _ in range(100):
        if process.poll() is not None:
            raise SystemExit(f"bench: server ended with {process.returncode}: {process.args}")
        try:
            return socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
    raise SystemExit(f"bench: nothing listens on {port}")

def load(args, port, path, seconds):
    """Runs the load; returns requests, requests/s, latency as text, errors as text."""
    if args.kind == "close":
        out = subprocess.run(["taskset", "-c", "1", "ab", "-q", "-l", "-c", str(args.conns), "-n", "100000000", "-t", str(seconds),
            f"http://127.0.0.1:{port}{path}"], capture_output=True, text=True)
        done, rate = re.search(r"Complete requests:\s+(\d+)", out.stdout), re.search(r"Requests per second:\s+([\d.]+)", out.stdout)
        if not done:
            return 0, 0.0, "-", out.stderr.strip().splitlines()[-1]
        failed = re.search(r"Failed requests:\s+(\d+)", out.stdout)[1]
        return int(done[1]), float(rate[1]), re.search(r"99%\s+(\d+)", out.stdout)[1] + " ms", "" if failed == "0" else f"{failed} failed"
    depth = args.depth if args.kind == "pipeline" else 1
    out = subprocess.run(["taskset", "-c", "1", WORK / "hammer", str(port), str(args.conns), str(seconds), str(depth), path], capture_output=True, text=True)
    if not out.stdout:
        return 0, 0.0, "-", out.stderr.strip()
    f = out.stdout.split()
    return int(f[0]), float(f[1]), f"{f[2]}/{f[3]}/{f[4]} us", "" if f[5] == "0" else f"{f[5]} errors"

def idle(args, port, path, pids):
    """Bytes of user memory that one more idle keep-alive connection costs."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    held = []
    def more(n):
        for _ in range(n):
            c = socket.create_connection(("127.0.0.1", port), 10)
            c.sendall(b"GET %s HTTP/1.1\r\nHost: x\r\n\r\n" % path.encode())
            c.recv(4096)
            held.append(c)
    more(50)
    before = pss(pids)
    more(args.conns)
    time.sleep(0.3)
    grown = pss(pids) - before
    for c in held:
        c.close()
    return grown / args.conns, before

def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("kind", choices=["keepalive", "pipeline", "close", "idle"])
    p.add_argument("--server", action="append", default=[], metavar="NAME=COMMAND", help="{port} in it is replaced; NAME/path=COMMAND for another path")
    p.add_argument("--peers", nargs="*", default=[])
    p.add_argument("--conns", type=int, default=64)
    p.add_argument("--depth", type=int, default=16)
    p.add_argument("--seconds", type=int, default=2)
    p.add_argument("--rounds", type=int, default=3)
    p.add_argument("--json", action="store_true")
    args = p.parse_args()
    build()
    closing = ["close"] if args.kind == "close" else []
    servers = {f"bare-{e}": ([str(WORK / "limit"), "uring" if e == "io_uring" else e, "{port}"] + closing, "/") for e in ("io_uring", "epoll")}
    for spec in args.server:
        name, command = spec.split("=", 1)
        name, _, path = name.partition("/")
        servers[name] = (shlex.split(command), "/" + path)
    for name in args.peers:
        servers[name] = (name, None)
    rows = {name: [] for name in servers}
    for _ in range(args.rounds):
        for i, (name, (command, path)) in enumerate(servers.items()):
            port = 19000 + i
            if path is None:
                command, path = peer(name, port)
            process = subprocess.Popen(["taskset", "-c", "0"] + [c.replace("{port}", str(port)) for c in command],
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
            try:
                wait_for(port, process)
                time.sleep(0.2)
                if args.kind == "idle":
                    rows[name].append(idle(args, port, path, family(process.pid)) + ("", ""))
                    continue
                if args.kind != "close":
                    load(args, port, path, 1)
                pids = family(process.pid)
                start = cpu_ns(pids)
                done, rate, latency, errors = load(args, port, path, args.seconds)
                rows[name].append((rate, (cpu_ns(pids) - start) / 1000 / max(done, 1), latency, errors))
            finally:
                os.killpg(process.pid, signal.SIGTERM)
                try:
                    process.wait(3)
                except subprocess.TimeoutExpired:
                    os.killpg(process.pid, signal.SIGKILL)
                    process.wait()
    def median(name, k):
        return statistics.median(r[k] for r in rows[name])
    if args.json:
        json.dump({n: {"a": median(n, 0), "b": median(n, 1), "errors": sorted({r[3] for r in v if r[3]})} for n, v in rows.items()}, sys.stdout)
        return
    if args.kind == "idle":
        print(f"{'server':14}{'B a connection':>16}{'KiB with 50':>14}")
        for n in rows:
            print(f"{n:14}{median(n, 0):16.0f}{median(n, 1) / 1024:14.0f}")
        return
    print(f"{args.kind}, {args.conns} connections, {args.rounds} rounds of {args.seconds} s, medians")
    print(f"{'server':14}{'req/s':>10}{'CPU us/req':>12}{'x io_uring':>12}{'x epoll':>9}  p50/p99/p99.9, errors")
    for n in sorted(rows, key=lambda n: median(n, 1)):
        cpu = median(n, 1)
        print(f"{n:14}{median(n, 0):10.0f}{cpu:12.3f}{cpu / median('bare-io_uring', 1):12.2f}{cpu / median('bare-epoll', 1):9.2f}"
              f"  {rows[n][-1][2]} {' '.join(sorted({r[3] for r in rows[n] if r[3]}))}")

if __name__ == "__main__":
    main()
