// SPDX-License-Identifier: MIT
/*
 * Heads that are accepted, each with what the parser says about it; the bounds of length and
 * number; and mutations of a head, which must end the same way however they are cut.
 */
#include "http_fixture.h"

#define TARGET(text) "GET " text " HTTP/1.1\r\nHost: a\r\n\r\n"
#define FIELD(text) "POST / HTTP/1.1\r\nHost: a\r\n" text "\r\n\r\n"
#define OLD_FIELD(text) "POST / HTTP/1.0\r\n" text "\r\n\r\n"
#define HOST(text) "GET / HTTP/1.1\r\nHost: " text "\r\n\r\n"
#define CASE(text, summary)                                                                        \
    {                                                                                              \
        {(text), sizeof(text) - 1}, (summary)                                                      \
    }

struct acceptance {
    struct span text;
    const char *summary;
};

enum { SUMMARY_MAX = 512 };

static int slice_width(struct http_slice slice)
{
    return (int)slice.length;
}

/* METHOD FORM MINOR path|query|authority framing [flags] last field: <name>=<value>. */
static void summarize(const struct http_head *head, const char *base, char *out)
{
    static const char forms[] = "o/a*"; /* origin, absolute, authority, asterisk */
    static const char framings[] = "-#c";
    struct http_field last = {{0, 0}, {0, 0}};

    if (head->field_count > 0)
        last = head->fields[head->field_count - 1];
    snprintf(out, SUMMARY_MAX, "%.*s %c %d %.*s|%.*s|%.*s %c%llu%s%s%s%s <%.*s>=<%.*s>",
             slice_width(head->method_name), base + head->method_name.at, forms[head->form],
             head->minor, slice_width(head->path), base + head->path.at, slice_width(head->query),
             base + head->query.at, slice_width(head->authority), base + head->authority.at,
             framings[head->framing], (unsigned long long)head->content_length,
             head->asks_close ? " close" : "", head->asks_keep_alive ? " keep" : "",
             head->expects_continue ? " expect" : "", http_head_persists(head) ? " stay" : "",
             slice_width(last.name), base + last.name.at, slice_width(last.value),
             base + last.value.at);
}

static const struct acceptance target_cases[] = {
    CASE(TARGET("/"), "GET o 1 /||a -0 stay <Host>=<a>"),
    CASE(TARGET("/a/b?c=d?e"), "GET o 1 /a/b|c=d?e|a -0 stay <Host>=<a>"),
    CASE(TARGET("/?"), "GET o 1 /||a -0 stay <Host>=<a>"),
    CASE(TARGET("//a//../b"), "GET o 1 //a//../b||a -0 stay <Host>=<a>"),
    CASE(TARGET("/%41%7e%Ff"), "GET o 1 /%41%7e%Ff||a -0 stay <Host>=<a>"),
    CASE(TARGET("/?%"), "GET o 1 /|%|a -0 stay <Host>=<a>"),
    CASE(TARGET("/?%zz%"), "GET o 1 /|%zz%|a -0 stay <Host>=<a>"),
    CASE(TARGET("/?a|b^c{d}e`f\\g[h]"), "GET o 1 /|a|b^c{d}e`f\\g[h]|a -0 stay <Host>=<a>"),
    CASE(TARGET("/~a-b_c.d!e$f&g'h(i)j*k+l,m;n=o:p@q"),
         "GET o 1 /~a-b_c.d!e$f&g'h(i)j*k+l,m;n=o:p@q||a -0 stay <Host>=<a>"),
    CASE(TARGET("http://b"), "GET / 1 ||b -0 stay <Host>=<a>"),
    CASE(TARGET("http://b/"), "GET / 1 /||b -0 stay <Host>=<a>"),
    CASE(TARGET("http://b?c"), "GET / 1 |c|b -0 stay <Host>=<a>"),
    CASE(TARGET("HTTP://b:8080/c?d"), "GET / 1 /c|d|b:8080 -0 stay <Host>=<a>"),
    CASE(TARGET("hTTp://[::1]:80/c"), "GET / 1 /c||[::1]:80 -0 stay <Host>=<a>"),
    CASE(TARGET("http://b:/c"), "GET / 1 /c||b: -0 stay <Host>=<a>"),
    CASE("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", "OPTIONS * 1 ||a -0 stay <Host>=<a>"),
    CASE("OPTIONS * HTTP/1.0\r\n\r\n", "OPTIONS * 0 || -0 <>=<>"),
    CASE("GET / HTTP/1.0\r\n\r\n", "GET o 0 /|| -0 <>=<>"),
    CASE("GET / HTTP/1.2\r\nHost: a\r\n\r\n", "GET o 1 /||a -0 stay <Host>=<a>"),
    CASE("GET / HTTP/1.9\r\nHost: a\r\n\r\n", "GET o 1 /||a -0 stay <Host>=<a>"),
    CASE("\r\n\r\nGET / HTTP/1.0\r\n\r\n", "GET o 0 /|| -0 <>=<>"),
    CASE("get / HTTP/1.0\r\n\r\n", "get o 0 /|| -0 <>=<>"),
    CASE("M-SEARCH!#$%&'*+^_`|~9 / HTTP/1.0\r\n\r\n", "M-SEARCH!#$%&'*+^_`|~9 o 0 /|| -0 <>=<>"),
};

