// SPDX-License-Identifier: MIT
/*
 * See message.h. Input falls through message_take, which cuts it into heads (head_take) and bodies
 * (body_take) and has each whole request served. The ordinary request is parsed and served where
 * the engine has put it; what came in pieces gathers in an intake.
 */
#include "server/message.h"

#include "server/request.h"

#include <assert.h>
#include <errno.h>

/* Has a whole request answered. */
static void message_serve(struct worker *worker, struct connection *connection,
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

static void message_starve(struct worker *worker, struct connection *connection,
                           const struct http_head *head)
{
    request_refuse(worker, connection, head, 503, "The server is short of memory.");
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
        message_starve(worker, connection, head);
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

/* A head is whole, from `base` on, and `rest` came behind it. Returns how much of that the request
 * has taken. */
static inline size_t head_complete(struct worker *worker, struct connection *connection,
                                   const struct http_head *head, const char *base, struct span rest)
{
    size_t length = (size_t)head->content_length;
    if (head->content_length > worker->server->options.body_max) {
        request_refuse(worker, connection, head, 413, "The body is longer than this server takes.");
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
        request_refuse(worker, connection, head, -length, head->reason);
    else if (head_keep(worker, connection, head, bytes) != 0)
        message_starve(worker, connection, head);
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
        message_starve(worker, connection, &connection->intake->head);
        return bytes.length;
    }
    struct intake *intake = connection->intake;
    struct span whole = {intake->bytes, intake->length};
    int length = http_head_parse(&intake->head, whole, worker->server->options.head_max);
    if (length < 0)
        request_refuse(worker, connection, &intake->head, -length, intake->head.reason);
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
        message_starve(worker, connection, &connection->intake->head);
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
    message_serve(worker, connection, &message);
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

static size_t message_take_some(struct worker *worker, struct connection *connection,
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
static void message_hold(struct worker *worker, struct connection *connection, struct span bytes)
{
    assert(!connection->intake && connection->phase == PHASE_REQUEST);
    connection->intake = intake_lend(&worker->intakes);
    if (!connection->intake || intake_append(&connection->intake, bytes) != 0)
        connection->is_broken = true;
    connection->phase = PHASE_HELD;
}

/* Whether another request has to wait until the client has taken earlier responses. One that has
 * begun may become whole: its response goes behind them. */
static bool message_must_wait(const struct connection *connection)
{
    return connection->backlog && connection->phase == PHASE_REQUEST && !connection->intake;
}

void message_take(struct worker *worker, struct connection *connection, struct span bytes)
{
    while (bytes.length > 0 && connection->phase < PHASE_HELD && !connection->is_broken) {
        if (message_must_wait(connection))
            message_hold(worker, connection, bytes);
        else
            bytes = span_skip(bytes, message_take_some(worker, connection, bytes));
    }
}
