# SPDX-License-Identifier: MIT
"""
Where io_uring is not granted, or poorer than here: the server says so, and goes on with what there
is. A filter of system calls refuses it (seccomp.py), a library that is preloaded plays an older
kernel or breaks a ring (programs/poor_ring.c).
"""
import errno
import os
import re

import pytest

from client import GET, GET_AND_CLOSE, Client, clients_of_each_worker, needs_io_uring, \
    serve_narrowly, until
from conftest import BUILD, REFUSAL, SANITIZED
from seccomp import needs_seccomp, refusing_io_uring
from test_cli import failed, refused

POOR_RING = BUILD / "test/libpoor_ring.so"
ONE_WORKER = ["--workers", "1", "--listen", "127.0.0.1:0"]
BODY = "".join(f"{number:06d} " for number in range(50 * 1024 // 7))
# More than the narrow sockets of a server and the window of a slow client hold, many times.
PIPELINED = 5
KERNEL = tuple(int(number) for number in re.findall(r"\d+", os.uname().release)[:2])

needs_liburing = pytest.mark.skipif(REFUSAL is not None and "without liburing" in REFUSAL,
                                    reason="built without liburing")


def needs_poor_ring(test):
    """A test that preloads the library, on io_uring."""
    marks = [
        pytest.mark.skipif(SANITIZED, reason="a sanitizer has to be the first library"),
        pytest.mark.skipif(not SANITIZED and not POOR_RING.exists(),
                           reason="built without liburing"),
        needs_io_uring,
    ]
    for mark in marks:
        test = mark(test)
    return test


# Refused by the kernel

REFUSALS = pytest.mark.parametrize("error,cause", [
    (errno.EPERM, "io_uring_setup: Operation not permitted (a container's seccomp filter forbids "
                  "it, or sysctl kernel.io_uring_disabled)"),
    (errno.ENOSYS, "io_uring_setup: Function not implemented (this kernel is without it)"),
], ids=["EPERM", "ENOSYS"])


def fallback_line(cause):
    return ("selkie: info: worker 0 is waiting with epoll, edge-triggered, which costs more CPU "
            f"than io_uring, since that was refused: {cause}")


def lines_about_waiting(server):
    """Stops it. Returns what it has said of how it waits."""
    assert server.stop() == 0
    return [line for line in server.stderr.splitlines() if " waiting with " in line]


@needs_seccomp
@needs_liburing
@REFUSALS
def test_a_refusal_leaves_epoll(serve, error, cause):
    server = serve("respond", "--workers", "2", "--listen", "127.0.0.1:0", "--log-level", "info",
                   preexec_fn=refusing_io_uring(error))
    with Client(server) as client:
        assert client.ask().body == b"ok"
        assert client.ask(GET_AND_CLOSE).body == b"ok"
        assert client.rest() == b""
    assert lines_about_waiting(server) == [fallback_line(cause)]


@needs_seccomp
@needs_liburing
@REFUSALS
@pytest.mark.parametrize("workers", ["1", "4"])
def test_a_refusal_of_what_was_asked_for(selkie, error, cause, workers):
    result = selkie("respond", "--workers", workers, "--listen", "127.0.0.1:0", "--selector",
                    "io_uring", preexec_fn=refusing_io_uring(error))
    assert failed(result) == f"selkie: cannot open the selector io_uring: {cause}\n"


# As with poll, which cannot be edge-triggered: the two options do not go together.
@pytest.mark.parametrize("trigger", ["edge", "level"])
def test_it_has_no_trigger(selkie, trigger):
    result = selkie("respond", *ONE_WORKER, "--selector", "io_uring", "--trigger", trigger)
    refused(result, "io_uring: it has no trigger")


def test_a_trigger_is_a_reason_for_a_selector(serve):
    server = serve("respond", *ONE_WORKER, "--trigger", "edge", "--log-level", "info")
    assert server.fetch().body == b"ok"
    line, = lines_about_waiting(server)
    assert "edge-triggered" in line and "io_uring" not in line


# An older kernel


def exchange_everything(server):
    """Keep-alive, pipelining, both ways to end, and a reader who is slower than all of them."""
    with Client(server, receive_buffer=4096) as slow, Client(server) as client:
        slow.send(PIPELINED * GET + GET_AND_CLOSE)
        for _ in range(5):
            assert client.ask().body == BODY.encode()
        client.send(PIPELINED * GET)
        for _ in range(PIPELINED):
            assert client.response().body == BODY.encode()
        with Client(server) as last:
            assert last.ask(GET_AND_CLOSE).body == BODY.encode()
            assert last.rest() == b""
        client.send(GET)
        client.end()
        assert client.response().body == BODY.encode()
        assert client.rest() == b""
        for _ in range(PIPELINED + 1):
            assert slow.response().body == BODY.encode()
        assert slow.rest() == b""


def serve_poorly(serve, lacks, *arguments):
    return serve_narrowly(serve, "respond", "--workers", "1", "--log-level", "info", *arguments,
                          SELKIE_BODY=BODY, LD_PRELOAD=str(POOR_RING), POOR_RING=lacks)


# linux/io_uring.h: the flags that are left. The one that runs may be without the first itself.
@needs_poor_ring
@pytest.mark.parametrize("lacks,flags", [
    pytest.param("", 0x3088, marks=pytest.mark.skipif(KERNEL < (6, 1), reason="before Linux 6.1")),
    ("defer_taskrun", 0x1188),
    ("defer_taskrun single_issuer", 0x188),
    ("defer_taskrun single_issuer coop_taskrun", 0x8),
    ("defer_taskrun single_issuer coop_taskrun submit_all", 0x8),
], ids=["none", "defer-taskrun", "single-issuer", "coop-taskrun", "submit-all"])
def test_flags_that_an_older_kernel_does_not_know(serve, lacks, flags):
    server = serve_poorly(serve, lacks)
    exchange_everything(server)
    assert lines_about_waiting(server) == ["selkie: info: waiting with io_uring"]
    assert server.stderr.count("poor_ring: flags ") == 1
    assert f"poor_ring: flags {flags:#x}\n" in server.stderr


# The requests by which the server has found that out are all that it has made of the kind.
@needs_poor_ring
@pytest.mark.parametrize("lacks", ["quiet", "waitall"])
def test_sends_that_cannot_be_relied_on(serve, lacks):
    server = serve_poorly(serve, lacks)
    exchange_everything(server)
    assert lines_about_waiting(server) == ["selkie: info: waiting with io_uring"]
    assert server.stderr.count(f"poor_ring: spoilt {lacks}\n") == 3


@needs_poor_ring
def test_the_kernel_is_short_of_memory(serve):
    server = serve_poorly(serve, "memory")
    exchange_everything(server)
    assert lines_about_waiting(server) == ["selkie: info: waiting with io_uring"]


NEEDED = pytest.mark.parametrize("lacks,cause", [
    ("setup", "io_uring_setup: Invalid argument (the kernel is older than Linux 6.0)"),
    ("features", "the features of io_uring: Operation not supported (the kernel is older than "
                 "Linux 6.0)"),
    ("buf_ring", "its ring of provided buffers: Invalid argument (the kernel is older than Linux "
                 "6.0)"),
    ("multishot", "recv that goes on, into provided buffers: Invalid argument (the kernel is older "
                  "than Linux 6.0)"),
], ids=["setup", "features", "buf-ring", "multishot"])


@needs_poor_ring
@NEEDED
def test_what_it_needs_is_missing(serve, lacks, cause):
    server = serve_poorly(serve, lacks)
    exchange_everything(server)
    assert lines_about_waiting(server) == [fallback_line(cause)]


@needs_poor_ring
@NEEDED
def test_what_it_needs_is_missing_and_was_asked_for(selkie, lacks, cause):
    result = selkie("respond", *ONE_WORKER, "--selector", "io_uring", LD_PRELOAD=str(POOR_RING),
                    POOR_RING=lacks)
    assert result.returncode == 1
    said = [line for line in result.stderr.splitlines() if not line.startswith("poor_ring: ")]
    assert said == [f"selkie: cannot open the selector io_uring: {cause}"]


# A ring that breaks


@needs_poor_ring
def test_a_worker_whose_ring_breaks_is_replaced(serve, tmp_path):
    server = serve("pid", "--keep-alive", "on", "--workers", "2", "--listen", "127.0.0.1:0",
                   "--log-level", "warning", LD_PRELOAD=str(POOR_RING),
                   BROKEN_RING=str(tmp_path / "ring"))
    former = set(server.workers())
    with clients_of_each_worker(server) as held:
        victim = next(iter(held))
        (tmp_path / f"ring.{victim}").touch()
        # This wakes it; what it answers then is sent by the wait that fails, or never.
        held[victim][0].send(GET)
        for client in held.pop(victim):
            client.remains()
        until(lambda: len(set(server.workers()) - {victim}) == 2)
        assert all(int(client.ask().body) == pid for pid, kept in held.items() for client in kept)
        successor, = set(server.workers()) - former
        until(lambda: int(server.fetch().body) == successor)
    assert server.stop() == 0
    assert server.stderr.count("io_uring does not wait: Bad file descriptor") == 1
