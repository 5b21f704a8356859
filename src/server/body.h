// SPDX-License-Identifier: MIT
/*
 * The body of a request, where it goes on beyond the input that its head came with: it is decoded,
 * bounded and kept, as it comes, in the connection's intake. Called by message.c.
 */
#ifndef SERVER_BODY_H
#define SERVER_BODY_H

#include "server/intake.h"
#include "server/request.h"

/* A body longer than the server takes. */
extern const struct excess excess_of_body;

/* Makes `intake`, whose bytes are those of `head`, ready for the body of that; it is only counted
 * unless `is_wanted`. */
void body_start(const struct worker *worker, struct intake *intake, const struct http_head *head,
                bool is_wanted);

/* Takes what `bytes` has of the body, or refuses the request: then the phase is PHASE_LAST. Returns
 * how many bytes that took. */
size_t body_take(struct worker *worker, struct connection *connection, struct span bytes);

/* Whether all of it has come. */
static inline bool body_is_whole(const struct intake *intake)
{
    return intake->head.framing == HTTP_CHUNKED ? intake->chunked.done : intake->body_left == 0;
}

#endif
