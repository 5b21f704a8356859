// SPDX-License-Identifier: MIT
/*
 * The IMF-fixdate of the Date field (RFC 9110, 5.6.7). Called by the worker once a second.
 * Plain arithmetic instead of gmtime and strftime: no locale, no time zone, no lock.
 */
#include "http/http.h"

enum { DAY_SECONDS = 86400 };

/* "Fri, 31 Dec 9999 23:59:59 GMT": what comes later has no four-digit year. */
static const int64_t seconds_max = 253402300799;

struct civil {
    unsigned year, month, day; /* month from 0, day from 1 */
};

/*
 * The Gregorian date `days` after 1970-01-01. Years are counted from March, so that the leap day is
 * their last and the months before it repeat a pattern of 153 days in five; 400 years are always
 * 146,097 days, and 719,468 days lie between 0000-03-01 and 1970-01-01.
 */
static struct civil civil_of_days(unsigned days)
{
    unsigned shifted = days + 719468;
    unsigned era = shifted / 146097;
    unsigned era_day = shifted % 146097;
    unsigned era_year = (era_day - era_day / 1460 + era_day / 36524 - era_day / 146096) / 365;
    unsigned year_day = era_day - (365 * era_year + era_year / 4 - era_year / 100);
    unsigned march_month = (5 * year_day + 2) / 153;
    unsigned month = (march_month + 2) % 12;
    unsigned year = era * 400 + era_year + (month < 2);

    return (struct civil){year, month, year_day - (153 * march_month + 2) / 5 + 1};
}

static void put_two(char *to, unsigned value)
{
    to[0] = (char)('0' + value / 10);
    to[1] = (char)('0' + value % 10);
}

void http_date_format(int64_t seconds, char *to)
{
    static const char weekdays[] = "ThuFriSatSunMonTueWed"; /* 1970-01-01 was a Thursday */
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    int64_t positive = seconds < 0 ? 0 : seconds;
    int64_t clamped = positive > seconds_max ? seconds_max : positive;
    unsigned days = (unsigned)(clamped / DAY_SECONDS);
    unsigned second = (unsigned)(clamped % DAY_SECONDS);
    struct civil civil = civil_of_days(days);

    memcpy(to, "Thu, 01 Jan 1970 00:00:00 GMT", HTTP_DATE_LENGTH);
    memcpy(to, weekdays + (size_t)3 * (days % 7), 3);
    put_two(to + 5, civil.day);
    memcpy(to + 8, months + (size_t)3 * civil.month, 3);
    put_two(to + 12, civil.year / 100);
    put_two(to + 14, civil.year % 100);
    put_two(to + 17, second / 3600);
    put_two(to + 20, second / 60 % 60);
    put_two(to + 23, second % 60);
}
