// SPDX-License-Identifier: MIT
/* See drain.h. */
#include "server/drain.h"

#include "server/accept.h"
#include "server/timeouts.h"

/* A connection accepted just before the drain has its request on the way: so long it may take. */
enum { DRAIN_FIRST_MS = 1000 };

void worker_begin_drain(struct worker *worker)
{
    if (worker->draining)
        return;
    worker_stop_listening(worker);
    worker->draining = true;
    listener_list_close(&worker->server->listeners);
    worker->drain_until_ms = worker->now_ms + worker->server->options.drain_ms;
    if (worker->queues[AWAITS_FIRST].length_ms > DRAIN_FIRST_MS)
        worker->queues[AWAITS_FIRST].length_ms = DRAIN_FIRST_MS;
}

/* Idle connections are closed once a wait that began in the drain has told all there was, so that
 * every request which had come by then is served; the busy ones end by themselves, or at the
 * deadline. */
void worker_drain(struct worker *worker)
{
    if (!worker->idle_are_closed && worker->drain_turns++ > 0 && engine_told_all(worker->engine)) {
        worker->idle_are_closed = true;
        worker_drop_all(worker, AWAITS_NEXT);
    }
    bool is_late = (int32_t)(worker->now_ms - worker->drain_until_ms) >= 0;
    if (is_late && worker->active > 0)
        server_log(worker->server, SELKIE_LOG_WARNING,
                   "worker %u closes %u connections that are busy after the drain time-out",
                   worker->number, worker->active);
    /* What it was accepting, or sending, when the last connection went is told by then. */
    bool is_done = worker->active == 0 && worker->idle_are_closed;
    if ((is_done && engine_told_all(worker->engine)) || is_late)
        worker->ended = true;
}
