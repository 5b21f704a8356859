// SPDX-License-Identifier: MIT
/*
 * The response to a request, as promised in selkie/server.h: formatted straight into the worker's
 * output, behind the responses to the requests before it.
 */
#include "server/request.h"

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

int selkie_reply_field(struct selkie_request *request, const char *name, const char *value)
{
    struct span name_span = span_of(name), value_span = span_of(value);
    struct text *fields = &request->worker->fields;
    if (!http_is_token(name_span) || !http_is_field_value(value_span) ||
        field_is_reserved(name_span))
        return -EINVAL;
    if (FIELDS_SIZE - fields->length < name_span.length + value_span.length + 4)
        return -ENOSPC;
    text_append(fields, name_span);
    text_append(fields, SPAN(": "));
    text_append(fields, value_span);
    text_append(fields, SPAN("\r\n"));
    return 0;
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

/* Writes the head by way of the heap: there is a backlog, or the head is longer than the arena. */
static int reply_head_aside(struct selkie_request *request, const struct http_response *response,
                            size_t bound)
{
    char *head = malloc(bound);
    if (!head)
        return -ENOMEM;
    struct span bytes = {head, http_response_format(response, head)};
    output_write(request->worker, request->connection, bytes);
    free(head);
    return 0;
}

static int reply_head(struct selkie_request *request, const struct http_response *response)
{
    size_t bound = http_response_bound(response);
    char *to = output_reserve(request->worker, request->connection, bound);
    if (!to)
        return reply_head_aside(request, response, bound);
    request->worker->output.length += http_response_format(response, to);
    return 0;
}

int selkie_reply(struct selkie_request *request, int status, const char *type, const void *body,
                 size_t length)
{
    struct worker *worker = request->worker;
    struct span type_span = span_of(type ? type : "");
    if (request->answered)
        return -EALREADY;
    if (status < 200 || status > 599 || !http_is_field_value(type_span))
        return -EINVAL;
    bool is_bodyless = http_status_bodyless(status);
    if (is_bodyless)
        type_span.length = 0;
    struct http_response response = {
        .status = status,
        .date = worker->date,
        .type = type_span,
        .fields = {worker->fields.bytes, worker->fields.length},
        .connection = request_connection_option(request),
        .has_length = !is_bodyless,
        .content_length = length,
    };
    int error = reply_head(request, &response);
    if (error) {
        request->connection->is_broken = true;
        return error;
    }
    request->answered = true;
    SLOT_ADD(worker->slot->responses, 1);
    if (!is_bodyless && request->head->method != HTTP_HEAD)
        output_write(worker, request->connection, (struct span){body, length});
    return request->connection->is_broken ? -EPIPE : 0;
}
