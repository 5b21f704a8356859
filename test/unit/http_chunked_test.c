// SPDX-License-Identifier: MIT
/*
 * The decoder of chunked bodies: what is accepted and what body it gives, what is refused, the
 * bounds; each whole, byte by byte and cut at each place, with one outcome.
 */
#include "http_fixture.h"

#define CASE(status, text, body)                                                                   \
    {                                                                                              \
        status, {(text), sizeof(text) - 1},                                                        \
        {                                                                                          \
            (body), sizeof(body) - 1                                                               \
        }                                                                                          \
    }

/* A decoder with the bounds that the server has by default. */
#define BEGINNING                                                                                  \
    {                                                                                              \
        .line_max = 256, .trailer_max = 8192                                                       \
    }

/* Status 0 stands for a whole body, -1 for one that has not ended. */
struct chunked_case {
    int status;
    struct span text, body;
};

struct outcome {
    ssize_t error; /* 0, or the refusal */
    size_t taken;  /* bytes of the input */
    size_t length; /* of the body */
    bool done;
    char body[1024];
};

static const struct chunked_case cases[] = {
    CASE(0, "0\r\n\r\n", ""),
    CASE(0, "000\r\n\r\n", ""),
    CASE(0, "5\r\nhello\r\n0\r\n\r\n", "hello"),
    CASE(0, "1\r\na\r\n2\r\nbc\r\n00\r\n\r\n", "abc"),
    CASE(0, "a\r\n0123456789\r\n0\r\n\r\n", "0123456789"),
    CASE(0,
         "0A\r\n"
         "\r\n0\r\n\r\n\r\n\r"
         "\r\n"
         "0\r\n\r\n",
         "\r\n0\r\n\r\n\r\n\r"),
    CASE(0, "5;a\r\nhello\r\n0;b=c;d=\"e;f\"\r\n\r\n", "hello"),
    CASE(0, "5 \t; a = b\r\nhello\r\n0\r\n\r\n", "hello"),
    CASE(0, "5;a ;b\t=\tc ; d=\"\" ;e\r\nhello\r\n0\r\n\r\n", "hello"),
    CASE(0, "5;a=\"\\\"\\\\;\xff\t\";b\r\nhello\r\n0\r\n\r\n", "hello"),
    CASE(0, "0\r\nName: value\r\nother:\r\n\r\n", ""),
    CASE(0, "0\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", ""),
    CASE(0, "00000000000000000000000000000001\r\na\r\n0\r\n\r\n", "a"),
    CASE(-1, "", ""),
    CASE(-1, "5", ""),
    CASE(-1, "5\r\nhel", "hel"),
    CASE(-1, "5\r\nhello\r\n0\r\n", "hello"),
    CASE(-1, "7fffffffffffffff\r\nabc", "abc"),
    CASE(-1, "00007FFFFFFFFFFFFFFF\r\n", ""),
    CASE(400, "8000000000000000\r\n", ""),
    CASE(400, "ffffffffffffffff\r\n", ""),
    CASE(400, "10000000000000000\r\n", ""),
    CASE(400, "100000000000000005\r\nhello", ""),
    CASE(400, "\r\n", ""),
    CASE(400, " 5\r\nhello", ""),
    CASE(400, ";a\r\n", ""),
    CASE(400, "g\r\n", ""),
    CASE(400, "0x5\r\nhello", ""),
    CASE(400, "+5\r\nhello", ""),
    CASE(400, "-5\r\nhello", ""),
    CASE(400, "5\nhello", ""),
    CASE(400, "5\rhello", ""),
    CASE(400, "5 \r\nhello", ""),
    CASE(400, "5 5\r\nhello", ""),
    CASE(400, "5,\r\nhello", ""),
    CASE(400, "5;\r\nhello", ""),
    CASE(400, "5;;a\r\nhello", ""),
    CASE(400, "5;=a\r\nhello", ""),
    CASE(400, "5;a=\r\nhello", ""),
    CASE(400, "5;a=;b\r\nhello", ""),
    CASE(400, "5;a=b=c\r\nhello", ""),
    CASE(400, "5;a b\r\nhello", ""),
    CASE(400, "5;a \r\nhello", ""),
    CASE(400, "5;a=b \r\nhello", ""),
    CASE(400, "5;a=b c\r\nhello", ""),
    CASE(400, "5;a,b\r\nhello", ""),
    CASE(400, "5;a=\"b\r\nhello", ""),
    CASE(400, "5;a=\"b\"c\r\nhello", ""),
    CASE(400, "5;a=\"b\\\r\nhello", ""),
    CASE(400, "5;a=\"b\n\"\r\nhello", ""),
    CASE(400, "5;a=b\"c\"\r\nhello", ""),
    CASE(400, "5;\xff\r\nhello", ""),
    CASE(400, "5;a\nhello", ""),
    CASE(400, "5;a\rb\nhello", ""),
    CASE(400, "5;a\0\r\nhello", ""),
    CASE(400, "5;\x7f\r\nhello", ""),
    CASE(400, "5\r\nhellos\r\n", "hello"),
    CASE(400, "5\r\nhello\n0\r\n\r\n", "hello"),
    CASE(400, "5\r\nhello\rx", "hello"),
    CASE(400, "5\r\nhello0\r\n\r\n", "hello"),
    CASE(400, "5\r\nhello\r\n\r\n", "hello"),
    CASE(400, "0\r\n\n", ""),
    CASE(400, "0\r\n\rX", ""),
    CASE(400, "0\n\r\n", ""),
    CASE(400, "0\r\n folded\r\n\r\n", ""),
    CASE(400, "0\r\nName\r\n\r\n", ""),
    CASE(400, "0\r\nName : a\r\n\r\n", ""),
    CASE(400, "0\r\n: a\r\n\r\n", ""),
    CASE(400, "0\r\nName: a\nb: c\r\n\r\n", ""),
    CASE(400, "0\r\nName: a\0\r\n\r\n", ""),
    CASE(400, "0\r\nName: a\r\n b\r\n\r\n", ""),
};

