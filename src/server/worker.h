// SPDX-License-Identifier: MIT
/*
 * A worker: one process (or the caller's own), one thread, one engine, and the connections that it
 * has accepted. It owns everything that they share: time, output arena, pools and time-outs. It
 * borrows the server, which was complete before the fork.
 */
#ifndef SERVER_WORKER_H
#define SERVER_WORKER_H

#include "base/pool.h"
#include "engine/engine.h"
#include "http/http.h"
#include "server/clients.h"
#include "server/intake.h"
#include "server/output.h"
#include "server/reply.h"
#include "server/server.h"
#include "server/timer.h"

#include <stdbool.h>
#include <stdint.h>

/* What a connection waits for: each has a queue of its own, since each has its own time-out. */
enum awaited {
    AWAITS_FIRST,  /* the first byte of its first request */
    AWAITS_NEXT,   /* the first byte of another request: it is idle */
    AWAITS_HEAD,   /* the rest of a head */
    AWAITS_BODY,   /* the rest of a body */
    AWAITS_READER, /* the client to take output */
    AWAITS_END,    /* the client to end, after the last response */
    AWAITS_COUNT,
    AWAITS_NOTHING = AWAITS_COUNT,
};

/* The bits of all of them. */
enum { AWAITS_MASK = 7 };

/* Whether the engine watches the worker's own listeners, and if not, until when. */
enum listening {
    LISTENING_ENDED, /* it drains */
    LISTENING,
    LISTENING_PAUSED, /* it has its share, or no resources: for a moment */
    LISTENING_FULL,   /* until a connection ends */
};

struct worker {
    struct selkie_server *server; /* borrowed */
    struct slot *slot;            /* borrowed */
    unsigned number;              /* of the slot */
    struct engine *engine;

    uint32_t turn;   /* counts them */
    uint32_t now_ms; /* monotonic, read once a turn */
    int64_t date_until_ms;
    char date[HTTP_DATE_LENGTH + 1];

    struct arena output;
    struct http_head head; /* of the request that is being parsed in place */
    struct text fields;    /* further fields of the response that is being made */
    struct text decoded;   /* parameters of the running request, without %XX */
    struct reply_start reply_start;

    struct pool connections;
    struct intake_store intakes;
    struct timer_queue queues[AWAITS_COUNT];
    struct list held; /* intakes whose requests wait for the next turn */
    struct clients clients;
    const struct source *input_of; /* the connection that had input last, as an address only */
    size_t input_length;           /* so much in a row, in this turn */
    size_t turn_bytes;             /* of the engine */
    unsigned active, active_max;

    struct source bell, lifeline;
    struct source *listeners; /* owned: every socket of the server, in the order of its list */
    unsigned listener_count;
    enum listening listening;
    bool is_free;             /* while LISTENING: it takes all that comes, without counting */
    uint32_t listen_again_ms; /* of LISTENING_PAUSED */
    uint32_t shed_again_ms;   /* of LISTENING_FULL */
    unsigned active_at_pause; /* the connections when it began */
    bool asked_to_accept;     /* a sibling has left connections to this worker */
    unsigned called;          /* the sibling that was asked last */
    unsigned yields;          /* in a row that it has not heard of */
    bool is_starved;          /* the last accept failed for want of a resource */
    bool has_accepted;        /* since it last let its siblings go first */
    uint32_t stepped_back_ms; /* when that was */

    bool draining;
    uint32_t drain_turns;    /* since the drain began */
    bool idle_are_closed;    /* of the drain */
    uint32_t drain_until_ms; /* then the busy connections are closed too */
    bool ended;              /* leave the loop */
};

/* Makes a worker for slot `number`, which listens. `bell` and `lifeline` are borrowed; the latter
 * is readable when the master has died, or -1. Returns 0; or a negative errno, nothing left open,
 * and server->error has a line. */
int worker_open(struct worker *worker, struct selkie_server *server, unsigned number,
                const struct bell *bell, int lifeline);

/* One turn of its loop, which waits at most `wait_ms` (negative: for as long as there is nothing to
 * do). Returns 0 or a negative errno. */
int worker_turn(struct worker *worker, int wait_ms);

/* Drops the connections that are left and frees everything. */
void worker_close(struct worker *worker);

/* The whole life of a worker: opens it, rings the server's bell when it accepts, and serves until
 * it has drained, or was told to end at once. The arguments and failures are those of worker_open;
 * a server without a fork calls it with the server's own bell. */
int worker_serve(struct selkie_server *server, unsigned number, const struct bell *bell,
                 int lifeline);

/* Counts that a client has met a bound. */
static inline void worker_count(struct worker *worker, enum selkie_bound bound)
{
    SLOT_ADD(worker->slot->reached[bound], 1);
}

/* The connections tell when they come and go, and when one that had gone has more to send. */
void worker_connection_opened(struct worker *worker);
void worker_connection_dropped(struct worker *worker, int fd);
void worker_connection_returned(struct worker *worker);

#endif
