// SPDX-License-Identifier: MIT
/*
 * The parser of a request head, as the server's connection sees it: where it begins, how far it
 * may go, and what it says about the connection.
 * Each byte passes one phase, and a refusal depends on the bytes before it only, so that a head
 * cut anywhere ends the same way.
 */
#include "http/head.h"

#include <limits.h>

void http_head_start(struct http_head *head)
{
    /* Not the fields: 1,600 bytes of which a request uses a tenth. */
    memset(head, 0, offsetof(struct http_head, fields));
}

static int head_exceeds(struct http_head *head)
{
    if (head->phase < PHASE_LINE) {
        head->reason = "The request line is too long.";
        return -414;
    }
    head->reason = "The request head is too long.";
    return -431;
}

int http_head_parse(struct http_head *head, struct span bytes, size_t length_max)
{
    /* The length is returned as an int. */
    size_t max = length_max < INT_MAX ? length_max : INT_MAX;
    size_t length = bytes.length < max ? bytes.length : max;
    struct head_parse parse = {head, bytes.at, bytes.at + length, 0};
    const char *at = bytes.at + head->at;

    if (head->phase < PHASE_LINE)
        at = http_request_line_parse(&parse, at);
    if (at < parse.end)
        at = http_field_line_parse(&parse, at);
    head->at = parse.status > 0 ? (uint32_t)parse.status : head_offset(&parse, at);
    if (parse.status == 0 && length == max)
        return head_exceeds(head);
    return parse.status;
}

bool http_head_is_blank(const struct http_head *head)
{
    return head->phase == PHASE_START;
}

bool http_head_persists(const struct http_head *head)
{
    return !head->asks_close && (head->minor > 0 || head->asks_keep_alive);
}
