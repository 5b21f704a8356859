# SPDX-License-Identifier: MIT
"""
The program as a person meets it: help, version, options and their sources, refusals, exit status,
what goes to stdout and what to stderr. What the server does with requests is tested elsewhere.
"""
import os
import re
import signal
import socket

import pytest

from conftest import ROOT

COMMANDS = ["respond", "pid"]
ANYWHERE = ["--listen", "127.0.0.1:0"]


def refused(result, *words):
    """Exit status 2, nothing on stdout, one line on stderr with these words in it."""
    assert result.returncode == 2, result.stderr
    assert result.stdout == ""
    return one_line(result, *words)


def failed(result, *words):
    """The same with exit status 1: not the user's text is at fault, but what it met."""
    assert result.returncode == 1, result.stderr
    return one_line(result, *words)


def one_line(result, *words):
    assert re.fullmatch(r"selkie: [^\n]+\n", result.stderr), result.stderr
    for word in words:
        assert word in result.stderr
    return result.stderr


def option_names(text):
    return re.findall(r"^  --([a-z-]+)", text, re.MULTILINE)


# Help and version


def test_no_command_shows_usage_on_stderr(selkie):
    result = selkie()
    assert result.returncode == 2
    assert result.stdout == ""
    assert result.stderr.startswith("Usage: selkie COMMAND")


def test_overview_names_all_commands(selkie):
    result = selkie("--help")
    assert (result.returncode, result.stderr) == (0, "")
    for name in [*COMMANDS, "help"]:
        assert re.search(rf"^  {name} ", result.stdout, re.MULTILINE)
    for words in (["help"], ["help", "help"], ["help", "--help"]):
        assert selkie(*words).stdout == result.stdout


def test_version(selkie):
    result = selkie("--version")
    assert (result.returncode, result.stdout, result.stderr) == (0, "selkie 0.1.0\n", "")


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_a_command(selkie, command):
    result = selkie(command, "--help")
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.startswith(f"Usage: selkie {command} ")
    assert max(map(len, result.stdout.splitlines())) <= 100
    assert selkie("help", command).stdout == result.stdout
    assert selkie(command, "--workers", "2", "--help").stdout == result.stdout


@pytest.mark.parametrize("command,defaults", [
    ("respond", {"workers": "8", "listen": "localhost:8081", "keep-alive": "on", "body": "ok",
                 "status": "200", "content-type": "text/plain", "drain-timeout": "30s"}),
    ("pid", {"workers": "12", "listen": "localhost:12349", "keep-alive": "off"}),
])
def test_help_shows_defaults(selkie, command, defaults):
    text = " ".join(selkie("help", command).stdout.split())
    for name, value in defaults.items():
        assert re.search(rf"--{name} [^\[]*(\[v6\][^\[]*)?\[{value}\]", text), name


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("option", ["trigger", "backlog", "max-connections"])
def test_help_shows_no_default_where_the_machine_decides(selkie, command, option):
    text = " ".join(selkie("help", command).stdout.split())
    described = re.search(rf"--{option} \S+ (.*?) --", text).group(1)
    assert "The default is" in described and not described.endswith("]")


def test_only_respond_has_a_response(selkie):
    respond, pid = (option_names(selkie("help", command).stdout) for command in COMMANDS)
    assert set(respond) - set(pid) == {"body", "content-type", "status"}
    assert set(pid) < set(respond)


def test_manual_has_every_option(selkie):
    manual = (ROOT / "docs" / "selkie.1").read_text(encoding="utf-8")
    documented = re.findall(r"^\.It Fl -([a-z-]+)", manual, re.MULTILINE)
    assert documented == option_names(selkie("help", "respond").stdout)


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["help", "pid"]])
def test_full_or_closed_stdout_is_an_error(selkie, arguments):
    with open("/dev/full", "w", encoding="ascii") as full:
        failed(selkie(*arguments, stdout=full), "standard output")
    failed(selkie(*arguments, preexec_fn=lambda: os.close(1)), "standard output")


def test_server_without_stdout_ends(selkie):
    with open("/dev/full", "w", encoding="ascii") as full:
        result = selkie("respond", "--workers", "1", *ANYWHERE, stdout=full)
    assert result.returncode == 1
    assert "selkie: cannot write to standard output" in result.stderr


# Words that are not understood


