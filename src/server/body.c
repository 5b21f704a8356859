// SPDX-License-Identifier: MIT
/* See body.h. */
#include "server/body.h"

#include "server/pace.h"

const struct excess excess_of_body = {SELKIE_BOUND_MAX_BODY, 413,
                                      "The body is longer than this server takes."};
static const struct excess excess_of_time = {SELKIE_BOUND_MIN_BODY_RATE, 408,
                                             "The body came too slowly."};

void body_start(const struct worker *worker, struct intake *intake, const struct http_head *head,
                bool is_wanted)
{
    intake->head_length = intake->length;
    intake->body_left = head->content_length;
    intake->body_length = 0;
    intake->chunked = (struct http_chunked){
        .line_max = worker->server->options.chunk_line_max,
        .trailer_max = worker->server->options.trailer_max,
    };
    intake->keeps_body = is_wanted;
    pace_body_begin(worker, intake);
}

/* Body bytes have come: counts and keeps them. Returns whether the request may go on. */
static bool body_add(struct worker *worker, struct connection *connection, struct span data)
{
    const struct excess *excess = NULL;
    connection->intake->body_length += data.length;
    if (connection->intake->body_length > worker->server->options.body_max)
        excess = &excess_of_body;
    else if (!pace_body_holds(worker, connection, PACE_GRACE_MS))
        excess = &excess_of_time;
    if (excess) {
        request_exceed(worker, connection, &connection->intake->head, excess);
        return false;
    }
    if (connection->intake->keeps_body && intake_append(&connection->intake, data) != 0) {
        request_starve(worker, connection, &connection->intake->head);
        return false;
    }
    return true;
}

/* The decoder has refused the body with `status`. */
static void chunked_refuse(struct worker *worker, struct connection *connection, int status)
{
    const struct intake *intake = connection->intake;
    if (status == 431)
        worker_count(worker, SELKIE_BOUND_MAX_TRAILER);
    else if (intake->chunked.overhead > intake->chunked.line_max)
        worker_count(worker, SELKIE_BOUND_MAX_CHUNK_LINE);
    request_refuse(worker, connection, &intake->head, status, intake->chunked.reason);
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
            chunked_refuse(worker, connection, (int)-used);
            return bytes.length;
        }
        taken += (size_t)used;
        if (data.length > 0 && !body_add(worker, connection, data))
            return bytes.length;
    }
    return taken;
}

static size_t body_take_counted(struct worker *worker, struct connection *connection,
                                struct span bytes)
{
    struct intake *intake = connection->intake;
    size_t taken = intake->body_left < bytes.length ? (size_t)intake->body_left : bytes.length;
    intake->body_left -= taken;
    return body_add(worker, connection, (struct span){bytes.at, taken}) ? taken : bytes.length;
}

size_t body_take(struct worker *worker, struct connection *connection, struct span bytes)
{
    return connection->intake->head.framing == HTTP_CHUNKED
               ? body_take_chunked(worker, connection, bytes)
               : body_take_counted(worker, connection, bytes);
}
