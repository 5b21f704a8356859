// SPDX-License-Identifier: MIT
/*
 * The router: finds the route of a request by its method and path, as Go's ServeMux does. The
 * server fills it before the fork; the connections of every worker ask it, so router_find
 * allocates nothing and changes nothing. No two routes are ever in conflict: for every request
 * one of those that match is the most specific.
 */
#ifndef SERVER_ROUTER_H
#define SERVER_ROUTER_H

#include "base/span.h"
#include "selkie/server.h"

#include <stdbool.h>
#include <stddef.h>

enum { ROUTE_PARAMS_MAX = 16 }; /* names in one pattern; a match lies on the caller's stack */

struct pattern;
struct router;

/* Where a route leads. */
struct route_target {
    selkie_handler_fn *handler;
    void *data;        /* borrowed */
    bool ignores_body; /* the handler does not look at it */
};

/* Owned by its router. */
struct route {
    struct route_target target;
    struct pattern *pattern;   /* owned */
    struct route *alternative; /* the same path with another method, tried after this one */
    struct route *next;        /* of all the router's routes */
};

struct route_match {
    const struct route *route;
    /* What the named wildcards matched, in the order of the pattern; as sent, not decoded, borrowed
     * from the path. As many as the pattern has names: what stands behind them means nothing. */
    struct span params[ROUTE_PARAMS_MAX];
};

/* Returns NULL when memory is short. */
struct router *router_new(void);

/* Frees the router and its routes. NULL is allowed. */
void router_free(struct router *router);

/*
 * Adds a route for "[METHOD ]/path"; the syntax is that of selkie_server_route. `source` and
 * `target` are copied. Returns 0; -EINVAL for a pattern that is none, -EEXIST for one that
 * conflicts with another, -ENOMEM. On failure *why is a sentence, valid until the next call on this
 * router.
 */
int router_add(struct router *router, const char *source, const struct route_target *target,
               const char **why);

/*
 * Finds the route of a request. Literal segments are compared with the decoded segments of `path`;
 * an empty path is "/" (RFC 9110, 4.2.3); nothing is cleaned or redirected.
 * Returns 0 and *out; -ENOENT when no pattern matches the path (404); -ENOTSUP when some do, but
 * none with this method (405). On failure the params in *out mean nothing, and its route is as
 * before.
 */
int router_find(const struct router *router, struct span method, struct span path,
                struct route_match *out);

/* Writes the value of the Allow field for `path`, "GET, HEAD, POST, OPTIONS", to `to` with a NUL,
 * leaving out the methods that do not fit. Returns its length, 0 for a path that no route has. */
size_t router_allow(const struct router *router, struct span path, char *to, size_t size);

/* Whether some pattern names this method; GET names HEAD too. */
bool router_knows_method(const struct router *router, struct span method);

/* How many names the pattern has, and so how many params a match. */
size_t route_param_count(const struct route *route);

/* The index of {name} in route_match.params, or -ENOENT. */
int route_param(const struct route *route, const char *name);

#endif
