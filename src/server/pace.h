// SPDX-License-Identifier: MIT
/*
 * Pace: whether a client sends its request body, and takes its responses, at least as fast as the
 * bounds body_rate_min and write_rate_min demand, once it has had a few seconds to begin.
 * connection.c and message.c ask when something has moved or a time-out is due, and shed.c when
 * there is no room.
 */
#ifndef SERVER_PACE_H
#define SERVER_PACE_H

#include "server/connection.h"

#include <stdbool.h>
#include <stdint.h>

/* So long each may be slower (Kestrel: 5 s as well): a connection begins slowly, and stalls. */
enum { PACE_GRACE_MS = 5000 };

/* Begins to measure how fast the running body comes. */
void pace_body_begin(const struct worker *worker, struct intake *intake);

/* Whether the running body comes fast enough, with `grace_ms` from its beginning on. */
bool pace_body_holds(const struct worker *worker, const struct connection *connection,
                     uint32_t grace_ms);

/* Begins to measure how fast the client takes the backlog. */
void pace_reader_begin(const struct worker *worker, struct connection *connection);

/* Whether the client takes the backlog fast enough. */
bool pace_reader_holds(const struct worker *worker, const struct connection *connection,
                       uint32_t grace_ms);

/* Whether the client has taken something since this was asked last, or measuring began. */
bool pace_reader_moved(struct connection *connection);

#endif
