// SPDX-License-Identifier: MIT
/*
 * An engine: what a worker asks of the kernel, and what the kernel tells it, in completion style.
 * The worker owns one engine, opened after the fork, and calls wait and dispatch in turn;
 * everything that the engine tells comes through `struct engine_calls`, from inside these two, and
 * `unsent` from inside flush as well.
 *
 * Rules of every engine: input is lent until the call returns; output is lent to the engine until
 * it is flushed; send never calls back from inside itself; a dropped source is not touched by its
 * owner any more, and may be reused only after `released`, since events of the running turn may
 * still name it.
 */
#ifndef ENGINE_ENGINE_H
#define ENGINE_ENGINE_H

#include "base/span.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum source_kind {
    SOURCE_CONNECTION, /* a stream socket: input, output, end */
    SOURCE_LISTENER,   /* a listening socket: accepted */
    SOURCE_BELL,       /* any other descriptor: rung when readable */
    SOURCE_LEAVING,    /* closed once its output has gone: its events are void */
    SOURCE_DROPPED,    /* closed in this turn: its events are void */
};

/* A descriptor in the engine's care. The owner embeds it, sets fd and kind, and zeroes the rest. */
struct source {
    int fd;
    uint8_t kind;
    uint8_t flags;       /* private to the engine */
    uint8_t state;       /* private too */
    bool queued;         /* private: `next` is in use */
    struct source *next; /* private */
};

/* What an engine tells its owner. */
struct engine_calls {
    /* Connections wait at `listener`. Returns how many to accept in this turn. */
    int (*acceptable)(void *owner, struct source *listener);
    /* A connection came: `fd`, non-blocking, goes to the owner. */
    void (*accepted)(void *owner, int fd);
    /* accept failed, and would again at once: -EMFILE, -ENFILE, -ENOBUFS, -ENOMEM ... */
    void (*accept_failed)(void *owner, struct source *listener, int error);
    /* Bytes came, lent until this returns. */
    void (*input)(void *owner, struct source *connection, struct span bytes);
    /* The input of several connections was told: now is the time to send what it has brought. */
    void (*delivered)(void *owner);
    /* The kernel has not taken the end of what was sent: `rest`, lent until this returns.
     * `writable` will come. A connection that was leaving stays for it. Returns 0, or a negative
     * errno when the owner cannot keep the bytes: then `ended` follows with it. */
    int (*unsent)(void *owner, struct source *connection, struct span rest);
    /* The kernel takes output again, after it has taken less than all. */
    void (*writable)(void *owner, struct source *connection);
    /* No more input will come: 0 when the peer ended its side, else a negative errno. That may
     * follow the 0, when output fails. */
    void (*ended)(void *owner, struct source *connection, int error);
    /* The kernel has woken this worker, and no other, for connections at a listener that it does
     * not listen to any more. */
    void (*missed)(void *owner);
    /* A bell is readable. */
    void (*rung)(void *owner, struct source *bell);
    /* A dropped connection is forgotten: its memory may be reused. */
    void (*released)(void *owner, struct source *connection);
};

struct engine;

enum engine_trigger { ENGINE_BEST_TRIGGER, ENGINE_EDGE, ENGINE_LEVEL };

/* Bounds of what an engine can be told to tell of one connection in one turn. */
enum { ENGINE_TURN_BYTES_MIN = 16 * 1024, ENGINE_TURN_BYTES_MAX = 1024 * 1024 };

/* The engine that is asked for. */
struct engine_wish {
    const char *name; /* "io_uring", or of a selector; NULL: the best that can be triggered so */
    enum engine_trigger trigger;
    size_t turn_bytes; /* at most so much input of a connection in one turn; 0: the engine knows */
};

/* Why an engine is not to be had: what could not be done, and the negative errno of that. */
struct engine_refusal {
    const char *what; /* static; NULL: nothing was refused */
    int error;
};

/* The name of the engine that has no selector. */
#define ENGINE_URING "io_uring"

