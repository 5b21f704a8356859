// SPDX-License-Identifier: MIT
/*
 * See connection.h. Bytes come in by connection_input and fall through connection_take, which cuts
 * them into heads (head_take) and bodies (body_take) and has each whole request served. Answers
 * gather in the worker's arena, and leave when the engine has delivered its batch of input
 * (connection_send_due); connection_conclude is the end of every event.
 */
#include "server/connection.h"

#include "server/request.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

/* Behind the last response so much input is read and thrown away, lest closing resets the
 * connection before the client has read the response (RFC 9112, 9.6). The time is the queue's. */
enum { LINGER_BYTES_MAX = 64 * 1024 * 1024 };

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
    if (engine_watch(worker->engine, &connection->source) != 0)
        connection_drop(worker, connection);
}

void connection_drop(struct worker *worker, struct connection *connection)
{
    list_remove(&connection->timer.link);
    intake_return(&worker->intakes, connection->intake);
    free(connection->backlog);
    engine_drop(worker->engine, &connection->source);
    worker_connection_dropped(worker);
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
        connection->awaits = (uint8_t)awaits;
        timer_start(&worker->queues[awaits], &connection->timer, worker->now_ms);
    } else if (awaits != AWAITS_HEAD && awaits != AWAITS_END) {
        timer_touch(&worker->queues[awaits], &connection->timer, worker->now_ms);
    }
}

/* Keeps what the kernel would not take, and takes no input until it has. */
static void connection_keep_output(struct worker *worker, struct connection *connection,
                                   struct span bytes)
{
    connection->may_drop = false; /* by the time this has gone, more input may have come */
    if (backlog_append(&connection->backlog, bytes) != 0)
        connection->is_broken = true;
    else
        engine_pause(worker->engine, &connection->source);
}

/* Hands bytes to the kernel, and keeps what it will not take. */
static void connection_send(struct worker *worker, struct connection *connection, struct span bytes)
{
    if (bytes.length == 0 || connection->is_broken)
        return;
    assert(!connection->backlog);
    ssize_t sent = engine_send(worker->engine, &connection->source, bytes);
    if (sent < 0)
        connection->is_broken = true;
    else if ((size_t)sent < bytes.length)
        connection_keep_output(worker, connection, span_skip(bytes, (size_t)sent));
}

/* Sends the segment that is being written, and takes it off the arena. */
static void connection_flush(struct worker *worker, struct connection *connection)
{
    struct arena *output = &worker->output;
    struct span bytes = {output->bytes + output->segment, output->length - output->segment};
    output->length = output->segment;
    connection_send(worker, connection, bytes);
}

/* Begins a segment, with at least half of the arena before it. */
static void connection_begin(struct worker *worker)
{
    if (worker->output.length > ARENA_SIZE / 2 || worker->due_count == SEGMENTS_MAX)
        connection_send_due(worker);
    worker->output.segment = worker->output.length;
}

char *connection_reserve(struct worker *worker, struct connection *connection, size_t length)
{
    if (ARENA_SIZE - worker->output.length < length)
        connection_flush(worker, connection);
    if (connection->backlog || ARENA_SIZE - worker->output.length < length)
        return NULL;
    return worker->output.bytes + worker->output.length;
}

void connection_write(struct worker *worker, struct connection *connection, struct span bytes)
{
    while (bytes.length > 0 && !connection->is_broken) {
        if (connection->backlog) {
            connection_keep_output(worker, connection, bytes);
            return;
        }
        size_t room = ARENA_SIZE - worker->output.length;
        size_t count = bytes.length < room ? bytes.length : room;
        memcpy(worker->output.bytes + worker->output.length, bytes.at, count);
        worker->output.length += count;
        bytes = span_skip(bytes, count);
        if (worker->output.length == ARENA_SIZE)
            connection_flush(worker, connection);
    }
}

static void connection_forget_intake(struct worker *worker, struct connection *connection)
{
    intake_return(&worker->intakes, connection->intake);
    connection->intake = NULL;
}

/* The head of the request that is coming in, or NULL. */
static const struct http_head *connection_head(const struct connection *connection)
{
    return connection->intake ? &connection->intake->head : NULL;
}

/* The last response has gone. Closing with unread input, or with input on its way, would make the
 * kernel send a reset that can destroy the response; so only our side ends, and the rest is read
 * until the client ends its own. */
