// SPDX-License-Identifier: MIT
/*
 * See connection.h. Input goes to message.c, which has the requests in it served. Responses gather
 * in the worker's arena, and leave when the engine has delivered its batch of input
 * (connection_send_due); connection_conclude is the end of every event.
 */
#include "server/connection.h"

#include "server/message.h"
#include "server/pace.h"
#include "server/request.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

/* Behind the last response so much input is read and thrown away, lest closing resets the
 * connection before the client has read the response (RFC 9112, 9.6). The time is the queue's. */
enum { LINGER_BYTES_MAX = 64 * 1024 * 1024 };

void connection_drop(struct worker *worker, struct connection *connection)
{
    list_remove(&connection->timer.link);
    intake_return(&worker->intakes, connection->intake);
    free(connection->backlog);
    worker_connection_dropped(worker, connection->source.fd);
    engine_drop(worker->engine, &connection->source);
}

static enum awaited connection_awaited(const struct worker *worker,
                                       const struct connection *connection)
{
    if (connection->backlog)
        return AWAITS_READER;
    if (connection->phase == PHASE_LINGER)
        return AWAITS_END;
    if (connection->phase == PHASE_BODY)
        return AWAITS_BODY;
    if (connection->intake)
        return AWAITS_HEAD;
    /* What becomes idle while the worker drains may have sent its next request already. */
    return connection->is_first || worker->draining ? AWAITS_FIRST : AWAITS_NEXT;
}

/* Starts the time-out of what the connection waits for. A head, and the end, have so long in all;
 * the others so long for each step. */
static void connection_settle(struct worker *worker, struct connection *connection)
{
    enum awaited awaits = connection_awaited(worker, connection);
    if (connection->awaits != awaits) {
        connection->awaits = awaits & AWAITS_MASK;
        timer_start(&worker->queues[awaits], &connection->timer, worker->now_ms);
    } else if (awaits != AWAITS_HEAD && awaits != AWAITS_END) {
        timer_touch(&worker->queues[awaits], &connection->timer, worker->now_ms);
    }
}

/* Closes it once the last response has gone, and forgets it. */
static void connection_leave(struct worker *worker, struct connection *connection)
{
    list_remove(&connection->timer.link);
    connection->awaits = AWAITS_NOTHING;
    connection->phase = PHASE_LEFT;
    worker_connection_dropped(worker, connection->source.fd);
    engine_hang_up(worker->engine, &connection->source);
}

/* The last response has gone. Closing with unread input, or with input on its way, would make the
 * kernel send a reset that can destroy the response; so only our side ends, and the rest is read
 * until the client ends its own. */
static void connection_finish(struct worker *worker, struct connection *connection)
{
    intake_return(&worker->intakes, connection->intake);
    connection->intake = NULL;
    if (connection->has_ended || connection->may_drop) {
        connection_leave(worker, connection);
        return;
    }
    connection->phase = PHASE_LINGER;
    connection->lingered = 0;
    engine_finish(worker->engine, &connection->source);
    connection_settle(worker, connection);
}

int connection_unsent(struct worker *worker, struct connection *connection, struct span rest)
{
    if (connection->phase == PHASE_LEFT)
        worker_connection_returned(worker);
    if (connection->phase >= PHASE_LINGER)
        connection->phase = PHASE_LAST;
    output_keep(worker, connection, rest);
    connection_settle(worker, connection);
    return connection->is_broken ? -ENOMEM : 0;
}

/* The client has ended its side in the middle of a request. */
static void connection_cut_short(struct worker *worker, struct connection *connection)
{
    request_refuse(worker, connection, connection_head(connection), 400,
                   "The request ended before it was whole.");
    output_flush(worker, connection);
}

