// SPDX-License-Identifier: MIT
/*
 * What comes to the scripted engine: connections, their bytes, ends and errors, the ringing of
 * bells. See scripted.h.
 */
#include "memory.h"
#include "scripted.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>

enum {
    SOURCE_HAS_INPUT = 1, /* source.flags: engine_has_input */
    SHORTAGE_MAX_MS = 300,
    FAILURES_MAX = 8, /* in a millisecond: one for each listener and reason to try it */
};

int engine_watch(struct engine *engine, struct source *source)
{
    struct run *run = engine->run;
    if (chance(&run->choice, run->settings.unwatched)) {
        if (source->kind == SOURCE_CONNECTION)
            model_starves(kernel_peer(run, source->fd));
        return -ENOMEM;
    }
    if (source->kind == SOURCE_CONNECTION)
        kernel_peer(run, source->fd)->watch.source = source;
    else if (source->fd == FD_LIFELINE)
        engine->lifeline = source;
    else
        engine->bell = source;
    return 0;
}

/* Some engines do not look during a pause, so that some may have come; others are told. */
void engine_pause(struct engine *engine, struct source *connection)
{
    engine_peer(engine, connection)->watch.is_paused = true;
    if (chance(&engine->run->choice, 500))
        connection->flags |= SOURCE_HAS_INPUT;
}

void engine_resume(struct engine *engine, struct source *connection)
{
    struct watch *watch = &engine_peer(engine, connection)->watch;
    watch->is_paused = false;
    watch->is_told = watch->is_near = true; /* what was held will be dealt with */
}

/* It misses no reset: nothing has to be looked for. */
void engine_await_more(struct engine *engine, struct source *connection)
{
    (void)engine_peer(engine, connection);
}

bool engine_has_input(const struct source *connection)
{
    return connection->flags & SOURCE_HAS_INPUT;
}

static unsigned listener_index(const struct engine *engine, const struct source *listener)
{
    const struct run *run = engine->run;
    for (unsigned i = 0; i < run->queue_count; i++) {
        if (run->queues[i].fd == listener->fd)
            return i;
    }
    run_fail(run, "descriptor %d is no listener", listener->fd);
}

int engine_listen(struct engine *engine, struct source *listener, bool freely)
{
    struct listened *listening = &engine->listening[listener_index(engine, listener)];
    if (listening->source)
        return 0;
    if (chance(&engine->run->choice, engine->run->settings.unwatched))
        return -ENOMEM;
    *listening = (struct listened){listener, freely, false};
    return 0;
}

void engine_unlisten(struct engine *engine, struct source *listener)
{
    struct listened *listening = &engine->listening[listener_index(engine, listener)];
    bool has_missed = listening->source && !listening->is_free && chance(&engine->run->choice, 300);
    *listening = (struct listened){.has_missed = has_missed};
}

/* Takes the first that waits. */
static struct peer *queue_take(struct run *run, struct queue *queue)
{
    struct peer *peer = &run->peers[queue->waiting[0]];
    queue->count--;
    memmove(queue->waiting, queue->waiting + 1, queue->count * sizeof *queue->waiting);
    return peer;
}

static void engine_accept_one(struct engine *engine, struct queue *queue)
{
    struct run *run = engine->run;
    struct peer *peer = queue_take(run, queue);
    int fd = kernel_open(run, peer->number);
    peer->wire.state = WIRE_OPEN;
    peer->wire.fd = fd;
    run_trace(run, "client %u: accepted as %d", peer->number, fd);
    engine_tells(engine, peer);
    model_accepted(run, peer);
    engine->calls->accepted(engine->owner, fd);
    run->current = NULL;
}

/* Whether the kernel has no resource for another connection, as it happens for a while. */
static bool accept_fails(struct run *run)
{
    if (run->now_ms >= run->no_accept_until_ms && chance(&run->choice, run->settings.unaccepted))
        run->no_accept_until_ms = run->now_ms + choose(&run->choice, SHORTAGE_MAX_MS);
    if (run->now_ms >= run->no_accept_until_ms)
        return false;
    run->counts.of[COUNT_UNACCEPTED]++;
    run->accepts_failed = run->now_ms > run->accept_failed_ms ? 1 : run->accepts_failed + 1;
    run->accept_failed_ms = run->now_ms;
    if (run->accepts_failed > FAILURES_MAX)
        run_fail(run, "the worker tries to accept, again and again, and cannot");
    return true;
}

int engine_accept(struct engine *engine, struct source *listener, int count)
{
    static const int errors[] = {EMFILE, ENFILE, ENOBUFS, ENOMEM};
    struct run *run = engine->run;
    struct queue *queue = &run->queues[listener_index(engine, listener)];
    int accepted = 0;
    for (; accepted < count && queue->count > 0; accepted++) {
        if (accept_fails(run)) {
            engine->calls->accept_failed(engine->owner, listener, -errors[choose(&run->choice, 4)]);
            break;
        }
        engine_accept_one(engine, queue);
    }
    return accepted;
}

