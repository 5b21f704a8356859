// SPDX-License-Identifier: MIT
/*
 * The short way through a head against the long one: each instruction set that this processor has,
 * and plain C, must say the same as the phases alone do, of every byte at every place, of tokens of
 * every length with every number of bytes behind them, of heads in two pieces, and of noise. The
 * bytes end at an unreadable page.
 */
#include "http_fixture.h"

#include "http/head.h"

/* Leaves every line to the phases. */
static int take_nothing(struct http_head *head, struct span bytes)
{
    (void)head;
    (void)bytes;
    return 0;
}

static const char browser[] = "POST /a/path/that-is/longer%20than/a.vector?and=a&query&of=the-same "
                              "HTTP/1.1\r\n"
                              "Host: www.example.com:8080\r\n"
                              "Connection: keep-alive\r\n"
                              "X-A-Name-Of-More-Than-32-Bytes-To-Cross: x\r\n"
                              "Accept:*/*\r\n"
                              "Empty:\r\n"
                              "Padded: \t a\tb \r\n"
                              "Expect: 100-continue\r\n"
                              "User-Agent: a value of more than two vectors, \x80\xff, which goes "
                              "on and on until it ends\r\n"
                              "Content-Length: 12\r\n\r\n";

static struct {
    const char *name;
    lines_fn *lines;
} variants[4];
static size_t variant_count;

static void variant_add(const char *name, lines_fn *lines)
{
    variants[variant_count].name = name;
    variants[variant_count++].lines = lines;
}

static int find_variants(void **state)
{
    (void)state;
    variant_add("plain C", http_lines_plain);
#if defined(__x86_64__)
    if (__builtin_cpu_supports("ssse3"))
        variant_add("SSSE3", http_lines_ssse3);
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi"))
        variant_add("AVX2", http_lines_avx2);
#elif defined(__aarch64__)
    variant_add("NEON", http_lines_neon);
#endif
    return 0;
}

/* The result for bytes of which `first` come first. */
static int parse_by(lines_fn *lines, struct http_head *head, struct span input, size_t first)
{
    memset(head, 0xa5, sizeof(*head));
    http_head_start(head);
    int result = http_head_parse_by(lines, head, against_end(span_first(input, first)), LENGTH_MAX);
    if (result != 0 || first == input.length)
        return result;
    head_keep(head);
    return http_head_parse_by(lines, head, against_end(input), LENGTH_MAX);
}

static void check_cut(struct span input, size_t first)
{
    static struct http_head wanted, head;
    int result = parse_by(take_nothing, &wanted, input, input.length);

    for (size_t i = 0; i < variant_count; i++) {
        int other = parse_by(variants[i].lines, &head, input, first);
        bool same = other == result && same_head(&wanted, &head);
        if (result >= 0)
            same = same && head.at == wanted.at && head.seen == wanted.seen;
        if (result == 0)
            same = same && head.phase == wanted.phase;
        if (!same)
            fail_msg("%.*s\nby %s, cut at %zu: %d, not %d", (int)input.length, input.at,
                     variants[i].name, first, other, result);
    }
}

static void check(struct span input)
{
    check_cut(input, input.length);
}

static void test_every_byte_at_every_place(void **state)
{
    char text[sizeof(browser)];

    (void)state;
    for (size_t place = 0; place < sizeof(browser) - 1; place++) {
        memcpy(text, browser, sizeof(text));
        for (int c = 0; c < 256; c++) {
            text[place] = (char)c;
            check((struct span){text, sizeof(text) - 1});
        }
    }
}

/* A head around a run of `length` bytes, and `behind` bytes that come behind it. */
static struct span text_around(char *text, const char *before, size_t length, const char *after,
                               size_t behind)
{
    static const char run[] =
        "abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz0123456789"
        "abcdefghijklmnopqrstuvwxyz0123456789";
    int used = sprintf(text, "%s%.*s%s%.*s", before, (int)length, run, after, (int)behind, run);

    return (struct span){text, (size_t)used};
}

/* Each length of a token, with the byte that ends it and each that is in no class in its last
 * place. */
static void check_run(const char *before, const char *after)
{
    static const char stops[] = "\r\n\t :?%#/\x7f\x80\xff\x01";
    char text[512];

    for (size_t length = 0; length <= 100; length++) {
        for (size_t behind = 0; behind <= 33; behind += 1 + behind / 4) {
            struct span input = text_around(text, before, length, after, behind);
            check(input);
            for (size_t i = 0; length > 0 && i < sizeof(stops); i++) {
                text[strlen(before) + length - 1] = stops[i];
                check(input);
            }
        }
    }
}

static void test_every_length(void **state)
{
    (void)state;
    check_run("", " / HTTP/1.0\r\n\r\n");
    check_run("GET /", " HTTP/1.0\r\n\r\n");
    check_run("GET /?", " HTTP/1.0\r\n\r\n");
    check_run("GET /%20", "%41 HTTP/1.0\r\n\r\n");
    check_run("GET / HTTP/1.0\r\n", ": a\r\n\r\n");
    check_run("GET / HTTP/1.0\r\na: ", "\r\n\r\n");
    check_run("GET / HTTP/1.0\r\na:", "\r\n\r\n");
    check_run("GET / HTTP/1.1\r\nHost: ", "\r\n\r\n");
    check_run("GET / HTTP/1.1\r\nhOST:", ":1\r\n\r\n");
}

static void test_every_cut(void **state)
{
    (void)state;
    for (size_t cut = 0; cut < sizeof(browser); cut++)
        check_cut(SPAN(browser), cut);
    for (size_t length = 0; length < sizeof(browser); length++)
        check(span_first(SPAN(browser), length));
}

static uint32_t random_next(uint32_t *seed)
{
    *seed = *seed * 1664525U + 1013904223U;
    return *seed >> 8;
}

/* Lines that both ways know, put together at random, with a few bytes changed. */
static size_t text_at_random(char *text, uint32_t *seed)
{
    static const char *const lines[] = {
        "GET / HTTP/1.1\r\n", "\r\n",        "CONNECT a:1 HTTP/1.1\r\n", "PUT /a?b HTTP/1.0\r\n",
        "Host: a\r\n",        "Name: b\r\n", "Connection:close,x\r\n",   "Content-Length: 1\r\n",
        "Expect: x\r\n",      "hose:\r\n",   "transfer-encoding: a\r\n", "\r\n\r\n"};
    static const char bytes[] = "\r\n\t :,;/?%#*@[]\"\\\0\x7f\x80\xff\x16"
                                "aZ09.-";
    size_t length = 0;

    for (uint32_t count = 1 + random_next(seed) % 8; count > 0; count--) {
        bool first = length == 0;
        const char *line = lines[random_next(seed) % (first ? 4 : 12)];
        length += (size_t)sprintf(text + length, "%s", line);
    }
    for (uint32_t changes = random_next(seed) % 3; changes > 0; changes--)
        text[random_next(seed) % length] = bytes[random_next(seed) % (sizeof(bytes) - 1)];
    return length;
}

static void test_noise(void **state)
{
    uint32_t seed = 3;

    (void)state;
    for (int round = 0; round < 100000; round++) {
        char text[512];
        size_t length = text_at_random(text, &seed);
        check_cut((struct span){text, length}, random_next(&seed) % (length + 1));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_byte_at_every_place),
        cmocka_unit_test(test_every_length),
        cmocka_unit_test(test_every_cut),
        cmocka_unit_test(test_noise),
    };
    return cmocka_run_group_tests(tests, find_variants, NULL);
}