static const struct acceptance field_cases[] = {
    CASE(FIELD("Name:"), "POST o 1 /||a -0 stay <Name>=<>"),
    CASE(FIELD("Name: \t "), "POST o 1 /||a -0 stay <Name>=<>"),
    CASE(FIELD("Name:a"), "POST o 1 /||a -0 stay <Name>=<a>"),
    CASE(FIELD("Name:\t a \t"), "POST o 1 /||a -0 stay <Name>=<a>"),
    CASE(FIELD("Name: a \t b"), "POST o 1 /||a -0 stay <Name>=<a \t b>"),
    CASE(FIELD("Name: a\tb\tlong\tvalue\tof tabs\t\t\tthe end"),
         "POST o 1 /||a -0 stay <Name>=<a\tb\tlong\tvalue\tof tabs\t\t\tthe end>"),
    CASE(FIELD("Name: \x80\xff many bytes above ASCII \xc3\xa4\xc3\xb6\xc3\xbc"),
         "POST o 1 /||a -0 stay <Name>=<\x80\xff many bytes above ASCII \xc3\xa4\xc3\xb6\xc3\xbc>"),
    CASE(FIELD("!#$%&'*+-.^_`|~9aZ: :a:"), "POST o 1 /||a -0 stay <!#$%&'*+-.^_`|~9aZ>=<:a:>"),
    CASE(FIELD("Hosts: b"), "POST o 1 /||a -0 stay <Hosts>=<b>"),
    CASE(FIELD("Hose: b"), "POST o 1 /||a -0 stay <Hose>=<b>"),
    CASE(HOST(""), "GET o 1 /|| -0 stay <Host>=<>"),
    CASE(HOST("a:"), "GET o 1 /||a: -0 stay <Host>=<a:>"),
    CASE(HOST("a:65535"), "GET o 1 /||a:65535 -0 stay <Host>=<a:65535>"),
    CASE(HOST("a:000080"), "GET o 1 /||a:000080 -0 stay <Host>=<a:000080>"),
    CASE(HOST("127.0.0.1:0"), "GET o 1 /||127.0.0.1:0 -0 stay <Host>=<127.0.0.1:0>"),
    CASE(HOST("[::1]"), "GET o 1 /||[::1] -0 stay <Host>=<[::1]>"),
    CASE(HOST("[1:2:3:4:5:6:1.2.3.4]:"),
         "GET o 1 /||[1:2:3:4:5:6:1.2.3.4]: -0 stay <Host>=<[1:2:3:4:5:6:1.2.3.4]:>"),
    CASE(HOST("%c3%A4_!$&'()*+,;=~"),
         "GET o 1 /||%c3%A4_!$&'()*+,;=~ -0 stay <Host>=<%c3%A4_!$&'()*+,;=~>"),
    CASE("GET / HTTP/1.1\r\nhOsT: b\r\n\r\n", "GET o 1 /||b -0 stay <hOsT>=<b>"),
};

