// SPDX-License-Identifier: MIT
/*
 * Serves a request: finds its route, calls the handler, and answers itself what no handler can.
 * Below stands what a handler may ask of a request, as promised in selkie/server.h; reply.c has the
 * response.
 */
#include "server/request.h"

#include "server/address.h"

#include <errno.h>
#include <stdio.h>

static bool method_is_served(const struct worker *worker, const struct http_head *head,
                             struct span name)
{
    if (head->method == HTTP_CONNECT || head->method == HTTP_TRACE)
        return false; /* a proxy's business, and a way to leak fields (RFC 9110, 9.3.6 and 9.3.8) */
    return head->method != HTTP_METHOD_OTHER || router_knows_method(worker->server->router, name);
}

/* OPTIONS of "*", or of a URI without path and query, which is the same (RFC 9112, 3.2.4). */
static bool asks_for_server(const struct http_head *head)
{
    return head->path.length == 0 && head->query.length == 0 && head->method == HTTP_OPTIONS;
}

int request_route(const struct worker *worker, const struct http_head *head, const char *base,
                  struct route_match *out)
{
    struct span method = http_slice_span(head->method_name, base);
    if (!method_is_served(worker, head, method))
        return 501;
    out->route = NULL;
    if (asks_for_server(head))
        return 0;
    int error = router_find(worker->server->router, method, http_slice_span(head->path, base), out);
    if (error == -ENOENT)
        return 404;
    if (error != 0)
        return head->method == HTTP_OPTIONS ? 0 : 405;
    return 0;
}

static void request_allow(struct selkie_request *request)
{
    char methods[256];
    struct span path = http_slice_span(request->head->path, request->base);
    if (asks_for_server(request->head))
        snprintf(methods, sizeof methods, "GET, HEAD, POST, PUT, DELETE, OPTIONS, PATCH");
    else
        router_allow(request->worker->server->router, path, methods, sizeof methods);
    selkie_reply_field(request, "Allow", methods);
}

/* Answers with a status and a line that says what it means. */
static void request_answer_status(struct selkie_request *request, int status, const char *reason)
{
    char text[256];
    int length =
        snprintf(text, sizeof text, "%d %s: %s\n", status, http_status_reason(status), reason);
    selkie_reply(request, status, "text/plain", text, (size_t)length);
}

/* What is wrong with a request that has no route, in words. */
static const char *route_refusal(int status)
{
    if (status == 404)
        return "No resource has this path.";
    if (status == 405)
        return "The resource has other methods, which Allow tells.";
    return "The method is not implemented here.";
}

/* OPTIONS that no handler has taken: what the target, or the whole server, can do. */
static void request_answer_options(struct selkie_request *request)
{
    request_allow(request);
    selkie_reply(request, 204, NULL, NULL, 0);
}

/* %XX in parameters is decoded once, before the handler sees them. */
static void request_decode_params(struct selkie_request *request)
{
    struct worker *worker = request->worker;
    size_t count = route_param_count(request->match.route);
    for (size_t i = 0; i < count; i++) {
        struct span *param = &request->match.params[i];
        if (!memchr(param->at, '%', param->length))
            continue;
        char *to = worker->decoded.bytes + worker->decoded.length;
        ssize_t length = http_percent_decode(*param, to);
        if (length < 0)
            continue; /* the parser has refused such a path already */
        *param = (struct span){to, (size_t)length};
        worker->decoded.length += (size_t)length;
    }
}

static void request_handle(struct selkie_request *request)
{
    const struct route_target *target = &request->match.route->target;
    request_decode_params(request);
    target->handler(request, target->data);
    if (!request->answered)
        request_answer_status(request, 500, "The handler gave no answer.");
}

static void request_answer(struct selkie_request *request)
{
    int refused = request_route(request->worker, request->head, request->base, &request->match);
    if (refused == 405)
        request_allow(request);
    if (refused)
        request_answer_status(request, refused, route_refusal(refused));
    else if (request->match.route)
        request_handle(request);
    else
        request_answer_options(request);
}

