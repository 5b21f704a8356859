// SPDX-License-Identifier: MIT
/* See accept.h. */
#include "server/accept.h"

enum {
    /* Connections a turn: the live ones are served in between. */
    ACCEPT_BATCH = 64,
    /* How long a sibling may take to fetch what was left to it: a few turns of a busy one. */
    YIELD_MS = 10,
    /* Until descriptors or memory may be there again, unless a connection ends before. */
    STARVED_MS = 100,
};

/* The sockets that this worker accepts from unasked: all of them, or with per-worker sockets its own,
 * which are every worker_count-th. */
static bool listener_is_own(const struct worker *worker, unsigned index)
{
    const struct selkie_server *server = worker->server;
    return server->options.accept == SELKIE_ACCEPT_SHARED ||
           index % server->worker_count == worker->number;
}

int worker_listen(struct worker *worker)
{
    for (unsigned i = 0; i < worker->listener_count; i++) {
        int error = 0;
        if (listener_is_own(worker, i))
            error = engine_listen(worker->engine, &worker->listeners[i]);
        if (error)
            return error;
    }
    worker->listening = true;
    atomic_store(&worker->slot->state, SLOT_ACCEPTING);
    return 0;
}

void worker_unlisten(struct worker *worker)
{
    for (unsigned i = 0; i < worker->listener_count; i++)
        engine_unlisten(worker->engine, &worker->listeners[i]);
    worker->listening = false;
}

static bool slot_counts(const struct slot *slot)
{
    int state = SLOT_READ(slot->state);
    return state == SLOT_ACCEPTING || state == SLOT_FULL;
}

/* How many connections this worker may hold: a quarter above the mean of all workers that live, and
 * at least one more than none. */
static unsigned worker_share(const struct worker *worker)
{
    const struct selkie_server *server = worker->server;
    uint64_t total = 0, workers = 0;
    for (unsigned i = 0; i < server->worker_count; i++) {
        if (!slot_counts(&server->slots[i]))
            continue;
        total += SLOT_READ(server->slots[i].active);
        workers++;
    }
    return workers < 2 ? UINT32_MAX : (unsigned)((total + workers) * 5 / (4 * workers));
}

/* Rings the bell of the sibling that holds the fewest connections, if one takes any. */
static void worker_call_sibling(const struct worker *worker)
{
    const struct selkie_server *server = worker->server;
    unsigned best = worker->number;
    for (unsigned i = 0; i < server->worker_count; i++) {
        const struct slot *slot = &server->slots[i];
        if (i == worker->number || SLOT_READ(slot->state) != SLOT_ACCEPTING)
            continue;
        if (best == worker->number || SLOT_READ(slot->active) < SLOT_READ(server->slots[best].active))
            best = i;
    }
    if (best != worker->number)
        bell_ring(&server->worker_bells[best], BELL_ACCEPT);
}

/* Leaves what waits to the siblings, and looks again after `pause_ms`. */
static void worker_yield(struct worker *worker, uint32_t pause_ms)
{
    worker_unlisten(worker);
    worker->listen_again_ms = worker->now_ms + pause_ms;
    worker_call_sibling(worker);
}

static void worker_wait_for_room(struct worker *worker)
{
    worker_yield(worker, 0);
    worker->waits_for_room = true;
    atomic_store(&worker->slot->state, SLOT_FULL);
}

static int worker_room(const struct worker *worker)
{
    unsigned room = worker->active_max - worker->active;
    return room < ACCEPT_BATCH ? (int)room : ACCEPT_BATCH;
}

int worker_acceptable(struct worker *worker, struct source *listener)
{
    (void)listener;
    if (!worker->listening)
        return 0; /* it stopped in this turn */
    int room = worker_room(worker);
    if (room == 0) {
        worker_wait_for_room(worker);
        return 0;
    }
    if (worker->server->worker_count == 1)
        return room;
    unsigned share = worker_share(worker);
    if (worker->active >= share) {
        worker_yield(worker, YIELD_MS);
        return 0;
    }
    unsigned left = share - worker->active;
    return left < (unsigned)room ? (int)left : room;
}

void worker_accept_failed(struct worker *worker, int error)
{
    server_log(worker->server, SELKIE_LOG_WARNING,
               "worker %u cannot accept connections: %s; it goes on with those it has, and tries "
               "again in %d ms",
               worker->number, strerror(-error), STARVED_MS);
    worker_yield(worker, STARVED_MS);
}

/* Takes what waits at all listeners, its siblings' too when `from_all`. */
static void worker_accept_waiting(struct worker *worker, bool from_all, unsigned most)
{
    for (unsigned i = 0; i < worker->listener_count; i++) {
        unsigned room = worker->active_max - worker->active;
        unsigned count = room < most ? room : most;
        if (from_all || listener_is_own(worker, i))
            engine_accept(worker->engine, &worker->listeners[i], (int)count);
    }
}

static void worker_accept_for_siblings(struct worker *worker)
{
    unsigned share = worker_share(worker);
    worker->asked_to_accept = false;
    if (!worker->listening || worker->active >= share)
        return;
    unsigned left = share - worker->active;
    worker_accept_waiting(worker, true, left < ACCEPT_BATCH ? left : ACCEPT_BATCH);
}

void worker_accept_rest(struct worker *worker)
{
    worker_accept_waiting(worker, false, worker->active_max);
}

static bool worker_may_listen_again(const struct worker *worker)
{
    if (worker->listening || worker->draining || worker->active >= worker->active_max)
        return false;
    return worker->waits_for_room || (int32_t)(worker->now_ms - worker->listen_again_ms) >= 0;
}

void worker_review_listening(struct worker *worker)
{
    if (worker->asked_to_accept)
        worker_accept_for_siblings(worker);
    if (!worker_may_listen_again(worker))
        return;
    bool yielded = !worker->waits_for_room;
    worker->waits_for_room = false;
    if (worker_listen(worker) != 0) {
        worker_yield(worker, STARVED_MS);
        return;
    }
    if (yielded) /* nobody has fetched it, so it is this worker's after all */
        worker_accept_waiting(worker, false, ACCEPT_BATCH);
}

int worker_listening_wait(const struct worker *worker)
{
    if (worker->listening || worker->draining || worker->active >= worker->active_max)
        return -1;
    int32_t left = (int32_t)(worker->listen_again_ms - worker->now_ms);
    return worker->waits_for_room || left < 0 ? 0 : left;
}