static void outcome_add(struct outcome *out, struct span body)
{
    assert_true(out->length + body.length <= sizeof(out->body));
    memcpy(out->body + out->length, body.at, body.length);
    out->length += body.length;
}

/* Decodes what is left of the first `available` bytes, against the unreadable page. */
static void decode_piece(struct http_chunked *chunked, struct span input, size_t available,
                         struct outcome *out)
{
    struct span piece = against_end(span_skip(span_first(input, available), out->taken));

    while (piece.length > 0 && out->error == 0 && !chunked->done) {
        struct span body = {NULL, SIZE_MAX};
        ssize_t taken = http_chunked_decode(chunked, piece, &body);
        if (taken < 0) {
            out->error = taken;
            assert_true(body.at == NULL && body.length == SIZE_MAX);
            assert_non_null(chunked->reason);
            break;
        }
        assert_in_range(taken, 1, piece.length);
        assert_true(body.at >= piece.at && body.at + body.length <= piece.at + taken);
        outcome_add(out, body);
        out->taken += (size_t)taken;
        piece = span_skip(piece, (size_t)taken);
    }
    out->done = chunked->done;
}

/* The input in two pieces. */
static void decode_cut(struct span input, size_t cut, struct outcome *out)
{
    struct http_chunked chunked = BEGINNING;

    memset(out, 0, sizeof(*out));
    decode_piece(&chunked, input, cut, out);
    decode_piece(&chunked, input, input.length, out);
}

static void decode_bytes(struct span input, struct outcome *out)
{
    struct http_chunked chunked = BEGINNING;

    memset(out, 0, sizeof(*out));
    for (size_t available = 1; available <= input.length; available++)
        decode_piece(&chunked, input, available, out);
}

