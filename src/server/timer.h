// SPDX-License-Identifier: MIT
/*
 * Time-outs. All timers of a queue run for the same time, so the queue is sorted by age and expiry
 * looks at its head only; every connection is in exactly one queue of its worker.
 *
 * A timer that is touched at every request is not moved each time: it remembers when it was active,
 * and moves to the back only after TIMER_SLACK_MS. So a timer never fires early, and at most that
 * much late.
 */
#ifndef SERVER_TIMER_H
#define SERVER_TIMER_H

#include "base/list.h"

#include <stdbool.h>
#include <stdint.h>

/* Ten list operations a second for the busiest connection; nobody notices a tenth of a second. */
enum { TIMER_SLACK_MS = 100 };

/* Times are milliseconds of a clock that may wrap, so only their differences are looked at. */
struct timer {
    struct list link;
    uint32_t queued_ms; /* when it was put at the back */
    uint32_t active_ms; /* since when it runs */
};

struct timer_queue {
    struct list timers;
    uint32_t length_ms;
};

void timer_queue_init(struct timer_queue *queue, uint32_t length_ms);

/* Takes the timer out of the queue it is in, and starts it in this one. */
void timer_start(struct timer_queue *queue, struct timer *timer, uint32_t now_ms);

/* Lets a timer of this queue run for the whole time again. */
static inline void timer_touch(struct timer_queue *queue, struct timer *timer, uint32_t now_ms)
{
    timer->active_ms = now_ms;
    if (now_ms - timer->queued_ms >= TIMER_SLACK_MS)
        timer_start(queue, timer, now_ms);
}

/* Milliseconds until the timer at the head fires, 0 when it is due, or -1 for an empty queue. */
int timer_queue_wait(const struct timer_queue *queue, uint32_t now_ms);

/* The timer at the head if it is due, left in the queue, or NULL. */
struct timer *timer_queue_due(const struct timer_queue *queue, uint32_t now_ms);

#endif
