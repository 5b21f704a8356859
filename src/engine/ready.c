// SPDX-License-Identifier: MIT
/*
 * The readiness engines: one asks a selector what is ready, and does the recv and send itself.
 *
 * It waits in one of two ways. Edge: a connection is registered once, for both directions; the
 * selector reports changes only, so the engine remembers what is readable and comes back to it
 * until the kernel has said EAGAIN or given less than asked (epoll(7), Q9). Level: the interest
 * follows the state, reading or writing, and changes are gathered and made once before the next
 * wait.
 */
#include "engine/family.h"
#include "selector/selector.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    /* One recv a connection a turn, so this is also its fair share: room for a whole pipelined
     * batch of any load tool. */
    READ_SIZE_DEFAULT = 32 * 1024,
    /* A batch is read first, then told, then sent: the kernel's code and ours throw each other out
     * of the instruction cache once a batch instead of twice a request. */
    BATCH_MAX = 16,
    /* What one wait can report; more are reported by the next. */
    READY_MAX = 256,
    /* poll(2) and select(2) need memory for each call: so long it gets where there is none. */
    SHORT_US = 1000,
};

/* source.flags: the peer has ended its side, or stopped a read: only EAGAIN is the end. */
enum { SOURCE_HANGUP = SOURCE_FLAG_PRIVATE };

/* What was read, and not told. */
struct reading {
    struct source *source;
    struct span bytes; /* in ready.input */
};

struct ready {
    struct engine head;
    selkie_selector *selector;
    bool edge; /* the trigger; else level */
    int event_count;
    struct selkie_key events[READY_MAX];
    struct source *again;   /* edge: connections to read from once more in the next turn */
    struct source *changed; /* level: connections whose interest may have changed */
    int reading_count;
    struct reading readings[BATCH_MAX];
    size_t read_size; /* of one recv */
    size_t input_used;
    char input[]; /* two of these, lent to calls->input */
};

static struct ready *ready_of(struct engine *engine)
{
    return (struct ready *)engine;
}

/* What was said of a source may call for another look at it, in the next turn or before the wait.
 */
static void source_changed(struct ready *ready, struct source *source)
{
    if (!ready->edge)
        source_queue(&ready->changed, source);
    else if ((source->flags & (SOURCE_READABLE | SOURCE_PAUSED | SOURCE_ENDED)) == SOURCE_READABLE)
        source_queue(&ready->again, source);
}

/* Takes the first source off, and tells whether it is still there to be served. A trigger uses only
 * one of the two queues, so that one link is enough. */
static bool source_unqueue(struct ready *ready, struct source **queue, struct source **out)
{
    struct source *source = *out = *queue;
    *queue = source->next;
    source->queued = false;
    if (source->kind != SOURCE_DROPPED)
        return true;
    source_queue(&ready->head.dropped, source);
    return false;
}

static unsigned level_interest(const struct source *source)
{
    unsigned events = source->flags & (SOURCE_PAUSED | SOURCE_ENDED) ? 0 : SELKIE_READ;
    return source->flags & SOURCE_WANTS_WRITE ? events | SELKIE_WRITE : events;
}

/* Makes the registration of a level-triggered source match what it waits for. One that waits for
 * nothing is not registered at all, since its hang-up would be reported without end. */
static int level_register(struct ready *ready, struct source *source)
{
    unsigned events = level_interest(source);
    int error = 0;
    if (events == source->state)
        return 0;
    if (events == 0)
        error = selkie_selector_unregister(ready->selector, source->fd);
    else if (source->state == 0)
        error = selkie_selector_register(ready->selector, source->fd, events, source);
    else
        error = selkie_selector_modify(ready->selector, source->fd, events, source);
    source->state = error ? 0 : (uint8_t)events;
    return error;
}

static void ready_apply_changes(struct ready *ready)
{
    for (struct source *source; ready->changed;) {
        if (!source_unqueue(ready, &ready->changed, &source))
            continue;
        int error = level_register(ready, source);
        if (error)
            ready->head.calls->ended(ready->head.owner, source, error);
    }
}

