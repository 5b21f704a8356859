// SPDX-License-Identifier: MIT
/*
 * The io_uring engine: the kernel does the accept, recv and send, and tells what it has done. Its
 * turn is here; see uring.h for the rest.
 *
 * One system call a turn: it submits what the turn before has written, and waits for completions.
 * They are copied out of the ring at once, so that there is room for what the next submission
 * brings, and a failed send is found before anything else is done with its connection.
 */
#include "engine/uring.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

enum { FIRST_CAPACITY = 256 };

void uring_push(struct uring *uring, struct uring_event event)
{
    if (uring->event_count == uring->event_capacity) {
        size_t capacity = uring->event_capacity ? uring->event_capacity * 2 : FIRST_CAPACITY;
        struct uring_event *grown = reallocarray(uring->events, capacity, sizeof *grown);
        if (!grown) {
            uring->ring.error = -ENOMEM; /* a completion that is lost is a connection that hangs */
            return;
        }
        uring->events = grown;
        uring->event_capacity = capacity;
    }
    uring->events[uring->event_count++] = event;
}

void uring_fail(struct uring *uring, uint64_t tag, int error)
{
    uring_push(uring, (struct uring_event){
                          .tag = tag_make(TAG_FAILED, tag_generation(tag), tag_slot(tag)),
                          .result = error,
                      });
}

void uring_cancel(struct uring *uring, uint64_t tag)
{
    struct io_uring_sqe *request = ring_request(&uring->ring);
    io_uring_prep_cancel64(request, tag, 0);
    request_hush(request);
}

static void uring_take(struct uring *uring, const struct io_uring_cqe *completion)
{
    switch (tag_kind(completion->user_data)) {
    case TAG_SENT:
        uring_unsent(uring, completion->user_data, completion->res);
        break;
    case TAG_NOTHING:
        break;
    case TAG_ACCEPT:
    case TAG_RECV:
    case TAG_RUNG:
    case TAG_WAITING:
    case TAG_WRITABLE:
    case TAG_FAILED:
        uring_push(uring,
                   (struct uring_event){completion->user_data, completion->res, completion->flags});
        break;
    }
}

void uring_reap(struct uring *uring)
{
    struct io_uring *ring = &uring->ring.uring;
    bool has_more;
    do {
        const struct io_uring_cqe *completion;
        unsigned head, count = 0;
        io_uring_for_each_cqe(ring, head, completion)
        {
            uring_take(uring, completion);
            count++;
        }
        io_uring_cq_advance(ring, count);
        /* What did not fit the queue is kept by the kernel until it is asked for. */
        has_more = io_uring_cq_has_overflow(ring) && io_uring_get_events(ring) >= 0;
    } while (has_more);
    uring->epoch++;
    uring->send_count = 0;
    uring->head.holds_output = false;
    uring_let_go(uring);
}

static void uring_deliver(struct uring *uring)
{
    if (uring->has_told)
        uring->head.calls->delivered(uring->head.owner);
    uring->has_told = false;
}

/* The end of a turn, or of what was asked between two: does what sources are waiting for. */
static void uring_settle(struct uring *uring)
{
    while (uring->again) {
        struct source *source = uring->again;
        uring->again = source->next;
        source->queued = false;
        uring_look_again(uring, source);
    }
    uring_deliver(uring);
}

static int uring_wait(struct engine *engine, int timeout_ms)
{
    struct uring *uring = uring_of(engine);
    uring_settle(uring);
    size_t before = uring->event_count;
    int error = ring_wait(&uring->ring, before > 0 ? 0 : timeout_ms);
    uring_reap(uring);
    uring->is_idle = uring->event_count == before;
    return uring->ring.error ? uring->ring.error : error;
}

static void uring_failed(struct uring *uring, const struct uring_event *event)
{
    struct source *source = slots_find(&uring->slots, event->tag);
    if (!source || source->kind != SOURCE_CONNECTION)
        return;
    source->flags |= SOURCE_ENDED;
    uring->head.calls->ended(uring->head.owner, source, event->result);
}

static void uring_tell(struct uring *uring, const struct uring_event *event)
{
    switch (tag_kind(event->tag)) {
    case TAG_RECV:
        uring_received(uring, event);
        break;
    case TAG_ACCEPT:
        uring_accepted(uring, event);
        break;
    case TAG_RUNG:
        uring_rung(uring, event);
        break;
    case TAG_WAITING:
        uring_waiting(uring, event);
        break;
    case TAG_WRITABLE:
        uring_writable(uring, event);
        break;
    case TAG_FAILED:
        uring_failed(uring, event);
        break;
    case TAG_NOTHING:
    case TAG_SENT:
        break;
    }
}

