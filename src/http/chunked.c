// SPDX-License-Identifier: MIT
/*
 * The decoder of a chunked body (RFC 9112, 7.1). Called by the server's message.c with what has
 * arrived behind the head. The lines around the chunks pass byte by byte, since they are short; the
 * bytes of a chunk pass untouched.
 * Strict about line ends and sizes: this is where requests are smuggled.
 */
#include "http/chars.h"
#include "http/http.h"

#include <assert.h>

enum phase {
    PHASE_SIZE_FIRST,
    PHASE_SIZE,
    PHASE_SPACE,
    PHASE_NAME_FIRST,
    PHASE_NAME,
    PHASE_NAME_SPACE,
    PHASE_WORD_FIRST,
    PHASE_WORD,
    PHASE_QUOTED,
    PHASE_ESCAPED,
    PHASE_QUOTED_END,
    PHASE_SIZE_LF,
    PHASE_DATA,
    PHASE_DATA_CR,
    PHASE_DATA_LF,
    PHASE_TRAILER,
    PHASE_TRAILER_NAME,
    PHASE_TRAILER_VALUE,
    PHASE_TRAILER_LF,
    PHASE_END_LF,
};

static int chunked_refuse(struct http_chunked *chunked, int status, const char *reason)
{
    chunked->reason = reason;
    return -status;
}

/* Of the bytes that may not stand where they do, a bare LF is the one that smuggles. */
static int chunked_refuse_byte(struct http_chunked *chunked, char c, const char *reason)
{
    return chunked_refuse(chunked, 400, c == '\n' ? "A line does not end in CR LF." : reason);
}

static int chunked_enter(struct http_chunked *chunked, enum phase phase)
{
    chunked->phase = (uint8_t)phase;
    return 0;
}

static int step_digit(struct http_chunked *chunked, char c)
{
    if (!char_is(c, CHAR_HEX))
        return chunked_refuse_byte(chunked, c, "A chunk size is not hexadecimal.");
    if (chunked->left > INT64_MAX >> 4)
        return chunked_refuse(chunked, 400, "A chunk size is too large.");
    chunked->left = chunked->left << 4 | char_hex(c);
    return chunked_enter(chunked, PHASE_SIZE);
}

/* What may stand behind a size, and behind an extension: the line's end, or another extension. */
static int step_behind(struct http_chunked *chunked, char c)
{
    if (c == '\r')
        return chunked_enter(chunked, PHASE_SIZE_LF);
    if (c == ';')
        return chunked_enter(chunked, PHASE_NAME_FIRST);
    if (char_is_space(c))
        return chunked_enter(chunked, PHASE_SPACE);
    return chunked_refuse_byte(chunked, c, "A chunk extension is malformed.");
}

static int step_size(struct http_chunked *chunked, char c)
{
    if (c == '\r' || c == ';' || char_is_space(c))
        return step_behind(chunked, c);
    return step_digit(chunked, c);
}

/* Bad white space: only another extension may follow it (RFC 9112, 7.1.1). */
static int step_space(struct http_chunked *chunked, char c)
{
    if (char_is_space(c))
        return 0;
    if (c == ';')
        return chunked_enter(chunked, PHASE_NAME_FIRST);
    return chunked_refuse(chunked, 400, "A chunk-size line holds white space that it may not.");
}

/* Behind the ';'. */
static int step_name_first(struct http_chunked *chunked, char c)
{
    if (char_is_space(c))
        return 0;
    if (char_is(c, CHAR_TOKEN))
        return chunked_enter(chunked, PHASE_NAME);
    return chunked_refuse(chunked, 400, "A chunk extension has no name.");
}

static int step_name(struct http_chunked *chunked, char c)
{
    if (char_is(c, CHAR_TOKEN))
        return 0;
    if (c == '=')
        return chunked_enter(chunked, PHASE_WORD_FIRST);
    if (char_is_space(c))
        return chunked_enter(chunked, PHASE_NAME_SPACE);
    return step_behind(chunked, c);
}

static int step_name_space(struct http_chunked *chunked, char c)
{
    if (c == '=')
        return chunked_enter(chunked, PHASE_WORD_FIRST);
    return step_space(chunked, c);
}

/* Behind the '=': the value is a token or quoted. */
static int step_word_first(struct http_chunked *chunked, char c)
{
    if (char_is_space(c))
        return 0;
    if (c == '"')
        return chunked_enter(chunked, PHASE_QUOTED);
    if (char_is(c, CHAR_TOKEN))
        return chunked_enter(chunked, PHASE_WORD);
    return chunked_refuse(chunked, 400, "A chunk extension has no value behind its '='.");
}

static int step_word(struct http_chunked *chunked, char c)
{
    return char_is(c, CHAR_TOKEN) ? 0 : step_behind(chunked, c);
}

/* RFC 9110, 5.6.4; `is_escaped`: behind a backslash. */
static int step_quoted(struct http_chunked *chunked, char c, bool is_escaped)
{
    if (!char_is(c, CHAR_VALUE))
        return chunked_refuse(chunked, 400, "A chunk extension holds a byte that it may not.");
    if (is_escaped)
        return chunked_enter(chunked, PHASE_QUOTED);
    if (c == '\\')
        return chunked_enter(chunked, PHASE_ESCAPED);
    return c == '"' ? chunked_enter(chunked, PHASE_QUOTED_END) : 0;
}