@pytest.mark.parametrize("arguments,hint", [
    (["nonsense"], "selkie --help"),
    (["help", "nonsense"], "selkie --help"),
    (["respnd"], "did you mean respond?"),
    (["hlep"], "did you mean help?"),
    (["--versoin"], "did you mean --version?"),
    (["--version", "more"], "more"),
    (["help", "pid", "more"], "more"),
    (["respond", "more"], "unused argument more"),
    (["pid", "--"], "--"),
    (["respond", "--wrokers", "4"], "did you mean --workers?"),
    (["respond", "--worker=4"], "did you mean --workers?"),
    (["respond", "--max-bdoy", "4"], "did you mean --max-body?"),
    (["respond", "-h"], "-h"),
    (["respond", "--hepl"], "did you mean --help?"),
    (["respond", "--nothing-like-it"], "selkie help respond"),
    (["pid", "--body", "text"], "unknown option --body"),
    (["respond", "--workers"], "--workers N|auto"),
    (["respond", "one\ntwo"], "one?two"),
])
def test_unknown_words(selkie, arguments, hint):
    refused(selkie(*arguments), hint)


# Values


@pytest.mark.parametrize("name,value,rule", [
    ("workers", "0", "from 1 to 1024, or auto"),
    ("workers", "-1", "from 1 to 1024"),
    ("workers", "4x", "from 1 to 1024"),
    ("workers", " 4", "from 1 to 1024"),
    ("workers", "", "from 1 to 1024"),
    ("workers", "99999999999999999999999", "from 1 to 1024"),
    ("max-connections", "0", "from 1"),
    ("max-connections", "auto", "from 1"),
    ("backlog", "0", "from 1"),
    ("idle-timeout", "30", "with its unit: 500ms, 30s, 5m"),
    ("head-timeout", "1.5s", "with its unit"),
    ("body-timeout", "0s", "from 1ms to 24h"),
    ("write-timeout", "25h", "from 1ms to 24h"),
    ("drain-timeout", "9223372036854775807h", "from 1ms to 24h"),
    ("max-head", "64kb", "4096, 64k, 1M"),
    ("max-head", "12", "from 256 to 1M"),
    ("max-body", "2G", "from 0 to 1G"),
    ("selector", "kpoll", "auto|io_uring|epoll|kqueue|poll|select"),
    ("trigger", "auto", "edge|level"),
    ("accept", "share", "shared|per-worker"),
    ("keep-alive", "yes", "on or off"),
    ("listen-after-fork", "yes", "on or off"),
    ("log-level", "debug", "error|warning|info"),
    ("status", "199", "from 200 to 599"),
    ("status", "600", "from 200 to 599"),
])
def test_refused_values(selkie, name, value, rule):
    refused(selkie("respond", f"--{name}={value}"), f"--{name} {value}: ", rule)
    if value:
        variable = "SELKIE_" + name.upper().replace("-", "_")
        refused(selkie("respond", **{variable: value}), f"{variable}={value}: ", rule)


@pytest.mark.parametrize("value", ["", "text\r\nX: y", "text\x7f"])
def test_refused_content_types(selkie, value):
    refused(selkie("respond", "--content-type", value), "--content-type")


@pytest.mark.parametrize("status", ["204", "205", "304"])
@pytest.mark.parametrize("option", ["--body", "--content-type"])
def test_no_body_with_a_status_that_has_none(selkie, status, option):
    refused(selkie("respond", "--status", status, option, "text/html"), option, status, "no body")


@pytest.mark.parametrize("arguments,words", [
    (["--trigger", "edge", "--selector", "poll"], ["edge", "poll"]),
    (["--trigger", "edge", "--selector", "select"], ["edge", "select"]),
    (["--selector", "select", "--max-connections", "5000"], ["5000 connections", "below 1024"]),
    (["--selector", "select", "--max-connections", "1024"], ["1024 connections", "below 1024"]),
    (["--selector", "select", "--workers", "600"], ["below 1024", "no room"]),
    (["--selector", "epoll", "--max-connections", "2147483647"], ["2147483647", "ulimit -n"]),
    (["--accept", "per-worker", "--listen", "unix:/nowhere"], ["per-worker", "unix:/nowhere"]),
    (["--accept", "per-worker", "--listen", "fd:7"], ["per-worker", "fd:7"]),
])
@pytest.mark.parametrize("command", COMMANDS)
def test_refused_combinations(selkie, command, arguments, words):
    refused(selkie(command, *ANYWHERE, *arguments), *words)


# What a worker finds out when it starts is said once, however many find it.
@pytest.mark.parametrize("workers", [1, 2, 64])
def test_refused_once(selkie, workers):
    refused(selkie("respond", *ANYWHERE, "--workers", str(workers), "--selector", "select",
                   "--max-connections", "5000", "--log-level", "warning"), "5000 connections")


