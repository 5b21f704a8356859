// SPDX-License-Identifier: MIT
/*
 * A router that is slow and plain, for the fuzz target router.c to hold against that of src/server:
 * it tries every pattern for every path, and compares patterns by the sets of requests that they
 * match. It borrows all text.
 */
#ifndef FUZZ_ROUTER_MODEL_H
#define FUZZ_ROUTER_MODEL_H

#include "base/span.h"

#include <stdbool.h>
#include <stddef.h>

enum {
    MODEL_SEGMENTS_MAX = 24,
    MODEL_NAMES_MAX = 16, /* as selkie_server_route has it */
};

enum model_kind {
    MODEL_TEXT, /* a literal, as it was written */
    MODEL_ONE,  /* any segment that is not empty */
    MODEL_ANY,  /* any segment: the last of a pattern goes on for one or more */
};

struct model_segment {
    enum model_kind kind;
    struct span text; /* of a literal */
    struct span name; /* of a wildcard, or length 0 */
};

struct model_pattern {
    struct span method; /* length 0: every method */
    struct model_segment segments[MODEL_SEGMENTS_MAX];
    size_t count;
};

/* How many segments a pattern or path of this text has at most. */
size_t model_segments_count(struct span text);

/* Takes a pattern of up to MODEL_SEGMENTS_MAX segments apart. Returns whether it is one. */
bool model_pattern_parse(struct span text, struct model_pattern *out);

/* Whether both match some request, and neither matches all that the other does, and more. */
bool model_conflicts(const struct model_pattern *a, const struct model_pattern *b);

/* Whether all that `a` matches `b` matches too. */
bool model_is_within(const struct model_pattern *a, const struct model_pattern *b);

bool model_has_method(const struct model_pattern *pattern, struct span method);

/* Whether the pattern matches a path as it is sent, of up to MODEL_SEGMENTS_MAX segments. Sets
 * `params` to what its names match, in order. */
bool model_has_path(const struct model_pattern *pattern, struct span path, struct span *params);

/* How many names the pattern has. */
size_t model_names_count(const struct model_pattern *pattern);

#endif
