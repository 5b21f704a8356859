# SPDX-License-Identifier: MIT
"""
nginx and haproxy before a Server, for test_proxies.py: ways to configure them, and a `Proxy` that
runs one with its configuration in a folder of the test. The test has the socket that the proxy
listens on, and the proxy inherits it, so that its port is free and its clients can connect at once.
"""
import contextlib
import csv
import os
import socket
from typing import NamedTuple

from conftest import DEADLINE, until
from foreign import find, running, said


# More than connections that die at a time.
NGINX_PEERS = 64


def nginx_configuration(folder, port, _fd, upstream, how):
    temporary = " ".join(f"{kind}_temp_path {folder}/{kind};"
                         for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    # Its worker would not be let into the folder as anyone else.
    user = "user root;" if os.geteuid() == 0 else ""
    # The same again and again, since a request is repeated on another peer only, and each may be a
    # connection that was kept to a worker which has died.
    peers = f"server {upstream} max_fails=0;" * NGINX_PEERS
    return f"""
daemon off; worker_processes 1; error_log stderr warn; pid {folder}/pid; {user}
events {{ worker_connections 1024; }}
http {{
    access_log off; client_max_body_size 64m; {temporary}
    upstream server {{ {peers} {how.upstream} }}
    server {{
        listen 127.0.0.1:{port} backlog=1024;
        location / {{ proxy_pass http://server; {how.rest} }}
    }}
}}
"""


def haproxy_configuration(folder, _port, fd, upstream, how):
    return f"""
global
    nbthread 1
    stats socket {folder}/stats
defaults
    mode http
    log stderr format raw daemon notice
    timeout connect {DEADLINE}s
    timeout client {DEADLINE}s
    timeout server {DEADLINE}s
    timeout check {DEADLINE}s
frontend in
    bind fd@{fd}
    default_backend out
backend out
    {how.rest}
    server server {upstream} {how.upstream}
"""


class Way(NamedTuple):
    """One way to configure a proxy: what is said of the upstream server, and what besides. When
    `reuses`, it keeps connections to the server."""
    program: str
    upstream: str
    rest: str
    reuses: bool


NGINX_KEEP = 'proxy_http_version 1.1; proxy_set_header Connection "";'
WAYS = {
    # HTTP/1.0 and Connection: close.
    "nginx-default": Way("nginx", "", "", False),
    "nginx-keepalive": Way("nginx", "keepalive 64;", NGINX_KEEP, True),
    "nginx-unbuffered": Way("nginx", "keepalive 64;", NGINX_KEEP +
                            "proxy_request_buffering off; proxy_buffering off;", True),
    "haproxy-default": Way("haproxy", "", "", True),
    "haproxy-reuse": Way("haproxy", "check inter 50ms", "http-reuse always", True),
    "haproxy-close": Way("haproxy", "", "option httpclose", False),
}
# What repeats a request whose connection has ended without an answer.
RETRYING = {
    "nginx-default": WAYS["nginx-default"],
    "nginx-keepalive": WAYS["nginx-keepalive"],
    "haproxy-reuse": Way("haproxy", "", "http-reuse always\n    retries 10\n"
                         "    retry-on conn-failure empty-response", True),
}


class Proxy:
    """A running proxy; like a Server it has `connect`, and the `url` that it is found at."""

    def __init__(self, process, folder, address):
        self.process = process
        self.folder = folder
        self.address = address
        self.url = "http://{}:{}/".format(*address)

    def connect(self, _index=0):
        return socket.create_connection(self.address, DEADLINE)

    def complaints(self):
        """The lines that it has said, but for those that only tell how it is doing."""
        return [line for line in said(self.process).splitlines() if "[notice]" not in line.lower()]

    def statistics(self):
        """haproxy's own, of the server (its manual, "show stat")."""
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(DEADLINE)
            until(lambda: client.connect_ex(f"{self.folder}/stats") == 0)
            client.sendall(b"show stat\n")
            text = b"".join(iter(lambda: client.recv(65536), b"")).decode()
        return next(row for row in csv.DictReader(text.removeprefix("# ").splitlines())
                    if row["svname"] == "server")


@contextlib.contextmanager
def proxied(server, way, folder):
    """A proxy before a server."""
    upstream = server.urls[0].removeprefix("http://")
    with socket.create_server(("127.0.0.1", 0), backlog=1024) as listener:
        number = listener.fileno()
        port = listener.getsockname()[1]
        write = {"nginx": nginx_configuration, "haproxy": haproxy_configuration}[way.program]
        configuration = folder / "configuration"
        configuration.write_text(write(folder, port, number, upstream, way))
        options = {"nginx": ["-e", "stderr", "-p", folder, "-c"], "haproxy": ["-db", "-f"]}
        # nginx takes the sockets that this variable names for those of its predecessor.
        with running([find(way.program), *options[way.program], configuration], folder,
                     pass_fds=[number], NGINX=f"{number};") as process:
            yield Proxy(process, folder, listener.getsockname())
