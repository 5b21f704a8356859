// SPDX-License-Identifier: MIT
/*
 * What a family of engines brings: ready.c asks a selector what is ready and does the work itself,
 * uring.c has the kernel do the work and tell what was done. engine.c opens one of the two and
 * passes each call on; what both do alike stands there once.
 */
#ifndef ENGINE_FAMILY_H
#define ENGINE_FAMILY_H

#include "engine/engine.h"

/* source.flags: what is true of a connection in either family. The other bits are a family's own.
 */
enum {
    SOURCE_READABLE = 1,     /* input may wait in the kernel */
    SOURCE_PAUSED = 2,       /* the owner takes no input */
    SOURCE_ENDED = 4,        /* the end was told */
    SOURCE_WANTS_WRITE = 8,  /* the kernel has taken less than all */
    SOURCE_FLAG_PRIVATE = 16 /* the first bit of a family's own */
};

/* The functions promised in engine.h, under the same names. */
struct engine_family {
    int (*wait)(struct engine *engine, int timeout_ms);
    void (*dispatch)(struct engine *engine);
    bool (*told_all)(const struct engine *engine);
    int (*watch)(struct engine *engine, struct source *source);
    int (*listen)(struct engine *engine, struct source *listener, bool freely);
    void (*unlisten)(struct engine *engine, struct source *listener);
    void (*pause)(struct engine *engine, struct source *connection);
    void (*resume)(struct engine *engine, struct source *connection);
    void (*await_more)(struct engine *engine, struct source *connection); /* NULL: misses nothing */
    ssize_t (*send)(struct engine *engine, struct source *connection, struct span bytes);
    ssize_t (*send_now)(struct engine *engine, struct source *connection, struct span bytes);
    void (*flush)(struct engine *engine); /* NULL for one that never holds output */
    void (*finish)(struct engine *engine, struct source *connection);
    void (*drop)(struct engine *engine, struct source *connection);
    void (*hang_up)(struct engine *engine, struct source *connection);
    void (*close)(struct engine *engine);
};

/* What every engine begins with. */
struct engine {
    const struct engine_family *family;
    const char *name;                 /* as engine_name */
    const char *trigger_name;         /* as engine_trigger_name */
    const struct engine_calls *calls; /* borrowed, like owner */
    void *owner;
    size_t turn_bytes;      /* as engine_turn_bytes */
    bool takes_turns;       /* as engine_takes_turns */
    bool holds_output;      /* something sent waits to be flushed */
    struct source *dropped; /* closed in this turn */
};

/* The two families. What opens one fills everything but `calls` and `owner`; returns as
 * engine_open. */
int ready_open(struct engine_wish wish, struct engine **out);
int uring_open(size_t turn_bytes, struct engine **out, struct engine_refusal *refusal);

/* Puts a source on a list of things to come back to, unless it is on one. */
void source_queue(struct source **queue, struct source *source);

/* Gives back what was dropped: no event of a turn that is over can name it. */
void engine_release(struct engine *engine);

/* Whether a failed accept says nothing of the listener: a signal came, or the connection went while
 * it waited, which Linux reports here (accept(2), "Error handling"). `error` is positive. */
bool accept_goes_on(int error);

/* send(2) as far as the kernel takes it. Returns how many bytes that were, 0 for none, or a
 * negative errno. */
ssize_t source_send(const struct source *source, struct span bytes);

#endif
