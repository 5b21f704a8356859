// SPDX-License-Identifier: MIT
/* See siblings.h. */
#include "server/siblings.h"

unsigned siblings_share(const struct worker *worker)
{
    const struct selkie_server *server = worker->server;
    uint64_t total = 0, workers = 0;
    for (unsigned i = 0; i < server->worker_count; i++) {
        if (SLOT_READ(server->slots[i].state) != SLOT_ACCEPTING)
            continue;
        total += SLOT_READ(server->slots[i].active);
        workers++;
    }
    return workers < 2 ? UINT32_MAX : (unsigned)((total + workers) * 5 / (4 * workers));
}

/* The worker that takes connections and holds the fewest, but `number`, which is returned when
 * there is none. Of equals it is the next one, so that they take turns. */
static unsigned server_find_roomiest(const struct selkie_server *server, unsigned number)
{
    const struct slot *slots = server->slots;
    unsigned best = number;
    for (unsigned step = 1; step < server->worker_count; step++) {
        unsigned next = (number + step) % server->worker_count;
        if (SLOT_READ(slots[next].state) != SLOT_ACCEPTING)
            continue;
        if (best == number || SLOT_READ(slots[next].active) < SLOT_READ(slots[best].active))
            best = next;
    }
    return best;
}

unsigned server_call_worker(struct selkie_server *server, unsigned number)
{
    unsigned best = server_find_roomiest(server, number);
    if (best != number && !atomic_exchange(&server->slots[best].is_asked, true))
        bell_ring(&server->worker_bells[best], BELL_ACCEPT);
    return best;
}

bool siblings_call(struct worker *worker)
{
    unsigned best = server_call_worker(worker->server, worker->number);
    if (best == worker->number)
        return false;
    worker->called = best;
    return true;
}

bool siblings_have_room(const struct worker *worker)
{
    unsigned best = server_find_roomiest(worker->server, worker->number);
    return best != worker->number &&
           SLOT_READ(worker->server->slots[best].active) < worker->active_max;
}