static int ready_wait(struct engine *engine, int timeout_ms)
{
    struct ready *ready = ready_of(engine);
    int64_t timeout_ns = timeout_ms < 0 ? -1 : (int64_t)timeout_ms * 1000000;
    ready_apply_changes(ready);
    if (ready->again)
        timeout_ns = 0;
    int count;
    while ((count = selkie_selector_select(ready->selector, ready->events, READY_MAX,
                                           timeout_ns)) == -ENOMEM)
        usleep(SHORT_US);
    ready->event_count = count < 0 ? 0 : count;
    return count < 0 ? count : 0;
}

/* Tells what was read. */
static void ready_deliver(struct ready *ready)
{
    const struct engine_calls *calls = ready->head.calls;
    for (int i = 0; i < ready->reading_count; i++) {
        struct reading *reading = &ready->readings[i];
        if (reading->source->kind == SOURCE_CONNECTION)
            calls->input(ready->head.owner, reading->source, reading->bytes);
        if (reading->source->kind == SOURCE_CONNECTION && ready->edge)
            source_changed(ready, reading->source);
    }
    if (ready->reading_count > 0)
        calls->delivered(ready->head.owner);
    ready->reading_count = 0;
    ready->input_used = 0;
}

/* Keeps what was read until the batch is full. */
static void ready_keep(struct ready *ready, struct source *source, size_t length)
{
    ready->readings[ready->reading_count++] =
        (struct reading){source, {ready->input + ready->input_used, length}};
    ready->input_used += length;
    if (ready->reading_count == BATCH_MAX || ready->input_used > ready->read_size)
        ready_deliver(ready);
}

static void connection_read(struct ready *ready, struct source *source)
{
    ssize_t count;
    do
        count = recv(source->fd, ready->input + ready->input_used, ready->read_size, 0);
    while (count < 0 && errno == EINTR);

    if (count > 0) {
        /* A short read has emptied the socket, unless an end or urgent data stands behind it. */
        if ((size_t)count < ready->read_size && !(source->flags & SOURCE_HANGUP))
            source->flags &= (uint8_t)~SOURCE_READABLE;
        ready_keep(ready, source, (size_t)count);
        return;
    }
    int error = count < 0 ? -errno : 0;
    source->flags &= (uint8_t)~SOURCE_READABLE;
    if (error == -EAGAIN)
        return;
    source->flags |= SOURCE_ENDED;
    source_changed(ready, source);
    ready->head.calls->ended(ready->head.owner, source, error);
}

static void connection_ready(struct ready *ready, struct source *source, unsigned events)
{
    if (events & SELECTOR_HANGUP)
        source->flags |= SOURCE_HANGUP;
    if (events & SELKIE_READ)
        source->flags |= SOURCE_READABLE;
    if (events & SELKIE_WRITE && source->flags & SOURCE_WANTS_WRITE) {
        source->flags &= (uint8_t)~SOURCE_WANTS_WRITE;
        source_changed(ready, source);
        ready->head.calls->writable(ready->head.owner, source);
        if (source->kind != SOURCE_CONNECTION)
            return;
    }
    /* One that is queued has its turn at the end, and only one. */
    if ((source->flags & (SOURCE_READABLE | SOURCE_PAUSED | SOURCE_ENDED)) == SOURCE_READABLE &&
        !source->queued)
        connection_read(ready, source);
}

static void source_ready(struct ready *ready, struct source *source, unsigned events)
{
    const struct engine_calls *calls = ready->head.calls;
    switch ((enum source_kind)source->kind) {
    case SOURCE_CONNECTION:
        connection_ready(ready, source, events);
        break;
    case SOURCE_LISTENER:
        engine_accept(&ready->head, source, calls->acceptable(ready->head.owner, source));
        break;
    case SOURCE_BELL:
        calls->rung(ready->head.owner, source);
        break;
    case SOURCE_LEAVING:
    case SOURCE_DROPPED:
        break;
    }
}

static void ready_dispatch(struct engine *engine)
{
    struct ready *ready = ready_of(engine);
    struct source *again = ready->again;
    ready->again = NULL;
    for (int i = 0; i < ready->event_count; i++)
        source_ready(ready, ready->events[i].data, ready->events[i].events);
    /* Before any of them is read again, lest its end be told before its input. */
    ready_deliver(ready);
    for (struct source *source; again;) {
        if (source_unqueue(ready, &again, &source))
            connection_ready(ready, source, 0);
    }
    ready_deliver(ready);
    engine_release(engine);
}

