// SPDX-License-Identifier: MIT
/* See answer.h. A cursor goes over the bytes and remembers whether they were too few or wrong. */
#include "answer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    DATE_LENGTH = 29,
    WORDS_MAX = 300, /* a line of words for people */
};

struct cursor {
    struct span left;
    bool is_short, is_wrong;
};

static bool cursor_goes_on(const struct cursor *cursor)
{
    return !cursor->is_short && !cursor->is_wrong;
}

static void cursor_expect(struct cursor *cursor, struct span wanted)
{
    struct span left = cursor->left;
    size_t length = left.length < wanted.length ? left.length : wanted.length;
    if (!cursor_goes_on(cursor) || wanted.length == 0)
        return;
    if (length > 0 && memcmp(left.at, wanted.at, length) != 0)
        cursor->is_wrong = true;
    else if (length < wanted.length)
        cursor->is_short = true;
    cursor->left = span_skip(left, length);
}

static void cursor_expect_text(struct cursor *cursor, const char *text)
{
    cursor_expect(cursor, span_of(text));
}

/* Takes so many bytes, whatever they are. */
static struct span cursor_take(struct cursor *cursor, size_t length)
{
    struct span taken = {cursor->left.at, length};
    if (cursor_goes_on(cursor) && cursor->left.length < length)
        cursor->is_short = true;
    if (!cursor_goes_on(cursor))
        return (struct span){"", 0};
    cursor->left = span_skip(cursor->left, length);
    return taken;
}

/* A number, and the line's end behind it. */
static size_t cursor_take_number(struct cursor *cursor)
{
    size_t number = 0, digits = 0;
    while (digits < cursor->left.length && cursor->left.at[digits] >= '0' &&
           cursor->left.at[digits] <= '9')
        number = number * 10 + (size_t)(cursor->left.at[digits++] - '0');
    if (digits == 0 && cursor->left.length > 0)
        cursor->is_wrong = true;
    cursor_take(cursor, digits);
    cursor_expect_text(cursor, "\r\n");
    return number;
}

static const char *status_phrase(int status)
{
    static const struct {
        int status;
        const char *phrase;
    } phrases[] = {
        {200, "OK"},
        {204, "No Content"},
        {304, "Not Modified"},
        {400, "Bad Request"},
        {404, "Not Found"},
        {405, "Method Not Allowed"},
        {408, "Request Timeout"},
        {413, "Content Too Large"},
        {414, "URI Too Long"},
        {417, "Expectation Failed"},
        {421, "Misdirected Request"},
        {429, "Too Many Requests"},
        {431, "Request Header Fields Too Large"},
        {500, "Internal Server Error"},
        {501, "Not Implemented"},
        {503, "Service Unavailable"},
        {505, "HTTP Version Not Supported"},
    };
    for (size_t i = 0; i < sizeof phrases / sizeof *phrases; i++) {
        if (phrases[i].status == status)
            return phrases[i].phrase;
    }
    return "?";
}

static bool date_is(struct span date, int64_t seconds)
{
    char text[DATE_LENGTH + 1];
    struct tm parts;
    time_t time = (time_t)seconds;
    return gmtime_r(&time, &parts) &&
           strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts) == DATE_LENGTH &&
           memcmp(date.at, text, DATE_LENGTH) == 0;
}

/* The last first: most responses leave when they were made. */
static void cursor_expect_date(struct cursor *cursor, struct dates dates)
{
    struct span date = cursor_take(cursor, DATE_LENGTH);
    if (!cursor_goes_on(cursor) || date_is(date, dates.last))
        return;
    for (int64_t seconds = dates.first; seconds < dates.last; seconds++) {
        if (date_is(date, seconds))
            return;
    }
    cursor->is_wrong = true;
}

/* Returns whether the response announces the end of the connection. */
static bool cursor_expect_persistence(struct cursor *cursor, struct persistence allowed, int minor)
{
    static const struct span close = {"Connection: close\r\n", 19};
    size_t length = cursor->left.length < close.length ? cursor->left.length : close.length;
    bool looks_closed = memcmp(cursor->left.at, close.at, length) == 0;
    bool closes = allowed.may_close && (!allowed.may_keep || looks_closed);
    if (closes)
        cursor_expect(cursor, close);
    else if (minor == 0)
        cursor_expect_text(cursor, "Connection: keep-alive\r\n");
    return closes;
}

static bool status_has_body(int status)
{
    return status != 204 && status != 304;
}

static void cursor_expect_words(struct cursor *cursor, const struct answer *answer, size_t length)
{
    char beginning[64];
    struct span words = cursor_take(cursor, length);
    if (!cursor_goes_on(cursor))
        return;
    int count = snprintf(beginning, sizeof beginning, "%d %s", answer->status,
                         status_phrase(answer->status));
    struct cursor inside = {words, false, false};
    cursor_expect(&inside, (struct span){beginning, (size_t)count});
    bool is_line = cursor_goes_on(&inside) && words.at[length - 1] == '\n' &&
                   !memchr(words.at, '\n', length - 1);
    cursor->is_wrong = !is_line;
}

static void cursor_expect_content(struct cursor *cursor, const struct answer *answer)
{
    size_t length = 0;
    if (status_has_body(answer->status)) {
        if (answer->type) {
            cursor_expect_text(cursor, "Content-Type: ");
            cursor_expect_text(cursor, answer->type);
            cursor_expect_text(cursor, "\r\n");
        }
        cursor_expect_text(cursor, "Content-Length: ");
        length = cursor_take_number(cursor);
        if (cursor_goes_on(cursor) &&
            (answer->is_words ? length > WORDS_MAX : length != answer->body.length))
            cursor->is_wrong = true;
    }
    cursor_expect_text(cursor, answer->fields);
    cursor_expect_text(cursor, "\r\n");
    if (answer->is_head || !status_has_body(answer->status))
        return;
    if (answer->is_words)
        cursor_expect_words(cursor, answer, length);
    else
        cursor_expect(cursor, answer->body);
}

static bool cursor_expect_response(struct cursor *cursor, const struct answer *answer,
                                   struct persistence allowed, struct dates dates)
{
    char line[96];
    int length =
        snprintf(line, sizeof line, "HTTP/1.1 %d %s\r\nServer: selkie\r\nDate: ", answer->status,
                 status_phrase(answer->status));
    cursor_expect(cursor, (struct span){line, (size_t)length});
    cursor_expect_date(cursor, dates);
    cursor_expect_text(cursor, "\r\n");
    bool closes = cursor_expect_persistence(cursor, allowed, answer->minor);
    cursor_expect_content(cursor, answer);
    return closes;
}

enum match answer_match(const struct answer *answer, struct persistence allowed, struct dates dates,
                        struct span bytes, struct response *out)
{
    struct cursor cursor = {bytes, false, false};
    bool closes = false;
    if (answer->status == 100)
        cursor_expect_text(&cursor, "HTTP/1.1 100 Continue\r\n\r\n");
    else
        closes = cursor_expect_response(&cursor, answer, allowed, dates);
    if (cursor.is_wrong)
        return MATCH_NOTHING;
    if (cursor.is_short)
        return MATCH_BEGINNING;
    *out = (struct response){bytes.length - cursor.left.length, closes};
    return MATCH_WHOLE;
}
