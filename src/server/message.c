// SPDX-License-Identifier: MIT
/*
 * See message.h. Input falls through message_take, which cuts it into heads (head_take) and bodies
 * (body_take, of body.c) and has each whole request served. The ordinary request is parsed and
 * served where the engine has put it; what came in pieces gathers in an intake.
 */
#include "server/message.h"

#include "server/body.h"
#include "server/request.h"

#include <assert.h>
#include <errno.h>

static const struct excess excess_of_target = {
    SELKIE_BOUND_MAX_TARGET, 414, "The request target is longer than this server takes."};
static const struct excess excess_of_fields = {SELKIE_BOUND_MAX_FIELDS, 431,
                                               "The request has too many fields."};

/* Counts a request: of the connection, and of its turn. */
static void message_count(struct worker *worker, struct connection *connection)
{
    connection->requests++;
    if (connection->turn != (worker->turn & CONNECTION_TURN_MASK)) {
        connection->turn = worker->turn & CONNECTION_TURN_MASK;
        connection->served = 0;
    }
    connection->served++;
}

/* Has a whole request answered. */
static void message_serve(struct worker *worker, struct connection *connection,
                          const struct message *message)
{
    /* A client that has said itself that this request is its last one sends no more. */
    connection->may_drop = message->is_last && !message->is_refused &&
                           !http_head_persists(message->head) &&
                           !engine_has_input(&connection->source);
    message_count(worker, connection);
    bool persists = request_serve(worker, connection, message);
    connection->phase = persists ? PHASE_REQUEST : PHASE_LAST;
    if (connection->awaits == AWAITS_HEAD || connection->awaits == AWAITS_BODY)
        connection->awaits = AWAITS_NOTHING; /* the next request has its own time */
}

/* Moves a head that was parsed in place, as far as it was, to an intake of the connection's own. */
static int head_keep(struct worker *worker, struct connection *connection,
                     const struct http_head *head, struct span bytes)
{
    struct intake *intake = intake_lend(&worker->intakes);
    if (!intake)
        return -ENOMEM;
    memcpy(&intake->head, head,
           offsetof(struct http_head, fields) + head->field_count * sizeof head->fields[0]);
    connection->intake = intake;
    return intake_append(&connection->intake, bytes);
}

/* The intake has done its duty. */
static void message_forget(struct worker *worker, struct connection *connection)
{
    intake_return(&worker->intakes, connection->intake);
    connection->intake = NULL;
}

/* The body goes on beyond the input at hand. `rest` has what is there of it. Never inlined, as a
 * match takes so much of the stack that this is guarded. */
static __attribute__((noinline)) void body_begin(struct worker *worker,
                                                 struct connection *connection,
                                                 const struct http_head *head,
                                                 struct span head_bytes, struct span rest)
{
    struct route_match match;
    int refused = request_route(worker, head, head_bytes.at, &match);
    if (head->expects_continue && rest.length == 0) {
        if (refused) {
            struct message message = {.head = head, .base = head_bytes.at, .is_refused = true};
            message_serve(worker, connection, &message);
            return;
        }
        output_write(worker, connection, SPAN("HTTP/1.1 100 Continue\r\n\r\n"));
    }
    if (!connection->intake && head_keep(worker, connection, head, head_bytes) != 0) {
        request_starve(worker, connection, head);
        return;
    }
    body_start(worker, connection->intake, head,
               !refused && match.route && !match.route->target.ignores_body);
    connection->phase = PHASE_BODY;
}

/* Which bound a head is beyond, or NULL. The bytes of the head were counted as they came. */
static inline const struct excess *head_excess(const struct selkie_options *options,
                                               const struct http_head *head)
{
    if (head->content_length > options->body_max)
        return &excess_of_body;
    if (head->target.length > options->target_max)
        return &excess_of_target;
    if (head->field_count > options->fields_max)
        return &excess_of_fields;
    return NULL;
}

/* A head that the parser has refused with `status`. */
static void head_refuse(struct worker *worker, struct connection *connection,
                        const struct http_head *head, int status)
{
    if (status == 431 && head->field_count == HTTP_FIELDS_MAX)
        worker_count(worker, SELKIE_BOUND_MAX_FIELDS);
    else if (status == 431 || status == 414)
        worker_count(worker, SELKIE_BOUND_MAX_HEAD);
    request_refuse(worker, connection, head, status, head->reason);
}

/* A head is whole, from `base` on, and `rest` came behind it. Returns how much of that the request
 * has taken. */
static inline size_t head_complete(struct worker *worker, struct connection *connection,
                                   const struct http_head *head, const char *base, struct span rest)
{
    size_t length = (size_t)head->content_length;
    const struct excess *excess = head_excess(&worker->server->options, head);
    if (excess) {
        request_exceed(worker, connection, head, excess);
        return rest.length;
    }
    if (head->framing == HTTP_CHUNKED || length > rest.length) {
        body_begin(worker, connection, head, (struct span){base, head->at}, rest);
        return 0;
    }
    struct message message = {
        .head = head, .base = base, .body = {rest.at, length}, .is_last = length == rest.length};
    message_serve(worker, connection, &message);
    return length;
}

