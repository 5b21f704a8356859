// SPDX-License-Identifier: MIT
/*
 * The Date field against the C library: each day from 1970 to 9999, the seconds of some days, and
 * the ends of the range.
 */
#include "http_fixture.h"

#include <time.h>

static const int64_t seconds_max = 253402300799; /* 9999-12-31 23:59:59 */

/* Formats against the unreadable page, so that no NUL is written behind the date. */
static const char *format(int64_t seconds)
{
    char *to = guarded() + GUARD_SIZE - HTTP_DATE_LENGTH;

    http_date_format(seconds, to);
    return to;
}

static void check(int64_t seconds)
{
    time_t time = (time_t)seconds;
    struct tm civil;
    char wanted[64];

    assert_non_null(gmtime_r(&time, &civil));
    assert_int_equal(strftime(wanted, sizeof(wanted), "%a, %d %b %Y %H:%M:%S GMT", &civil),
                     HTTP_DATE_LENGTH);
    if (memcmp(format(seconds), wanted, HTTP_DATE_LENGTH) != 0)
        fail_msg("%lld: %.*s, not %s", (long long)seconds, HTTP_DATE_LENGTH, format(seconds),
                 wanted);
}

static void test_each_day(void **state)
{
    (void)state;
    for (int64_t day = 0; day <= seconds_max / 86400; day++)
        check(day * 86400 + day % 86400);
}

static void test_each_second(void **state)
{
    (void)state;
    for (int64_t second = 0; second < 86400; second++)
        check(951782400 + second); /* 2000-02-29 */
}

static void test_known_values(void **state)
{
    (void)state;
    assert_memory_equal(format(784111777), "Sun, 06 Nov 1994 08:49:37 GMT", HTTP_DATE_LENGTH);
    assert_memory_equal(format(0), "Thu, 01 Jan 1970 00:00:00 GMT", HTTP_DATE_LENGTH);
    assert_memory_equal(format(seconds_max), "Fri, 31 Dec 9999 23:59:59 GMT", HTTP_DATE_LENGTH);
}

/* A clock that is wrong gives a date that is wrong, but well formed. */
static void test_out_of_range(void **state)
{
    (void)state;
    assert_memory_equal(format(-1), "Thu, 01 Jan 1970 00:00:00 GMT", HTTP_DATE_LENGTH);
    assert_memory_equal(format(INT64_MIN), "Thu, 01 Jan 1970 00:00:00 GMT", HTTP_DATE_LENGTH);
    assert_memory_equal(format(seconds_max + 1), "Fri, 31 Dec 9999 23:59:59 GMT", HTTP_DATE_LENGTH);
    assert_memory_equal(format(INT64_MAX), "Fri, 31 Dec 9999 23:59:59 GMT", HTTP_DATE_LENGTH);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_day),
        cmocka_unit_test(test_each_second),
        cmocka_unit_test(test_known_values),
        cmocka_unit_test(test_out_of_range),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
