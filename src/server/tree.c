// SPDX-License-Identifier: MIT
/*
 * The tree: a node for each segment of the routes' paths, with its literal children, one child for
 * {name}, and the routes that take the rest. The router refuses conflicts, so literal before {name}
 * before rest finds the most specific route first. A node is visited at most once for a request,
 * since it stands at one depth below one parent.
 */
#include "server/tree.h"

#include "http/http.h"
#include "server/pattern.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct node {
    struct node *literals; /* children, linked by `sibling` */
    struct node *one;      /* the child for {name} */
    struct route *here;    /* the path ends here; linked by `alternative` */
    struct route *rest;    /* the path goes on, with anything */
    struct node *sibling;
    size_t length; /* of the literal that leads here */
    char literal[];
};

/* A look-up that is under way. */
struct search {
    struct span method;
    struct span *params; /* of the caller's match */
    size_t param_count;
    bool path_known; /* a pattern matches the path, maybe not the method */
};

static struct node *node_new(struct span literal)
{
    struct node *node = calloc(1, sizeof *node + literal.length);
    if (node != NULL && literal.length > 0) {
        node->length = literal.length;
        memcpy(node->literal, literal.at, literal.length);
    }
    return node;
}

struct node *tree_new(void)
{
    return node_new(SPAN(""));
}

void tree_free(struct node *tree)
{
    if (tree == NULL)
        return;
    for (struct node *child = tree->literals, *next; child != NULL; child = next) {
        next = child->sibling;
        tree_free(child);
    }
    tree_free(tree->one);
    free(tree);
}

/* The child of a node for a literal or {name}, made when it is missing; NULL without memory. */
static struct node *node_child(struct node *node, const struct path_segment *segment)
{
    if (segment->kind == SEGMENT_ONE) {
        if (node->one == NULL)
            node->one = node_new(SPAN(""));
        return node->one;
    }
    struct node **at = &node->literals;
    for (; *at != NULL; at = &(*at)->sibling) {
        if (span_equal((struct span){(*at)->literal, (*at)->length}, segment->text))
            return *at;
    }
    *at = node_new(segment->text);
    return *at;
}

/* HEAD goes before GET, which serves it too, and a method before none: the first that fits wins. */
static int route_rank(const struct route *route)
{
    if (route->pattern->method.length == 0)
        return 2;
    return span_equal(route->pattern->method, SPAN("HEAD")) ? 0 : 1;
}

int tree_insert(struct node *tree, struct route *route)
{
    struct node *node = tree;
    const struct pattern *pattern = route->pattern;
    size_t depth = 0;
    assert(pattern->count > 0 && pattern->name_count <= ROUTE_PARAMS_MAX);
    for (; depth < pattern->count && pattern->segments[depth].kind != SEGMENT_REST; depth++) {
        node = node_child(node, &pattern->segments[depth]);
        if (node == NULL)
            return -ENOMEM;
    }
    struct route **at = depth < pattern->count ? &node->rest : &node->here;
    while (*at != NULL && route_rank(*at) <= route_rank(route))
        at = &(*at)->alternative;
    route->alternative = *at;
    *at = route;
    return 0;
}

/* The first of the routes at one place in the tree that serves the method, or NULL. */
static const struct route *route_choose(const struct route *first, struct search *search)
{
    for (const struct route *route = first; route != NULL; route = route->alternative) {
        if (pattern_has_method(route->pattern, search->method))
            return route;
    }
    if (first != NULL)
        search->path_known = true;
    return NULL;
}

/* Whether a segment as sent is this literal. A '%' that begins no triplet stands for itself. */
static bool literal_matches(const struct node *node, struct span segment)
{
    size_t at = 0;
    for (size_t i = 0; i < node->length; i++, at++) {
        if (at == segment.length)
            return false;
        char byte = segment.at[at];
        if (byte == '%' && segment.length - at >= 3 &&
            http_percent_decode((struct span){segment.at + at, 3}, &byte) == 1)
            at += 2;
        if (byte != node->literal[i])
            return false;
    }
    return at == segment.length;
}

static const struct route *children_find(const struct node *node, struct span path,
                                         struct search *search);

/* The route below `node` for what is left of the path: nothing, or what begins with '/'. */
static inline const struct route *node_find(const struct node *node, struct span path,
                                            struct search *search)
{
    if (path.length == 0)
        return route_choose(node->here, search);
    /* Most servers have few routes: a root without children is not worth cutting the path for. */
    if (node->literals != NULL || node->one != NULL) {
        const struct route *route = children_find(node, path, search);
        if (route != NULL)
            return route;
    }
    const struct route *route = route_choose(node->rest, search);
    /* Each name before the rest has its param: one more name is that of the rest. */
    if (route != NULL && route->pattern->name_count > search->param_count)
        search->params[search->param_count++] = span_skip(path, 1);
    return route;
}

/* Tries the children of a node with the first segment of `path`, which begins with '/'. Never
 * inlined, so that -O3 inlines node_find: of a server with one route the whole look-up is that. */
static __attribute__((noinline)) const struct route *
children_find(const struct node *node, struct span path, struct search *search)
{
    const char *slash = memchr(path.at + 1, '/', path.length - 1);
    size_t length = slash == NULL ? path.length : (size_t)(slash - path.at);
    struct span segment = {path.at + 1, length - 1};
    struct span behind = span_skip(path, length);

    for (const struct node *child = node->literals; child != NULL; child = child->sibling) {
        if (!literal_matches(child, segment))
            continue;
        const struct route *route = node_find(child, behind, search);
        if (route != NULL)
            return route;
        break; /* no two children have the same literal */
    }
    if (node->one == NULL || segment.length == 0)
        return NULL;
    assert(search->param_count < ROUTE_PARAMS_MAX);
    search->params[search->param_count++] = segment;
    const struct route *route = node_find(node->one, behind, search);
    if (route == NULL)
        search->param_count--;
    return route;
}

int tree_find(const struct node *tree, struct span method, struct span path,
              struct route_match *out)
{
    struct search search = {.method = method, .params = out->params};
    if (path.length == 0)
        path = SPAN("/");
    if (path.at[0] != '/')
        return -ENOENT;
    const struct route *route = node_find(tree, path, &search);
    if (route == NULL)
        return search.path_known ? -ENOTSUP : -ENOENT;
    out->route = route;
    return 0;
}
