// SPDX-License-Identifier: MIT
/*
 * The io_uring engine, as its three files see it: uring.c has the turn, uring_input.c what comes
 * (connections, bytes, bells), uring_output.c what goes (bytes, ends).
 *
 * What always holds: a completion is about a source only through its slot; what was sent in this
 * epoch has not been seen to succeed, and its bytes are still there; input of a source that is
 * paused is kept, in order, until it is resumed.
 */
#ifndef ENGINE_URING_H
#define ENGINE_URING_H

#include "engine/family.h"
#include "engine/ring.h"
#include "engine/slots.h"

/* source.flags, besides those of family.h. */
enum {
    SOURCE_ARMED = SOURCE_FLAG_PRIVATE,            /* a request for input is in the kernel */
    SOURCE_CANCELLED = SOURCE_FLAG_PRIVATE << 1,   /* and is to come back */
    SOURCE_AWAITS_ROOM = SOURCE_FLAG_PRIVATE << 2, /* so is a poll for output */
    SOURCE_HOLDS_END = SOURCE_FLAG_PRIVATE << 3,   /* the end came while it was paused */
};

/* source.state of a connection. FIRST: no input has come yet. FINISHES: its output ends once what
 * was sent is known to have gone. HALF: the peer has ended its side while there was no room.
 * BROKEN: a send has failed, which `ended` is to tell. DOUBTED: it may have been reset. */
enum {
    STATE_FIRST = 1,
    STATE_FINISHES = 2,
    STATE_HALF = 4,
    STATE_BROKEN = 8,
    STATE_DOUBTED = 16,
};

/* source.state of a listener: how it listens. */
enum { STATE_ASKING = 1, STATE_FREELY = 2 };

/* A completion, copied out of the ring. */
struct uring_event {
    uint64_t tag;
    int32_t result;
    uint32_t flags;
};

/* A send of this epoch. */
struct uring_send {
    uint64_t tag; /* the slot and its generation */
    struct span bytes;
};

/* As many as a turn is likely to make; when there are more, they are flushed in between. */
enum { SENDS_MAX = 256 };

struct uring {
    struct engine head;
    struct ring ring;
    struct slot_table slots;
    struct source *again;   /* to be looked at when the turn ends: to be armed, most of them */
    struct source *leaving; /* closed behind a send of this epoch */
    bool has_told;          /* input, since `delivered` */

    struct uring_event *events; /* owned: taken from the ring, and not dispatched */
    size_t event_count, event_capacity;
    bool is_idle;    /* the last wait has brought nothing */
    bool is_closing; /* nobody is told anything any more */

    uint32_t epoch; /* begins when everything sent before is known to be taken, or was given back */
    unsigned send_count;
    unsigned send_tail; /* of the submission queue, behind the last send */
    struct uring_send sends[SENDS_MAX];
};

static inline struct uring *uring_of(struct engine *engine)
{
    return (struct uring *)engine;
}

/* The tag of a request for a source that has a slot. */
static inline uint64_t uring_tag(const struct uring *uring, const struct source *source,
                                 enum tag_kind kind)
{
    return tag_make(kind, slots_of(&uring->slots, source)->generation, (uint32_t)source->fd);
}

/* A request that says nothing when it succeeds, and nothing that matters when it does not. */
static inline void request_hush(struct io_uring_sqe *request)
{
    request->flags |= IOSQE_CQE_SKIP_SUCCESS;
    request->user_data = tag_make(TAG_NOTHING, 0, 0);
}

/* uring.c */

/* Takes the completions out of the ring: failures of sends are told by `unsent`, the rest waits for
 * dispatch. Everything written must have been submitted; a new epoch begins. */
void uring_reap(struct uring *uring);

/* Keeps an event for dispatch. */
void uring_push(struct uring *uring, struct uring_event event);

/* Lets dispatch tell that a connection is broken. */
void uring_fail(struct uring *uring, uint64_t tag, int error);

/* Asks the kernel to give a request back. */
void uring_cancel(struct uring *uring, uint64_t tag);

/* uring_input.c */

int uring_watch(struct engine *engine, struct source *source);
int uring_listen(struct engine *engine, struct source *listener, bool freely);
void uring_unlisten(struct engine *engine, struct source *listener);
void uring_pause(struct engine *engine, struct source *connection);
void uring_resume(struct engine *engine, struct source *connection);
void uring_await_more(struct engine *engine, struct source *connection);

void uring_received(struct uring *uring, const struct uring_event *event);
void uring_accepted(struct uring *uring, const struct uring_event *event);
void uring_waiting(struct uring *uring, const struct uring_event *event);
void uring_rung(struct uring *uring, const struct uring_event *event);

/* Takes back the request for input, which keeps the file open. */
void uring_disarm(struct uring *uring, const struct source *source);

/* Does what a source on the list `again` waits for. */
void uring_look_again(struct uring *uring, struct source *source);

/* uring_output.c */

ssize_t uring_send(struct engine *engine, struct source *connection, struct span bytes);
ssize_t uring_send_now(struct engine *engine, struct source *connection, struct span bytes);
void uring_flush(struct engine *engine);
void uring_finish(struct engine *engine, struct source *connection);
void uring_drop(struct engine *engine, struct source *connection);
void uring_hang_up(struct engine *engine, struct source *connection);

void uring_unsent(struct uring *uring, uint64_t tag, int result);
void uring_writable(struct uring *uring, const struct uring_event *event);

/* Ends the output of a connection that finishes, when what it has sent is flushed. */
void uring_shut_down(struct uring *uring, struct source *connection);

/* Forgets what was closed behind a send that is done. */
void uring_let_go(struct uring *uring);

#endif
