// SPDX-License-Identifier: MIT
/* See shed.h. */
#include "server/shed.h"

#include "server/connection.h"
#include "server/pace.h"

#include <sys/socket.h>

enum {
    /* A busy client is not silent for so long between two packets of a request, nor between a
     * response and its next request. As each place is taken from the slow so often at most, a queue
     * of several times as many slow clients as there are places has passed in a second or two. */
    SHED_AGE_MS = 250,
    /* How often at most a full worker looks again. */
    SHED_AGAIN_MS = 100,
    /* The connections of a queue that are looked at: the first ones are the oldest, and those that
     * keep a pace stand among those that do not. */
    SHED_LOOKS = 32,
};

/* Those whose last response has gone, then the idle ones, then the slow ones. */
static const enum awaited order[] = {AWAITS_END,  AWAITS_NEXT, AWAITS_FIRST,
                                     AWAITS_HEAD, AWAITS_BODY, AWAITS_READER};
enum { ORDER_COUNT = sizeof order / sizeof *order };

static bool timer_is_old(const struct worker *worker, const struct timer *timer)
{
    return worker->now_ms - timer->active_ms >= SHED_AGE_MS;
}

/* A request may have come that nobody has looked at yet. */
static bool connection_has_input(const struct connection *connection)
{
    char byte;
    return recv(connection->source.fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
}

/* Whether a connection does not earn its place. Bodies and readers are judged by their pace: it is
 * the age of the last step that their queue is sorted by, and a slow client makes steps. */
static bool connection_is_idle(const struct worker *worker, const struct connection *connection)
{
    if (connection->is_due)
        return false; /* input has just come, and what it has brought is to be sent */
    switch ((enum awaited)connection->awaits) {
    case AWAITS_BODY:
        return !pace_body_holds(worker, connection, SHED_AGE_MS);
    case AWAITS_READER:
        return !pace_reader_holds(worker, connection, SHED_AGE_MS);
    case AWAITS_FIRST:
    case AWAITS_NEXT:
    case AWAITS_HEAD:
        return timer_is_old(worker, &connection->timer) && !connection_has_input(connection);
    case AWAITS_END:
        return timer_is_old(worker, &connection->timer);
    case AWAITS_COUNT:
        break;
    }
    return false;
}

/* The first connection of a queue that can go, or NULL. */
static struct connection *queue_find_idle(const struct worker *worker, enum awaited awaited)
{
    const struct list *timers = &worker->queues[awaited].timers;
    struct list *link = timers->next;
    for (int looks = 0; link != timers && looks < SHED_LOOKS; looks++, link = link->next) {
        struct connection *connection = connection_of_timer(LIST_MEMBER(link, struct timer, link));
        if (connection_is_idle(worker, connection))
            return connection;
    }
    return NULL;
}

unsigned worker_shed(struct worker *worker, unsigned count)
{
    unsigned shed = 0;
    for (int i = 0; i < ORDER_COUNT && shed < count; i++) {
        struct connection *idle;
        while (shed < count && (idle = queue_find_idle(worker, order[i]))) {
            connection_drop(worker, idle);
            worker_count(worker, SELKIE_BOUND_MAX_CONNECTIONS);
            shed++;
        }
    }
    return shed;
}

bool worker_can_shed(const struct worker *worker)
{
    for (int i = 0; i < ORDER_COUNT; i++) {
        if (queue_find_idle(worker, order[i]))
            return true;
    }
    return false;
}

/* How long until the oldest of a queue is old enough. */
static uint32_t queue_shed_wait(const struct worker *worker, enum awaited awaited)
{
    const struct list *timers = &worker->queues[awaited].timers;
    if (list_is_empty(timers) || awaited == AWAITS_BODY || awaited == AWAITS_READER)
        return SHED_AGE_MS;
    uint32_t age_ms = worker->now_ms - LIST_MEMBER(timers->next, struct timer, link)->active_ms;
    return age_ms < SHED_AGE_MS - SHED_AGAIN_MS ? SHED_AGE_MS - age_ms : SHED_AGAIN_MS;
}

uint32_t worker_shed_wait(const struct worker *worker)
{
    uint32_t wait_ms = SHED_AGE_MS;
    for (int i = 0; i < ORDER_COUNT; i++) {
        uint32_t its_ms = queue_shed_wait(worker, order[i]);
        if (its_ms < wait_ms)
            wait_ms = its_ms;
    }
    return wait_ms;
}