/* Closes an event: sends what it has brought, and decides what comes next. */
static void connection_conclude(struct worker *worker, struct connection *connection)
{
    output_flush(worker, connection);
    if (connection->has_ended && !connection->backlog && connection->phase < PHASE_HELD &&
        (connection->intake || connection->phase == PHASE_BODY))
        connection_cut_short(worker, connection);

    bool has_more = connection->phase == PHASE_HELD;
    bool is_over = connection->phase == PHASE_LAST || (connection->has_ended && !has_more);
    if (connection->is_broken)
        connection_drop(worker, connection);
    else if (is_over && !connection->backlog)
        connection_finish(worker, connection);
    else
        connection_settle(worker, connection);
}

/* Begins a segment of this connection, with at least half of the arena before it, when what was due
 * before has been sent: it has one at a time. Returns false when that was its last. */
static bool connection_begin_output(struct worker *worker, struct connection *connection)
{
    struct arena *output = &worker->output;
    if (connection->is_due || !output_has_room(output))
        connection_send_due(worker);
    if (!output_has_room(output)) {
        engine_flush(worker->engine);
        output_reset(worker);
    }
    output_begin(output);
    return connection->source.kind == SOURCE_CONNECTION;
}

/* Its client has as many as it may. It is told so, where that costs nobody else a place. */
static void connection_turn_away(struct worker *worker, struct connection *connection)
{
    worker_count(worker, SELKIE_BOUND_MAX_PER_ADDRESS);
    if (worker->active > worker->active_max / 2) {
        connection_drop(worker, connection);
        return;
    }
    if (!connection_begin_output(worker, connection))
        return;
    request_refuse(worker, connection, NULL, 429, "This client has too many connections.");
    connection_conclude(worker, connection);
}

void connection_open(struct worker *worker, int fd)
{
    struct connection *connection = pool_lend(&worker->connections);
    if (!connection) {
        close(fd);
        return;
    }
    *connection = (struct connection){
        .source = {.fd = fd, .kind = SOURCE_CONNECTION},
        .awaits = AWAITS_FIRST,
        .is_first = true,
    };
    list_init(&connection->timer.link);
    timer_start(&worker->queues[AWAITS_FIRST], &connection->timer, worker->now_ms);
    worker_connection_opened(worker);
    unsigned of_client = clients_add(&worker->clients, fd);
    if (engine_watch(worker->engine, &connection->source) != 0)
        connection_drop(worker, connection);
    else if (of_client > 0 && of_client > worker->server->options.max_per_address)
        connection_turn_away(worker, connection);
}

static void connection_linger(struct worker *worker, struct connection *connection, size_t length)
{
    connection->lingered += (uint32_t)length;
    if (connection->lingered > LINGER_BYTES_MAX)
        connection_drop(worker, connection);
    else
        engine_await_more(worker->engine, &connection->source);
}

/* An engine tells the input of one connection in a row. */
static inline void connection_count_input(struct worker *worker,
                                          const struct connection *connection, size_t length)
{
    size_t before = worker->input_of == &connection->source ? worker->input_length : 0;
    worker->input_of = &connection->source;
    worker->input_length = before + length;
    if (worker->input_length >= worker->turn_bytes && before < worker->turn_bytes)
        worker_count(worker, SELKIE_BOUND_TURN_BYTES);
}

void connection_input(struct worker *worker, struct connection *connection, struct span bytes)
{
    if (!connection_begin_output(worker, connection))
        return;
    connection_count_input(worker, connection, bytes.length);
    if (connection->phase == PHASE_LINGER) {
        connection_linger(worker, connection, bytes.length);
        return;
    }
    message_take(worker, connection, bytes);
    output_complete(&worker->output, connection);
    connection->is_due = true;
}

void connection_send_due(struct worker *worker)
{
    struct arena *output = &worker->output;
    for (unsigned i = 0; i < output->segment_count; i++) {
        struct segment *segment = &output->segments[i];
        segment->connection->is_due = false;
        if (segment->bytes.length == 0)
            engine_await_more(worker->engine, &segment->connection->source);
        output_send(worker, segment->connection, segment->bytes);
        output_begin(output);
        connection_conclude(worker, segment->connection);
    }
    output->segment_count = 0;
    output_reset(worker);
}