/* Opens the engine over io_uring, which has no trigger, or a readiness engine over a selector.
 * `calls` and `owner` are borrowed. Returns 0 and the engine in *out; or -ENOTSUP for one that is
 * not here, -EINVAL for an unknown one or a trigger that it cannot do, -ENOMEM, -EMFILE, or
 * what the kernel says. *refusal tells why it is not io_uring, where that was asked for or would
 * have been the best. */
int engine_open(struct engine_wish wish, const struct engine_calls *calls, void *owner,
                struct engine **out, struct engine_refusal *refusal);

/* What the engine is, for people: its selector, "epoll", or "io_uring"; and how it waits, "edge" or
 * "level", or NULL for one that has no trigger. */
const char *engine_name(const struct engine *engine);
const char *engine_trigger_name(const struct engine *engine);

/* How much input of a connection it tells in one turn at most. */
size_t engine_turn_bytes(const struct engine *engine);

/* Waits for something to dispatch, at most `timeout_ms` (negative: without end). What was sent has
 * been taken by the kernel when it returns, or `unsent` was told. Returns 0 or a negative errno:
 * -EINTR when a signal came. */
int engine_wait(struct engine *engine, int timeout_ms);

/* Tells the owner all that the wait found. */
void engine_dispatch(struct engine *engine);

/* Whether the last dispatch has told everything that was there when the wait ended. */
bool engine_told_all(const struct engine *engine);

/* Begins to watch a connection for input, or a bell. Returns 0 or a negative errno. */
int engine_watch(struct engine *engine, struct source *source);

/* Begins, or ends, to accept from a listener; both may be repeated. With `freely` the engine may
 * take all that comes without asking `acceptable`, which is cheaper; some connections may still be
 * told after unlisten. Returns 0 or a negative errno. */
int engine_listen(struct engine *engine, struct source *listener, bool freely);
void engine_unlisten(struct engine *engine, struct source *listener);

/* Whether several workers that listen to one socket are woken in turn without further ado. */
bool engine_takes_turns(const struct engine *engine);

/* Accepts up to `count` connections that wait at `listener`, whether listening or not. Returns how
 * many: when that is `count`, more may wait. */
int engine_accept(struct engine *engine, struct source *listener, int count);

/* Ends, or begins again, to take input from a connection. */
void engine_pause(struct engine *engine, struct source *connection);
void engine_resume(struct engine *engine, struct source *connection);

/* Says that input which was told of this connection has brought no answer: more is to come. An
 * engine that may have missed a reset behind that input looks for it; an answer would have met it.
 */
void engine_await_more(struct engine *engine, struct source *connection);

/* Sends. Returns how many bytes were taken; when that is less than all, `writable` will come. Until
 * the next flush or wait those bytes stay as they are, since `unsent` may give back some. Returns
 * -EBUSY when the engine has to be flushed first, or another negative errno: the connection is
 * broken. */
ssize_t engine_send(struct engine *engine, struct source *connection, struct span bytes);

/* Sends bytes that do not stay: returns as engine_send, but the kernel has what was taken. For a
 * connection of which nothing waits to be flushed. */
ssize_t engine_send_now(struct engine *engine, struct source *connection, struct span bytes);

/* Sees to it that the kernel has taken what was sent, or `unsent` was told. */
void engine_flush(struct engine *engine);

/* Whether something that was sent has not been flushed. */
bool engine_holds_output(const struct engine *engine);

/* Whether the kernel may hold input of this connection that was not read. */
bool engine_has_input(const struct source *connection);

/* Bytes of output that the kernel has taken, and the peer has not; 0 where the system does not tell
 * (SIOCOUTQ, tcp(7), unix(7)). */
uint32_t engine_untaken(const struct source *connection);

/* Ends the output of a connection behind what was sent: the peer reads all of that, then the end
 * (shutdown(2)). */
void engine_finish(struct engine *engine, struct source *connection);

/* Closes a connection at once, or behind what was sent; `released` follows at the end of the turn
 * in which it is closed. */
void engine_drop(struct engine *engine, struct source *connection);
void engine_hang_up(struct engine *engine, struct source *connection);

/* Closes the engine, and no source of it. */
void engine_close(struct engine *engine);

#endif
