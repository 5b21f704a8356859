// SPDX-License-Identifier: MIT
/*
 * The head of a response, written piece behind piece. Called by the server's reply.c, which keeps
 * the first half for the responses that begin in the same way. What the pieces hold was checked by
 * whoever took them in.
 */
#include "http/http.h"
#include "http/status.h"

#include <assert.h>

#define UNKNOWN_BLOCK "HTTP/1.1 000 Unknown" STATUS_BLOCK_END
#define CLOSE_LINE "Connection: close\r\n"
#define KEEP_ALIVE_LINE "Connection: keep-alive\r\n"
#define TYPE_NAME "Content-Type: "
#define LENGTH_NAME "Content-Length: "

enum {
    STATUS_AT = sizeof("HTTP/1.1 ") - 1,
    DIGITS_MAX = 20, /* of UINT64_MAX */
    LINE_ENDS = 4,   /* two in each half: of the date and the type, of the length and the head */
    /* All but what the response points to. */
    START_MAX =
        STATUS_BLOCK_SIZE + HTTP_DATE_LENGTH + sizeof(KEEP_ALIVE_LINE TYPE_NAME) + LINE_ENDS,
    REST_MAX = sizeof(LENGTH_NAME) + DIGITS_MAX + LINE_ENDS,
};

static char *put(char *to, struct span text)
{
    memcpy(to, text.at, text.length);
    return to + text.length;
}

static char *put_known_block(char *to, const struct http_status *known)
{
    memcpy(to, known->block, STATUS_BLOCK_SIZE);
    return to + known->length;
}

static char *put_unknown_block(char *to, int status)
{
    assert(status >= 100 && status <= 999);
    memcpy(to, UNKNOWN_BLOCK, sizeof(UNKNOWN_BLOCK) - 1);
    to[STATUS_AT] = (char)('0' + status / 100);
    to[STATUS_AT + 1] = (char)('0' + status / 10 % 10);
    to[STATUS_AT + 2] = (char)('0' + status % 10);
    return to + sizeof(UNKNOWN_BLOCK) - 1;
}

/* Counts the digits first: a buffer for them would cost its copy and a guard of the stack, which is
 * more than the second division, that a number below ten does not need. */
static char *put_number(char *to, uint64_t number)
{
    char *end = to + 1;

    for (uint64_t rest = number; rest >= 10; rest /= 10)
        end++;
    char *at = end;
    for (; number >= 10; number /= 10)
        *--at = (char)('0' + number % 10);
    *--at = (char)('0' + number);
    return end;
}

static char *put_connection(char *to, enum http_connection_option option)
{
    switch (option) {
    case HTTP_CONNECTION_CLOSE:
        return put(to, SPAN(CLOSE_LINE));
    case HTTP_CONNECTION_KEEP_ALIVE:
        return put(to, SPAN(KEEP_ALIVE_LINE));
    case HTTP_CONNECTION_NONE:
        break;
    }
    return to;
}

size_t http_response_start_bound(const struct http_response *response)
{
    return START_MAX + response->type.length;
}

size_t http_response_rest_bound(const struct http_response *response)
{
    return REST_MAX + response->fields.length;
}

size_t http_response_start(const struct http_response *response, char *to)
{
    const struct http_status *known = http_status_find(response->status);
    char *at = known == NULL ? put_unknown_block(to, response->status) : put_known_block(to, known);

    at = put(at, (struct span){response->date, HTTP_DATE_LENGTH});
    at = put(at, SPAN("\r\n"));
    at = put_connection(at, response->connection);
    if (response->type.length > 0) {
        at = put(at, SPAN(TYPE_NAME));
        at = put(at, response->type);
        at = put(at, SPAN("\r\n"));
    }
    return (size_t)(at - to);
}

size_t http_response_rest(const struct http_response *response, char *to)
{
    bool may_have_length = response->status >= 200 && response->status != 204;
    char *at = to;

    if (response->has_length && may_have_length) {
        at = put(at, SPAN(LENGTH_NAME));
        at = put_number(at, response->content_length);
        at = put(at, SPAN("\r\n"));
    }
    if (response->fields.length > 0)
        at = put(at, response->fields);
    at = put(at, SPAN("\r\n"));
    return (size_t)(at - to);
}