@pytest.mark.parametrize("address", [
    "127.0.0.1:99999", "127.0.0.1", "127.0.0.1:", "127.0.0.1:http", "[::1:80", "[]:80",
    "[localhost]:80", "[127.0.0.1]:80", "", "unix:", "fd:x",
])
def test_refused_addresses(selkie, address):
    refused(selkie("respond", "--workers", "1", "--listen", address))


# Bound and not listening, a socket keeps its port for one that says SO_REUSEADDR too, as selkie does.
@pytest.mark.parametrize("accept", ["shared", "per-worker"])
@pytest.mark.parametrize("first,second,reason", [
    ("127.0.0.1", "127.0.0.1", "is given twice"),
    ("127.0.0.1", "0.0.0.0", "overlap"),
    ("0.0.0.0", "127.0.0.1", "overlap"),
])
def test_addresses_given_twice(selkie, accept, first, second, reason):
    with socket.socket() as held:
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
        refused(selkie("respond", "--workers", "2", "--listen", f"{first}:{port}", "--listen",
                       f"{second}:{port}", "--accept", accept), f"{second}:{port}", reason)


def test_a_unix_socket_given_twice(selkie, tmp_path):
    listen = ["--listen", f"unix:{tmp_path}/socket"]
    refused(selkie("respond", *listen, *listen), f"{tmp_path}/socket is given twice")
    assert list(tmp_path.iterdir()) == []


def test_too_many_addresses(selkie):
    refused(selkie("pid", *(["--listen", ":0"] * 65)), "at most 64")


# What the machine refuses


def test_regular_file_in_the_place_of_a_socket(selkie, tmp_path):
    path = tmp_path / "file"
    path.write_text("precious")
    failed(selkie("respond", "--listen", f"unix:{path}"), str(path))
    assert path.read_text() == "precious"


def test_address_in_use(selkie):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        failed(selkie("respond", "--listen", address), address)


@pytest.mark.skipif(os.uname().sysname != "Linux", reason="kqueue may be here")
def test_selector_of_another_system(selkie):
    result = selkie("respond", "--selector", "kqueue", "--workers", "1", *ANYWHERE)
    assert "kqueue" in failed(result)


# Where values come from


def test_default_environment_flag(serve):
    with_default = serve("respond", "--workers", "1", *ANYWHERE)
    assert with_default.fetch().body == b"ok"
    with_variable = serve("respond", "--workers", "1", *ANYWHERE, SELKIE_BODY="variable")
    assert with_variable.fetch().body == b"variable"
    with_flag = serve("respond", "--workers", "1", *ANYWHERE, "--body", "flag",
                      SELKIE_BODY="variable")
    assert with_flag.fetch().body == b"flag"


def test_last_flag_counts(serve):
    server = serve("respond", "--workers=1", *ANYWHERE, "--body=one", "--body", "two")
    assert server.fetch().body == b"two"


def test_flag_hides_an_invalid_variable(serve):
    server = serve("respond", "--workers", "2", *ANYWHERE, SELKIE_WORKERS="many")
    assert len(server.workers()) == 2


def test_empty_variable_is_not_set(serve):
    server = serve("respond", "--workers", "1", *ANYWHERE, SELKIE_BODY="", SELKIE_BACKLOG="")
    assert server.fetch().body == b"ok"


def test_variables_of_others_are_left_alone(serve):
    serve("pid", "--workers", "1", *ANYWHERE, SELKIE_SERVICE_HOST="10.0.0.1", SELKIE_STATUS="none",
          SELKIE_PORT="tcp://10.0.0.1:80")


@pytest.mark.parametrize("value", ["127.0.0.1:0,[::1]:0", "127.0.0.1:0 [::1]:0",
                                   " 127.0.0.1:0, [::1]:0 "])
def test_several_addresses_in_the_environment(serve, value):
    server = serve("respond", "--workers", "1", SELKIE_LISTEN=value)
    assert [re.sub(r"\d+$", "N", url) for url in server.urls] == ["http://127.0.0.1:N",
                                                                  "http://[::1]:N"]


def test_environment_without_an_address(selkie):
    refused(selkie("respond", SELKIE_LISTEN=" , "), "SELKIE_LISTEN")


def test_listen_replaces_default_and_environment(serve):
    server = serve("respond", "--workers", "1", "--listen", "127.0.0.1:0", "--listen=127.0.0.1:0",
                   SELKIE_LISTEN="unix:/nowhere")
    assert len(server.urls) == 2
    assert [server.fetch(index=index).body for index in (0, 1)] == [b"ok", b"ok"]


