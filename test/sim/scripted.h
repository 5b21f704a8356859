// SPDX-License-Identifier: MIT
/*
 * The scripted engine, as its three files see it: engine.c has the turn, engine_input.c what comes,
 * engine_output.c what goes. It keeps the contract of engine/engine.h to the letter, and uses all
 * the freedom that this leaves; where the owner breaks it, the process ends.
 */
#ifndef SIM_SCRIPTED_H
#define SIM_SCRIPTED_H

#include "engine/engine.h"
#include "run.h"

enum event_kind {
    EVENT_INPUT,
    EVENT_END,
    EVENT_ERROR,
    EVENT_WRITABLE,
    EVENT_ACCEPT,
    EVENT_MISSED,
    EVENT_RUNG,
    EVENT_LIFELINE,
};

/* Something that was there when the wait ended. */
struct event {
    enum event_kind kind;
    unsigned index; /* of a peer or a listener */
};

/* Output that was sent, and is not flushed. */
struct lent {
    struct peer *peer;
    int fd;
    struct span bytes; /* the owner's, which must not change them */
    char *copy;        /* owned: how they were */
    bool is_orphan;    /* the connection was dropped behind it */
};

enum { EVENTS_MAX = 4 * PEERS_MAX, LENTS_MAX = PEERS_MAX };

struct listened {
    struct source *source; /* borrowed; NULL: not listened to */
    bool is_free;
    bool has_missed; /* a wake-up may have come that nobody heard */
};

struct engine {
    struct run *run;
    const struct engine_calls *calls;
    void *owner;
    struct source *dropped;
    struct source *bell, *lifeline;
    struct listened listening[LISTENERS_MAX];
    struct event events[EVENTS_MAX];
    unsigned event_count;
    size_t turn_bytes; /* of input, that a connection gets in a turn */
    bool has_told, told_all;
    unsigned undelivered;
    struct lent lents[LENTS_MAX];
    unsigned lent_count;
    bool is_flushing, is_closing;
};

/* The peer of a source that the engine watches, and may still be spoken of. */
struct peer *engine_peer(const struct engine *engine, const struct source *source);

/* The owner is told of a peer from here to the next call. */
void engine_tells(struct engine *engine, struct peer *peer);

/* engine_input.c */

/* Gathers what there is to tell. */
void engine_gather(struct engine *engine);
void engine_tell(struct engine *engine, struct event event);

/* Says that the input was told. */
void engine_deliver(struct engine *engine);

/* What was told, or resumed, is dealt with. */
void engine_settle(struct engine *engine);

/* engine_output.c */

/* Ends the output of those whose last bytes have been flushed. */
void engine_end_finished(struct engine *engine);
void engine_forget(struct engine *engine, struct source *source);

#endif
