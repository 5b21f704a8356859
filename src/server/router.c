// SPDX-License-Identifier: MIT
/*
 * The routes in the order they were added, and the tree that finds them. A route is added only when
 * it is in conflict with no other; which methods a path has is asked of the tree, method by method.
 */
#include "server/router.h"

#include "server/pattern.h"
#include "server/tree.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct router {
    struct node *tree;    /* owned */
    struct route *routes; /* owned: in the order they were added */
    char why[1024];       /* the last refusal */
};

struct router *router_new(void)
{
    struct router *router = calloc(1, sizeof *router);
    if (router == NULL)
        return NULL;
    router->tree = tree_new();
    if (router->tree == NULL) {
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
    tree_free(router->tree);
    for (struct route *route = router->routes, *next; route != NULL; route = next) {
        next = route->next;
        route_free(route);
    }
    free(router);
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
    int error = tree_insert(router->tree, route);
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

int router_find(const struct router *router, struct span method, struct span path,
                struct route_match *out)
{
    return tree_find(router->tree, method, path, out);
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
    assert(length < size && list[length] == '\0');
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
    /* The server answers it itself for every path that some route has. */
    return length > 0 ? list_append(to, length, size, SPAN("OPTIONS")) : 0;
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
