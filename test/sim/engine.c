// SPDX-License-Identifier: MIT
/*
 * See scripted.h. A turn: what was sent goes, the clients act and the time passes until there is
 * something to tell, and then it is told, in any order.
 */
#include "scripted.h"

#include <errno.h>
#include <string.h>

enum {
    /* So many turns in which nothing happens and no time passes are a loop without end. */
    QUIET_TURNS_MAX = 300,
    OVERSLEPT_MAX_MS = 20 * 1000,
    JUMP_MS = 15 * 24 * 3600 * 1000, /* a laptop that was closed for two weeks */
    /* A worker that has room, and does not listen, comes back to that after so long at most. */
    DEAF_MAX_MS = 100,
    FULL_MAX_MS = 1000,
    LENT_BYTES = 128 * 1024,
    READY_BYTES = 32 * 1024,
};

static struct engine scripted;

void engine_begin(struct run *run)
{
    scripted = (struct engine){.run = run};
}

int engine_open(struct engine_wish wish, const struct engine_calls *calls, void *owner,
                struct engine **out, struct engine_refusal *refusal)
{
    *refusal = (struct engine_refusal){0};
    if (chance(&scripted.run->choice, scripted.run->settings.unwatched / 4))
        return -EMFILE;
    scripted.turn_bytes = wish.turn_bytes;
    if (scripted.turn_bytes == 0)
        scripted.turn_bytes = scripted.run->settings.is_lent ? LENT_BYTES : READY_BYTES;
    scripted.calls = calls;
    scripted.owner = owner;
    scripted.run->engine = &scripted;
    *out = &scripted;
    return 0;
}

const char *engine_name(const struct engine *engine)
{
    return engine->run->settings.is_lent ? "lent" : "ready";
}

size_t engine_turn_bytes(const struct engine *engine)
{
    return engine->turn_bytes;
}

const char *engine_trigger_name(const struct engine *engine)
{
    return engine->run->settings.is_lent ? NULL : "edge";
}

bool engine_takes_turns(const struct engine *engine)
{
    return engine->run->settings.is_lent;
}

/* Of what is not flushed something may have to be told. */
bool engine_told_all(const struct engine *engine)
{
    return engine->told_all && engine->lent_count == 0;
}

struct peer *engine_peer(const struct engine *engine, const struct source *source)
{
    struct peer *peer = kernel_peer(engine->run, source->fd);
    if (source->kind != SOURCE_CONNECTION || peer->watch.source != source)
        run_fail(engine->run, "the owner speaks of a connection that it has dropped");
    return peer;
}

void engine_tells(struct engine *engine, struct peer *peer)
{
    engine->run->current = peer;
    engine->has_told = true;
}

/* Lets the time pass until something is to be told, or the wait is over. */
static void engine_sleep(struct engine *engine, int timeout_ms)
{
    struct run *run = engine->run;
    int64_t end_ms = timeout_ms < 0 ? INT64_MAX : run->now_ms + timeout_ms;
    for (;;) {
        clients_act(run);
        engine_gather(engine);
        if (engine->event_count > 0 || run->now_ms >= end_ms)
            return;
        int64_t next_ms = clients_next_ms(run);
        if (next_ms > end_ms)
            next_ms = end_ms;
        if (next_ms == INT64_MAX) {
            run->is_idle = true;
            return;
        }
        run->now_ms = next_ms;
        if (chance(&run->choice, run->settings.overslept))
            run->now_ms +=
                choose(&run->choice, chance(&run->choice, 20) ? JUMP_MS : OVERSLEPT_MAX_MS);
    }
}

/* A worker that asks not to sleep, and finds nothing, again and again, burns the processor. */
static void engine_count_quiet(struct engine *engine, int timeout_ms)
{
    struct run *run = engine->run;
    bool is_quiet = timeout_ms == 0 && engine->event_count == 0;
    run->quiet_turns = is_quiet ? run->quiet_turns + 1 : 0;
    if (run->quiet_turns > QUIET_TURNS_MAX)
        run_fail(run, "the worker turns and turns, and does nothing");
}

/* Nobody may wait to be accepted by a worker that has room and does not care. One that is full
 * looks whether it can make room. */
static void engine_check_listening(const struct engine *engine, int timeout_ms)
{
    const struct run *run = engine->run;
    unsigned open = 0;
    for (unsigned i = 0; i < run->peer_count; i++)
        open += run->peers[i].wire.state == WIRE_OPEN;
    int most_ms = open < run->options.max_connections ? DEAF_MAX_MS : FULL_MAX_MS;
    bool is_deaf = !run->is_draining && (timeout_ms < 0 || timeout_ms > most_ms);
    for (unsigned i = 0; i < run->queue_count && is_deaf; i++) {
        if (run->queues[i].count > 0 && !engine->listening[i].source)
            run_fail(run, "a client waits, and the worker does not listen for %d ms", timeout_ms);
    }
}

int engine_wait(struct engine *engine, int timeout_ms)
{
    struct run *run = engine->run;
    engine->has_told = false;
    run_trace(run, "%lld: wait %d", (long long)run->now_ms, timeout_ms);
    if (chance(&run->choice, run->settings.stirs))
        clients_act(run);
    engine_flush(engine);
    engine_end_finished(engine);
    if (engine->has_told) {
        engine_gather(engine);
        return 0;
    }
    model_sleeps(run, timeout_ms);
    engine_check_listening(engine, timeout_ms);
    if (chance(&run->choice, run->settings.spurious)) {
        engine_gather(engine);
        return engine->event_count > 0 || chance(&run->choice, 500) ? 0 : -EINTR;
    }
    engine_sleep(engine, timeout_ms);
    engine_count_quiet(engine, timeout_ms);
    return 0;
}

/* Takes one of the events from `at` on. */
static struct event event_take(struct engine *engine, unsigned at)
{
    unsigned left = engine->event_count - at;
    unsigned other =
        at + (chance(&engine->run->choice, 500) ? choose(&engine->run->choice, left) : 0);
    struct event event = engine->events[other];
    engine->events[other] = engine->events[at];
    return event;
}

static void engine_release(struct engine *engine)
{
    while (engine->dropped) {
        struct source *source = engine->dropped;
        engine->dropped = source->next;
        engine->calls->released(engine->owner, source);
    }
}

void engine_dispatch(struct engine *engine)
{
    struct run *run = engine->run;
    engine_settle(engine); /* those whose turn had come */
    engine->told_all = true;
    for (unsigned i = 0; i < engine->event_count; i++) {
        struct event event = event_take(engine, i);
        if (chance(&run->choice, run->settings.defers)) {
            engine->told_all = false;
            continue;
        }
        if (chance(&run->choice, run->settings.stirs))
            clients_act(run);
        engine_tell(engine, event);
        if (engine->undelivered > 0 && chance(&run->choice, 200))
            engine_deliver(engine);
    }
    engine_deliver(engine);
    engine_settle(engine);
    engine_end_finished(engine);
    engine_release(engine);
    run->current = NULL;
}

void engine_close(struct engine *engine)
{
    struct run *run = engine->run;
    engine->is_closing = true;
    engine_flush(engine);
    for (unsigned i = 0; i < run->peer_count; i++) {
        const struct source *source = run->peers[i].watch.source;
        if (source && source->kind == SOURCE_CONNECTION)
            run_fail(run, "the engine is closed before the connection of client %u", i);
    }
    run->engine = NULL;
}
