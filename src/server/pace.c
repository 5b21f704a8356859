// SPDX-License-Identifier: MIT
/* See pace.h. */
#include "server/pace.h"

/* Whether `moved` bytes since `began_ms` are at least `rate` bytes a second, with some time given.
 */
static bool pace_holds(const struct worker *worker, uint32_t rate, uint32_t began_ms,
                       uint64_t moved, uint32_t grace_ms)
{
    uint32_t age_ms = worker->now_ms - began_ms;
    return age_ms <= grace_ms || moved * 1000 >= (uint64_t)rate * (age_ms - grace_ms);
}

void pace_body_begin(const struct worker *worker, struct intake *intake)
{
    intake->pace_began_ms = worker->now_ms;
    intake->pace_began_at = intake->body_length;
}

bool pace_body_holds(const struct worker *worker, const struct connection *connection,
                     uint32_t grace_ms)
{
    const struct intake *intake = connection->intake;
    return pace_holds(worker, worker->server->options.body_rate_min, intake->pace_began_ms,
                      intake->body_length - intake->pace_began_at, grace_ms);
}

/* How much of the responses the client has taken. What the kernel holds, the client has not: a
 * socket has room for megabytes, so that a slow client is not seen by what the kernel takes. */
static uint64_t reader_taken(const struct connection *connection)
{
    const struct backlog *backlog = connection->backlog;
    uint64_t given = backlog->sent_before + (uint64_t)backlog->sent;
    uint32_t untaken = engine_untaken(&connection->source);
    return untaken < given ? given - untaken : 0; /* unix(7) counts the kernel's overhead too */
}

void pace_reader_begin(const struct worker *worker, struct connection *connection)
{
    struct backlog *backlog = connection->backlog;
    backlog->began_ms = worker->now_ms;
    backlog->sent_before = engine_untaken(&connection->source);
    backlog->taken = 0;
}

bool pace_reader_holds(const struct worker *worker, const struct connection *connection,
                       uint32_t grace_ms)
{
    return pace_holds(worker, worker->server->options.write_rate_min, connection->backlog->began_ms,
                      reader_taken(connection), grace_ms);
}

bool pace_reader_moved(struct connection *connection)
{
    uint64_t taken = reader_taken(connection);
    bool has_moved = taken > connection->backlog->taken;
    connection->backlog->taken = taken;
    return has_moved;
}