/* What was told may bring more events by way of a flush; they wait for the next turn, lest one turn
 * never ends. */
static void uring_tell_all(struct uring *uring)
{
    size_t count = uring->event_count;
    for (size_t i = 0; i < count; i++) {
        struct uring_event event = uring->events[i]; /* they may move */
        uring_tell(uring, &event);
    }
    uring->event_count -= count;
    if (uring->event_count > 0)
        memmove(uring->events, uring->events + count, uring->event_count * sizeof *uring->events);
}

static void uring_dispatch(struct engine *engine)
{
    struct uring *uring = uring_of(engine);
    uring_tell_all(uring);
    uring_deliver(uring);
    ring_return_buffers(&uring->ring);
    uring_settle(uring);
    engine_release(engine);
}

static bool uring_told_all(const struct engine *engine)
{
    const struct uring *uring = (const struct uring *)engine;
    return uring->is_idle && uring->event_count == 0 && !uring->again && !uring->leaving;
}

/* Takes back what is asked of the kernel, which would keep files open until it has torn the ring
 * down, some time later. */
static void uring_disarm_all(struct uring *uring)
{
    for (size_t i = 0; i < uring->slots.capacity; i++) {
        if (uring->slots.entries[i].source)
            uring_disarm(uring, uring->slots.entries[i].source);
    }
}

/* Closes what was accepted, and nobody was told of. */
static void uring_close_accepted(const struct uring *uring)
{
    for (size_t i = 0; i < uring->event_count; i++) {
        const struct uring_event *event = &uring->events[i];
        if (tag_kind(event->tag) == TAG_ACCEPT && event->result >= 0)
            close(event->result);
    }
}

/* Closes what a ring that has died was still asked to close. */
static void uring_close_unsubmitted(const struct uring *uring)
{
    const struct io_uring_sq *queue = &uring->ring.uring.sq;
    for (unsigned i = *queue->khead; i != queue->sqe_tail; i++) {
        const struct io_uring_sqe *request = &queue->sqes[i & *queue->kring_mask];
        if (request->opcode == IORING_OP_CLOSE)
            close(request->fd);
    }
}

static void uring_close(struct engine *engine)
{
    struct uring *uring = uring_of(engine);
    uring->is_closing = true;
    uring_disarm_all(uring);
    uring_flush(engine); /* with the closing of what was dropped, and of what was leaving */
    uring_flush(engine); /* and of what was leaving with a send that failed */
    io_uring_get_events(&uring->ring.uring);
    uring_reap(uring);
    uring_close_accepted(uring);
    uring_close_unsubmitted(uring);
    ring_close(&uring->ring);
    slots_fini(&uring->slots);
    free(uring->events);
    free(uring);
}

static const struct engine_family uring_family = {
    .wait = uring_wait,
    .dispatch = uring_dispatch,
    .told_all = uring_told_all,
    .watch = uring_watch,
    .listen = uring_listen,
    .unlisten = uring_unlisten,
    .pause = uring_pause,
    .resume = uring_resume,
    .await_more = uring_await_more,
    .send = uring_send,
    .send_now = uring_send_now,
    .flush = uring_flush,
    .finish = uring_finish,
    .drop = uring_drop,
    .hang_up = uring_hang_up,
    .close = uring_close,
};

int uring_open(size_t turn_bytes, struct engine **out, struct engine_refusal *refusal)
{
    size_t buffer_size = turn_bytes ? turn_bytes / RING_BUFFERS_A_TURN : RING_BUFFER_SIZE_DEFAULT;
    struct uring *uring = calloc(1, sizeof *uring);
    if (!uring)
        return -ENOMEM;
    int error = ring_open(&uring->ring, buffer_size, refusal);
    if (error) {
        free(uring);
        return error;
    }
    uring->head.family = &uring_family;
    uring->head.name = ENGINE_URING;
    uring->head.turn_bytes = buffer_size * RING_BUFFERS_A_TURN;
    uring->head.takes_turns = true; /* a poll reports once, and begins again behind the others' */
    uring->epoch = 1;
    *out = &uring->head;
    return 0;
}
