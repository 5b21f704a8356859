// SPDX-License-Identifier: MIT
/*
 * Heads that are refused, each with its status: the strictness of the parser, line by line. Each is
 * refused at the same byte however it is cut, and says why.
 */
#include "http_fixture.h"

#define LINE(text) text "\r\nHost: a\r\n\r\n"
#define TARGET(text) "GET " text " HTTP/1.1\r\nHost: a\r\n\r\n"
#define FIELD(text) "POST / HTTP/1.1\r\nHost: a\r\n" text "\r\n\r\n"
#define OLD_FIELD(text) "POST / HTTP/1.0\r\nHost: a\r\n" text "\r\n\r\n"
#define HOST(text) "GET / HTTP/1.1\r\nHost: " text "\r\n\r\n"
#define CASE(status, text)                                                                         \
    {                                                                                              \
        status,                                                                                    \
        {                                                                                          \
            (text), sizeof(text) - 1                                                               \
        }                                                                                          \
    }

struct refusal {
    int status;
    struct span text;
};

static const struct refusal line_cases[] = {
    CASE(400, "\n"),
    CASE(400, "\r\r"),
    CASE(400, " GET / HTTP/1.1\r\n"),
    CASE(400, "\0"),
    CASE(400, "\x80"),
    CASE(400, "\x16\x03\x01\x02\x00\x01"),
    CASE(400, "\r\n\x16\x03\x01"),
    CASE(400, "GET\r\n"),
    CASE(400, "GET\n"),
    CASE(400, "GET\t/ HTTP/1.1\r\n"),
    CASE(400, "G(T / HTTP/1.1\r\n"),
    CASE(400, "GET:"),
    CASE(400, "G\xc3\x84T / HTTP/1.1\r\n"),
    CASE(400, LINE("GET  / HTTP/1.1")),
    CASE(400, LINE("GET /  HTTP/1.1")),
    CASE(400, LINE("GET / HTTP/1.1 ")),
    CASE(400, LINE("GET /\tHTTP/1.1")),
    CASE(400, "GET / HTTP/1.1\nHost: a\n\n"),
    CASE(400, "GET / HTTP/1.1\rHost: a\r\r"),
    CASE(400, "GET / HTTP/1.1\r\r\n"),
    CASE(400, "GET /\r\n"),
    CASE(400, "GET /\n"),
    CASE(400, "GET / \r\n"),
    CASE(400, LINE("GET / http/1.1")),
    CASE(400, LINE("GET / HTTP/1,1")),
    CASE(400, LINE("GET / HTTP/1")),
    CASE(400, LINE("GET / HTTP/1.")),
    CASE(400, LINE("GET / HTTP/1.10")),
    CASE(400, LINE("GET / HTTP/10.1")),
    CASE(400, LINE("GET / HTTP/0.9")),
    CASE(400, LINE("GET / HTTP/a.1")),
    CASE(400, LINE("GET / HTTP 1.1")),
    CASE(400, LINE("GET / HTTP/-1.1")),
    CASE(400, LINE("GET / HTTPS/1.1")),
    CASE(400, LINE("GET / FTP/1.1")),
    CASE(400, "GET / HTTP/2\r\n"),
    CASE(505, LINE("GET / HTTP/2.0")),
    CASE(505, LINE("GET / HTTP/3.1")),
    CASE(505, LINE("GET / HTTP/9.9")),
    CASE(505, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    CASE(400, LINE("PRI * HTTP/1.1")),
};

static const struct refusal target_cases[] = {
    CASE(400, TARGET("*")),
    CASE(400, TARGET("index.html")),
    CASE(400, TARGET("?a")),
    CASE(400, TARGET("a:80")),
    CASE(400, TARGET("ftp://a/")),
    CASE(400, TARGET("http:/a/")),
    CASE(400, TARGET("http//a/")),
    CASE(400, TARGET("httpx://a/")),
    CASE(400, TARGET("httpss://a/")),
    CASE(400, "GET http\x1a//a/ HTTP/1.1\r\n"),
    CASE(400, TARGET("http://")),
    CASE(400, TARGET("http:///")),
    CASE(400, TARGET("http://:80/")),
    CASE(400, TARGET("http://?a")),
    CASE(400, TARGET("http://user@a/")),
    CASE(400, TARGET("http://user:word@a/")),
    CASE(400, TARGET("http://a:b/")),
    CASE(400, TARGET("http://a:65536/")),
    CASE(400, TARGET("http://a#b")),
    CASE(400, TARGET("http://[::1/")),
    CASE(400, TARGET("http://a\\b/")),
    CASE(400, TARGET("/a#b")),
    CASE(400, TARGET("/a?b#c")),
    CASE(400, TARGET("/a b")),
    CASE(400, TARGET("/a\"b")),
    CASE(400, TARGET("/a<b")),
    CASE(400, TARGET("/a>b")),
    CASE(400, TARGET("/a[b")),
    CASE(400, TARGET("/a\\b")),
    CASE(400, TARGET("/a]b")),
    CASE(400, TARGET("/a^b")),
    CASE(400, TARGET("/a`b")),
    CASE(400, TARGET("/a{b")),
    CASE(400, TARGET("/a|b")),
    CASE(400, TARGET("/a}b")),
    CASE(400, TARGET("http://a/b|c")),
    CASE(400, TARGET("/?a\"b")),
    CASE(400, TARGET("/?a<b")),
    CASE(400, TARGET("/?a>b")),
    CASE(421, TARGET("https://a/")),
    CASE(421, TARGET("HTTPS://a:443/b?c")),
    CASE(400, TARGET("/a\x7f")),
    CASE(400, TARGET("/a\x01")),
    CASE(400, TARGET("/a\0b")),
    CASE(400, TARGET("/\xc3\xa4")),
    CASE(400, TARGET("/?\xc3\xa4")),
    CASE(400, TARGET("/?\x7f")),
    CASE(400, TARGET("/?\x1f")),
    CASE(400, TARGET("/%")),
    CASE(400, TARGET("/%4")),
    CASE(400, TARGET("/%4g")),
    CASE(400, TARGET("/%g4")),
    CASE(400, TARGET("/%%41")),
    CASE(400, TARGET("/%?a")),
    CASE(400, TARGET("http://a/%zz")),
    CASE(400, LINE("OPTIONS ** HTTP/1.1")),
    CASE(400, LINE("OPTIONS *? HTTP/1.1")),
    CASE(400, LINE("CONNECT / HTTP/1.1")),
    CASE(400, LINE("CONNECT * HTTP/1.1")),
    CASE(400, LINE("CONNECT a HTTP/1.1")),
    CASE(400, LINE("CONNECT a: HTTP/1.1")),
    CASE(400, LINE("CONNECT :80 HTTP/1.1")),
    CASE(400, LINE("CONNECT http://a:80 HTTP/1.1")),
    CASE(400, LINE("CONNECT a:80/ HTTP/1.1")),
    CASE(400, LINE("CONNECT a@b:80 HTTP/1.1")),
    CASE(501, LINE("CONNECT a:80 HTTP/1.1")),
    CASE(501, LINE("CONNECT a:80 HTTP/1.0")),
    CASE(501, "CONNECT [::1]:1 HTTP/1.0\r\n\r\n"),
};

static const struct refusal field_cases[] = {
    CASE(400, FIELD(":")),
    CASE(400, FIELD(": a")),
    CASE(400, FIELD("Name")),
    CASE(400, FIELD("Name : a")),
    CASE(400, FIELD("Name\t: a")),
    CASE(400, FIELD("Na me: a")),
    CASE(400, FIELD("Na\0me: a")),
    CASE(400, FIELD("N\xc3\xa4me: a")),
    CASE(400, FIELD("Name(): a")),
    CASE(400, FIELD("\"Name\": a")),
    CASE(400, FIELD(" Name: a")),
    CASE(400, FIELD("\tName: a")),
    CASE(400, FIELD("Name: a\r\n b")),
    CASE(400, FIELD("Name: a\r\n\tb")),
    CASE(400, FIELD("Name: a\r\n ")),
    CASE(400, FIELD("Name:\r\n a")),
    CASE(400, FIELD("Name: a\0b")),
    CASE(400, FIELD("Name: a\x01"
                    "b")),
    CASE(400, FIELD("Name: a\x7f")),
    CASE(400, FIELD("Name: a value of many bytes\x1f")),
    CASE(400, FIELD("Name: a\nb: c")),
    CASE(400, FIELD("Name: a\rb: c")),
    CASE(400, FIELD("Name: a\r\r")),
    CASE(400, FIELD("Name: a\n")),
    CASE(400, "GET / HTTP/1.1\r\n Host: a\r\n\r\n"),
    CASE(400, "GET / HTTP/1.1\r\nHost: a\r\n\n"),
    CASE(400, "GET / HTTP/1.1\r\nHost: a\r\n\r\r\n"),
    CASE(400, "GET / HTTP/1.1\r\nHost: a\r\n\rX"),
};

static const struct refusal host_cases[] = {
    CASE(400, "GET / HTTP/1.1\r\n\r\n"),
    CASE(400, "GET / HTTP/1.5\r\n\r\n"),
    CASE(400, "GET http://a/ HTTP/1.1\r\n\r\n"),
    CASE(400, FIELD("Host: a")),
    CASE(400, FIELD("hOST: b")),
    CASE(400, OLD_FIELD("Host: a")),
    CASE(400, HOST(":80")),
    CASE(400, HOST("a, b")),
    CASE(400, HOST("a b")),
    CASE(400, HOST("a/b")),
    CASE(400, HOST("a?b")),
    CASE(400, HOST("a@b")),
    CASE(400, HOST("http://a")),
    CASE(400, HOST("a:b")),
    CASE(400, HOST("a:80:80")),
    CASE(400, HOST("a:-1")),
    CASE(400, HOST("a:65536")),
    CASE(400, HOST("a:99999999999999999999")),
    CASE(400, HOST("a%")),
    CASE(400, HOST("a%2")),
    CASE(400, HOST("a%2g")),
    CASE(400, HOST("\xc3\xa4")),
    CASE(400, HOST("::1")),
    CASE(400, HOST("[]")),
    CASE(400, HOST("[")),
    CASE(400, HOST("[::1")),
    CASE(400, HOST("[::1]a")),
    CASE(400, HOST("[::1]:65536")),
    CASE(400, HOST("[127.0.0.1]")),
    CASE(400, HOST("[1:2:3:4:5:6:7:8:9]")),
    CASE(400, HOST("[::g]")),
    CASE(400, HOST("[fe80::1%25eth0]")),
    CASE(400, HOST("[0000:0000:0000:0000:0000:0000:0000:0000:0000:0000]")),
    CASE(400, HOST("a[::1]")),
};

static const struct refusal framing_cases[] = {
    CASE(400, FIELD("Content-Length:")),
    CASE(400, FIELD("Content-Length: a")),
    CASE(400, FIELD("Content-Length: +1")),
    CASE(400, FIELD("Content-Length: -1")),
    CASE(400, FIELD("Content-Length: 0x1")),
    CASE(400, FIELD("Content-Length: 1 2")),
    CASE(400, FIELD("Content-Length: 1.0")),
    CASE(400, FIELD("Content-Length: 1,1")),
    CASE(400, FIELD("Content-Length: 1, 1")),
    CASE(400, FIELD("Content-Length: 1,")),
    CASE(400, FIELD("Content-Length: \"1\"")),
    CASE(400, FIELD("Content-Length: 99999999999999999999a")),
    CASE(400, FIELD("Content-Length: 1\r\nContent-Length: 1")),
    CASE(400, FIELD("Content-Length: 1\r\nCONTENT-LENGTH: 2")),
    CASE(400, OLD_FIELD("Content-Length: 1\r\nContent-Length: 1")),
    CASE(400, FIELD("Content-Length: 1\r\nTransfer-Encoding: chunked")),
    CASE(400, FIELD("Transfer-Encoding: chunked\r\nContent-Length: 1")),
    CASE(400, FIELD("Transfer-Encoding:\r\nContent-Length: 1")),
    CASE(400, OLD_FIELD("Transfer-Encoding: chunked")),
    CASE(400, FIELD("Transfer-Encoding:")),
    CASE(400, FIELD("Transfer-Encoding: ,")),
    CASE(400, FIELD("Transfer-Encoding: chunked, chunked")),
    CASE(400, FIELD("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked")),
    CASE(400, FIELD("Transfer-Encoding: chunked, gzip")),
    CASE(400, FIELD("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity")),
    CASE(400, FIELD("Transfer-Encoding: chunked;a=b")),
    CASE(400, FIELD("Transfer-Encoding: chunked ; a")),
    CASE(400, FIELD("Transfer-Encoding: \"chunked\"")),
    CASE(400, FIELD("Transfer-Encoding: chun ked")),
    CASE(400, FIELD("Transfer-Encoding: ;chunked")),
    CASE(400, FIELD("Transfer-Encoding: gzip")),
    CASE(400, FIELD("Transfer-Encoding: identity")),
    CASE(400, FIELD("Transfer-Encoding: xchunked")),
    CASE(400, FIELD("Transfer-Encoding: chunkedx")),
    CASE(400, FIELD("Transfer-Encoding: gzip\r\nContent-Length: 1")),
    CASE(400, OLD_FIELD("Transfer-Encoding: gzip, chunked")),
    CASE(501, FIELD("Transfer-Encoding: gzip, chunked")),
    CASE(400, FIELD("Transfer-Encoding: gzip;a=\"b, chunked")),
    CASE(400, FIELD("Transfer-Encoding: gzip;a=\"\\\", chunked\"")),
    CASE(501, FIELD("Transfer-Encoding: gzip;a=\"\\\",\", chunked")),
    CASE(501, FIELD("Transfer-Encoding: identity, chunked")),
    CASE(501, FIELD("Transfer-Encoding: gzip;q=\"a,b\", chunked")),
    CASE(501, FIELD("Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked")),
    CASE(417, FIELD("Expect: 200-ok")),
    CASE(417, FIELD("Expect: 100-continue, a=b")),
    CASE(417, FIELD("Expect: 100-continue\r\nExpect: 200-ok")),
    CASE(417, FIELD("Expect: 100-continue;a=b")),
    CASE(417, FIELD("Expect: 100-continued")),
};

static void check(const struct refusal *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct http_head head;
        int result = parse_all_ways(cases[i].text, LENGTH_MAX, &head);
        if (result != -cases[i].status)
            fail_msg("%.*s\ngave %d", (int)cases[i].text.length, cases[i].text.at, result);
        assert_non_null(head.reason);
    }
}