static void connection_finish(struct worker *worker, struct connection *connection)
{
    connection_forget_intake(worker, connection);
    if (connection->has_ended || connection->may_drop) {
        connection_drop(worker, connection);
        return;
    }
    engine_finish(&connection->source);
    connection->phase = PHASE_LINGER;
    connection_settle(worker, connection);
}

/* The client has ended its side in the middle of a request. */
static void connection_cut_short(struct worker *worker, struct connection *connection)
{
    request_refuse(worker, connection, connection_head(connection), 400,
                   "The request ended before it was whole.");
    connection_flush(worker, connection);
}

/* Closes an event: sends what it has brought, and decides what comes next. */
static void connection_conclude(struct worker *worker, struct connection *connection)
{
    connection_flush(worker, connection);
    if (connection->has_ended && !connection->backlog && connection->phase < PHASE_HELD &&
        (connection->intake || connection->phase == PHASE_BODY))
        connection_cut_short(worker, connection);

    bool is_over = connection->phase == PHASE_LAST || connection->has_ended;
    if (connection->is_broken)
        connection_drop(worker, connection);
    else if (is_over && !connection->backlog)
        connection_finish(worker, connection);
    else
        connection_settle(worker, connection);
}

/* Has a whole request answered. */
static void connection_serve(struct worker *worker, struct connection *connection,
                             const struct message *message)
{
    /* A client that has said itself that this request is its last one sends no more. */
    connection->may_drop = message->is_last && !message->is_refused &&
                           !http_head_persists(message->head) &&
                           !engine_has_input(&connection->source);
    bool persists = request_serve(worker, connection, message);
    connection->phase = persists ? PHASE_REQUEST : PHASE_LAST;
    if (connection->awaits == AWAITS_HEAD || connection->awaits == AWAITS_BODY)
        connection->awaits = AWAITS_NOTHING; /* the next request has its own time */
}

/* Moves a head that was parsed in place, as far as it was, to an intake of the connection's own. */
static int connection_keep_head(struct worker *worker, struct connection *connection,
                                const struct http_head *head, struct span bytes)
{
    struct intake *intake = intake_lend(&worker->intakes);
    if (!intake)
        return -ENOMEM;
    /* The field that is being parsed lies behind the counted ones. */
    size_t fields = head->field_count + (head->field_count < HTTP_FIELDS_MAX);
    memcpy(&intake->head, head,
           offsetof(struct http_head, fields) + fields * sizeof head->fields[0]);
    connection->intake = intake;
    return intake_append(&connection->intake, bytes);
}

static void connection_starve(struct worker *worker, struct connection *connection)
{
    request_refuse(worker, connection, connection_head(connection), 503,
                   "The server is short of memory.");
}

/* The body goes on beyond the input at hand. `rest` has what is there of it. */
static void body_begin(struct worker *worker, struct connection *connection,
                       const struct http_head *head, struct span head_bytes, struct span rest)
{
    struct route_match match;
    int refused = request_route(worker, head, head_bytes.at, &match);
    if (head->expects_continue && rest.length == 0) {
        if (refused) {
            struct message message = {.head = head, .base = head_bytes.at, .is_refused = true};
            connection_serve(worker, connection, &message);
            return;
        }
        connection_write(worker, connection, SPAN("HTTP/1.1 100 Continue\r\n\r\n"));
    }
    if (!connection->intake && connection_keep_head(worker, connection, head, head_bytes) != 0) {
        connection_starve(worker, connection);
        return;
    }
    struct intake *intake = connection->intake;
    intake->head_length = intake->length;
    intake->body_left = head->content_length;
    intake->body_length = 0;
    intake->chunked = (struct http_chunked){0};
    intake->keeps_body = !refused && match.route && !match.route->target.ignores_body;
    connection->phase = PHASE_BODY;
}

/* A head is whole, and `rest` came behind it. Returns how much of that the request has taken. */
static size_t head_complete(struct worker *worker, struct connection *connection,
                            const struct http_head *head, struct span head_bytes, struct span rest)
{
    size_t length = (size_t)head->content_length;
    if (head->content_length > worker->server->options.body_max) {
        request_refuse(worker, connection, head, 413, "The body is longer than this server takes.");
        return rest.length;
    }
    if (head->framing == HTTP_CHUNKED || length > rest.length) {
        body_begin(worker, connection, head, head_bytes, rest);
        return 0;
    }
    struct message message = {.head = head,
                              .base = head_bytes.at,
                              .body = {rest.at, length},
                              .is_last = length == rest.length};
    connection_serve(worker, connection, &message);
    return length;
}

