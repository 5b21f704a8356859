// SPDX-License-Identifier: MIT
/*
 * The scans of lines.c, as wide as the instruction set that it is compiled for. Without one they
 * are those of chars.h.
 * A scan returns the first position from `at` on that is not in its class, or bytes.length; it
 * never reads outside of `bytes`, which hold at least VECTOR_BYTES.
 */
#ifndef HTTP_WIDE_H
#define HTTP_WIDE_H

#include "base/span.h"
#include "http/chars.h"
#include "http/vector.h"

/* Of a field line: behind its name, and behind its value, as it is on its way. */
struct line_ends {
    size_t name, value;
};

#if VECTOR_BYTES == 0

static inline size_t wide_token(struct span bytes, size_t at)
{
    return (size_t)(scan_token(bytes.at + at, bytes.at + bytes.length) - bytes.at);
}

static inline size_t wide_path(struct span bytes, size_t at)
{
    return (size_t)(scan_path(bytes.at + at, bytes.at + bytes.length) - bytes.at);
}

static inline size_t wide_query(struct span bytes, size_t at)
{
    return (size_t)(scan_query(bytes.at + at, bytes.at + bytes.length) - bytes.at);
}

static inline size_t wide_value(struct span bytes, size_t at)
{
    return (size_t)(scan_value(bytes.at + at, bytes.at + bytes.length) - bytes.at);
}

static inline size_t wide_host(struct span bytes, size_t at)
{
    return (size_t)(scan_class(bytes.at + at, bytes.at + bytes.length, CHAR_HOST) - bytes.at);
}

static inline struct line_ends wide_line(struct span bytes, size_t at)
{
    size_t name = wide_token(bytes, at);
    return (struct line_ends){name, wide_value(bytes, name)};
}

#else

/* For each half of a vector. */
#define TWICE(...) __VA_ARGS__, __VA_ARGS__
#define WIDE_ALIGNED __attribute__((aligned(32)))

typedef uint64_t vector_fn(const char *at, const uint8_t *set);

/* Where `stops` first answers. The last vector overlaps what was looked at, so as not to reach
 * behind the end. */
static inline size_t wide_scan(struct span bytes, size_t at, vector_fn *stops, const uint8_t *set)
{
    size_t last = bytes.length - VECTOR_BYTES;

    for (; at <= last; at += VECTOR_BYTES) {
        uint64_t found = stops(bytes.at + at, set);
        if (found != 0)
            return at + vector_first(found);
    }
    return at + vector_first_behind(stops(bytes.at + last, set), at - last);
}

static const uint8_t token_set[] WIDE_ALIGNED = {TWICE(0xe8, 0xfc, 0xf8, 0xfc, 0xfc, 0xfc, 0xfc,
                                                       0xfc, 0xf8, 0xf8, 0xf4, 0x54, 0xd0, 0x54,
                                                       0xf4, 0x70)};

/* What a value does not hold, since what it holds goes beyond ASCII. */
static const uint8_t control_set[] WIDE_ALIGNED = {TWICE(0x03, 0x03, 0x03, 0x03, 0x03, 0x03, 0x03,
                                                         0x03, 0x03, 0x02, 0x03, 0x03, 0x03, 0x03,
                                                         0x03, 0x83)};

static inline size_t wide_token(struct span bytes, size_t at)
{
    return wide_scan(bytes, at, vector_outside, token_set);
}

static inline size_t wide_path(struct span bytes, size_t at)
{
    static const uint8_t set[] WIDE_ALIGNED = {TWICE(0xb8, 0xfc, 0xf8, 0xf8, 0xfc, 0xf8, 0xfc, 0xfc,
                                                     0xfc, 0xfc, 0xfc, 0x5c, 0x54, 0x5c, 0xd4,
                                                     0x74)};
    return wide_scan(bytes, at, vector_outside, set);
}

static inline size_t wide_query(struct span bytes, size_t at)
{
    static const uint8_t set[] WIDE_ALIGNED = {TWICE(0xf8, 0xfc, 0xf8, 0xf8, 0xfc, 0xfc, 0xfc, 0xfc,
                                                     0xfc, 0xfc, 0xfc, 0xfc, 0xf4, 0xfc, 0xf4,
                                                     0x7c)};
    return wide_scan(bytes, at, vector_outside, set);
}

static inline size_t wide_value(struct span bytes, size_t at)
{
    return wide_scan(bytes, at, vector_inside, control_set);
}

static inline size_t wide_host(struct span bytes, size_t at)
{
    static const uint8_t set[] WIDE_ALIGNED = {TWICE(0xa8, 0xfc, 0xf8, 0xf8, 0xfc, 0xf8, 0xfc, 0xfc,
                                                     0xfc, 0xfc, 0xf4, 0x5c, 0x54, 0x5c, 0xd4,
                                                     0x70)};
    return wide_scan(bytes, at, vector_outside, set);
}

/* A line whose end, or that of its name, is not in its first vector. Never inlined: it would be as
 * long as all that most lines go through. */
static __attribute__((noinline)) struct line_ends wide_long_line(struct span bytes, size_t at)
{
    size_t name = wide_token(bytes, at);
    return (struct line_ends){name, wide_value(bytes, name)};
}

/* One look at a vector finds both ends, since no name holds a control. */
static inline struct line_ends wide_line(struct span bytes, size_t at)
{
    if (at + VECTOR_BYTES > bytes.length)
        return wide_long_line(bytes, at);
    uint64_t behind_value = vector_inside(bytes.at + at, control_set);
    uint64_t behind_name = vector_outside(bytes.at + at, token_set);
    if (behind_value == 0)
        return wide_long_line(bytes, at);
    return (struct line_ends){at + vector_first(behind_name), at + vector_first(behind_value)};
}

#endif
#endif