static bool ready_told_all(const struct engine *engine)
{
    const struct ready *ready = (const struct ready *)engine;
    return ready->event_count < READY_MAX && !ready->again && !ready->changed;
}

static int ready_watch(struct engine *engine, struct source *source)
{
    struct ready *ready = ready_of(engine);
    source->state = SELKIE_READ;
    if (ready->edge && source->kind == SOURCE_CONNECTION)
        source->state |= SELKIE_WRITE | SELKIE_EDGE | SELECTOR_HANGUP;
    return selector_add(ready->selector, source->fd, source->state, source);
}

/* accept(2) is asked for each connection in any case, so that `freely` spares nothing. */
static int ready_listen(struct engine *engine, struct source *listener, bool freely)
{
    (void)freely;
    if (listener->state)
        return 0;
    unsigned events = SELKIE_READ | SELECTOR_EXCLUSIVE;
    int error = selector_add(ready_of(engine)->selector, listener->fd, events, listener);
    if (!error)
        listener->state = (uint8_t)events;
    return error;
}

static void ready_unlisten(struct engine *engine, struct source *listener)
{
    if (listener->state)
        selkie_selector_unregister(ready_of(engine)->selector, listener->fd);
    listener->state = 0;
}

static void ready_pause(struct engine *engine, struct source *connection)
{
    /* Level-triggered, nobody looks for input during the pause, so that some may have come. */
    connection->flags |= ready_of(engine)->edge ? SOURCE_PAUSED : SOURCE_PAUSED | SOURCE_READABLE;
    source_changed(ready_of(engine), connection);
}

static void ready_resume(struct engine *engine, struct source *connection)
{
    connection->flags &= (uint8_t)~SOURCE_PAUSED;
    source_changed(ready_of(engine), connection);
}

static ssize_t ready_send(struct engine *engine, struct source *connection, struct span bytes)
{
    ssize_t count = source_send(connection, bytes);
    if (count < 0 || (size_t)count == bytes.length)
        return count;
    connection->flags |= SOURCE_WANTS_WRITE;
    source_changed(ready_of(engine), connection);
    return count;
}

static void ready_finish(struct engine *engine, struct source *connection)
{
    (void)engine;
    shutdown(connection->fd, SHUT_WR);
}

static void ready_drop(struct engine *engine, struct source *connection)
{
    selector_forget(ready_of(engine)->selector, connection->fd);
    close(connection->fd);
    connection->kind = SOURCE_DROPPED;
    source_queue(&engine->dropped, connection);
}

static void ready_close(struct engine *engine)
{
    selkie_selector_close(ready_of(engine)->selector);
    free(engine);
}

static const struct engine_family ready_family = {
    .wait = ready_wait,
    .dispatch = ready_dispatch,
    .told_all = ready_told_all,
    .watch = ready_watch,
    .listen = ready_listen,
    .unlisten = ready_unlisten,
    .pause = ready_pause,
    .resume = ready_resume,
    .send = ready_send,
    .send_now = ready_send,
    .finish = ready_finish,
    .drop = ready_drop,
    .hang_up = ready_drop,
    .close = ready_close,
};

/* The analyzer of gcc does not see that what is returned, or closed, is the memory itself: its
 * first member. */
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wanalyzer-malloc-leak"
#endif

int ready_open(struct engine_wish wish, struct engine **out)
{
    size_t read_size = wish.turn_bytes ? wish.turn_bytes : READ_SIZE_DEFAULT;
    struct ready *ready = malloc(sizeof *ready + 2 * read_size);
    if (!ready)
        return -ENOMEM;
    ready->selector = selkie_selector_open(wish.name);
    if (!ready->selector) {
        int error = -errno;
        free(ready);
        return error;
    }
    bool has_edge = ready->selector->system->has_edge;
    if (wish.trigger == ENGINE_EDGE && !has_edge) {
        ready_close(&ready->head);
        return -EINVAL;
    }
    ready->edge = wish.trigger != ENGINE_LEVEL && has_edge;
    ready->head = (struct engine){
        .family = &ready_family,
        .name = selkie_selector_name(ready->selector),
        .trigger_name = ready->edge ? "edge" : "level",
        .turn_bytes = read_size,
    };
    ready->read_size = read_size;
    ready->event_count = ready->reading_count = 0;
    ready->input_used = 0;
    ready->again = ready->changed = NULL;
    *out = &ready->head;
    return 0;
}
