// SPDX-License-Identifier: MIT
/*
 * Fuzz target: the router against a model (router_model.c). The lines of the input up to an empty
 * one are patterns to add, those behind it requests to find, "METHOD PATH". Both must refuse the
 * same patterns, find the same route, with the same parameters, and name the same methods.
 */
#include "server/router.h"

#include "input.h"
#include "router_model.h"

#include <errno.h>
#include <stdio.h>

enum { ROUTES_MAX = 24, REQUESTS_MAX = 24, ALLOW_MAX = 8192 };

/* A router and its model: the same patterns, in the order they were added. */
struct pair {
    struct router *router;
    struct model_pattern patterns[ROUTES_MAX];
    char *texts[ROUTES_MAX]; /* owned: what the patterns borrow */
    size_t count;
};

static void no_handler(struct selkie_request *request, void *data)
{
    (void)request;
    (void)data;
}

static bool model_accepts(const struct pair *pair, const struct model_pattern *pattern)
{
    for (size_t i = 0; i < pair->count; i++)
        if (model_conflicts(pattern, &pair->patterns[i]))
            return false;
    return true;
}

/* Adds a pattern to both. The target's data is the pattern of the model. */
static void pair_add(struct pair *pair, struct span line)
{
    struct model_pattern *pattern = &pair->patterns[pair->count];
    struct route_target target = {.handler = no_handler, .data = pattern};
    char *text = text_of(line);
    const char *why = NULL;
    int wanted = -EINVAL;

    if (model_pattern_parse(span_of(text), pattern))
        wanted = model_accepts(pair, pattern) ? 0 : -EEXIST;
    int result = router_add(pair->router, text, &target, &why);
    assert(result == wanted);
    assert((result == 0) == (why == NULL));
    if (result == 0)
        pair->texts[pair->count++] = text;
    else
        free(text);
}

/* The most specific pattern that matches, or NULL; *status is what router_find returns. */
static const struct model_pattern *model_find(const struct pair *pair, struct span method,
                                              struct span path, int *status)
{
    const struct model_pattern *best = NULL;
    struct span params[MODEL_NAMES_MAX];

    *status = -ENOENT;
    for (size_t i = 0; i < pair->count; i++) {
        const struct model_pattern *pattern = &pair->patterns[i];
        if (!model_has_path(pattern, path, params))
            continue;
        *status = *status == -ENOENT ? -ENOTSUP : *status;
        if (!model_has_method(pattern, method))
            continue;
        *status = 0;
        if (best == NULL || model_is_within(pattern, best))
            best = pattern;
    }
    return best;
}

static void claim_params(const struct route_match *match, const struct model_pattern *pattern,
                         struct span path)
{
    struct span params[MODEL_NAMES_MAX];
    size_t index = 0;

    assert(model_has_path(pattern, path, params));
    assert(route_param_count(match->route) == model_names_count(pattern));
    for (size_t i = 0; i < pattern->count; i++) {
        if (pattern->segments[i].name.length == 0)
            continue;
        char *name = text_of(pattern->segments[i].name);
        assert(route_param(match->route, name) == (int)index);
        assert(span_equal(match->params[index], params[index]));
        index++;
        free(name);
    }
}

static void claim_find(const struct pair *pair, struct span method, struct span path)
{
    struct route_match match = {.route = NULL};
    int wanted;
    const struct model_pattern *pattern = model_find(pair, method, path, &wanted);

    assert(router_find(pair->router, method, path, &match) == wanted);
    assert((match.route == NULL) == (pattern == NULL));
    if (pattern != NULL) {
        assert(match.route->target.data == pattern);
        claim_params(&match, pattern, path);
    }
}

/* Whether a pattern of the first `count` has this method, or GET, for HEAD. */
static bool model_names_method(const struct pair *pair, struct span method, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (pair->patterns[i].method.length > 0 && model_has_method(&pair->patterns[i], method))
            return true;
    return false;
}

static bool list_has(struct span list, struct span method)
{
    while (list.length > 0) {
        size_t length = 0;
        while (length < list.length && list.at[length] != ',')
            length++;
        if (span_equal(span_first(list, length), method))
            return true;
        list = span_skip(list, length + 2 < list.length ? length + 2 : list.length);
    }
    return false;
}

/* Each method that some pattern names and that the path has is in the list, and no other. */
static void claim_allow(const struct pair *pair, struct span path)
{
    char *text = block_new(ALLOW_MAX);
    struct span list = {text, router_allow(pair->router, path, text, ALLOW_MAX)};
    int status;

    assert(list.length < ALLOW_MAX && text[list.length] == '\0');
    for (size_t i = 0; i < pair->count; i++) {
        struct span method = pair->patterns[i].method;
        bool is_served = model_find(pair, method, path, &status) != NULL;
        if (method.length > 0 && !span_equal(method, SPAN("OPTIONS")))
            assert(list_has(list, method) == is_served);
    }
    assert(list_has(list, SPAN("OPTIONS")) == (list.length > 0));
    if (list_has(list, SPAN("GET")))
        assert(list_has(list, SPAN("HEAD")));
    free(text);
}

/* A list that is cut for lack of room is a list. */
static void claim_short_allow(const struct pair *pair, struct span path, size_t room)
{
    char *text = block_new(room);
    size_t length = router_allow(pair->router, path, text, room);

    assert(room == 0 ? length == 0 : length < room && strlen(text) == length);
    if (length > 0)
        assert(text[length - 1] != ' ' && text[length - 1] != ',');
    free(text);
}

static void claim_request(const struct pair *pair, struct span line)
{
    size_t space = 0;

    while (space < line.length && line.at[space] != ' ')
        space++;
    struct span method = span_first(line, space);
    struct span rest = span_skip(line, space < line.length ? space + 1 : space);
    if (model_segments_count(rest) > MODEL_SEGMENTS_MAX)
        return;
    struct span path = {block_of(rest), rest.length};
    claim_find(pair, method, path);
    claim_allow(pair, path);
    claim_short_allow(pair, path, line.length);
    assert(router_knows_method(pair->router, method) ==
           model_names_method(pair, method, pair->count));
    free((char *)path.at);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct pair pair;
    struct span input = input_of(data, size), line;

    pair = (struct pair){.router = router_new()};
    assert(pair.router != NULL);
    while (input_line(&input, &line) && line.length > 0)
        if (pair.count < ROUTES_MAX && model_segments_count(line) <= MODEL_SEGMENTS_MAX)
            pair_add(&pair, line);
    for (size_t i = 0; i < REQUESTS_MAX && input_line(&input, &line); i++)
        claim_request(&pair, line);
    router_free(pair.router);
    for (size_t i = 0; i < pair.count; i++)
        free(pair.texts[i]);
    return 0;
}
