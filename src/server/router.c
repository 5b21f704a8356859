// SPDX-License-Identifier: MIT
/*
 * The routes as a tree: a node for each segment of their paths, with its literal children, one
 * child for {name}, and the routes that take the rest. router_add refuses conflicts, so literal
 * before {name} before rest finds the most specific route first. A node is visited at most once
 * for a request, since it stands at one depth below one parent.
 */
#include "server/router.h"

#include "http/http.h"
#include "server/pattern.h"

#include <errno.h>
#include <stdio.h>
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

struct router {
    struct node *root;
    struct route *routes; /* in the order they were added */
    char why[1024];       /* the last refusal */
};

/* A look-up that is under way. */
struct search {
    struct span method;
    struct span *params;
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

static void node_free(struct node *node)
{
    if (node == NULL)
        return;
    for (struct node *child = node->literals, *next; child != NULL; child = next) {
        next = child->sibling;
        node_free(child);
    }
    node_free(node->one);
    free(node);
}

struct router *router_new(void)
{
    struct router *router = calloc(1, sizeof *router);
    if (router == NULL)
        return NULL;
    router->root = node_new(SPAN(""));
    if (router->root == NULL) {
        free(router);
        return NULL;
    }
    return router;
}

static void route_free(struct route *route)
{
    pattern_free(route->pattern);
    free(route);
}

void router_free(struct router *router)
{
    if (router == NULL)
        return;
    node_free(router->root);
    for (struct route *route = router->routes, *next; route != NULL; route = next) {
        next = route->next;
        route_free(route);
    }
    free(router);
}

/* The child of a node for a literal or {name}, made when it is missing; NULL without memory. */
static struct node *node_child(struct node *node, const struct segment *segment)
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

static int tree_insert(struct node *node, struct route *route)
{
    const struct pattern *pattern = route->pattern;
    size_t depth = 0;
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

/* Returns 0, or -EEXIST and a sentence in router->why. */
static int conflict_check(struct router *router, const struct pattern *pattern)
{
    for (const struct route *other = router->routes; other != NULL; other = other->next) {
        unsigned relation = pattern_compare(pattern, other->pattern);
        if ((relation & PATTERN_DISJOINT) != 0 || relation == PATTERN_WIDER ||
            relation == PATTERN_NARROWER)
            continue;
        snprintf(router->why, sizeof router->why,
                 "pattern \"%.400s\" conflicts with \"%.400s\": %s", pattern->source,
                 other->pattern->source,
                 relation == 0 ? "both match the same requests"
                               : "both match some requests, and neither is more specific");
        return -EEXIST;
    }
    return 0;
}

/* Makes the route and puts it where it belongs; owns `pattern` when it returns 0. */
static int route_insert(struct router *router, struct pattern *pattern,
                        const struct route_target *target)
{
    struct route *route = calloc(1, sizeof *route);
    if (route == NULL)
        return -ENOMEM;
    *route = (struct route){.target = *target, .pattern = pattern};
    int error = tree_insert(router->root, route);
    if (error < 0) {
        free(route);
        return error;
    }
    struct route **last = &router->routes;
    while (*last != NULL)
        last = &(*last)->next;
    *last = route;
    return 0;
}

int router_add(struct router *router, const char *source, const struct route_target *target,
               const char **why)
{
    struct pattern *pattern;
    const char *reason = "cannot be added: memory is short";
    int error = pattern_new(source, &reason, &pattern);
    if (error == 0) {
        error = conflict_check(router, pattern);
        if (error == 0)
            error = route_insert(router, pattern, target);
        if (error < 0)
            pattern_free(pattern);
    }
    if (error == -EINVAL || error == -ENOMEM)
        snprintf(router->why, sizeof router->why, "pattern \"%.400s\" %s", source, reason);
    if (error < 0)
        *why = router->why;
    return error;
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

static const struct route *node_find(const struct node *node, struct span path,
                                     struct search *search);

/* Tries the children of a node with the first segment of `path`, which begins with '/'. */
static const struct route *children_find(const struct node *node, struct span path,
                                         struct search *search)
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
    search->params[search->param_count++] = segment;
    const struct route *route = node_find(node->one, behind, search);
    if (route == NULL)
        search->param_count--;
    return route;
}

/* The route below `node` for what is left of the path: nothing, or what begins with '/'. */
static const struct route *node_find(const struct node *node, struct span path,
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
    if (route != NULL && pattern_rest_is_named(route->pattern))
        search->params[search->param_count++] = span_skip(path, 1);
    return route;
}

int router_find(const struct router *router, struct span method, struct span path,
                struct route_match *out)
{
    struct span params[ROUTE_PARAMS_MAX];
    struct search search = {.method = method, .params = params};
    if (path.length == 0)
        path = SPAN("/");
    if (path.at[0] != '/')
        return -ENOENT;
    const struct route *route = node_find(router->root, path, &search);
    if (route == NULL)
        return search.path_known ? -ENOTSUP : -ENOENT;
    out->route = route;
    for (size_t i = 0; i < search.param_count; i++)
        out->params[i] = params[i];
    return 0;
}

/* Whether a list "GET, HEAD" holds `method`. */
static bool list_has(const char *list, struct span method)
{
    while (*list != '\0') {
        size_t length = strcspn(list, ",");
        if (span_equal((struct span){list, length}, method))
            return true;
        list += length;
        list += strspn(list, ", ");
    }
    return false;
}

/* Appends to the list of `length` bytes what is not in it and fits. Returns the length. */
static size_t list_append(char *list, size_t length, size_t size, struct span method)
{
    const char *comma = length > 0 ? ", " : "";
    if (list_has(list, method) || length + strlen(comma) + method.length >= size)
        return length;
    return length + (size_t)snprintf(list + length, size - length, "%s%.*s", comma,
                                     (int)method.length, method.at);
}

size_t router_allow(const struct router *router, struct span path, char *to, size_t size)
{
    size_t length = 0;
    struct route_match match;
    if (size == 0)
        return 0;
    to[0] = '\0';
    for (const struct route *route = router->routes; route != NULL; route = route->next) {
        struct span method = route->pattern->method;
        if (method.length == 0 || router_find(router, method, path, &match) < 0)
            continue;
        length = list_append(to, length, size, method);
        if (span_equal(method, SPAN("GET")))
            length = list_append(to, length, size, SPAN("HEAD"));
    }
    return length;
}

bool router_knows_method(const struct router *router, struct span method)
{
    const struct route *route = router->routes;
    while (route != NULL &&
           (route->pattern->method.length == 0 || !pattern_has_method(route->pattern, method)))
        route = route->next;
    return route != NULL;
}

int route_param(const struct route *route, const char *name)
{
    return pattern_name_index(route->pattern, span_of(name));
}

size_t route_param_count(const struct route *route)
{
    return route->pattern->name_count;
}