#define CHECK(cases) check((cases), sizeof(cases) / sizeof((cases)[0]))

static void test_request_lines(void **state)
{
    (void)state;
    CHECK(line_cases);
}

static void test_targets(void **state)
{
    (void)state;
    CHECK(target_cases);
}

static void test_field_lines(void **state)
{
    (void)state;
    CHECK(field_cases);
}

static void test_hosts(void **state)
{
    (void)state;
    CHECK(host_cases);
}

static void test_framing_and_expectations(void **state)
{
    (void)state;
    CHECK(framing_cases);
}

/* A TLS client is told at its first byte that it speaks to the wrong port. */
static void test_tls_is_named(void **state)
{
    struct http_head head;

    (void)state;
    assert_int_equal(parse_once(&head, SPAN("\x16"), LENGTH_MAX), -400);
    assert_non_null(strstr(head.reason, "plain HTTP"));
}

/* So is one that speaks HTTP/2 from the start. */
static void test_http2_is_named(void **state)
{
    struct http_head head;

    (void)state;
    assert_int_equal(parse_once(&head, SPAN("PRI * HTTP/2.0"), LENGTH_MAX), -505);
    assert_non_null(strstr(head.reason, "HTTP/2 is not spoken"));
    assert_int_equal(parse_once(&head, SPAN("GET / HTTP/3.0"), LENGTH_MAX), -505);
    assert_null(strstr(head.reason, "HTTP/2"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_request_lines),
        cmocka_unit_test(test_targets),
        cmocka_unit_test(test_field_lines),
        cmocka_unit_test(test_hosts),
        cmocka_unit_test(test_framing_and_expectations),
        cmocka_unit_test(test_tls_is_named),
        cmocka_unit_test(test_http2_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