static void assert_outcome(const struct outcome *outcome, const struct chunked_case *wanted)
{
    bool whole = wanted->status == 0;
    struct span body = {outcome->body, outcome->length};

    if (outcome->error != (wanted->status > 0 ? -wanted->status : 0) || outcome->done != whole ||
        !span_equal(body, wanted->body))
        fail_msg("%.*s\ngave %zd, done %d, %zu bytes", (int)wanted->text.length, wanted->text.at,
                 outcome->error, outcome->done, outcome->length);
    if (wanted->status <= 0)
        assert_int_equal(outcome->taken, wanted->text.length);
}

static void check(const struct chunked_case *wanted)
{
    struct outcome outcome;

    for (size_t cut = 0; cut <= wanted->text.length; cut++) {
        decode_cut(wanted->text, cut, &outcome);
        assert_outcome(&outcome, wanted);
    }
    decode_bytes(wanted->text, &outcome);
    assert_outcome(&outcome, wanted);
}

static void test_cases(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        check(&cases[i]);
}

static void test_leaves_the_next_request(void **state)
{
    struct span text = SPAN("2\r\nab\r\n0\r\n\r\nGET / HTTP/1.1\r\n");
    struct outcome outcome;

    (void)state;
    for (size_t cut = 0; cut <= text.length; cut++) {
        decode_cut(text, cut, &outcome);
        assert_true(outcome.done);
        assert_int_equal(outcome.error, 0);
        assert_int_equal(outcome.taken, strlen("2\r\nab\r\n0\r\n\r\n"));
    }
}

/* A long run is lent where it lies, and one call takes one run. */
static void test_runs_are_not_copied(void **state)
{
    struct span text = against_end(SPAN("3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"));
    struct http_chunked chunked = BEGINNING;
    struct span body;

    (void)state;
    assert_int_equal(http_chunked_decode(&chunked, text, &body), 6);
    assert_ptr_equal(body.at, text.at + 3);
    assert_int_equal(body.length, 3);
    assert_int_equal(http_chunked_decode(&chunked, span_skip(text, 6), &body), 7);
    assert_ptr_equal(body.at, text.at + 11);
    assert_int_equal(http_chunked_decode(&chunked, span_skip(text, 13), &body), 7);
    assert_int_equal(body.length, 0);
    assert_true(chunked.done);
    assert_int_equal(http_chunked_decode(&chunked, text, &body), 0);
}

/* Decodes `before`, `count` times 'x', and `after`. Returns 0 or the refusal. */
static int decode_padded(const char *before, int count, const char *after)
{
    static char padding[16384];
    static char text[sizeof(padding)];
    struct outcome whole;
    struct outcome bytes;

    memset(padding, 'x', sizeof(padding));
    int length = snprintf(text, sizeof(text), "%s%.*s%s", before, count, padding, after);
    struct span input = {text, (size_t)length};
    decode_cut(input, input.length, &whole);
    decode_bytes(input, &bytes);
    assert_int_equal(whole.error, bytes.error);
    assert_int_equal(whole.done, bytes.done);
    assert_true(whole.error < 0 || whole.done);
    return (int)whole.error;
}

/* A chunk-size line has 256 bytes, whatever they are; a trailer section 8,192. */
static void test_bounds(void **state)
{
    (void)state;
    assert_int_equal(decode_padded("0;", 252, "\r\n\r\n"), 0);
    assert_int_equal(decode_padded("0;", 253, "\r\n\r\n"), -400);
    assert_int_equal(decode_padded("1;", 252, "\r\na\r\n0\r\n\r\n"), 0);
    assert_int_equal(decode_padded("1\r\na\r\n0;", 253, "\r\n\r\n"), -400);
    assert_int_equal(decode_padded("0\r\na:", 8192 - 6, "\r\n\r\n"), 0);
    assert_int_equal(decode_padded("0\r\na:", 8192 - 5, "\r\n\r\n"), -431);
    assert_int_equal(decode_padded("0\r\n", 9000, ":\r\n\r\n"), -431);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),
        cmocka_unit_test(test_leaves_the_next_request),
        cmocka_unit_test(test_runs_are_not_copied),
        cmocka_unit_test(test_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
