// SPDX-License-Identifier: MIT
/*
 * A connection: one client, from accept to close. It turns input into requests, has them answered,
 * and sees to it that the answers leave, in order, before it closes. The worker calls it with what
 * the engine has told; it owns its source and, while it needs them, an intake and a backlog.
 */
#ifndef SERVER_CONNECTION_H
#define SERVER_CONNECTION_H

#include "engine/engine.h"
#include "server/intake.h"
#include "server/output.h"
#include "server/timer.h"
#include "server/worker.h"

#include <stdbool.h>
#include <stdint.h>

enum connection_phase {
    PHASE_REQUEST, /* takes request heads; with an intake, the rest of one */
    PHASE_BODY,    /* takes the rest of a body */
    PHASE_HELD,    /* the intake is input that waits until the backlog has gone, or for a turn */
    PHASE_LAST,    /* the last response was made: no more requests */
    PHASE_LINGER,  /* the last response has gone: input is thrown away until the client ends */
    PHASE_LEFT,    /* it is closed once the last response has gone, and counted no more */
};

/* A connection that comes back after so many turns is taken for one of this turn: its requests may
 * be held for a turn in vain. */
enum { CONNECTION_TURN_MASK = 31 };

/* One line of the cache: with what the engine has of it, this is what an idle connection costs. */
struct connection {
    struct source source; /* first: the engine knows a connection by it */
    struct timer timer;
    struct intake *intake;   /* or NULL */
    struct backlog *backlog; /* or NULL */
    union {
        uint32_t requests; /* answered so far, until PHASE_LINGER */
        uint32_t lingered; /* bytes thrown away since the last response */
    };
    uint16_t served;    /* requests in the turn `turn` */
    uint8_t phase : 3;  /* enum connection_phase */
    uint8_t awaits : 3; /* enum awaited: the queue that the timer is in */
    bool is_first : 1;  /* no byte of a request has come yet */
    bool has_ended : 1; /* the client has ended its side */
    uint8_t turn : 5;   /* the low bits of worker->turn */
    bool is_broken : 1; /* nothing can be sent any more */
    bool may_drop : 1;  /* after the last response: no input can be left that a close would reset */
    bool is_due : 1;    /* a segment of it waits for connection_send_due */
};
_Static_assert(sizeof(struct connection) <= 64, "more than a line of the cache");

static inline struct connection *connection_of_timer(struct timer *timer)
{
    return LIST_MEMBER(timer, struct connection, timer);
}

/* Whether the connection has had its share of this turn. */
static inline bool connection_has_had_turn(const struct worker *worker,
                                           const struct connection *connection)
{
    return connection->turn == (worker->turn & CONNECTION_TURN_MASK) &&
           connection->served >= worker->server->options.turn_requests;
}

/* The head of the request that is coming in, or NULL. */
static inline const struct http_head *connection_head(const struct connection *connection)
{
    return connection->intake ? &connection->intake->head : NULL;
}

/* Takes over `fd`, accepted and non-blocking; closes it when there is no memory for it. */
void connection_open(struct worker *worker, int fd);

/* See struct engine_calls. What input brings is sent by connection_send_due. */
void connection_input(struct worker *worker, struct connection *connection, struct span bytes);
int connection_unsent(struct worker *worker, struct connection *connection, struct span rest);
void connection_writable(struct worker *worker, struct connection *connection);
void connection_ended(struct worker *worker, struct connection *connection, int error);

/* Sends what the connections that had input have to say, and decides what becomes of each. */
void connection_send_due(struct worker *worker);

/* The turn that its held input has waited for has come. */
void connection_take_turn(struct worker *worker, struct connection *connection);

/* Its timer has fired. */
void connection_expired(struct worker *worker, struct connection *connection);

/* Closes it at once. */
void connection_drop(struct worker *worker, struct connection *connection);

#endif