@pytest.mark.parametrize("how", [{"arguments": ["--listen-after-fork"]},
                                 {"arguments": ["--listen-after-fork=on"]},
                                 {"SELKIE_LISTEN_AFTER_FORK": "on"}])
def test_listen_after_fork(serve, how):
    arguments = how.pop("arguments", [])
    assert serve("respond", "--workers", "2", *ANYWHERE, *arguments, **how).fetch().body == b"ok"


# The two commands


def test_respond_with_everything(serve):
    server = serve("respond", "--workers", "1", *ANYWHERE, "--status", "503", "--body", "späti",
                   "--content-type", "text/html")
    for method, path in [("GET", "/"), ("POST", "/a/b?c"), ("DELETE", "/x")]:
        response = server.fetch(path, method)
        assert (response.status, response.body) == (503, "späti".encode())
        assert response.headers["Content-Type"] == "text/html"


@pytest.mark.parametrize("status", [204, 304])
def test_respond_without_a_body(serve, status):
    response = serve("respond", "--workers", "1", *ANYWHERE, f"--status={status}").fetch()
    assert (response.status, response.body) == (status, b"")
    assert response.headers["Content-Type"] is None


def test_pid_is_that_of_a_worker_and_closes(serve):
    server = serve("pid", "--workers", "3", *ANYWHERE)
    response = server.fetch("/any/where", "PUT")
    assert int(response.body) in server.workers()
    assert response.body.isdigit()
    assert response.headers["Content-Type"] == "text/plain"
    assert response.headers["Connection"] == "close"


def test_pid_with_keep_alive(serve):
    server = serve("pid", "--workers", "1", *ANYWHERE, "--keep-alive", "on")
    assert int(server.fetch().body) == server.workers()[0]
    assert server.fetch().headers["Connection"] is None


# Which requests the two answer


@pytest.mark.parametrize("command", COMMANDS)
def test_methods(serve, command):
    server = serve(command, "--workers", "1", *ANYWHERE)
    answered = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"]
    assert [server.fetch("/any", method).status for method in answered] == [200] * 7
    assert [server.fetch("/", method).status for method in ("BREW", "TRACE")] == [501, 501]
    assert server.fetch("a:80", "CONNECT").status == 501
    response = server.fetch("*", "OPTIONS")
    assert (response.status, response.body) == (204, b"")
    assert sorted(response.headers["Allow"].split(", ")) == sorted(answered)


# What it says while it runs


def test_silent_on_stderr_but_for_the_count(serve):
    server = serve("respond", "--workers", "2", *ANYWHERE)
    for _ in range(3):
        server.fetch()
    assert server.stop() == 0
    assert server.stdout == ""
    assert server.stderr == "selkie: served 3 responses on 3 connections\n"


def test_interrupt_says_so(serve):
    server = serve("respond", "--workers", "2", *ANYWHERE)
    assert server.stop(signal.SIGINT) == 0
    assert server.stdout == "Shutting down worker processes ...\n"
    assert server.stderr == "selkie: served 0 responses on 0 connections\n"


def test_info_tells_the_selector(serve):
    server = serve("respond", "--workers", "1", *ANYWHERE, "--selector", "poll", "--log-level",
                   "info")
    assert server.stop() == 0
    lines = server.stderr.splitlines()
    assert any(line.startswith("selkie: info: ") and "poll" in line for line in lines)
    assert all(line.startswith("selkie: ") for line in lines)


@pytest.mark.skipif(not os.path.exists("/proc/sys/net/core/somaxconn"), reason="no limit to read")
def test_backlog_that_the_kernel_cuts(serve):
    with open("/proc/sys/net/core/somaxconn", encoding="ascii") as file:
        most = int(file.read())
    warned = serve("respond", "--workers", "1", *ANYWHERE, "--backlog", str(most + 1))
    within = serve("respond", "--workers", "1", *ANYWHERE, "--backlog", str(most))
    quiet = serve("respond", "--workers", "1", *ANYWHERE, "--backlog", str(most + 1),
                  "--log-level", "error")
    assert [server.stop() for server in (warned, within, quiet)] == [0, 0, 0]
    warning = f"selkie: warning: backlog {most + 1}: "
    assert [server.stderr.startswith(warning) for server in (warned, within, quiet)] == [
        True, False, False]
    assert "somaxconn" in warned.stderr