/* Empty lines before a request mean nothing (RFC 9112, 2.2), and count for nothing. Returns how
 * many bytes of them `bytes` begin with. */
static size_t blank_length(struct span bytes)
{
    size_t length = 0;
    while (bytes.length - length >= 2 && memcmp(bytes.at + length, "\r\n", 2) == 0)
        length += 2;
    return length;
}

/* The ordinary case: a head from its beginning, parsed where the engine has put it. */
static size_t head_take_in_place(struct worker *worker, struct connection *connection,
                                 struct span bytes)
{
    struct http_head *head = &worker->head;
    size_t blank = bytes.at[0] == '\r' ? blank_length(bytes) : 0;
    if (blank > 0)
        return blank;
    http_head_start(head);
    int length = http_head_parse(head, bytes, worker->server->options.head_max);
    if (length > 0)
        return (size_t)length +
               head_complete(worker, connection, head, bytes.at, span_skip(bytes, (size_t)length));
    if (length < 0)
        head_refuse(worker, connection, head, -length);
    else if (head_keep(worker, connection, head, bytes) != 0)
        request_starve(worker, connection, head);
    return bytes.length;
}

/* The head is whole in the intake; without a body to come the intake has done its duty. */
static size_t intake_head_complete(struct worker *worker, struct connection *connection,
                                   struct span rest)
{
    struct intake *intake = connection->intake;
    size_t used = head_complete(worker, connection, &intake->head, intake->bytes, rest);
    if (connection->phase != PHASE_BODY)
        message_forget(worker, connection);
    return used;
}

/* More of a head whose beginning is in the intake. */
static size_t head_take_more(struct worker *worker, struct connection *connection,
                             struct span bytes)
{
    if (http_head_is_blank(&connection->intake->head) && bytes.at[0] == '\n') {
        message_forget(worker, connection); /* it was half of an empty line */
        return 1;
    }
    size_t room = worker->server->options.head_max - connection->intake->length;
    struct span more = {bytes.at, bytes.length < room ? bytes.length : room};
    if (intake_append(&connection->intake, more) != 0) {
        request_starve(worker, connection, &connection->intake->head);
        return bytes.length;
    }
    struct intake *intake = connection->intake;
    struct span whole = {intake->bytes, intake->length};
    int length = http_head_parse(&intake->head, whole, worker->server->options.head_max);
    if (length < 0)
        head_refuse(worker, connection, &intake->head, -length);
    if (length <= 0)
        return length < 0 ? bytes.length : more.length;
    size_t taken = more.length - (intake->length - (size_t)length);
    intake->length = (size_t)length;
    return taken + intake_head_complete(worker, connection, span_skip(bytes, taken));
}

static void body_complete(struct worker *worker, struct connection *connection, bool is_last)
{
    struct intake *intake = connection->intake;
    connection->intake = NULL;
    struct message message = {.head = &intake->head,
                              .base = intake->bytes,
                              .body = intake_body(intake),
                              .is_last = is_last};
    message_serve(worker, connection, &message);
    intake_return(&worker->intakes, intake);
}

static size_t message_take_some(struct worker *worker, struct connection *connection,
                                struct span bytes)
{
    if (connection->phase == PHASE_REQUEST) {
        connection->is_first = false;
        return connection->intake ? head_take_more(worker, connection, bytes)
                                  : head_take_in_place(worker, connection, bytes);
    }
    assert(connection->phase == PHASE_BODY && connection->intake);
    size_t taken = body_take(worker, connection, bytes);
    if (connection->phase == PHASE_BODY && body_is_whole(connection->intake))
        body_complete(worker, connection, taken == bytes.length);
    return taken;
}

/* Keeps input that came behind a request whose response the client has not taken, or behind all
 * that one connection may ask for in a turn. */
static void message_hold(struct worker *worker, struct connection *connection, struct span bytes)
{
    assert(!connection->intake && connection->phase == PHASE_REQUEST);
    connection->phase = PHASE_HELD;
    connection->intake = intake_lend(&worker->intakes);
    if (!connection->intake || intake_append(&connection->intake, bytes) != 0) {
        connection->is_broken = true;
        return;
    }
    if (connection->backlog)
        return;
    worker_count(worker, SELKIE_BOUND_TURN_REQUESTS);
    connection->intake->of = connection;
    list_append(&worker->held, &connection->intake->held);
    engine_pause(worker->engine, &connection->source);
}

/* Whether another request has to wait until the client has taken earlier responses, or for the next
 * turn. One that has begun may become whole: its response goes behind them. */
static bool message_must_wait(const struct worker *worker, const struct connection *connection)
{
    return connection->phase == PHASE_REQUEST && !connection->intake &&
           (connection->backlog || connection_has_had_turn(worker, connection));
}

void message_take(struct worker *worker, struct connection *connection, struct span bytes)
{
    while (bytes.length > 0 && connection->phase < PHASE_HELD && !connection->is_broken) {
        if (message_must_wait(worker, connection))
            message_hold(worker, connection, bytes);
        else
            bytes = span_skip(bytes, message_take_some(worker, connection, bytes));
    }
}