static const struct acceptance framing_cases[] = {
    CASE(FIELD("Content-Length: 0"), "POST o 1 /||a #0 stay <Content-Length>=<0>"),
    CASE(FIELD("content-length:007"), "POST o 1 /||a #7 stay <content-length>=<007>"),
    CASE(FIELD("Content-Length: 9223372036854775806"),
         "POST o 1 /||a #9223372036854775806 stay <Content-Length>=<9223372036854775806>"),
    CASE(FIELD("Content-Length: 9223372036854775808"),
         "POST o 1 /||a #9223372036854775807 stay <Content-Length>=<9223372036854775808>"),
    CASE(FIELD("Content-Length: 18446744073709551617"),
         "POST o 1 /||a #9223372036854775807 stay <Content-Length>=<18446744073709551617>"),
    CASE(FIELD("Content-Length: 99999999999999999999999999"),
         "POST o 1 /||a #9223372036854775807 stay <Content-Length>=<99999999999999999999999999>"),
    CASE(FIELD("Transfer-Encoding: chunked"),
         "POST o 1 /||a c0 stay <Transfer-Encoding>=<chunked>"),
    CASE(FIELD("tRANSFER-eNCODING: ,, CHUNKED\t,"),
         "POST o 1 /||a c0 stay <tRANSFER-eNCODING>=<,, CHUNKED\t,>"),
    CASE(FIELD("Transfer-Encoding:\r\nTransfer-Encoding: chunked"),
         "POST o 1 /||a c0 stay <Transfer-Encoding>=<chunked>"),
    CASE(OLD_FIELD("Content-Length: 5"), "POST o 0 /|| #5 <Content-Length>=<5>"),
    CASE(FIELD("Expect: 100-Continue"), "POST o 1 /||a -0 expect stay <Expect>=<100-Continue>"),
    CASE(FIELD("Expect: ,100-continue\t, 100-continue,"),
         "POST o 1 /||a -0 expect stay <Expect>=<,100-continue\t, 100-continue,>"),
    CASE(FIELD("Expect:"), "POST o 1 /||a -0 stay <Expect>=<>"),
    CASE(OLD_FIELD("Expect: 100-continue"), "POST o 0 /|| -0 <Expect>=<100-continue>"),
    CASE(OLD_FIELD("Expect: a miracle"), "POST o 0 /|| -0 <Expect>=<a miracle>"),
    CASE(FIELD("Connection: close"), "POST o 1 /||a -0 close <Connection>=<close>"),
    CASE(FIELD("connection: Upgrade, ,CLOSE ,x"),
         "POST o 1 /||a -0 close <connection>=<Upgrade, ,CLOSE ,x>"),
    CASE(FIELD("Connection: closed, not-close"),
         "POST o 1 /||a -0 stay <Connection>=<closed, not-close>"),
    CASE(FIELD("Connection: keep-alive"), "POST o 1 /||a -0 keep stay <Connection>=<keep-alive>"),
    CASE(FIELD("Connection: close\r\nConnection: keep-alive"),
         "POST o 1 /||a -0 close keep <Connection>=<keep-alive>"),
    CASE(OLD_FIELD("Connection: Keep-Alive"),
         "POST o 0 /|| -0 keep stay <Connection>=<Keep-Alive>"),
    CASE(OLD_FIELD("Connection: keep-alive, close"),
         "POST o 0 /|| -0 close keep <Connection>=<keep-alive, close>"),
};

static void check(const struct acceptance *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct http_head head;
        char summary[SUMMARY_MAX];
        int result = parse_all_ways(cases[i].text, LENGTH_MAX, &head);
        if (result != (int)cases[i].text.length)
            fail_msg("%s\ngave %d: %s", cases[i].text.at, result, head.reason ? head.reason : "");
        assert_int_equal(head.at, result);
        summarize(&head, cases[i].text.at, summary);
        assert_string_equal(summary, cases[i].summary);
    }
}

#define CHECK(cases) check((cases), sizeof(cases) / sizeof((cases)[0]))

static void test_targets(void **state)
{
    (void)state;
    CHECK(target_cases);
}

static void test_fields(void **state)
{
    (void)state;
    CHECK(field_cases);
}

static void test_framing_and_persistence(void **state)
{
    (void)state;
    CHECK(framing_cases);
}

