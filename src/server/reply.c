// SPDX-License-Identifier: MIT
/*
 * The response to a request, as promised in selkie/server.h: formatted straight into the worker's
 * output, behind the responses to the requests before it.
 */
#include "server/request.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

/* The fields whose value follows from the connection and the body, which the server alone knows. */
static bool field_is_reserved(struct span name)
{
    static const struct span reserved[] = {
        {"Connection", 10}, {"Content-Length", 14}, {"Content-Type", 12},
        {"Date", 4},        {"Server", 6},          {"Transfer-Encoding", 17},
    };
    for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++) {
        if (http_equal_ignoring_case(name, reserved[i]))
            return true;
    }
    return false;
}

static void text_append(struct text *text, struct span bytes)
{
    memcpy(text->bytes + text->length, bytes.at, bytes.length);
    text->length += bytes.length;
}

static int field_append(struct text *fields, struct span name, struct span value)
{
    if (FIELDS_SIZE - fields->length < name.length + value.length + 4)
        return -ENOSPC;
    text_append(fields, name);
    text_append(fields, SPAN(": "));
    text_append(fields, value);
    text_append(fields, SPAN("\r\n"));
    return 0;
}

int selkie_reply_field(struct selkie_request *request, const char *name, const char *value)
{
    struct span name_span = span_of(name), value_span = span_of(value);
    if (!http_is_token(name_span) || !http_is_field_value(value_span) ||
        field_is_reserved(name_span))
        return -EINVAL;
    return field_append(&request->worker->fields, name_span, value_span);
}

void selkie_reply_close(struct selkie_request *request)
{
    if (!request->answered) /* the response has promised otherwise */
        request->persists = false;
}

static enum http_connection_option request_connection_option(const struct selkie_request *request)
{
    if (!request->persists)
        return HTTP_CONNECTION_CLOSE;
    /* A 1.1 client expects it anyway; a 1.0 client would wait for the end (RFC 9112, 9.3). */
    return request->head->minor == 0 ? HTTP_CONNECTION_KEEP_ALIVE : HTTP_CONNECTION_NONE;
}

/* Whether the last response began as this one has to. */
static inline bool start_fits(const struct worker *worker, int status,
                              enum http_connection_option connection, const char *type)
{
    const struct reply_start *start = &worker->reply_start;
    return start->status == status && start->connection == connection &&
           start->date_until_ms == worker->date_until_ms && strcmp(start->type, type) == 0;
}

/* Makes another start. A type too long to be kept goes with the further fields. Returns 0, -EINVAL
 * or -ENOSPC for the type. */
static __attribute__((noinline)) int start_make(struct worker *worker, int status,
                                                enum http_connection_option connection,
                                                const char *type)
{
    struct reply_start *start = &worker->reply_start;
    struct span type_span = span_of(type);
    struct span kept = type_span.length < sizeof start->type ? type_span : SPAN("");
    bool is_bodyless = http_status_bodyless(status);
    if (!http_is_field_value(type_span))
        return -EINVAL;
    if (kept.length < type_span.length && !is_bodyless &&
        field_append(&worker->fields, SPAN("Content-Type"), type_span) != 0)
        return -ENOSPC;
    struct http_response response = {.status = status,
                                     .date = worker->date,
                                     .type = is_bodyless ? SPAN("") : kept,
                                     .connection = connection};
    assert(http_response_start_bound(&response) <= sizeof start->bytes);
    start->status = status;
    start->connection = connection;
    start->date_until_ms = worker->date_until_ms;
    memcpy(start->type, kept.at, kept.length);
    start->type[kept.length] = '\0';
    start->length = http_response_start(&response, start->bytes);
    return 0;
}

/* Writes the head to `to`, which has room for all of a start and its rest. Returns its length. */
static inline size_t head_format(const struct reply_start *start,
                                 const struct http_response *response, char *to)
{
    if (start->length <= REPLY_START_USUAL)
        memcpy(to, start->bytes, REPLY_START_USUAL);
    else
        memcpy(to, start->bytes, start->length);
    return start->length + http_response_rest(response, to + start->length);
}

/* A body of this length, or a shorter one, has its room behind the head from the beginning, so that
 * it is only copied; a longer one may need several sends in any case. */
enum { SHORT_BODY_MAX = 16 * 1024 };

/* Writes a response to the arena, or its head by way of the heap: when there is a backlog, or the
 * arena would not hold it. */
static int reply_write(struct selkie_request *request, const struct http_response *response,
                       struct span body)
{
    struct worker *worker = request->worker;
    bool is_short = body.length <= SHORT_BODY_MAX;
    size_t bound = REPLY_START_SIZE + http_response_rest_bound(response);
    char *room = output_reserve(worker, request->connection, bound + (is_short ? body.length : 0));
    char *head = room ? room : malloc(bound);
    if (!head)
        return -ENOMEM;
    size_t length = head_format(&worker->reply_start, response, head);
    if (room && is_short) {
        if (body.length > 0) /* the span of no body may have no address */
            memcpy(room + length, body.at, body.length);
        worker->output.length += length + body.length;
        return 0;
    }
    if (room)
        worker->output.length += length;
    else
        output_write(worker, request->connection, (struct span){head, length});
    output_write(worker, request->connection, body);
    free(room ? NULL : head);
    return 0;
}

int selkie_reply(struct selkie_request *request, int status, const char *type, const void *body,
                 size_t length)
{
    struct worker *worker = request->worker;
    if (request->answered)
        return -EALREADY;
    if (status < 200 || status > 599)
        return -EINVAL;
    enum http_connection_option connection = request_connection_option(request);
    if (!start_fits(worker, status, connection, type ? type : "")) {
        int refused = start_make(worker, status, connection, type ? type : "");
        if (refused)
            return refused;
    }
    bool is_bodyless = http_status_bodyless(status);
    if (status == 205) /* may have content by its framing, not by its meaning (RFC 9110, 15.3.6) */
        length = 0;
    struct http_response response = {
        .status = status,
        .fields = {worker->fields.bytes, worker->fields.length},
        .has_length = !is_bodyless,
        .content_length = length,
    };
    bool has_body = !is_bodyless && request->head->method != HTTP_HEAD;
    int error = reply_write(request, &response, (struct span){body, has_body ? length : 0});
    if (error) {
        request->connection->is_broken = true;
        return error;
    }
    request->answered = true;
    SLOT_ADD(worker->slot->responses, 1);
    return request->connection->is_broken ? -EPIPE : 0;
}
