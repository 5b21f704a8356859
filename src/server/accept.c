// SPDX-License-Identifier: MIT
/* See accept.h. */
#include "server/accept.h"

#include "server/shed.h"
#include "server/siblings.h"
#include "server/timeouts.h"

enum {
    /* Connections a turn: the live ones are served in between. */
    ACCEPT_BATCH = 64,
    /* How long a sibling may take to fetch what was left to it: a few turns of a busy one. */
    YIELD_MS = 10,
    /* A sibling that has not heard its bell in so many of these times hangs in a handler. */
    YIELDS_MAX = 3,
    /* Until descriptors or memory may be there again. */
    STARVED_MS = 100,
    /* How often at most a worker that accepts lets its siblings go first: two system calls in so
     * many milliseconds are nothing beside the accepts of a busy one. */
    STEP_BACK_MS = 10,
};

/* A worker without siblings has the only socket in either mode. */
static bool accepts_per_worker(const struct worker *worker)
{
    return worker->server->options.accept == SELKIE_ACCEPT_PER_WORKER &&
           worker->server->worker_count > 1;
}

/* Whether the kernel queues connections at sockets that this worker alone watches, and it does not.
 */
static bool worker_leaves_own(const struct worker *worker)
{
    bool is_away = worker->listening == LISTENING_FULL || worker->listening == LISTENING_ENDED;
    return is_away && accepts_per_worker(worker);
}

/* The sockets that this worker accepts from unasked: all of them, or with per-worker sockets its
 * own, which are every worker_count-th. */
static bool listener_is_own(const struct worker *worker, unsigned index)
{
    return !accepts_per_worker(worker) || index % worker->server->worker_count == worker->number;
}

/* How many more connections the worker may hold. It may hold one too many: one that had left, and
 * came back since the client has not taken its last response. */
static unsigned worker_room(const struct worker *worker)
{
    return worker->active < worker->active_max ? worker->active_max - worker->active : 0;
}

static void worker_set_listening(struct worker *worker, enum listening listening, int slot_state)
{
    worker->listening = listening;
    atomic_store(&worker->slot->state, slot_state);
}

/* Nobody else is to have a share, or would inherit what waits: what the kernel accepts for a worker
 * that is killed before it looks is lost, in the queue of the socket it is not. And there is room
 * for whatever one turn can bring, which is what the backlogs hold. */
static bool worker_takes_freely(const struct worker *worker)
{
    uint64_t queued = (uint64_t)worker->listener_count * (unsigned)worker->server->options.backlog;
    return worker->server->is_single && worker_room(worker) > queued;
}

int worker_listen(struct worker *worker)
{
    worker->is_free = worker_takes_freely(worker);
    for (unsigned i = 0; i < worker->listener_count; i++) {
        int error = 0;
        if (listener_is_own(worker, i))
            error = engine_listen(worker->engine, &worker->listeners[i], worker->is_free);
        if (error)
            return error;
    }
    worker_set_listening(worker, LISTENING, SLOT_ACCEPTING);
    return 0;
}

static void worker_unlisten(struct worker *worker)
{
    for (unsigned i = 0; i < worker->listener_count; i++)
        engine_unlisten(worker->engine, &worker->listeners[i]);
}

static void worker_pause_listening(struct worker *worker, uint32_t pause_ms, int slot_state)
{
    worker_unlisten(worker);
    worker_set_listening(worker, LISTENING_PAUSED, slot_state);
    worker->listen_again_ms = worker->now_ms + pause_ms;
    worker->active_at_pause = worker->active;
}

/* Leaves what waits to a sibling, for a moment. */
static void worker_yield(struct worker *worker)
{
    if (siblings_call(worker))
        worker_pause_listening(worker, YIELD_MS, SLOT_ACCEPTING);
}

/* The worker holds all it may. The siblings watch a shared socket themselves; to its own it has to
 * go on calling those that have room (worker_call_for_own). */
static void worker_wait_for_room(struct worker *worker)
{
    worker_unlisten(worker);
    worker_set_listening(worker, LISTENING_FULL, SLOT_FULL);
    worker->listen_again_ms = worker->now_ms + ACCEPT_FOR_OTHERS_MS;
    worker->shed_again_ms = worker->now_ms + worker_shed_wait(worker);
    siblings_call(worker);
}

