# SPDX-License-Identifier: MIT
"""What the build promises: floors that cannot look up, libraries that export selkie_* alone,
hardened files, an installed tree that a stranger can compile against, a README that shows what is
there. Run by tools/test with pytest.
"""
import json
import os
import re
import shlex
import socket
import subprocess
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("SELKIE_BUILD", ROOT / "build")).resolve()
COMMANDS = json.loads((BUILD / "compile_commands.json").read_text())
SANITIZED = "-fsanitize=" in COMMANDS[0]["command"]

KNOWN = {
    "base": [],
    "http": ["base"],
    "selector": ["base"],
    "engine": ["base", "selector"],
    "server": ["base", "http", "engine"],
    "handlers": [],
    "cli": ["base", "http", "selector", "engine", "server", "handlers"],
}
SEES_SELECTOR_H = {"selector", "engine", "server", "handlers", "cli"}
SEES_SERVER_H = {"server", "handlers", "cli"}


def output_of(*command, **options):
    return subprocess.run(command, check=True, capture_output=True, text=True, **options).stdout


def compiler_of(floor):
    """The command that compiles a file of the floor, without the file and the output."""
    for command in COMMANDS:
        if Path(command["output"]).parts[0] == f"libfloor-{floor}.a.p":
            words = shlex.split(command["command"])
            return words[:words.index("-MD")]
    raise LookupError(floor)


def compiles(floor, header):
    """Whether a file in the folder of the floor may include the header, and nothing else before."""
    command = [*compiler_of(floor), "-Werror", "-fsyntax-only", "-x", "c", "-"]
    source = f'#include "{header}"\nextern int nothing;\n'
    result = subprocess.run(command, input=source, cwd=BUILD, capture_output=True, text=True)
    if result.returncode:
        assert re.search("No such file|file not found", result.stderr), result.stderr
    return result.returncode == 0


def headers_of(floor):
    return [f"{floor}/{path.name}" for path in sorted((ROOT / "src" / floor).glob("*.h"))]


@pytest.mark.parametrize("floor", KNOWN)
def test_a_floor_sees_itself_and_what_lies_below_and_no_other(floor):
    for other in KNOWN:
        allowed = other == floor or other in KNOWN[floor]
        for header in headers_of(other):
            assert compiles(floor, header) == allowed, f"{floor} includes {header}"


@pytest.mark.parametrize("floor", KNOWN)
def test_public_headers_are_seen_by_those_who_may(floor):
    assert compiles(floor, "selkie/selector.h") == (floor in SEES_SELECTOR_H)
    assert compiles(floor, "selkie/server.h") == (floor in SEES_SERVER_H)
    assert compiles(floor, "selkie/selkie.h") == (floor in SEES_SERVER_H)


def test_no_include_climbs_out_of_its_floor():
    climbing = re.compile(r'^\s*#\s*include\s+[<"][^>"]*\.\./', re.MULTILINE)
    files = [*ROOT.glob("src/**/*.[ch]"), *ROOT.glob("include/**/*.h")]
    assert files
    assert [path for path in files if climbing.search(path.read_text())] == []


def test_libraries_export_the_public_names_alone():
    archive = output_of("nm", "-g", "--defined-only", "--format=just-symbols",
                        str(BUILD / "libselkie.a")).splitlines()
    exported = output_of("nm", "-D", "--defined-only", "--format=just-symbols",
                         str(BUILD / "libselkie.so")).splitlines()
    shared = {name.split("@")[0] for name in exported} - {"SELKIE_0"}
    static = {name for name in archive if name and not name.endswith(":")}
    assert "selkie_selector_open" in shared
    assert {name for name in static | shared if not name.startswith("selkie_")} == set()
    assert static == shared


