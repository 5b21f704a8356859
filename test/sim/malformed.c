// SPDX-License-Identifier: MIT
/*
 * See malformed.h. The last byte of each is the first by which a strict reader knows; it must not
 * matter what follows, or how the bytes are cut.
 */
#include "malformed.h"

#define HEAD "GET / HTTP/1.1\r\nHost: a\r\n"
#define CHUNKED "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
#define ENTRY(status, bytes)                                                                       \
    {                                                                                              \
        status,                                                                                    \
        {                                                                                          \
            bytes, sizeof(bytes) - 1                                                               \
        }                                                                                          \
    }

const struct malformed malformed_list[] = {
    /* The request line. */
    ENTRY(400, " "),
    ENTRY(400, "\n"),
    ENTRY(400, "\x16"),
    ENTRY(400, "\x80"),
    ENTRY(400, "\rG"),
    ENTRY(400, "GET\r"),
    ENTRY(400, "GE\x01"),
    ENTRY(400, "GET  "),
    ENTRY(400, "GET\t"),
    ENTRY(400, "GET f"),
    ENTRY(400, "GET /\r"),
    ENTRY(400, "GET /a#"),
    ENTRY(400, "GET /%z"),
    ENTRY(400, "GET /%4g"),
    ENTRY(400, "GET /\x80"),
    ENTRY(400, "GET /?q\x7f"),
    ENTRY(400, "GET /  "),
    ENTRY(400, "GET hx"),
    ENTRY(400, "GET http:///"),
    ENTRY(400, "GET http://a@"),
    ENTRY(400, "GET http://[::1/"),
    ENTRY(421, "GET https://"),
    ENTRY(400, "GET http://a:x/"),
    ENTRY(400, "GET / HTTQ"),
    ENTRY(400, "GET / h"),
    ENTRY(400, "GET / HTTP/0"),
    ENTRY(400, "GET / HTTP/1x"),
    ENTRY(400, "GET / HTTP/1.x"),
    ENTRY(400, "GET / HTTP/1.1 "),
    ENTRY(400, "GET / HTTP/1.1\n"),
    ENTRY(400, "GET / HTTP/1.1\rX"),
    ENTRY(400, "HEAD / HTTP/1.1 "),
    ENTRY(400, "GET * HTTP/1.1"),
    ENTRY(400, "OPTIONS **"),
    ENTRY(400, "CONNECT a "),
    ENTRY(400, "CONNECT /"),
    ENTRY(501, "CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n"),
    ENTRY(501, "CONNECT a:80 HTTP/1.0\r\n\r\n"),
    ENTRY(505, "GET / HTTP/2.0"),
    ENTRY(505, "HEAD / HTTP/3.7"),
    ENTRY(505, "PRI * HTTP/2.0"),
    /* Field lines. */
    ENTRY(400, HEAD " "),
    ENTRY(400, HEAD ":"),
    ENTRY(400, HEAD "\n"),
    ENTRY(400, HEAD "\rX"),
    ENTRY(400, HEAD "X-Test "),
    ENTRY(400, HEAD "X-Test\r"),
    ENTRY(400, HEAD "X\x80"),
    ENTRY(400, HEAD "X-Test: a\x01"),
    ENTRY(400, HEAD "X-Test: a\n"),
    ENTRY(400, HEAD "X-Test: a\rb"),
    ENTRY(400, HEAD "X-Test: a\r\n\t"),
    ENTRY(400, HEAD "Host: a\r\n"),
    ENTRY(400, HEAD "Content-Length: \r\n"),
    ENTRY(400, HEAD "Content-Length: -1\r\n"),
    ENTRY(400, HEAD "Content-Length: 0x1\r\n"),
    ENTRY(400, HEAD "Content-Length: 1, 1\r\n"),
    ENTRY(400, HEAD "Content-Length: 1\r\nContent-Length: 1\r\n"),
    ENTRY(400, HEAD "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"),
    ENTRY(400, HEAD "Transfer-Encoding: \r\n\r\n"),
    ENTRY(400, HEAD "Transfer-Encoding: chunked, chunked\r\n"),
    ENTRY(400, HEAD "Transfer-Encoding: chunked;a=b\r\n"),
    ENTRY(501, HEAD "Transfer-Encoding: gzip, chunked\r\n\r\n"),
    ENTRY(400, HEAD "transfer-encoding: identity\r\n\r\n"),
    ENTRY(417, HEAD "Expect: 200-ok\r\n"),
    ENTRY(400, "GET / HTTP/1.1\r\nHost: a b\r\n"),
    ENTRY(400, "GET / HTTP/1.1\r\nHost: a/b\r\n"),
    ENTRY(400, "GET / HTTP/1.1\r\nHost: a:99999\r\n"),
    ENTRY(400, "GET / HTTP/1.1\r\n\r\n"),
    ENTRY(400, "HEAD / HTTP/1.1\r\nX-Test: a\r\n\r\n"),
    ENTRY(400, "POST /echo HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"),
    /* Chunks. */
    ENTRY(400, CHUNKED "g"),
    ENTRY(400, CHUNKED "\r"),
    ENTRY(400, CHUNKED "-"),
    ENTRY(400, CHUNKED "5\n"),
    ENTRY(400, CHUNKED "5 \r"),
    ENTRY(400, CHUNKED "5\rX"),
    ENTRY(400, CHUNKED "5;a\x01"),
    ENTRY(400, CHUNKED "8000000000000000"),
    ENTRY(400, CHUNKED "5\r\nhelloX"),
    ENTRY(400, CHUNKED "5\r\nhello\rX"),
    ENTRY(400, CHUNKED "5\r\nhello\r\n\r"),
    ENTRY(400, CHUNKED "0\r\n:"),
    ENTRY(400, CHUNKED "0\r\n "),
    ENTRY(400, CHUNKED "0\r\nX "),
    ENTRY(400, CHUNKED "0\r\nX: \x7f"),
    ENTRY(400, CHUNKED "0\r\nX: y\rZ"),
    ENTRY(400, CHUNKED "0\r\n\rX"),
};

const unsigned malformed_count = sizeof malformed_list / sizeof *malformed_list;