/* The ordinary case: a head from its beginning, parsed where the engine has put it. */
static size_t head_take_in_place(struct worker *worker, struct connection *connection,
                                 struct span bytes)
{
    struct http_head *head = &worker->head;
    http_head_start(head);
    int length = http_head_parse(head, bytes, worker->server->options.head_max);
    if (length > 0) {
        struct span head_bytes = {bytes.at, (size_t)length};
        return (size_t)length + head_complete(worker, connection, head, head_bytes,
                                              span_skip(bytes, (size_t)length));
    }
    if (length < 0)
        request_refuse(worker, connection, head, -length, head->reason);
    else if (!http_head_is_blank(head) &&
             connection_keep_head(worker, connection, head, bytes) != 0)
        connection_starve(worker, connection);
    return bytes.length;
}

/* The head is whole in the intake; without a body to come the intake has done its duty. */
static size_t intake_head_complete(struct worker *worker, struct connection *connection,
                                   struct span rest)
{
    struct intake *intake = connection->intake;
    struct span head_bytes = {intake->bytes, intake->length};
    size_t used = head_complete(worker, connection, &intake->head, head_bytes, rest);
    if (connection->phase != PHASE_BODY && connection->intake) {
        connection->intake = NULL;
        intake_return(&worker->intakes, intake);
    }
    return used;
}

/* More of a head whose beginning is in the intake. */
static size_t head_take_more(struct worker *worker, struct connection *connection,
                             struct span bytes)
{
    size_t room = worker->server->options.head_max - connection->intake->length;
    struct span more = {bytes.at, bytes.length < room ? bytes.length : room};
    if (intake_append(&connection->intake, more) != 0) {
        connection_starve(worker, connection);
        return bytes.length;
    }
    struct intake *intake = connection->intake;
    struct span whole = {intake->bytes, intake->length};
    int length = http_head_parse(&intake->head, whole, worker->server->options.head_max);
    if (length < 0)
        request_refuse(worker, connection, &intake->head, -length, intake->head.reason);
    else if (length == 0 && http_head_is_blank(&intake->head))
        connection_forget_intake(worker, connection);
    if (length <= 0)
        return length < 0 ? bytes.length : more.length;
    size_t taken = more.length - (intake->length - (size_t)length);
    intake->length = (size_t)length;
    return taken + intake_head_complete(worker, connection, span_skip(bytes, taken));
}

/* Body bytes have come: counts and keeps them. Returns whether the request may go on. */
static bool body_add(struct worker *worker, struct connection *connection, struct span data)
{
    connection->intake->body_length += data.length;
    if (connection->intake->body_length > worker->server->options.body_max) {
        request_refuse(worker, connection, &connection->intake->head, 413,
                       "The body is longer than this server takes.");
        return false;
    }
    if (connection->intake->keeps_body && intake_append(&connection->intake, data) != 0) {
        connection_starve(worker, connection);
        return false;
    }
    return true;
}

static void body_complete(struct worker *worker, struct connection *connection, bool is_last)
{
    struct intake *intake = connection->intake;
    connection->intake = NULL;
    struct message message = {.head = &intake->head,
                              .base = intake->bytes,
                              .body = intake_body(intake),
                              .is_last = is_last};
    connection_serve(worker, connection, &message);
    intake_return(&worker->intakes, intake);
}

static size_t body_take_chunked(struct worker *worker, struct connection *connection,
                                struct span bytes)
{
    size_t taken = 0;
    while (taken < bytes.length && !connection->intake->chunked.done) {
        struct http_chunked *chunked = &connection->intake->chunked;
        struct span data;
        ssize_t used = http_chunked_decode(chunked, span_skip(bytes, taken), &data);
        if (used < 0) {
            request_refuse(worker, connection, &connection->intake->head, (int)-used,
                           chunked->reason);
            return bytes.length;
        }
        taken += (size_t)used;
        if (data.length > 0 && !body_add(worker, connection, data))
            return bytes.length;
    }
    if (connection->intake->chunked.done)
        body_complete(worker, connection, taken == bytes.length);
    return taken;
}

static size_t body_take_counted(struct worker *worker, struct connection *connection,
                                struct span bytes)
{
    struct intake *intake = connection->intake;
    size_t taken = intake->body_left < bytes.length ? (size_t)intake->body_left : bytes.length;
    intake->body_left -= taken;
    bool is_whole = intake->body_left == 0;
    if (!body_add(worker, connection, (struct span){bytes.at, taken}))
        return bytes.length;
    if (is_whole)
        body_complete(worker, connection, taken == bytes.length);
    return taken;
}

