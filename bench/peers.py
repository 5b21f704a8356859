# SPDX-License-Identifier: MIT
"""The servers of others, as Debian packages them: one worker, no access log, no limit to the
requests of a connection, and the configuration of each written beside what it serves. Used by
bench.py and performance.py.
"""
import contextlib
import re
import shutil
import subprocess

from servers import Server

PEERS = ("nginx", "h2o", "lighttpd", "haproxy")


def nginx(folder, port, size, _file):
    temporary = " ".join(f"{kind}_temp_path {folder}/{kind};"
                         for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    answer = "return 200 ok;" if size == 2 else f"root {folder}/www;"
    return (f"daemon off; worker_processes 1; error_log {folder}/nginx.err; pid {folder}/nginx.pid;"
            " events { worker_connections 18000; multi_accept on; use epoll; }"
            " http { access_log off; keepalive_requests 1000000000; keepalive_timeout 3600;"
            f" {temporary} default_type text/plain; sendfile on; tcp_nopush on;"
            " open_file_cache max=10 inactive=1h; open_file_cache_valid 1h;"
            f" server {{ listen 127.0.0.1:{port} backlog=4096; location / {{ {answer} }} }} }}\n")


def haproxy(_folder, port, size, file):
    # A response that it makes itself has to fit into a buffer.
    buffer = f"  tune.bufsize {max(16384, size + 16384)}\n"
    return ("global\n  nbthread 1\n  maxconn 9000\n" + buffer
            + "defaults\n  mode http\n  timeout client 600s\n  timeout server 60s\n"
            f"  timeout connect 5s\nfrontend f\n  bind 127.0.0.1:{port} backlog 4096\n"
            f"  http-request return status 200 content-type text/plain file {file}\n")


def h2o(folder, port, _size, _file):
    return (f"listen: {{ host: 127.0.0.1, port: {port} }}\nnum-threads: 1\n"
            "max-connections: 18000\nhttp1-request-timeout: 600\nhosts:\n  default:\n    paths:\n"
            f"      /:\n        file.dir: {folder}/www\n")


def lighttpd(folder, port, _size, _file):
    return (f'server.document-root = "{folder}/www"\nserver.port = {port}\n'
            'server.bind = "127.0.0.1"\nserver.max-keep-alive-requests = 1000000000\n'
            "server.max-keep-alive-idle = 3600\nserver.max-connections = 18000\n"
            'server.max-fds = 19000\nserver.listen-backlog = 4096\n'
            'mimetype.assign = ( ".txt" => "text/plain" )\n')


# How to write the configuration of each peer, and how to start it with that.
CONFIGURATIONS = {
    "nginx": (nginx, ["nginx", "-c"]),
    "h2o": (h2o, ["h2o", "-c"]),
    "lighttpd": (lighttpd, ["lighttpd", "-D", "-f"]),
    "haproxy": (haproxy, ["haproxy", "-db", "-f"]),
}


def find_program(name):
    """Debian puts daemons where not every user's PATH looks."""
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")


def peer(workshop, name):
    write, (program, *options) = CONFIGURATIONS[name]

    def command(port, size, _closing):
        configuration = workshop.folder / f"{name}.conf"
        configuration.write_text(write(workshop.folder, port, size, workshop.file(size)))
        return [find_program(program), *options, configuration]
    return Server(name, "peer", command)


def peer_version(name):
    """Its version as it tells it, or "unknown"."""
    option = {"h2o": "--version"}.get(name, "-v")
    with contextlib.suppress(OSError):
        said = subprocess.run([find_program(name), option], capture_output=True, text=True,
                              check=False)
        found = re.search(r"\d+\.\d+(\.\d+)?", said.stdout + said.stderr)
        if found:
            return found[0]
    return "unknown"


def peers(workshop, left_out):
    present = [name for name in PEERS if find_program(name)]
    missing = [name for name in PEERS if name not in present]
    if missing:
        left_out.append(f"{', '.join(missing)}: not installed (`tools/need peers` installs them)")
    return [peer(workshop, name) for name in present]
