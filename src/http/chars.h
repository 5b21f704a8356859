// SPDX-License-Identifier: MIT
/*
 * The classes of bytes that HTTP/1.x tells apart, and the scans over them. All parsers of this
 * floor and text.c use them; the parsers spend most of their time in the scan functions, so these
 * are kept apart from what is done with the result.
 * A scan returns the first position in [at, end) that is not in its class, or `end`; it never
 * reads at or behind `end`.
 */
#ifndef HTTP_CHARS_H
#define HTTP_CHARS_H

#include "base/span.h"

#include <endian.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum {
    CHAR_TOKEN = 1,      /* tchar (RFC 9110, 5.6.2) */
    CHAR_PATH = 2,       /* of a target's path, but '%' that needs a look at what follows */
    CHAR_QUERY = 4,      /* of a target's query */
    CHAR_VALUE = 8,      /* of a field value: VCHAR, SP, HT, obs-text (RFC 9110, 5.5) */
    CHAR_HOST = 16,      /* unreserved and sub-delims (RFC 3986, 2) */
    CHAR_AUTHORITY = 32, /* CHAR_HOST, and "%:[]" */
    CHAR_HEX = 64,
};

extern const uint8_t http_char_classes[256];

static inline bool char_is(char c, unsigned class)
{
    return (http_char_classes[(unsigned char)c] & class) != 0;
}

static inline bool char_is_space(char c)
{
    return c == ' ' || c == '\t';
}

static inline bool char_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static inline char char_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

/* The value of a CHAR_HEX. */
static inline unsigned char_hex(char c)
{
    return char_is_digit(c) ? (unsigned)(c - '0') : (unsigned)(char_lower(c) - 'a' + 10);
}

/* Eight bytes, or four, each with the bit that small letters have and capitals do not. */
static inline uint64_t word_lower(const char *at, size_t size)
{
    uint64_t word;
    uint32_t half;

    if (size == sizeof(word)) {
        memcpy(&word, at, sizeof(word));
        return word | 0x2020202020202020U;
    }
    memcpy(&half, at, sizeof(half));
    return half | 0x20202020U;
}

/*
 * Whether `text`, of bytes that a field may hold, is `lower` without regard to case. `lower` is a
 * constant of at least four small letters, digits and '-'. All of these have the bit 0x20, and what
 * else becomes one of them with it is a control: so a word at a time is exact.
 */
static inline bool text_is(struct span text, struct span lower)
{
    const size_t size = lower.length < 8 ? 4 : 8;
    uint64_t difference = 0;

    if (text.length != lower.length)
        return false;
    for (size_t i = 0; i < lower.length; i += size) {
        size_t at = i + size <= lower.length ? i : lower.length - size; /* the last may overlap */
        difference |= word_lower(text.at + at, size) ^ word_lower(lower.at + at, size);
    }
    return difference == 0;
}

/* Eight at a time: one comparison with `end` for eight bytes halves the instructions a byte. */
static inline const char *scan_class(const char *at, const char *end, unsigned class)
{
    for (; end - at >= 8; at += 8) {
        if (!char_is(at[0], class))
            return at;
        if (!char_is(at[1], class))
            return at + 1;
        if (!char_is(at[2], class))
            return at + 2;
        if (!char_is(at[3], class))
            return at + 3;
        if (!char_is(at[4], class))
            return at + 4;
        if (!char_is(at[5], class))
            return at + 5;
        if (!char_is(at[6], class))
            return at + 6;
        if (!char_is(at[7], class))
            return at + 7;
    }
    while (at < end && char_is(*at, class))
        at++;
    return at;
}

static inline const char *scan_token(const char *at, const char *end)
{
    return scan_class(at, end, CHAR_TOKEN);
}

static inline const char *scan_path(const char *at, const char *end)
{
    return scan_class(at, end, CHAR_PATH);
}

static inline const char *scan_query(const char *at, const char *end)
{
    return scan_class(at, end, CHAR_QUERY);
}

static inline const char *scan_authority(const char *at, const char *end)
{
    return scan_class(at, end, CHAR_AUTHORITY);
}

/* The top bit of each byte below 0x20 or equal to 0x7f. The lowest set bit is exact; above it a
 * borrow may set bits too many. */
static inline uint64_t word_controls(uint64_t word)
{
    const uint64_t ones = 0x0101010101010101U;
    uint64_t low = word - ones * 0x20;
    uint64_t deleted = (word ^ (ones * 0x7f)) - ones;
    return (low | deleted) & ~word & (ones * 0x80);
}

/* Values are most of a head, and nearly all their bytes are in the class, so a word at a time:
 * an eighth of the steps, and HT the only control that goes on. */
static inline const char *scan_value(const char *at, const char *end)
{
    while (end - at >= 8) {
        uint64_t word;
        memcpy(&word, at, sizeof(word));
        uint64_t controls = word_controls(le64toh(word));
        if (controls == 0) {
            at += 8;
            continue;
        }
        at += __builtin_ctzll(controls) / 8;
        if (*at != '\t')
            return at;
        at++;
    }
    return scan_class(at, end, CHAR_VALUE);
}

#endif