/* Of pipelined requests the parser takes the first, and the length says where the next begins. */
static void test_stops_behind_the_head(void **state)
{
    static const char text[] = "GET /a HTTP/1.0\r\n\r\nGET /b HTTP/1.0\r\n\r\n";
    struct http_head head;

    (void)state;
    assert_int_equal(parse_all_ways(SPAN(text), LENGTH_MAX, &head), 19);
    assert_int_equal(head.at, 19);
    assert_int_equal(parse_once(&head, span_skip(SPAN(text), 19), LENGTH_MAX), 19);
}

/* For each bound: the head passes when it fits; else 501 inside the method, and 414 up to the end
 * of the request line. */
static void test_length_bounds(void **state)
{
    static const char text[] = "\r\nGET /path?query HTTP/1.1\r\nHost: a\r\nName: value\r\n\r\n";
    int length = (int)sizeof(text) - 1;
    int line = (int)(strstr(text, "Host") - text);
    int method = (int)strlen("\r\n"), target = (int)strlen("\r\nGET ");
    struct http_head head;

    (void)state;
    for (int max = 0; max <= length + 1; max++) {
        int wanted = max >= length ? length : max < line ? -414 : -431;
        if (max > method && max < target)
            wanted = -501;
        assert_int_equal(parse_all_ways(SPAN(text), (size_t)max, &head), wanted);
        assert_true(wanted > 0 || head.reason != NULL);
    }
    assert_int_equal(parse_once(&head, SPAN(text), SIZE_MAX), length);
}

static struct span text_with_fields(char *text, size_t count)
{
    char *at = text + sprintf(text, "GET / HTTP/1.1\r\nHost: a\r\n");

    for (size_t i = 1; i < count; i++)
        at += sprintf(at, "x:%zu\r\n", i);
    at += sprintf(at, "\r\n");
    return (struct span){text, (size_t)(at - text)};
}

static void test_field_bound(void **state)
{
    char text[2048];
    struct http_head head;
    struct span full = text_with_fields(text, HTTP_FIELDS_MAX);

    (void)state;
    assert_int_equal(parse_all_ways(full, LENGTH_MAX, &head), (int)full.length);
    assert_int_equal(head.field_count, HTTP_FIELDS_MAX);
    assert_true(span_equal(http_slice_span(head.fields[99].value, text), SPAN("99")));
    struct span over = text_with_fields(text, HTTP_FIELDS_MAX + 1);
    assert_int_equal(parse_all_ways(over, LENGTH_MAX, &head), -431);
}

/* A fixed sequence, so that a failure comes again. */
static uint32_t random_next(uint32_t *seed)
{
    *seed = *seed * 1664525U + 1013904223U;
    return *seed >> 8;
}

static void test_mutations(void **state)
{
    static const char text[] = "\r\nPOST http://b:80/%41?q HTTP/1.1\r\nHost: a:1\r\nExpect: "
                               "100-continue\r\nConnection: close, keep-alive\r\nContent-Length: "
                               "12\r\nTransfer-Encoding: chunked\r\nName: some value\r\n\r\n";
    static const char bytes[] = "\r\n\t :,;/?%#*@[]\"\\\0\x7f\x80\xff\x16"
                                "aZ09.-";
    uint32_t seed = 1;

    (void)state;
    for (int round = 0; round < 3000; round++) {
        char mutated[sizeof(text)];
        struct http_head head;
        memcpy(mutated, text, sizeof(text));
        for (uint32_t changes = random_next(&seed) % 3; changes < 3; changes++) {
            size_t at = random_next(&seed) % (sizeof(text) - 1);
            mutated[at] = bytes[random_next(&seed) % (sizeof(bytes) - 1)];
        }
        int result = parse_all_ways((struct span){mutated, sizeof(text) - 1}, LENGTH_MAX, &head);
        assert_true(result < 0 ? head.reason != NULL : head.reason == NULL);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_targets),
        cmocka_unit_test(test_fields),
        cmocka_unit_test(test_framing_and_persistence),
        cmocka_unit_test(test_stops_behind_the_head),
        cmocka_unit_test(test_length_bounds),
        cmocka_unit_test(test_field_bound),
        cmocka_unit_test(test_mutations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
