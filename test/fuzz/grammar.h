// SPDX-License-Identifier: MIT
/*
 * The classes of bytes of HTTP (RFC 9110, 5.5 and 5.6.2) as plainly as C can say them: what the
 * fuzz targets hold against the tables of src/http, of which they share nothing. Each takes a byte,
 * or a negative number for none.
 */
#ifndef FUZZ_GRAMMAR_H
#define FUZZ_GRAMMAR_H

#include "base/span.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

static inline bool grammar_is_digit(int c)
{
    return c >= '0' && c <= '9';
}

static inline bool grammar_is_hex(int c)
{
    return grammar_is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static inline unsigned grammar_hex(int c)
{
    if (grammar_is_digit(c))
        return (unsigned)(c - '0');
    return (unsigned)(c >= 'a' ? c - 'a' : c - 'A') + 10;
}

static inline bool grammar_is_token(int c)
{
    bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');

    return letter || grammar_is_digit(c) || (c > 0 && strchr("!#$%&'*+-.^_`|~", c) != NULL);
}

/* Of a reg-name, but for '%' and what follows it (RFC 3986, 3.2.2). */
static inline bool grammar_is_name(int c)
{
    bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');

    return letter || grammar_is_digit(c) || (c > 0 && strchr("-._~!$&'()*+,;=", c) != NULL);
}

/* Of a path, with its slashes, but for '%' and what follows it (RFC 3986, 3.3). */
static inline bool grammar_is_path(int c)
{
    return grammar_is_name(c) || c == ':' || c == '@' || c == '/';
}

/* Of a query, with what browsers put there besides (RFC 3986, 3.4). */
static inline bool grammar_is_query(int c)
{
    return grammar_is_path(c) || (c > 0 && strchr("?%[\\]^`{|}", c) != NULL);
}

static inline bool grammar_is_space(int c)
{
    return c == ' ' || c == '\t';
}

/* Of a field value. */
static inline bool grammar_is_value(int c)
{
    return c == '\t' || (c >= ' ' && c != 0x7f);
}

static inline bool grammar_is(struct span text, const char *word)
{
    return text.length == strlen(word) && strncasecmp(text.at, word, text.length) == 0;
}

#endif
