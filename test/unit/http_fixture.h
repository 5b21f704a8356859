// SPDX-License-Identifier: MIT
/*
 * What the HTTP tests share: bytes between two unreadable pages, so that a parser that looks one
 * byte too far dies; and the parse of a head in pieces, each against the second page and each at
 * another address. Between two pieces only that part of the head is kept that its header promises
 * to need.
 */
#ifndef HTTP_FIXTURE_H
#define HTTP_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "http/http.h"

enum { GUARD_SIZE = 65536, LENGTH_MAX = 16384 };

/* The GUARD_SIZE bytes between the two pages. */
static inline char *guarded(void)
{
    static char *area;

    if (area == NULL) {
        char *map =
            mmap(NULL, (size_t)3 * GUARD_SIZE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (map == MAP_FAILED ||
            mprotect(map + GUARD_SIZE, GUARD_SIZE, PROT_READ | PROT_WRITE) != 0)
            abort();
        area = map + GUARD_SIZE;
    }
    return area;
}

/* A copy of `bytes` whose end is the end of what can be read. */
static inline struct span against_end(struct span bytes)
{
    char *to = guarded() + GUARD_SIZE - bytes.length;

    if (bytes.length > 0)
        memmove(to, bytes.at, bytes.length);
    return (struct span){to, bytes.length};
}

/* A copy of `bytes` whose beginning is the beginning of what can be read. */
static inline struct span against_start(struct span bytes)
{
    if (bytes.length > 0)
        memmove(guarded(), bytes.at, bytes.length);
    return (struct span){guarded(), bytes.length};
}

static inline struct span span_first(struct span bytes, size_t length)
{
    return (struct span){bytes.at, length};
}

/* Keeps of a partial head what must be kept, at another place. */
static inline void head_keep(struct http_head *head)
{
    struct http_head kept;
    size_t length =
        offsetof(struct http_head, fields) + head->field_count * sizeof(head->fields[0]);

    memset(&kept, 0xa5, sizeof(kept));
    memcpy(&kept, head, length);
    memcpy(head, &kept, sizeof(kept));
}

/* Starts `head`, and parses the whole input at once. */
static inline int parse_once(struct http_head *head, struct span input, size_t length_max)
{
    memset(head, 0xa5, sizeof(*head));
    http_head_start(head);
    return http_head_parse(head, against_end(input), length_max);
}

/* The same in two pieces, the first of `cut` bytes. */
static inline int parse_cut(struct http_head *head, struct span input, size_t cut, size_t max)
{
    int result = parse_once(head, span_first(input, cut), max);

    if (result != 0)
        return result;
    head_keep(head);
    return http_head_parse(head, against_end(input), max);
}

/* The same byte by byte; *out is the number of bytes that gave the result. */
static inline int parse_bytes(struct http_head *head, struct span input, size_t max, size_t *out)
{
    int result = parse_once(head, span_first(input, 0), max);
    size_t length = 0;

    while (result == 0 && length < input.length) {
        head_keep(head);
        result = http_head_parse(head, against_end(span_first(input, ++length)), max);
    }
    *out = length;
    return result;
}

static inline bool same_head(const struct http_head *a, const struct http_head *b)
{
    size_t meaning = offsetof(struct http_head, method);
    size_t length = offsetof(struct http_head, fields) + a->field_count * sizeof(a->fields[0]);

    return a->field_count == b->field_count &&
           memcmp((const char *)a + meaning, (const char *)b + meaning, length - meaning) == 0;
}

static inline void fail_cut(struct span input, size_t cut, const struct http_head *head, int result)
{
    fail_msg("%.*s\ncut at %zu: %d %s", (int)input.length, input.at, cut, result,
             head->reason ? head->reason : "");
}

/*
 * Parses the input whole, whole against the first page, byte by byte, and cut at each place.
 * Demands the same outcome each time, and that the byte that decides is the same too. Returns the
 * result, and the head of the whole parse in *out.
 */
static inline int parse_all_ways(struct span input, size_t max, struct http_head *out)
{
    static struct http_head head;
    size_t decided;
    int result = parse_once(out, input, max);

    http_head_start(&head);
    if (http_head_parse(&head, against_start(input), max) != result)
        fail_cut(input, 0, &head, result);
    if (parse_bytes(&head, input, max, &decided) != result || !same_head(out, &head))
        fail_cut(input, 1, &head, result);
    for (size_t cut = 0; cut <= input.length; cut++) {
        int first = parse_once(&head, span_first(input, cut), max);
        if (first != (cut < decided ? 0 : result))
            fail_cut(input, cut, &head, first);
        int second = parse_cut(&head, input, cut, max);
        if (second != result || !same_head(out, &head))
            fail_cut(input, cut, &head, second);
    }
    return result;
}

#endif