@pytest.mark.skipif(SANITIZED, reason="only the release build is hardened")
@pytest.mark.parametrize("name", ["selkie", "libselkie.so"])
def test_what_is_installed_is_hardened(name):
    path = str(BUILD / name)
    headers = output_of("readelf", "-hldW", path)
    symbols = output_of("nm", "-D", path)
    assert re.search(r"Type:\s+DYN", headers)
    assert "GNU_RELRO" in headers
    assert re.search(r"FLAGS.*(BIND_NOW|NOW)", headers)
    assert re.search(r"GNU_STACK.* RW ", headers)
    assert "__stack_chk_fail" in symbols
    assert re.search(r"__\w+_chk\b", symbols.replace("__stack_chk_fail", ""))


def answer_of(program, path, target, env):
    """What the program, told to listen at the unix socket `path`, answers to a GET."""
    with subprocess.Popen([program, f"unix:{path}"], env=env) as server:
        try:
            with socket.socket(socket.AF_UNIX) as client:
                client.settimeout(30)
                while client.connect_ex(str(path)):
                    assert server.poll() is None
                    time.sleep(0.01)
                client.sendall(f"GET {target} HTTP/1.0\r\n\r\n".encode())
                return b"".join(iter(lambda: client.recv(4096), b"")).decode()
        finally:
            server.terminate()


def test_a_stranger_builds_the_example_against_the_installed_tree(tmp_path):
    subprocess.run(["meson", "install", "-C", BUILD, "--no-rebuild", "--destdir", tmp_path],
                   check=True, capture_output=True)
    libraries = next(tmp_path.glob("**/pkgconfig")).parent
    env = dict(os.environ, PKG_CONFIG_SYSROOT_DIR=str(tmp_path),
               PKG_CONFIG_PATH=str(libraries / "pkgconfig"), LD_LIBRARY_PATH=str(libraries))
    flags = output_of("pkg-config", "--cflags", "--libs", "selkie", env=env).split()
    checks = ["-fsanitize=address,undefined"] if SANITIZED else []
    hello = str(tmp_path / "hello")
    subprocess.run([*os.environ.get("CC", "cc").split(), *checks, "-std=c99", "-o", hello,
                    ROOT / "examples/hello.c", *flags], check=True)
    assert f"libselkie.so.0 => {libraries}" in output_of("ldd", hello, env=env)
    response = answer_of(hello, tmp_path / "socket", "/hello/you", env)
    assert response.startswith("HTTP/1.1 200 ")
    assert response.endswith("\r\n\r\nHello, you!\n")


def test_the_example_runs_with_the_static_library(tmp_path):
    response = answer_of(BUILD / "examples/hello", tmp_path / "socket", "/hello/you", os.environ)
    assert response.endswith("\r\n\r\nHello, you!\n")


@pytest.mark.parametrize("user,destdir,expected", [
    (0, "", ["ldconfig"]),
    (0, "/below", []),
    (1000, "", []),
])
def test_install_renews_the_cache_of_the_loader(tmp_path, user, destdir, expected):
    tools = tmp_path / "tools"
    (tmp_path / "build").mkdir()
    (tmp_path / "build" / "build.ninja").touch()
    tools.mkdir()
    for name, does in [("ninja", "true"), ("meson", "true"), ("id", f"echo {user}"),
                       ("ldconfig", f"echo ldconfig >> {tmp_path}/called")]:
        (tools / name).write_text(f"#!/bin/sh\n{does}\n")
        (tools / name).chmod(0o755)
    (tmp_path / "called").touch()
    env = dict(os.environ, PATH=f"{tools}:{os.environ['PATH']}")
    subprocess.run(["make", "-f", ROOT / "Makefile", "-C", tmp_path, "install",
                    f"DESTDIR={destdir}"], check=True, capture_output=True, env=env)
    assert (tmp_path / "called").read_text().split() == expected


def test_the_readme_shows_the_example_as_it_is():
    example = (ROOT / "examples/hello.c").read_text()
    code = example[example.index("#include"):]
    assert f"```c\n{code}```" in (ROOT / "README.md").read_text()
