// SPDX-License-Identifier: MIT
/*
 * The handler that answers every request with one fixed response, but what the server answers
 * itself: CONNECT, TRACE and unknown methods, and "OPTIONS *". The program's `respond` command
 * installs it; it is a client of the public library only.
 */
#ifndef HANDLERS_RESPOND_H
#define HANDLERS_RESPOND_H

#include <selkie/server.h>

struct respond_options {
    int status;              /* 200 to 599 */
    const char *type;        /* the Content-Type, or NULL for a response without one */
    struct selkie_span body; /* empty for the statuses that have none */
};

/* Answers every request that `server` hands on as `options` say; they are borrowed until the server
 * is freed. Returns 0 or the error of selkie_server_route. */
int respond_install(struct selkie_server *server, const struct respond_options *options);

#endif
