// SPDX-License-Identifier: MIT
/*
 * The readiness engine: it asks a selector what is ready, and does the accept, recv and send
 * itself.
 *
 * It waits in one of two ways. Edge: a connection is registered once, for both directions; the
 * selector reports changes only, so the engine remembers what is readable and comes back to it
 * until the kernel has said EAGAIN or given less than asked (epoll(7), Q9). Level: the interest
 * follows the state, reading or writing, and changes are gathered and made once before the next
 * wait.
 */
#include "engine/engine.h"
#include "selector/selector.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    /* One recv a connection a turn, so this is also its fair share: room for a whole pipelined
     * batch of any load tool. */
    READ_SIZE = 32 * 1024,
    /* A batch is read first, then told, then sent: the kernel's code and ours throw each other out
     * of the instruction cache once a batch instead of twice a request. */
    BATCH_MAX = 16,
    INPUT_SIZE = 2 * READ_SIZE,
    /* What one wait can report; more are reported by the next. */
    READY_MAX = 256,
};

/* source.flags */
enum {
    READABLE = 1,    /* input may wait in the kernel */
    HANGUP = 2,      /* the peer has ended its side, or stopped a read: only EAGAIN is the end */
    PAUSED = 4,      /* the owner takes no input */
    ENDED = 8,       /* the end was told */
    WANTS_WRITE = 16 /* a send was short */
};

/* What was read, and not told. */
struct reading {
    struct source *source;
    struct span bytes; /* in engine.input */
};

struct engine {
    const struct engine_calls *calls; /* borrowed, like owner */
    void *owner;
    selkie_selector *selector;
    bool edge; /* the trigger; else level */
    int ready_count;
    struct selkie_key ready[READY_MAX];
    struct source *again;   /* edge: connections to read from once more in the next turn */
    struct source *changed; /* level: connections whose interest may have changed */
    struct source *dropped; /* closed in this turn */
    int reading_count;
    struct reading readings[BATCH_MAX];
    size_t input_used;
    char input[INPUT_SIZE]; /* lent to calls->input */
};

int engine_open(const char *selector, enum engine_trigger trigger, const struct engine_calls *calls,
                void *owner, struct engine **out)
{
    struct engine *engine = malloc(sizeof *engine);
    if (!engine)
        return -ENOMEM;
    engine->selector = selkie_selector_open(selector);
    if (!engine->selector) {
        int error = -errno;
        free(engine);
        return error;
    }
    bool has_edge = engine->selector->system->has_edge;
    if (trigger == ENGINE_EDGE && !has_edge) {
        engine_close(engine);
        return -EINVAL;
    }
    engine->edge = trigger != ENGINE_LEVEL && has_edge;
    engine->calls = calls;
    engine->owner = owner;
    engine->ready_count = engine->reading_count = 0;
    engine->input_used = 0;
    engine->again = engine->changed = engine->dropped = NULL;
    *out = engine;
    return 0;
}

void engine_close(struct engine *engine)
{
    selkie_selector_close(engine->selector);
    free(engine);
}

const char *engine_name(const struct engine *engine)
{
    return selkie_selector_name(engine->selector);
}

const char *engine_trigger_name(const struct engine *engine)
{
    return engine->edge ? "edge" : "level";
}

/* Puts a source on a list of things to come back to. A trigger uses only one of the two lists, so
 * that one link is enough. */
static void source_queue(struct source **queue, struct source *source)
{
    if (source->queued)
        return;
    source->queued = true;
    source->next = *queue;
    *queue = source;
}

/* Takes the first source off, and tells whether it is still there to be served. */
static bool source_unqueue(struct engine *engine, struct source **queue, struct source **out)
{
    struct source *source = *out = *queue;
    *queue = source->next;
    source->queued = false;
    if (source->kind != SOURCE_DROPPED)
        return true;
    source_queue(&engine->dropped, source);
    return false;
}

/* What was said of a source may call for another look at it, in the next turn or before the wait.
 */
static void source_changed(struct engine *engine, struct source *source)
{
    if (!engine->edge)
        source_queue(&engine->changed, source);
    else if ((source->flags & (READABLE | PAUSED | ENDED)) == READABLE)
        source_queue(&engine->again, source);
}

