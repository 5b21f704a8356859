// SPDX-License-Identifier: MIT
/*
 * See answer.h: whether bytes are responses at all, where nobody knows the requests. A response
 * with a length has its body behind it, or none when it was asked by HEAD: so a set of places is
 * kept where the next may begin.
 */
#include "answer.h"

#include "memory.h"

#include <stdlib.h>

/* What may stand at a place: a response, or nothing more since the last has said so. */
enum { PLACE_RESPONSE = 1, PLACE_END = 2 };

struct head {
    size_t length, body_length;
    int status;
    bool has_length, closes;
};

/* Takes a line off, without its end. Returns false when that has not come. */
static bool line_take(struct span *left, struct span *out)
{
    const char *end = left->length < 2 ? NULL : memmem(left->at, left->length, "\r\n", 2);
    if (!end)
        return false;
    *out = (struct span){left->at, (size_t)(end - left->at)};
    *left = span_skip(*left, out->length + 2);
    return true;
}

static bool line_begins(struct span line, struct span with)
{
    return line.length >= with.length && memcmp(line.at, with.at, with.length) == 0;
}

/* "HTTP/1.1 200 OK". */
static bool head_take_status(struct head *head, struct span line)
{
    if (!line_begins(line, SPAN("HTTP/1.1 ")) || line.length < 14 || line.at[12] != ' ')
        return false;
    for (int i = 9; i < 12; i++) {
        if (line.at[i] < '0' || line.at[i] > '9')
            return false;
        head->status = head->status * 10 + line.at[i] - '0';
    }
    return head->status == 100 || (head->status >= 200 && head->status <= 599);
}

static bool head_take_field(struct head *head, struct span line)
{
    const char *colon = memchr(line.at, ':', line.length);
    if (!colon || colon == line.at || colon + 1 == line.at + line.length || colon[1] != ' ')
        return false;
    if (line_begins(line, SPAN("Connection: close")))
        head->closes = true;
    if (!line_begins(line, SPAN("Content-Length: ")))
        return true;
    bool is_second = head->has_length;
    head->has_length = true;
    for (const char *at = colon + 2; at < line.at + line.length; at++) {
        if (*at < '0' || *at > '9' || head->body_length > 100000000)
            return false;
        head->body_length = head->body_length * 10 + (size_t)(*at - '0');
    }
    return !is_second;
}

/* Whether the length fits the status (RFC 9110, 8.6). */
static bool head_is_framed(const struct head *head)
{
    bool may_have = head->status != 100 && head->status != 204;
    return head->has_length ? may_have : !may_have || head->status == 304;
}

static enum match head_parse(struct span bytes, struct head *out)
{
    struct span left = bytes, line;
    *out = (struct head){0};
    if (!line_take(&left, &line))
        return MATCH_BEGINNING;
    if (!head_take_status(out, line))
        return MATCH_NOTHING;
    while (line_take(&left, &line)) {
        if (line.length == 0) {
            out->length = bytes.length - left.length;
            return head_is_framed(out) ? MATCH_WHOLE : MATCH_NOTHING;
        }
        if (!head_take_field(out, line))
            return MATCH_NOTHING;
    }
    return MATCH_BEGINNING;
}

/* Notes where the response at `at` may end. Returns whether it may lack its end. */
static bool place_follow(uint8_t *places, size_t at, struct span bytes)
{
    struct head head;
    enum match match = head_parse(span_skip(bytes, at), &head);
    if (match != MATCH_WHOLE)
        return match == MATCH_BEGINNING;
    uint8_t next = head.closes ? PLACE_END : PLACE_RESPONSE;
    places[at + head.length] |= next;
    if (head.status == 304 || head.body_length > bytes.length - at - head.length)
        return head.status != 304;
    places[at + head.length + head.body_length] |= next;
    return false;
}

bool responses_are_valid(struct span bytes, bool may_break_off)
{
    uint8_t *places = own_resize(NULL, bytes.length + 1);
    bool breaks_off = false;
    memset(places, 0, bytes.length + 1);
    places[0] = PLACE_RESPONSE;
    for (size_t at = 0; at < bytes.length; at++) {
        if (places[at] & PLACE_RESPONSE)
            breaks_off |= place_follow(places, at, bytes);
    }
    bool is_whole = places[bytes.length] != 0;
    own_free(places);
    return is_whole || (may_break_off && breaks_off);
}