static int step_expect(struct http_chunked *chunked, char c, char wanted, enum phase next)
{
    if (c != wanted)
        return chunked_refuse(chunked, 400, "A chunk, or a line, does not end in CR LF.");
    return chunked_enter(chunked, next);
}

static int step_size_lf(struct http_chunked *chunked, char c)
{
    chunked->overhead = 0;
    return step_expect(chunked, c, '\n', chunked->left > 0 ? PHASE_DATA : PHASE_TRAILER);
}

static int step_extension(struct http_chunked *chunked, char c)
{
    switch (chunked->phase) {
    case PHASE_NAME_FIRST:
        return step_name_first(chunked, c);
    case PHASE_NAME:
        return step_name(chunked, c);
    case PHASE_NAME_SPACE:
        return step_name_space(chunked, c);
    case PHASE_WORD_FIRST:
        return step_word_first(chunked, c);
    case PHASE_WORD:
        return step_word(chunked, c);
    case PHASE_QUOTED_END:
        return step_behind(chunked, c);
    default:
        return step_quoted(chunked, c, chunked->phase == PHASE_ESCAPED);
    }
}

static int step_size_line(struct http_chunked *chunked, char c)
{
    if (++chunked->overhead > chunked->line_max)
        return chunked_refuse(chunked, 400, "A chunk-size line is too long.");
    switch (chunked->phase) {
    case PHASE_SIZE_FIRST:
        return step_digit(chunked, c);
    case PHASE_SIZE:
        return step_size(chunked, c);
    case PHASE_SPACE:
        return step_space(chunked, c);
    case PHASE_SIZE_LF:
        return step_size_lf(chunked, c);
    default:
        return step_extension(chunked, c);
    }
}

/* The first byte of a trailer field, or of the empty line at the end. */
static int step_trailer_first(struct http_chunked *chunked, char c)
{
    if (c == '\r')
        return chunked_enter(chunked, PHASE_END_LF);
    if (!char_is(c, CHAR_TOKEN))
        return chunked_refuse_byte(chunked, c, "A trailer field does not begin with a name.");
    return chunked_enter(chunked, PHASE_TRAILER_NAME);
}

static int step_trailer_name(struct http_chunked *chunked, char c)
{
    if (c == ':')
        return chunked_enter(chunked, PHASE_TRAILER_VALUE);
    if (!char_is(c, CHAR_TOKEN))
        return chunked_refuse(chunked, 400, "A trailer field name is not a token with a colon.");
    return 0;
}

static int step_trailer_value(struct http_chunked *chunked, char c)
{
    if (c == '\r')
        return chunked_enter(chunked, PHASE_TRAILER_LF);
    if (!char_is(c, CHAR_VALUE))
        return chunked_refuse_byte(chunked, c, "A trailer field holds a byte that it may not.");
    return 0;
}

static int step_end_lf(struct http_chunked *chunked, char c)
{
    if (c != '\n')
        return chunked_refuse(chunked, 400, "The trailer section does not end in CR LF.");
    chunked->done = true;
    return 0;
}

static int step_trailer(struct http_chunked *chunked, char c)
{
    if (++chunked->overhead > chunked->trailer_max)
        return chunked_refuse(chunked, 431, "The trailer section is too long.");
    switch (chunked->phase) {
    case PHASE_TRAILER:
        return step_trailer_first(chunked, c);
    case PHASE_TRAILER_NAME:
        return step_trailer_name(chunked, c);
    case PHASE_TRAILER_VALUE:
        return step_trailer_value(chunked, c);
    case PHASE_TRAILER_LF:
        return step_expect(chunked, c, '\n', PHASE_TRAILER);
    default:
        return step_end_lf(chunked, c);
    }
}

static int step(struct http_chunked *chunked, char c)
{
    if (chunked->phase < PHASE_DATA)
        return step_size_line(chunked, c);
    if (chunked->phase == PHASE_DATA_CR)
        return step_expect(chunked, c, '\r', PHASE_DATA_LF);
    if (chunked->phase == PHASE_DATA_LF)
        return step_expect(chunked, c, '\n', PHASE_SIZE_FIRST);
    return step_trailer(chunked, c);
}

/* The bytes of the running chunk that `rest` holds. */
static struct span chunk_take(struct http_chunked *chunked, struct span rest)
{
    if (rest.length > chunked->left)
        rest.length = (size_t)chunked->left;
    chunked->left -= rest.length;
    if (chunked->left == 0)
        chunked->phase = PHASE_DATA_CR;
    return rest;
}

ssize_t http_chunked_decode(struct http_chunked *chunked, struct span bytes, struct span *out)
{
    size_t at = 0;
    struct span run = {bytes.at, 0};

    assert(chunked->reason == NULL); /* a refusal is the end */
    while (at < bytes.length && !chunked->done && run.length == 0) {
        if (chunked->phase == PHASE_DATA) {
            run = chunk_take(chunked, span_skip(bytes, at));
            at += run.length;
            continue;
        }
        int error = step(chunked, bytes.at[at]);
        if (error < 0)
            return error;
        at++;
    }
    *out = run;
    return (ssize_t)at;
}