static void engine_add(struct engine *engine, enum event_kind kind, unsigned index)
{
    if (engine->event_count == EVENTS_MAX)
        engine->told_all = false; /* more than one wait reports */
    else
        engine->events[engine->event_count++] = (struct event){kind, index};
}

/* Whether input of this connection may be told. */
static bool peer_takes_input(const struct peer *peer)
{
    const struct watch *watch = &peer->watch;
    return watch->source && watch->source->kind == SOURCE_CONNECTION && !watch->is_paused &&
           !watch->has_told_end;
}

static void engine_gather_peer(struct engine *engine, struct peer *peer)
{
    struct watch *watch = &peer->watch;
    struct wire *wire = &peer->wire;
    watch->due = wire->sent;
    watch->told_in_turn = 0;
    if (watch->is_paused && wire->told < wire->sent) {
        watch->source->flags |= SOURCE_HAS_INPUT;
        watch->known = wire->sent;
    }
    if (watch->error || wire->is_reset)
        engine_add(engine, EVENT_ERROR, peer->number);
    if (peer_takes_input(peer) && wire->told < wire->sent)
        engine_add(engine, EVENT_INPUT, peer->number);
    if (peer_takes_input(peer) && wire->has_ended)
        engine_add(engine, EVENT_END, peer->number);
    bool is_writable = wire_room(wire) > 0 || wire->is_reset;
    if (watch->awaits_room && (is_writable || chance(&engine->run->choice, 1)))
        engine_add(engine, EVENT_WRITABLE, peer->number);
}

void engine_gather(struct engine *engine)
{
    struct run *run = engine->run;
    engine->event_count = 0;
    for (unsigned i = 0; i < run->peer_count; i++) {
        const struct source *source = run->peers[i].watch.source;
        if (source && source->kind == SOURCE_CONNECTION)
            engine_gather_peer(engine, &run->peers[i]);
    }
    for (unsigned i = 0; i < run->queue_count; i++) {
        if (engine->listening[i].source && run->queues[i].count > 0)
            engine_add(engine, EVENT_ACCEPT, i);
        if (engine->listening[i].has_missed)
            engine_add(engine, EVENT_MISSED, i);
    }
    if (run->bell_rings)
        engine_add(engine, EVENT_RUNG, 0);
    if (run->lifeline_ends)
        engine_add(engine, EVENT_LIFELINE, 0);
}

/* Lends a piece, from a place that is given up at once. */
static void engine_lend(struct engine *engine, struct peer *peer, size_t length)
{
    struct source *source = peer->watch.source;
    struct span piece = {peer->script.bytes + peer->wire.told, length};
    char *copy = own_resize(NULL, length);
    memcpy(copy, piece.at, length);
    peer->wire.told += length;
    peer->watch.told_in_turn += length;
    peer->watch.known = peer->wire.sent;
    bool has_more = peer->wire.sent > peer->wire.told || chance(&engine->run->choice, 200);
    source->flags = has_more ? SOURCE_HAS_INPUT : 0;
    run_trace(engine->run, "client %u: input %zu of %zu, %08x", peer->number, length,
              peer->wire.sent, trace_hash(engine->run, piece));
    engine_tells(engine, peer);
    engine->undelivered++;
    if (peer->watch.is_told)
        engine_settle(engine); /* what came before is dealt with first */
    peer->watch.is_told = peer->watch.is_near = true;
    model_told(engine->run, peer, length);
    engine->calls->input(engine->owner, source, (struct span){copy, length});
    engine->run->current = NULL;
    memset(copy, 0xa5, length);
    own_free(copy);
}

/* Returns whether more of what is due is left. */
static bool engine_tell_input(struct engine *engine, struct peer *peer, bool whole)
{
    struct choice *choice = &engine->run->choice;
    size_t left = peer->watch.due - peer->wire.told;
    if (!peer_takes_input(peer) || left == 0)
        return false;
    size_t share = engine->turn_bytes - peer->watch.told_in_turn;
    if (share == 0) {
        engine->told_all = false;
        return false;
    }
    size_t length = left < PIECE_MAX ? left : PIECE_MAX;
    length = length < share ? length : share;
    if (!whole && chance(choice, engine->run->settings.splits))
        length = 1 + choose(choice, (uint32_t)length);
    engine_lend(engine, peer, length);
    return length < left && peer_takes_input(peer);
}