/* Whether this is the last request that the connection may make. */
static inline bool connection_had_requests(struct worker *worker,
                                           const struct connection *connection)
{
    unsigned max = worker->server->options.max_requests;
    if (max == 0 || connection->requests < max)
        return false;
    worker_count(worker, SELKIE_BOUND_MAX_REQUESTS);
    return true;
}

bool request_serve(struct worker *worker, struct connection *connection,
                   const struct message *message)
{
    struct selkie_request request;
    request.worker = worker;
    request.connection = connection;
    request.head = message->head;
    request.base = message->base;
    request.body = message->body;
    request.answered = false;
    /* A worker that drains keeps the connection only for requests that are here already. */
    request.persists = worker->server->options.keep_alive && http_head_persists(message->head) &&
                       !message->is_refused && !(worker->draining && message->is_last) &&
                       !connection_had_requests(worker, connection);
    worker->fields.length = worker->decoded.length = 0;
    request_answer(&request);
    return request.persists;
}

void request_refuse(struct worker *worker, struct connection *connection,
                    const struct http_head *head, int status, const char *reason)
{
    static const struct http_head nothing = {.minor = 1};
    struct selkie_request request = {
        .worker = worker, .connection = connection, .head = head ? head : &nothing, .base = ""};
    worker->fields.length = 0;
    request_answer_status(&request, status, reason);
    connection->phase = PHASE_LAST;
    connection->may_drop = false;
}

void request_exceed(struct worker *worker, struct connection *connection,
                    const struct http_head *head, const struct excess *excess)
{
    worker_count(worker, excess->bound);
    request_refuse(worker, connection, head, excess->status, excess->reason);
}

void request_starve(struct worker *worker, struct connection *connection,
                    const struct http_head *head)
{
    request_refuse(worker, connection, head, 503, "The server is short of memory.");
}

static struct selkie_span public_span(struct span span)
{
    return (struct selkie_span){span.at, span.length};
}

static struct selkie_span request_slice(const struct selkie_request *request,
                                        struct http_slice slice)
{
    return public_span(http_slice_span(slice, request->base));
}

struct selkie_span selkie_request_method(const struct selkie_request *request)
{
    return request_slice(request, request->head->method_name);
}

struct selkie_span selkie_request_target(const struct selkie_request *request)
{
    return request_slice(request, request->head->target);
}

struct selkie_span selkie_request_path(const struct selkie_request *request)
{
    return request_slice(request, request->head->path);
}

struct selkie_span selkie_request_query(const struct selkie_request *request)
{
    return request_slice(request, request->head->query);
}

struct selkie_span selkie_request_body(const struct selkie_request *request)
{
    return public_span(request->body);
}

struct selkie_span selkie_request_field(const struct selkie_request *request, const char *name)
{
    struct span wanted = span_of(name);
    for (uint32_t i = 0; i < request->head->field_count; i++) {
        const struct http_field *field = &request->head->fields[i];
        if (http_equal_ignoring_case(http_slice_span(field->name, request->base), wanted))
            return request_slice(request, field->value);
    }
    return (struct selkie_span){0};
}

bool selkie_request_field_at(const struct selkie_request *request, size_t index,
                             struct selkie_span *name, struct selkie_span *value)
{
    if (index >= request->head->field_count)
        return false;
    *name = request_slice(request, request->head->fields[index].name);
    *value = request_slice(request, request->head->fields[index].value);
    return true;
}

struct selkie_span selkie_request_param(const struct selkie_request *request, const char *name)
{
    int index = route_param(request->match.route, name);
    if (index < 0)
        return (struct selkie_span){0};
    return public_span(request->match.params[index]);
}

int selkie_request_peer(const struct selkie_request *request, char *to, size_t size)
{
    struct sockaddr_storage peer;
    socklen_t length = sizeof peer;
    /* Asked for on demand: hardly a handler wants it, and each accept would pay. */
    if (getpeername(request->connection->source.fd, (struct sockaddr *)&peer, &length) != 0)
        return -errno;
    return address_format(&peer, length, to, size);
}