static void worker_call_for_own(struct worker *worker)
{
    if (!worker_leaves_own(worker) || (int32_t)(worker->now_ms - worker->listen_again_ms) < 0)
        return;
    worker->listen_again_ms = worker->now_ms + ACCEPT_FOR_OTHERS_MS;
    siblings_call(worker);
}

/* How many connections the worker may take at once, by its room and its share; `least` of them even
 * beyond its share. */
static unsigned worker_allowance(const struct worker *worker, unsigned least)
{
    unsigned room = worker_room(worker);
    unsigned share = siblings_share(worker);
    unsigned allowed = share > worker->active ? share - worker->active : 0;
    if (allowed < least)
        allowed = least;
    if (allowed > room)
        allowed = room;
    return allowed < ACCEPT_BATCH ? allowed : ACCEPT_BATCH;
}

/* A full worker is to take a connection: it sheds one for it, unless a sibling has room. Where all
 * are full their shares are equal, however many of whose connections are busy: so each takes one
 * and leaves the next to a sibling. Returns how many it takes. */
static unsigned worker_take_in_turn(struct worker *worker)
{
    if (!worker_can_shed(worker)) {
        worker_wait_for_room(worker);
        return 0;
    }
    if (!siblings_have_room(worker))
        worker_shed(worker, 1);
    worker_yield(worker);
    return worker_room(worker) > 0 ? 1 : 0;
}

int worker_acceptable(struct worker *worker, struct source *listener)
{
    (void)listener;
    if (worker->listening != LISTENING)
        return 0; /* it has stopped in this turn */
    if (worker_room(worker) == 0)
        return (int)worker_take_in_turn(worker);
    unsigned allowed = worker_allowance(worker, 0);
    if (allowed == 0)
        worker_yield(worker);
    return (int)allowed;
}

void worker_accept_failed(struct worker *worker, const struct source *listener, int error)
{
    if (!listener_is_own(worker, (unsigned)(listener - worker->listeners)))
        return; /* its own worker will find out */
    if (!worker->is_starved)
        server_log(worker->server, SELKIE_LOG_WARNING,
                   "worker %u cannot accept connections: %s; it goes on with those it has, and "
                   "tries again every %d ms",
                   worker->number, strerror(-error), STARVED_MS);
    worker->is_starved = true;
    worker_pause_listening(worker, STARVED_MS, SLOT_FULL);
    siblings_call(worker);
}

/* Takes up to `most` connections that wait, from the siblings' listeners too with `from_all`.
 * Returns whether more may wait. */
static bool worker_accept_waiting(struct worker *worker, bool from_all, unsigned most)
{
    int left = (int)most;
    for (unsigned i = 0; i < worker->listener_count && left > 0; i++) {
        if (from_all || listener_is_own(worker, i))
            left -= engine_accept(worker->engine, &worker->listeners[i], left);
    }
    return left == 0;
}

/* Takes what a sibling has left, and passes on what is more than its share: a burst goes round
 * until nothing waits. */
static void worker_accept_for_siblings(struct worker *worker)
{
    worker->asked_to_accept = false;
    atomic_store(&worker->slot->is_asked, false);
    bool takes = worker->listening == LISTENING ||
                 (worker->listening == LISTENING_PAUSED && !worker->is_starved);
    /* Without room it takes one all the same, if another can go for it. */
    bool is_tight = worker_room(worker) == 0 && worker_can_shed(worker);
    if (takes && worker_room(worker) == 0 && !is_tight) {
        worker_wait_for_room(worker);
        return;
    }
    unsigned most = is_tight ? 1 : worker_allowance(worker, 0);
    if (!takes || worker_accept_waiting(worker, true, most))
        siblings_call(worker);
    if (worker->active > worker->active_max)
        worker_shed(worker, worker->active - worker->active_max);
}

/* Whether a full worker has found a connection that it could close for one that waits: it looks
 * from time to time. */