static void engine_tell_end(struct engine *engine, struct peer *peer)
{
    while (engine_tell_input(engine, peer, true))
        continue;
    if (!peer_takes_input(peer))
        return;
    if (peer->wire.told < peer->wire.sent) {
        engine->told_all = false;
        return;
    }
    run_trace(engine->run, "client %u: ended", peer->number);
    peer->watch.has_told_end = true;
    engine_tells(engine, peer);
    if (peer->watch.is_told)
        engine_settle(engine);
    model_ended(engine->run, peer);
    engine->calls->ended(engine->owner, peer->watch.source, 0);
    model_settle(engine->run, peer);
    engine->run->current = NULL;
}

static void engine_tell_error(struct engine *engine, struct peer *peer)
{
    struct watch *watch = &peer->watch;
    int error = watch->error ? watch->error : -ECONNRESET;
    run_trace(engine->run, "client %u: broken, %d", peer->number, error);
    watch->error = 0;
    watch->has_told_error = true;
    engine_tells(engine, peer);
    engine->calls->ended(engine->owner, watch->source, error);
    engine->run->current = NULL;
    if (watch->source && watch->source->kind == SOURCE_CONNECTION)
        run_fail(engine->run, "the connection of client %u is broken, and kept", peer->number);
}

static void engine_tell_writable(struct engine *engine, struct peer *peer)
{
    size_t before = peer->model.handed;
    if (!peer->watch.awaits_room)
        return;
    run_trace(engine->run, "client %u: writable", peer->number);
    peer->watch.awaits_room = false;
    engine_tells(engine, peer);
    engine->calls->writable(engine->owner, peer->watch.source);
    engine->run->current = NULL;
    if (peer->model.handed == before)
        return;
    model_moves(engine->run, peer);
    model_settle(engine->run, peer);
    peer->watch.is_told = false;
}

static void engine_tell_waiting(struct engine *engine, unsigned index)
{
    struct run *run = engine->run;
    struct listened *listening = &engine->listening[index];
    struct source *source = listening->source;
    int count = (int)run->queues[index].count;
    if (!source)
        return;
    engine->has_told = true;
    if (!listening->is_free)
        count = engine->calls->acceptable(engine->owner, source);
    if (count > 0)
        engine_accept(engine, source, count);
    if (listening->source && run->queues[index].count > 0)
        engine->told_all = false;
}

static void engine_tell_bell(struct engine *engine)
{
    struct run *run = engine->run;
    bool is_signal = run->note == SIGTERM || run->note == SIGINT || run->note == SIGQUIT;
    run_trace(run, "the bell rings: %d", run->note);
    run->bell_rings = false;
    if (run->note == SIGQUIT || (is_signal && run->is_draining))
        run->was_quit = true;
    else if ((is_signal || run->note == BELL_DRAIN || run->note == BELL_STOP) && !run->is_draining)
        model_drains(run);
    engine->calls->rung(engine->owner, engine->bell);
}

static void engine_tell_peer(struct engine *engine, struct event event)
{
    struct peer *peer = &engine->run->peers[event.index];
    if (!peer->watch.source || peer->watch.source->kind != SOURCE_CONNECTION)
        return;
    if (event.kind == EVENT_ERROR)
        engine_tell_error(engine, peer);
    else if (event.kind == EVENT_WRITABLE)
        engine_tell_writable(engine, peer);
    else if (event.kind == EVENT_END)
        engine_tell_end(engine, peer);
    else if (engine_tell_input(engine, peer, false))
        engine_add(engine, EVENT_INPUT, event.index);
}

void engine_tell(struct engine *engine, struct event event)
{
    engine->has_told = true;
    switch (event.kind) {
    case EVENT_INPUT:
    case EVENT_END:
    case EVENT_ERROR:
    case EVENT_WRITABLE:
        engine_tell_peer(engine, event);
        break;
    case EVENT_ACCEPT:
        engine_tell_waiting(engine, event.index);
        break;
    case EVENT_MISSED:
        engine->listening[event.index].has_missed = false;
        engine->calls->missed(engine->owner);
        break;
    case EVENT_RUNG:
        engine_tell_bell(engine);
        break;
    case EVENT_LIFELINE:
        engine->calls->rung(engine->owner, engine->lifeline);
        break;
    }
}

void engine_deliver(struct engine *engine)
{
    if (engine->undelivered == 0)
        return;
    engine->undelivered = 0;
    engine->calls->delivered(engine->owner);
    engine_settle(engine);
    for (unsigned i = 0; i < engine->run->peer_count; i++)
        engine->run->peers[i].watch.is_near = false;
}

void engine_settle(struct engine *engine)
{
    struct run *run = engine->run;
    for (unsigned i = 0; i < run->peer_count; i++) {
        struct peer *peer = &run->peers[i];
        if (!peer->watch.is_told)
            continue;
        peer->watch.is_told = false;
        model_settle(run, peer);
    }
}
