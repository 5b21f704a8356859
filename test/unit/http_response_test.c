// SPDX-License-Identifier: MIT
/*
 * The heads of responses, byte for byte, and that none is longer than its bound; the statuses and
 * their reason phrases.
 */
#include "http_fixture.h"

static const char date[] = "Sun, 06 Nov 1994 08:49:37 GMT";

#define HEAD(status)                                                                               \
    "HTTP/1.1 " status "\r\nServer: selkie\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"

/* Formats each half into exactly the room that its bound promises, and compares. */
static void check(const struct http_response *response, const char *wanted)
{
    char head[512];
    size_t start_bound = http_response_start_bound(response);
    char *start = guarded() + GUARD_SIZE - start_bound;
    size_t start_length = http_response_start(response, start);
    assert_true(start_length <= start_bound);
    memcpy(head, start, start_length);

    size_t rest_bound = http_response_rest_bound(response);
    char *rest = guarded() + GUARD_SIZE - rest_bound;
    size_t rest_length = http_response_rest(response, rest);
    assert_true(rest_length <= rest_bound);
    memcpy(head + start_length, rest, rest_length);

    if (!span_equal((struct span){head, start_length + rest_length}, span_of(wanted)))
        fail_msg("%.*s", (int)(start_length + rest_length), head);
}

static void test_ordinary(void **state)
{
    struct http_response response = {
        .status = 200,
        .date = date,
        .type = SPAN("text/plain"),
        .has_length = true,
        .content_length = 2,
    };

    (void)state;
    check(&response, HEAD("200 OK") "Content-Type: text/plain\r\nContent-Length: 2\r\n\r\n");
}

static void test_everything(void **state)
{
    struct http_response response = {
        .status = 405,
        .date = date,
        .type = SPAN("text/html; charset=utf-8"),
        .fields = SPAN("Allow: GET, HEAD\r\nVary: *\r\n"),
        .connection = HTTP_CONNECTION_CLOSE,
        .has_length = true,
        .content_length = UINT64_MAX,
    };

    (void)state;
    check(&response,
          HEAD("405 Method Not Allowed") "Connection: close\r\nContent-Type: text/html; "
                                         "charset=utf-8\r\n"
                                         "Content-Length: 18446744073709551615\r\nAllow: GET, "
                                         "HEAD\r\nVary: *\r\n\r\n");
}

static void test_bare(void **state)
{
    struct http_response response = {.status = 304, .date = date};

    (void)state;
    check(&response, HEAD("304 Not Modified") "\r\n");
}

static void test_keep_alive(void **state)
{
    struct http_response response = {
        .status = 200,
        .date = date,
        .connection = HTTP_CONNECTION_KEEP_ALIVE,
        .has_length = true,
    };

    (void)state;
    check(&response, HEAD("200 OK") "Connection: keep-alive\r\nContent-Length: 0\r\n\r\n");
}

/* No Content-Length with 1xx and 204, even when it is asked for (RFC 9110, 8.6). */
static void test_no_length(void **state)
{
    struct http_response response = {.status = 204, .date = date, .has_length = true};

    (void)state;
    check(&response, HEAD("204 No Content") "\r\n");
    response.status = 103;
    check(&response, HEAD("103 Early Hints") "\r\n");
    response.status = 304;
    check(&response, HEAD("304 Not Modified") "Content-Length: 0\r\n\r\n");
}

static void test_unknown_statuses(void **state)
{
    struct http_response response = {.status = 599, .date = date};

    (void)state;
    check(&response, HEAD("599 Unknown") "\r\n");
    response.status = 299;
    check(&response, HEAD("299 Unknown") "\r\n");
    response.status = 999;
    check(&response, HEAD("999 Unknown") "\r\n");
}

/* For each status the block agrees with the reason phrase, and the bound holds. */
static void test_each_status(void **state)
{
    int known = 0;

    (void)state;
    for (int status = 100; status <= 999; status++) {
        struct http_response response = {.status = status, .date = date};
        char wanted[256];
        snprintf(wanted, sizeof(wanted), HEAD("%d %s") "\r\n", status, http_status_reason(status));
        check(&response, wanted);
        known += strcmp(http_status_reason(status), "Unknown") != 0;
    }
    assert_int_equal(known, 58);
}

static void test_reasons(void **state)
{
    (void)state;
    assert_string_equal(http_status_reason(200), "OK");
    assert_string_equal(http_status_reason(404), "Not Found");
    assert_string_equal(http_status_reason(413), "Content Too Large");
    assert_string_equal(http_status_reason(431), "Request Header Fields Too Large");
    assert_string_equal(http_status_reason(451), "Unavailable For Legal Reasons");
    assert_string_equal(http_status_reason(511), "Network Authentication Required");
    for (int status = -1000; status < 100; status++)
        assert_string_equal(http_status_reason(status), "Unknown");
    for (int status = 512; status < 2000; status++)
        assert_string_equal(http_status_reason(status), "Unknown");
}

static void test_bodyless(void **state)
{
    (void)state;
    for (int status = 0; status < 1000; status++) {
        bool wanted = status / 100 == 1 || status == 204 || status == 304;
        assert_int_equal(http_status_bodyless(status), wanted);
    }
}

/* Content-Length through all its lengths, against printf. */
static void test_numbers(void **state)
{
    struct http_response response = {.status = 200, .date = date, .has_length = true};

    (void)state;
    for (uint64_t power = 1; power <= UINT64_MAX / 10; power *= 10) {
        for (uint64_t number = power - 1; number <= power + 1; number++) {
            char wanted[256];
            snprintf(wanted, sizeof(wanted), HEAD("200 OK") "Content-Length: %llu\r\n\r\n",
                     (unsigned long long)number);
            response.content_length = number;
            check(&response, wanted);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ordinary),    cmocka_unit_test(test_everything),
        cmocka_unit_test(test_bare),        cmocka_unit_test(test_keep_alive),
        cmocka_unit_test(test_no_length),   cmocka_unit_test(test_unknown_statuses),
        cmocka_unit_test(test_each_status), cmocka_unit_test(test_reasons),
        cmocka_unit_test(test_bodyless),    cmocka_unit_test(test_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