static size_t connection_take_some(struct worker *worker, struct connection *connection,
                                   struct span bytes)
{
    if (connection->phase == PHASE_REQUEST) {
        connection->is_first = false;
        return connection->intake ? head_take_more(worker, connection, bytes)
                                  : head_take_in_place(worker, connection, bytes);
    }
    assert(connection->phase == PHASE_BODY && connection->intake);
    if (connection->intake->head.framing == HTTP_CHUNKED)
        return body_take_chunked(worker, connection, bytes);
    return body_take_counted(worker, connection, bytes);
}

/* Keeps input that came behind a request whose response the client has not taken. */
static void connection_hold(struct worker *worker, struct connection *connection, struct span bytes)
{
    assert(!connection->intake && connection->phase == PHASE_REQUEST);
    connection->intake = intake_lend(&worker->intakes);
    if (!connection->intake || intake_append(&connection->intake, bytes) != 0)
        connection->is_broken = true;
    connection->phase = PHASE_HELD;
}

/* Serves the requests in `bytes`, as long as the client takes the responses. */
static void connection_take(struct worker *worker, struct connection *connection, struct span bytes)
{
    while (bytes.length > 0 && connection->phase < PHASE_HELD && !connection->backlog &&
           !connection->is_broken)
        bytes = span_skip(bytes, connection_take_some(worker, connection, bytes));
    if (bytes.length > 0 && connection->phase < PHASE_HELD && !connection->is_broken)
        connection_hold(worker, connection, bytes);
}

static void connection_linger(struct worker *worker, struct connection *connection, size_t length)
{
    connection->lingered += (uint32_t)length;
    if (connection->lingered > LINGER_BYTES_MAX)
        connection_drop(worker, connection);
}

void connection_input(struct worker *worker, struct connection *connection, struct span bytes)
{
    if (connection->phase == PHASE_LINGER) {
        connection_linger(worker, connection, bytes.length);
        return;
    }
    connection_begin(worker);
    connection_take(worker, connection, bytes);
    struct arena *output = &worker->output;
    struct span segment = {output->bytes + output->segment, output->length - output->segment};
    worker->due[worker->due_count++] = (struct segment_due){connection, segment};
}

void connection_send_due(struct worker *worker)
{
    for (unsigned i = 0; i < worker->due_count; i++) {
        connection_send(worker, worker->due[i].connection, worker->due[i].bytes);
        worker->output.segment = worker->output.length;
        connection_conclude(worker, worker->due[i].connection);
    }
    worker->due_count = 0;
    worker->output.length = worker->output.segment = 0;
}

/* The backlog has gone: goes on with the input that had to wait for that. */
static void connection_go_on(struct worker *worker, struct connection *connection)
{
    free(connection->backlog);
    connection->backlog = NULL;
    engine_resume(worker->engine, &connection->source);
    if (connection->phase == PHASE_HELD) {
        struct intake *intake = connection->intake;
        connection->intake = NULL;
        connection->phase = PHASE_REQUEST;
        connection_take(worker, connection, (struct span){intake->bytes, intake->length});
        intake_return(&worker->intakes, intake);
    }
    connection_conclude(worker, connection);
}

void connection_writable(struct worker *worker, struct connection *connection)
{
    assert(connection->backlog);
    connection_begin(worker);
    struct span left = backlog_left(connection->backlog);
    ssize_t sent = engine_send(worker->engine, &connection->source, left);
    if (sent < 0) {
        connection_drop(worker, connection);
        return;
    }
    connection->backlog->sent += (size_t)sent;
    if ((size_t)sent == left.length)
        connection_go_on(worker, connection);
    else if (sent > 0)
        connection_settle(worker, connection);
}

void connection_ended(struct worker *worker, struct connection *connection, int error)
{
    connection->has_ended = true;
    connection_begin(worker);
    if (error)
        connection_drop(worker, connection);
    else
        connection_conclude(worker, connection);
}

void connection_expired(struct worker *worker, struct connection *connection)
{
    if (connection->awaits != AWAITS_HEAD && connection->awaits != AWAITS_BODY) {
        connection_drop(worker, connection);
        return;
    }
    connection_begin(worker);
    request_refuse(worker, connection, connection_head(connection), 408,
                   "The request did not come in time.");
    connection_conclude(worker, connection);
}
