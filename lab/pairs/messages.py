# SPDX-License-Identifier: MIT
"""As much of HTTP as these servers need where it is not what they are about: requests without a
body, answered in one way.
"""
import re


def persists(head):
    """Whether the connection stays open after the response (RFC 9112, 9.3). `head` is a whole head,
    without the empty line."""
    field = re.search(rb"(?i)\r\nConnection: *([^ \r]*)", head + b"\r\n")
    option = field[1].lower() if field else b""
    version = head.partition(b"\r\n")[0].split(b" ")[-1]
    return option == b"keep-alive" if version == b"HTTP/1.0" else option != b"close"


def response(head, body=b"ok"):
    option = b"keep-alive" if persists(head) else b"close"
    return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: %s\r\n\r\n%s" % (
        len(body), option, body)


def take(received, body=b"ok"):
    """Cuts the whole requests out of `received`. Returns the responses to them, what is left of
    `received`, and whether the connection stays open."""
    *heads, rest = received.split(b"\r\n\r\n")
    return (b"".join(response(head, body) for head in heads), rest,
            all(persists(head) for head in heads))