/* Goes on with the input that had to wait. */
static void connection_go_on(struct worker *worker, struct connection *connection)
{
    engine_resume(worker->engine, &connection->source);
    if (connection->phase == PHASE_HELD) {
        struct intake *intake = connection->intake;
        connection->intake = NULL;
        connection->phase = PHASE_REQUEST;
        message_take(worker, connection, (struct span){intake->bytes, intake->length});
        intake_return(&worker->intakes, intake);
    }
    connection_conclude(worker, connection);
}

/* The backlog has gone. A body had to wait for that, and is not to blame. */
static void connection_has_drained(struct worker *worker, struct connection *connection)
{
    free(connection->backlog);
    connection->backlog = NULL;
    if (connection->phase == PHASE_BODY)
        pace_body_begin(worker, connection->intake);
    connection_go_on(worker, connection);
}

/* The client has made room for a part of the backlog: it has its time again. */
static void connection_moves(struct worker *worker, struct connection *connection)
{
    pace_reader_moved(connection);
    connection_settle(worker, connection);
}

void connection_writable(struct worker *worker, struct connection *connection)
{
    assert(connection->backlog);
    if (!connection_begin_output(worker, connection))
        return;
    struct span left = backlog_left(connection->backlog);
    ssize_t sent = engine_send_now(worker->engine, &connection->source, left);
    if (sent < 0) {
        connection_drop(worker, connection);
        return;
    }
    connection->backlog->sent += (size_t)sent;
    if ((size_t)sent == left.length)
        connection_has_drained(worker, connection);
    else if (sent > 0)
        connection_moves(worker, connection);
}

void connection_take_turn(struct worker *worker, struct connection *connection)
{
    /* Where output is blocked, its end is what the input waits for. */
    if (!connection->backlog && connection_begin_output(worker, connection))
        connection_go_on(worker, connection);
}

void connection_ended(struct worker *worker, struct connection *connection, int error)
{
    bool is_here = connection_begin_output(worker, connection);
    connection->has_ended = true; /* one that leaves may come back */
    if (!is_here)
        return;
    if (error)
        connection_drop(worker, connection);
    else
        connection_conclude(worker, connection);
}

/* The kernel takes no more, but the client may take what the kernel has. */
static void connection_expired_reader(struct worker *worker, struct connection *connection)
{
    bool holds = pace_reader_holds(worker, connection, PACE_GRACE_MS);
    if (holds && pace_reader_moved(connection)) {
        timer_start(&worker->queues[AWAITS_READER], &connection->timer, worker->now_ms);
        return;
    }
    worker_count(worker, holds ? SELKIE_BOUND_WRITE_TIMEOUT : SELKIE_BOUND_MIN_WRITE_RATE);
    connection_drop(worker, connection);
}

static void connection_expired_request(struct worker *worker, struct connection *connection)
{
    if (!connection_begin_output(worker, connection))
        return;
    worker_count(worker, connection->awaits == AWAITS_HEAD ? SELKIE_BOUND_HEAD_TIMEOUT
                                                           : SELKIE_BOUND_BODY_TIMEOUT);
    request_refuse(worker, connection, connection_head(connection), 408,
                   "The request did not come in time.");
    connection_conclude(worker, connection);
}

void connection_expired(struct worker *worker, struct connection *connection)
{
    switch ((enum awaited)connection->awaits) {
    case AWAITS_HEAD:
    case AWAITS_BODY:
        connection_expired_request(worker, connection);
        break;
    case AWAITS_READER:
        connection_expired_reader(worker, connection);
        break;
    case AWAITS_FIRST:
    case AWAITS_NEXT:
        if (!worker->draining)
            worker_count(worker, SELKIE_BOUND_IDLE_TIMEOUT);
        connection_drop(worker, connection);
        break;
    case AWAITS_END:
    case AWAITS_COUNT:
        connection_drop(worker, connection);
        break;
    }
}