static unsigned level_interest(const struct source *source)
{
    unsigned events = source->flags & (PAUSED | ENDED) ? 0 : SELKIE_READ;
    return source->flags & WANTS_WRITE ? events | SELKIE_WRITE : events;
}

/* Makes the registration of a level-triggered source match what it waits for. One that waits for
 * nothing is not registered at all, since its hang-up would be reported without end. */
static int level_register(struct engine *engine, struct source *source)
{
    unsigned events = level_interest(source);
    int error = 0;
    if (events == source->events)
        return 0;
    if (events == 0)
        error = selkie_selector_unregister(engine->selector, source->fd);
    else if (source->events == 0)
        error = selkie_selector_register(engine->selector, source->fd, events, source);
    else
        error = selkie_selector_modify(engine->selector, source->fd, events, source);
    source->events = error ? 0 : (uint8_t)events;
    return error;
}

static void engine_apply_changes(struct engine *engine)
{
    for (struct source *source; engine->changed;) {
        if (!source_unqueue(engine, &engine->changed, &source))
            continue;
        int error = level_register(engine, source);
        if (error)
            engine->calls->ended(engine->owner, source, error);
    }
}

/* Gives back what was dropped: no event of a turn that is over can name it. */
static void engine_release(struct engine *engine)
{
    while (engine->dropped) {
        struct source *source = engine->dropped;
        engine->dropped = source->next;
        engine->calls->released(engine->owner, source);
    }
}

int engine_wait(struct engine *engine, int timeout_ms)
{
    int64_t timeout_ns = timeout_ms < 0 ? -1 : (int64_t)timeout_ms * 1000000;
    engine_apply_changes(engine);
    if (engine->again)
        timeout_ns = 0;
    int count = selkie_selector_select(engine->selector, engine->ready, READY_MAX, timeout_ns);
    engine->ready_count = count < 0 ? 0 : count;
    return count < 0 ? count : 0;
}

/* Tells what was read. */
static void engine_deliver(struct engine *engine)
{
    for (int i = 0; i < engine->reading_count; i++) {
        struct reading *reading = &engine->readings[i];
        if (reading->source->kind == SOURCE_CONNECTION)
            engine->calls->input(engine->owner, reading->source, reading->bytes);
        if (reading->source->kind == SOURCE_CONNECTION && engine->edge)
            source_changed(engine, reading->source);
    }
    if (engine->reading_count > 0)
        engine->calls->delivered(engine->owner);
    engine->reading_count = 0;
    engine->input_used = 0;
}

/* Keeps what was read until the batch is full. */
static void engine_keep(struct engine *engine, struct source *source, size_t length)
{
    engine->readings[engine->reading_count++] =
        (struct reading){source, {engine->input + engine->input_used, length}};
    engine->input_used += length;
    if (engine->reading_count == BATCH_MAX || INPUT_SIZE - engine->input_used < READ_SIZE)
        engine_deliver(engine);
}

static void connection_read(struct engine *engine, struct source *source)
{
    ssize_t count;
    do
        count = recv(source->fd, engine->input + engine->input_used, READ_SIZE, 0);
    while (count < 0 && errno == EINTR);

    if (count > 0) {
        /* A short read has emptied the socket, unless an end or urgent data stands behind it. */
        if (count < READ_SIZE && !(source->flags & HANGUP))
            source->flags &= (uint8_t)~READABLE;
        engine_keep(engine, source, (size_t)count);
        return;
    }
    int error = count < 0 ? -errno : 0;
    source->flags &= (uint8_t)~READABLE;
    if (error == -EAGAIN)
        return;
    source->flags |= ENDED;
    source_changed(engine, source);
    engine->calls->ended(engine->owner, source, error);
}

static void connection_ready(struct engine *engine, struct source *source, unsigned events)
{
    if (events & SELECTOR_HANGUP)
        source->flags |= HANGUP;
    if (events & SELKIE_READ)
        source->flags |= READABLE;
    if (events & SELKIE_WRITE && source->flags & WANTS_WRITE) {
        source->flags &= (uint8_t)~WANTS_WRITE;
        source_changed(engine, source);
        engine->calls->writable(engine->owner, source);
        if (source->kind == SOURCE_DROPPED)
            return;
    }
    /* One that is queued has its turn at the end, and only one. */
    if ((source->flags & (READABLE | PAUSED | ENDED)) == READABLE && !source->queued)
        connection_read(engine, source);
}

