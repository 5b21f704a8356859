// SPDX-License-Identifier: MIT
/*
 * A request that is whole, as its handler sees it, and the response to it. It lives on the stack of
 * request_serve; its spans point into the connection's input.
 */
#ifndef SERVER_REQUEST_H
#define SERVER_REQUEST_H

#include "http/http.h"
#include "server/connection.h"
#include "server/router.h"

#include <stdbool.h>

struct selkie_request {
    struct worker *worker;
    struct connection *connection;
    const struct http_head *head;
    const char *base; /* of the head's slices */
    struct span body;
    struct route_match match;
    bool persists; /* the connection stays open after the response */
    bool answered;
};

/* Finds the route for a head. Returns 0 and *out; 404, 405 or 501, the status to answer; 0 and
 * out->route NULL for OPTIONS that the server answers itself: of "*", and of a path that has
 * routes, but none for OPTIONS. */
int request_route(const struct worker *worker, const struct http_head *head, const char *base,
                  struct route_match *out);

/* A whole request, where it lies. */
struct message {
    const struct http_head *head;
    const char *base; /* of the head's slices */
    struct span body;
    bool is_last;    /* no further input of this connection is at hand */
    bool is_refused; /* the body will not be read: the connection ends after the answer */
};

/* Has a request answered, by its handler or by the server itself. Returns whether the connection
 * persists. */
bool request_serve(struct worker *worker, struct connection *connection,
                   const struct message *message);

/* Answers something that is no proper request, or is too much: the connection ends after it. `head`
 * is what is known of the request, or NULL. */
void request_refuse(struct worker *worker, struct connection *connection,
                    const struct http_head *head, int status, const char *reason);

/* How a request is refused that is beyond a bound. */
struct excess {
    enum selkie_bound bound;
    int status;
    const char *reason;
};

/* Counts that, and refuses it. */
void request_exceed(struct worker *worker, struct connection *connection,
                    const struct http_head *head, const struct excess *excess);

/* Refuses a request for which there is no memory. */
void request_starve(struct worker *worker, struct connection *connection,
                    const struct http_head *head);

#endif