static bool worker_looks_for_room(struct worker *worker)
{
    if (worker->listening != LISTENING_FULL ||
        (int32_t)(worker->now_ms - worker->shed_again_ms) < 0)
        return false;
    worker->shed_again_ms = worker->now_ms + worker_shed_wait(worker);
    return worker_can_shed(worker);
}

static bool worker_may_listen(const struct worker *worker)
{
    if (worker->listening == LISTENING_FULL)
        return worker_room(worker) > 0;
    if (worker->listening != LISTENING_PAUSED)
        return false;
    /* Short connections: what was beyond the share is not any more. */
    if (worker->active < worker->active_at_pause && !worker->is_starved)
        return true;
    return (int32_t)(worker->now_ms - worker->listen_again_ms) >= 0;
}

/* How many connections to take even beyond the share, so that what a sibling leaves is taken in the
 * end: one, or all when it seems to hang. */
static unsigned worker_least(struct worker *worker)
{
    bool is_unheard = atomic_load(&worker->server->slots[worker->called].is_asked);
    worker->yields = is_unheard ? worker->yields + 1 : 0;
    return worker->yields < YIELDS_MAX ? 1 : ACCEPT_BATCH;
}

/* Nobody has fetched what was left, or there is room again. */
static void worker_listen_again(struct worker *worker)
{
    bool was_full = worker->listening == LISTENING_FULL;
    if (worker_listen(worker) != 0) {
        worker_pause_listening(worker, STARVED_MS, SLOT_FULL);
        return;
    }
    bool from_all = was_full && accepts_per_worker(worker);
    if (worker_accept_waiting(worker, from_all, worker_allowance(worker, worker_least(worker))))
        siblings_call(worker);
}

/* The kernel wakes the worker that has waited longest at a shared socket, and waking does not end
 * its wait (epoll_ctl(2), EPOLLEXCLUSIVE): connections that come one at a time would all meet the
 * same worker. So one that has accepted goes to the end of the line. */
static void worker_step_back(struct worker *worker)
{
    bool is_alone = accepts_per_worker(worker) || worker->server->worker_count == 1;
    bool is_fair = is_alone || engine_takes_turns(worker->engine);
    if (is_fair || worker->listening != LISTENING || !worker->has_accepted ||
        worker->now_ms - worker->stepped_back_ms < STEP_BACK_MS)
        return;
    worker->has_accepted = false;
    worker->stepped_back_ms = worker->now_ms;
    worker_unlisten(worker);
    if (worker_listen(worker) != 0)
        worker_pause_listening(worker, STARVED_MS, SLOT_FULL);
}

/* One that takes all that comes has to look ahead: there may be no room for it in the next turn. */
static void worker_mind_room(struct worker *worker)
{
    if (!worker->is_free || worker->listening != LISTENING || worker_takes_freely(worker))
        return;
    worker_unlisten(worker);
    if (worker_listen(worker) != 0)
        worker_pause_listening(worker, STARVED_MS, SLOT_FULL);
}

void worker_review_listening(struct worker *worker)
{
    worker_mind_room(worker);
    if (worker->asked_to_accept)
        worker_accept_for_siblings(worker);
    if (worker_may_listen(worker) || worker_looks_for_room(worker))
        worker_listen_again(worker);
    worker_step_back(worker);
    worker_call_for_own(worker);
}

static int worker_left_ms(const struct worker *worker, uint32_t until_ms)
{
    int left_ms = (int)(until_ms - worker->now_ms);
    return left_ms > 0 ? left_ms : 0;
}

int worker_listening_wait(const struct worker *worker)
{
    if (worker->asked_to_accept || worker_may_listen(worker))
        return 0;
    int wait_ms =
        worker->listening == LISTENING_FULL ? worker_left_ms(worker, worker->shed_again_ms) : -1;
    if (worker->listening != LISTENING_PAUSED && !worker_leaves_own(worker))
        return wait_ms;
    return sooner(wait_ms, worker_left_ms(worker, worker->listen_again_ms));
}

void worker_stop_listening(struct worker *worker)
{
    worker_accept_waiting(worker, false, worker_room(worker));
    worker_unlisten(worker);
    worker_set_listening(worker, LISTENING_ENDED, SLOT_DRAINING);
    worker->listen_again_ms = worker->now_ms;
}
