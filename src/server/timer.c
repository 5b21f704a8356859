// SPDX-License-Identifier: MIT
/* See timer.h. */
#include "server/timer.h"

#include <limits.h>

void timer_queue_init(struct timer_queue *queue, uint32_t length_ms)
{
    list_init(&queue->timers);
    queue->length_ms = length_ms;
}

void timer_start(struct timer_queue *queue, struct timer *timer, uint32_t now_ms)
{
    list_remove(&timer->link);
    list_append(&queue->timers, &timer->link);
    timer->queued_ms = timer->active_ms = now_ms;
}

int timer_queue_wait(const struct timer_queue *queue, uint32_t now_ms)
{
    if (list_is_empty(&queue->timers))
        return -1;
    const struct timer *head = LIST_MEMBER(queue->timers.next, struct timer, link);
    uint32_t age = now_ms - head->active_ms;
    if (age >= queue->length_ms)
        return 0;
    uint32_t left = queue->length_ms - age;
    return left > INT_MAX ? INT_MAX : (int)left;
}

struct timer *timer_queue_due(const struct timer_queue *queue, uint32_t now_ms)
{
    if (timer_queue_wait(queue, now_ms) != 0)
        return NULL;
    return LIST_MEMBER(queue->timers.next, struct timer, link);
}