static void source_ready(struct engine *engine, struct source *source, unsigned events)
{
    switch ((enum source_kind)source->kind) {
    case SOURCE_CONNECTION:
        connection_ready(engine, source, events);
        break;
    case SOURCE_LISTENER:
        engine_accept(engine, source, engine->calls->acceptable(engine->owner, source));
        break;
    case SOURCE_BELL:
        engine->calls->rung(engine->owner, source);
        break;
    case SOURCE_DROPPED:
        break;
    }
}

void engine_dispatch(struct engine *engine)
{
    struct source *again = engine->again;
    engine->again = NULL;
    for (int i = 0; i < engine->ready_count; i++)
        source_ready(engine, engine->ready[i].data, engine->ready[i].events);
    /* Before any of them is read again, lest its end be told before its input. */
    engine_deliver(engine);
    for (struct source *source; again;) {
        if (source_unqueue(engine, &again, &source))
            connection_ready(engine, source, 0);
    }
    engine_deliver(engine);
    engine_release(engine);
}

bool engine_told_all(const struct engine *engine)
{
    return engine->ready_count < READY_MAX && !engine->again && !engine->changed;
}

int engine_watch(struct engine *engine, struct source *source)
{
    source->events = SELKIE_READ;
    if (engine->edge && source->kind == SOURCE_CONNECTION)
        source->events |= SELKIE_WRITE | SELKIE_EDGE | SELECTOR_HANGUP;
    return selector_add(engine->selector, source->fd, source->events, source);
}

int engine_listen(struct engine *engine, struct source *listener)
{
    if (listener->events)
        return 0;
    unsigned events = SELKIE_READ | SELECTOR_EXCLUSIVE;
    int error = selector_add(engine->selector, listener->fd, events, listener);
    if (!error)
        listener->events = (uint8_t)events;
    return error;
}

void engine_unlisten(struct engine *engine, struct source *listener)
{
    if (listener->events)
        selkie_selector_unregister(engine->selector, listener->fd);
    listener->events = 0;
}

/* Whether a failed accept says nothing of the listener: a signal came, or the connection went while
 * it waited, which Linux reports here (accept(2), "Error handling"). */
static bool accept_goes_on(int error)
{
    switch (error) {
    case EINTR:
    case ECONNABORTED:
    case EPROTO:
    case EPERM:
    case ENETDOWN:
    case ENETUNREACH:
    case EHOSTDOWN:
    case EHOSTUNREACH:
    case ENOPROTOOPT:
        return true;
    default:
        return false;
    }
}

int engine_accept(struct engine *engine, struct source *listener, int count)
{
    int accepted = 0;
    for (int tries = count; tries > 0; tries--) {
        int fd = accept4(listener->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd >= 0) {
            accepted++;
            engine->calls->accepted(engine->owner, fd);
            continue;
        }
        int error = errno;
        if (error == EAGAIN)
            break;
        if (!accept_goes_on(error)) {
            engine->calls->accept_failed(engine->owner, listener, -error);
            break;
        }
    }
    return accepted;
}

void engine_pause(struct engine *engine, struct source *connection)
{
    connection->flags |= PAUSED;
    source_changed(engine, connection);
}

void engine_resume(struct engine *engine, struct source *connection)
{
    connection->flags &= (uint8_t)~PAUSED;
    source_changed(engine, connection);
}

ssize_t engine_send(struct engine *engine, struct source *connection, struct span bytes)
{
    ssize_t count;
    do
        count = send(connection->fd, bytes.at, bytes.length, MSG_NOSIGNAL);
    while (count < 0 && errno == EINTR);

    if (count < 0 && errno != EAGAIN)
        return -errno;
    if (count == (ssize_t)bytes.length)
        return count;
    connection->flags |= WANTS_WRITE;
    source_changed(engine, connection);
    return count < 0 ? 0 : count;
}

bool engine_has_input(const struct source *connection)
{
    return (connection->flags & (READABLE | ENDED)) == READABLE;
}

void engine_finish(struct source *connection)
{
    shutdown(connection->fd, SHUT_WR);
}

void engine_drop(struct engine *engine, struct source *connection)
{
    selector_forget(engine->selector, connection->fd);
    close(connection->fd);
    connection->kind = SOURCE_DROPPED;
    source_queue(&engine->dropped, connection);
}
