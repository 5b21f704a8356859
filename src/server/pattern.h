// SPDX-License-Identifier: MIT
/*
 * A route's pattern, "[METHOD ]/path": parsed into segments, and compared with another. The router
 * builds its tree from the segments and refuses the patterns that conflict.
 *
 * A path is cut at each '/': "/a/" is the segments "a" and "". A pattern's {$} is the literal "",
 * and its trailing "/" a rest without a name.
 */
#ifndef SERVER_PATTERN_H
#define SERVER_PATTERN_H

#include "base/span.h"

#include <stdbool.h>
#include <stddef.h>

enum segment_kind {
    SEGMENT_LITERAL, /* exactly `text` */
    SEGMENT_ONE,     /* {name}: one segment that is not empty */
    SEGMENT_REST,    /* {name...}: all that follows, at least one segment, which may be empty */
};

struct path_segment {
    enum segment_kind kind;
    struct span text; /* the literal, decoded; or the name, length 0 when it has none */
};

struct pattern {
    char *source;       /* owned: as it was given, for messages */
    char *text;         /* owned: a copy whose literals are decoded in place */
    struct span method; /* length 0: every method */
    size_t name_count;  /* of segments with a name */
    size_t count;       /* at least 1 */
    struct path_segment segments[];
};

/* How the requests of a pattern relate to those of another; or-ed, 0 when they are the same. */
enum pattern_relation {
    PATTERN_WIDER = 1,    /* matches some that the other does not */
    PATTERN_NARROWER = 2, /* does not match some that the other does */
    PATTERN_DISJOINT = 4, /* no request matches both; the other bits mean nothing then */
};

/* Parses `source`, which is copied. Returns 0 and *out, to be freed with pattern_free; -ENOMEM; or
 * -EINVAL and in *why a constant sentence without a subject, "has ...". */
int pattern_new(const char *source, const char **why, struct pattern **out);

/* NULL is allowed. */
void pattern_free(struct pattern *pattern);

/* Or-ed PATTERN_* that relate `a` to `b`. */
unsigned pattern_compare(const struct pattern *a, const struct pattern *b);

/* The index of `name` among the names of the pattern, or -ENOENT. */
int pattern_name_index(const struct pattern *pattern, struct span name);

/* Whether a route of this pattern serves `method`: its own, HEAD for GET, any without one. */
static inline bool pattern_has_method(const struct pattern *pattern, struct span method)
{
    if (pattern->method.length == 0 || span_equal(pattern->method, method))
        return true;
    return span_equal(method, SPAN("HEAD")) && span_equal(pattern->method, SPAN("GET"));
}

#endif
