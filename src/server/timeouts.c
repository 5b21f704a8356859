// SPDX-License-Identifier: MIT
/* See timeouts.h. */
#include "server/timeouts.h"

#include "server/connection.h"

/* How long a client may take to end its side after the last response (nginx: 5 s as well). */
enum { LINGER_MS = 5000 };

void worker_open_timeouts(struct worker *worker)
{
    const struct selkie_options *options = &worker->server->options;
    const uint32_t lengths[AWAITS_COUNT] = {
        [AWAITS_FIRST] = options->idle_ms,   [AWAITS_NEXT] = options->idle_ms,
        [AWAITS_HEAD] = options->head_ms,    [AWAITS_BODY] = options->body_ms,
        [AWAITS_READER] = options->write_ms, [AWAITS_END] = LINGER_MS,
    };
    for (int i = 0; i < AWAITS_COUNT; i++)
        timer_queue_init(&worker->queues[i], lengths[i]);
}

void worker_expire(struct worker *worker)
{
    for (int i = 0; i < AWAITS_COUNT; i++) {
        for (struct timer *due; (due = timer_queue_due(&worker->queues[i], worker->now_ms));)
            connection_expired(worker, connection_of_timer(due));
    }
}

void worker_drop_all(struct worker *worker, enum awaited awaited)
{
    struct list *timers = &worker->queues[awaited].timers;
    while (!list_is_empty(timers))
        connection_drop(worker, connection_of_timer(LIST_MEMBER(timers->next, struct timer, link)));
}

int worker_timeouts_wait(const struct worker *worker)
{
    int wait_ms = -1;
    for (int i = 0; i < AWAITS_COUNT; i++)
        wait_ms = sooner(wait_ms, timer_queue_wait(&worker->queues[i], worker->now_ms));
    return wait_ms;
}
