// SPDX-License-Identifier: MIT
/* See routes.h. A handler answers with what it was given, so that a transcript can demand it. */
#include "routes.h"

#include <stdlib.h>
#include <string.h>

enum { BIG_LENGTH = 300000 }; /* more than a socket pair, or the output arena, takes at once */

static void reply_span(struct selkie_request *request, struct selkie_span text)
{
    selkie_reply(request, 200, "text/plain", text.at, text.length);
}

static void reply_string(struct selkie_request *request, const char *text)
{
    selkie_reply(request, 200, "text/plain", text, strlen(text));
}

static void handle_ok(struct selkie_request *request, void *data)
{
    (void)data;
    reply_string(request, "ok");
}

static void handle_echo(struct selkie_request *request, void *data)
{
    (void)data;
    reply_span(request, selkie_request_body(request));
}

static void handle_param(struct selkie_request *request, void *data)
{
    reply_span(request, selkie_request_param(request, data));
}

static void handle_field(struct selkie_request *request, void *data)
{
    struct selkie_span value = selkie_request_field(request, "x-test");
    (void)data;
    selkie_reply_field(request, "X-Reply", "a, b");
    if (value.at)
        reply_span(request, value);
    else
        reply_string(request, "none");
}

static void handle_close(struct selkie_request *request, void *data)
{
    selkie_reply_close(request);
    handle_ok(request, data);
}

static void handle_silent(struct selkie_request *request, void *data)
{
    (void)request;
    (void)data;
}

static void handle_empty(struct selkie_request *request, void *data)
{
    (void)data;
    selkie_reply(request, 204, NULL, NULL, 0);
}

static void handle_not_modified(struct selkie_request *request, void *data)
{
    (void)data;
    selkie_reply(request, 304, NULL, NULL, 0);
}

static void handle_big(struct selkie_request *request, void *data)
{
    static char body[BIG_LENGTH];
    (void)data;
    memset(body, 'b', sizeof body);
    selkie_reply(request, 200, "text/plain", body, sizeof body);
}

static void handle_query(struct selkie_request *request, void *data)
{
    (void)data;
    reply_span(request, selkie_request_query(request));
}

/* Answers with the status that the path names, and content that some of them may not have. */
static void handle_status(struct selkie_request *request, void *data)
{
    char code[4] = "";
    struct selkie_span text = selkie_request_param(request, data);
    if (text.length < sizeof code)
        memcpy(code, text.at, text.length);
    selkie_reply(request, atoi(code), "text/plain", "content", strlen("content"));
}

/* Puts what the path holds, decoded, into a field of the response. */
static void handle_mirror(struct selkie_request *request, void *data)
{
    char value[64] = "";
    struct selkie_span text = selkie_request_param(request, data);
    if (text.length < sizeof value)
        memcpy(value, text.at, text.length);
    int error = selkie_reply_field(request, "X-Mirror", value);
    reply_string(request, error ? "refused" : "mirrored");
}

int routes_add(struct selkie_server *server)
{
    static const struct {
        const char *pattern;
        selkie_handler_fn *handler;
        const char *parameter;
    } routes[] = {
        {"POST /echo", handle_echo, NULL},
        {"GET /items/{id}", handle_param, "id"},
        {"GET /tree/{rest...}", handle_param, "rest"},
        {"GET /field", handle_field, NULL},
        {"GET /close", handle_close, NULL},
        {"GET /silent", handle_silent, NULL},
        {"GET /empty", handle_empty, NULL},
        {"GET /notmodified", handle_not_modified, NULL},
        {"GET /big", handle_big, NULL},
        {"GET /query", handle_query, NULL},
        {"GET /only-get", handle_ok, NULL},
        {"GET /status/{code}", handle_status, "code"},
        {"GET /mirror/{text}", handle_mirror, "text"},
    };
    int error = selkie_server_route_ignoring_body(server, "/{$}", handle_ok, NULL);
    for (size_t i = 0; i < sizeof routes / sizeof *routes && !error; i++)
        error = selkie_server_route(server, routes[i].pattern, routes[i].handler,
                                    (void *)(uintptr_t)routes[i].parameter);
    return error;
}
