// SPDX-License-Identifier: MIT
/*
 * The questions about text: the classes of all 256 bytes against their definition, the scans at
 * each length and place against a byte by byte look, methods, case, percent-decoding.
 */
#include "http_fixture.h"

#include <errno.h>

#include "http/chars.h"
#include "http/head.h"

enum { LINE = 40 };

static bool is_one_of(int c, const char *set)
{
    return c != '\0' && strchr(set, c) != NULL;
}

static bool is_letter_or_digit(int c)
{
    return is_one_of(c, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789");
}

static void test_classes(void **state)
{
    (void)state;
    for (int c = 0; c < 256; c++) {
        bool visible = c > 0x20 && c < 0x7f;
        bool host = is_letter_or_digit(c) || is_one_of(c, "-._~!$&'()*+,;=");
        char byte = (char)c;
        assert_int_equal(char_is(byte, CHAR_TOKEN),
                         is_letter_or_digit(c) || is_one_of(c, "!#$%&'*+-.^_`|~"));
        assert_int_equal(char_is(byte, CHAR_PATH), host || is_one_of(c, ":@/"));
        assert_int_equal(char_is(byte, CHAR_QUERY), visible && !is_one_of(c, "\"#<>"));
        assert_int_equal(char_is(byte, CHAR_VALUE), visible || is_one_of(c, " \t") || c >= 0x80);
        assert_int_equal(char_is(byte, CHAR_HOST), host);
        assert_int_equal(char_is(byte, CHAR_AUTHORITY), host || is_one_of(c, "%:[]"));
        assert_int_equal(char_is(byte, CHAR_HEX), is_one_of(c, "0123456789abcdefABCDEF"));
    }
}

typedef const char *(*scan_fn)(const char *at, const char *end);

static void check_scan_of(scan_fn scan, unsigned class, char byte, size_t length)
{
    for (size_t place = 0; place < length; place++) {
        char text[LINE];
        memset(text, 'a', sizeof(text));
        text[place] = byte;
        struct span input = against_end((struct span){text, length});
        size_t wanted = char_is(byte, class) ? length : place;
        assert_ptr_equal(scan(input.at, input.at + length), input.at + wanted);
    }
}

/* Each byte at each place of texts of each length, against the unreadable page. */
static void check_scan(scan_fn scan, unsigned class)
{
    for (int c = 0; c < 256; c++) {
        for (size_t length = 1; length <= 20; length++)
            check_scan_of(scan, class, (char)c, length);
    }
}

static void test_scans(void **state)
{
    (void)state;
    check_scan(scan_token, CHAR_TOKEN);
    check_scan(scan_path, CHAR_PATH);
    check_scan(scan_query, CHAR_QUERY);
    check_scan(scan_authority, CHAR_AUTHORITY);
    check_scan(scan_value, CHAR_VALUE);
}

/* A word at a time must stop where a byte at a time does, whatever lies beside. */
static void test_scan_value_at_random(void **state)
{
    static const char bytes[] = "aaaa\t\t \x1f\x20\x21\x7e\x7f\x80\x81\x9f\xa0\xff\x01\x00";
    uint32_t seed = 7;

    (void)state;
    for (int round = 0; round < 200000; round++) {
        char text[LINE];
        size_t wanted = 0;
        for (size_t i = 0; i < sizeof(text); i++) {
            seed = seed * 1664525U + 1013904223U;
            text[i] = bytes[(seed >> 16) % (i % 8 == 0 ? sizeof(bytes) : 7)];
        }
        struct span input = against_end((struct span){text, sizeof(text)});
        while (wanted < sizeof(text) && char_is(text[wanted], CHAR_VALUE))
            wanted++;
        assert_ptr_equal(scan_value(input.at, input.at + input.length), input.at + wanted);
    }
}

static void test_tokens_and_values(void **state)
{
    (void)state;
    assert_false(http_is_token(SPAN("")));
    assert_true(http_is_token(SPAN("Content-Type")));
    assert_false(http_is_token(SPAN("Content Type")));
    assert_false(http_is_token(SPAN("a:")));
    assert_true(http_is_field_value(SPAN("")));
    assert_true(http_is_field_value((struct span){NULL, 0}));
    assert_true(http_is_field_value(SPAN("a, b\t\xff")));
    assert_false(http_is_field_value(SPAN("a\r\nb: c")));
    assert_false(http_is_field_value(SPAN("a\nb")));
    assert_false(http_is_field_value(SPAN("a\0b")));
}

/* Only the letters of ASCII have a case: '@' and '`', '[' and '{' differ by the same bit. */
static void test_case(void **state)
{
    (void)state;
    for (int a = 0; a < 256; a++) {
        for (int b = 0; b < 256; b++) {
            char left = (char)a;
            char right = (char)b;
            bool letters = ((a | 0x20) >= 'a' && (a | 0x20) <= 'z') && (a | 0x20) == (b | 0x20);
            assert_int_equal(
                http_equal_ignoring_case((struct span){&left, 1}, (struct span){&right, 1}),
                a == b || letters);
        }
    }
    assert_true(http_equal_ignoring_case(SPAN("Keep-Alive"), SPAN("kEEP-aLIVE")));
    assert_false(http_equal_ignoring_case(SPAN("close"), SPAN("closed")));
    assert_true(http_equal_ignoring_case(SPAN(""), (struct span){NULL, 0}));
}

static void test_methods(void **state)
{
    (void)state;
    for (int method = 0; method < HTTP_METHOD_OTHER; method++) {
        const char *name = http_method_name((enum http_method)method);
        assert_true(http_is_token(span_of(name)));
        assert_int_equal(http_method_find(span_of(name)), method);
    }
    assert_int_equal(http_method_find(SPAN("GET")), HTTP_GET);
    assert_int_equal(http_method_find(SPAN("PATCH")), HTTP_PATCH);
    assert_int_equal(http_method_find(SPAN("get")), HTTP_METHOD_OTHER);
    assert_int_equal(http_method_find(SPAN("GETS")), HTTP_METHOD_OTHER);
    assert_int_equal(http_method_find(SPAN("GE")), HTTP_METHOD_OTHER);
    assert_int_equal(http_method_find(SPAN("")), HTTP_METHOD_OTHER);
    assert_string_equal(http_method_name(HTTP_METHOD_OTHER), "");
}

static void check_decode(struct span text, const char *wanted)
{
    struct span input = against_end(text);
    char to[LINE];
    ssize_t length = http_percent_decode(input, to);

    assert_int_equal(length, wanted ? (ssize_t)strlen(wanted) : -EINVAL);
    assert_true(wanted == NULL || memcmp(to, wanted, (size_t)length) == 0);
}

static void test_percent_decode(void **state)
{
    (void)state;
    check_decode(SPAN(""), "");
    check_decode(SPAN("/a+b"), "/a+b");
    check_decode(SPAN("%41%7e%7E%c3%A4"), "A~~\xc3\xa4");
    check_decode(SPAN("%25%32%35"), "%25");
    check_decode(SPAN("%"), NULL);
    check_decode(SPAN("a%4"), NULL);
    check_decode(SPAN("%4g"), NULL);
    check_decode(SPAN("%G4"), NULL);
    check_decode(SPAN("%%41"), NULL);
}

static void check_authority(struct span text, bool wanted, bool wanted_port)
{
    bool has_port = wanted_port;

    assert_int_equal(http_is_authority(against_end(text), &has_port), wanted);
    assert_int_equal(has_port, wanted_port);
}

/* What stands at the end of a text has nothing readable behind it. */
static void test_authorities(void **state)
{
    (void)state;
    check_authority(SPAN("a"), true, false);
    check_authority(SPAN("a:"), true, false);
    check_authority(SPAN("a:1"), true, true);
    check_authority(SPAN("[::1]"), true, false);
    check_authority(SPAN("[::1]:1"), true, true);
    check_authority(SPAN("a%41"), true, false);
    check_authority(SPAN(""), false, false);
    check_authority(SPAN("["), false, false);
    check_authority(SPAN("a%"), false, false);
    check_authority(SPAN("a%4"), false, false);
    check_authority(SPAN("a:99999"), false, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_classes),
        cmocka_unit_test(test_scans),
        cmocka_unit_test(test_scan_value_at_random),
        cmocka_unit_test(test_tokens_and_values),
        cmocka_unit_test(test_case),
        cmocka_unit_test(test_methods),
        cmocka_unit_test(test_percent_decode),
        cmocka_unit_test(test_authorities),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
