// SPDX-License-Identifier: MIT
/*
 * The short way through a head: whole lines of the ordinary kind, which nearly all are. Called by
 * head.c wherever a line begins; compiled once for each instruction set that wide.h knows, under
 * the name that the build defines.
 * A line that is cut, refused or only uncommon is left as it is, for request_line.c and
 * field_line.c: what they say is the rule, and this only the quicker way to the same end. So a
 * byte is looked at twice at the most.
 */
#include "base/hot_assert.h"
#include "http/head.h"
#include "http/wide.h"

#ifndef LINES_PARSE
#define LINES_PARSE http_lines_plain
#endif

enum {
    /* So much of a head must follow what ends there, that nothing else need be compared with the
     * end: " / HTTP/1.1" behind a method, all with the CR LF of the line and two bytes behind it.
     */
    BEHIND_METHOD = 15,
    BEHIND_TARGET = 13,
    BEHIND_VALUE = 4,
    VERSION_LENGTH = 11, /* " HTTP/1.1" CR LF */
};

static inline struct http_slice slice(size_t at, size_t end)
{
    return (struct http_slice){(uint32_t)at, (uint32_t)(end - at)};
}

static inline bool ends_line(const char *at)
{
    return memcmp(at, "\r\n", 2) == 0;
}

/* 0 and 1 for the versions that are, or -1. `at` has VERSION_LENGTH bytes. */
static inline int version_minor(const char *at)
{
    if (memcmp(at, " HTTP/1.", 8) != 0)
        return -1;
    return memcmp(at + 3, "TP/1.1\r\n", 8) == 0 ? 1 : memcmp(at + 3, "TP/1.0\r\n", 8) == 0 ? 0 : -1;
}

/* Where the method that begins at `at` ends, or 0 when there is none with a path behind it. Never
 * inlined, as it would take registers from what every request goes through. */
static __attribute__((noinline)) size_t method_end(struct span bytes, size_t at)
{
    size_t end = wide_token(bytes, at);

    if (end == at || end + BEHIND_METHOD > bytes.length)
        return 0;
    return memcmp(bytes.at + end, " /", 2) == 0 ? end : 0;
}

/* Whether a GET of a path begins at `at`, as nearly every request does. */
static inline bool is_get(struct span bytes, size_t at)
{
    return at + 3 + BEHIND_METHOD <= bytes.length && memcmp(bytes.at + at, "GET /", 5) == 0;
}

static inline size_t path_end(struct span bytes, size_t at)
{
    size_t end = wide_path(bytes, at);

    while (end + BEHIND_TARGET <= bytes.length && bytes.at[end] == '%' &&
           char_is(bytes.at[end + 1], CHAR_HEX) && char_is(bytes.at[end + 2], CHAR_HEX))
        end = wide_path(bytes, end + 3);
    return end;
}

/* Method, path, query and version. Returns where the next line begins, or 0. */
static inline size_t request_line_take(struct http_head *head, struct span bytes, size_t at)
{
    bool get = is_get(bytes, at);
    size_t space = get ? at + 3 : method_end(bytes, at);
    if (space == 0)
        return 0;
    enum http_method method =
        get ? HTTP_GET : http_method_find((struct span){bytes.at + at, space - at});
    if (method == HTTP_CONNECT) /* its target has no path */
        return 0;
    size_t query = path_end(bytes, space + 1);
    size_t end = query;
    if (end + BEHIND_TARGET > bytes.length)
        return 0;
    bool has_query = bytes.at[query] == '?';
    if (has_query)
        end = wide_query(bytes, query + 1);
    int minor = end + BEHIND_TARGET > bytes.length ? -1 : version_minor(bytes.at + end);
    if (minor < 0)
        return 0;
    head->method = method;
    head->method_name = slice(at, space);
    head->target = slice(space + 1, end);
    head->path = slice(space + 1, query);
    if (has_query)
        head->query = slice(query + 1, end);
    head->minor = (uint8_t)minor;
    head->phase = PHASE_LINE;
    return end + VERSION_LENGTH;
}

/* One field line with a value, no white space around that but one space before it. Returns where
 * the next line begins, or 0. */
static inline size_t field_line_take(struct http_field *field, struct span bytes, size_t at)
{
    struct line_ends ends = wide_line(bytes, at);
    if (ends.value + BEHIND_VALUE > bytes.length || bytes.at[ends.name] != ':' || ends.name == at)
        return 0;
    size_t value = ends.name + 1 + (bytes.at[ends.name + 1] == ' ');
    if ((unsigned char)bytes.at[value] <= ' ' || (unsigned char)bytes.at[ends.value - 1] <= ' ' ||
        !ends_line(bytes.at + ends.value))
        return 0;
    field->name = slice(at, ends.name);
    field->value = slice(value, ends.value);
    return ends.value + 2;
}

/* The empty line that ends the head at `at`. */
static inline int head_end_take(struct http_head *head, size_t at)
{
    /* Most requests have a Host and no body, which needs no judgement. */
    int refused = head->has_host && head->seen == 0 ? 0 : http_field_conclude(head);
    head->at = (uint32_t)at + 2;
    return refused != 0 ? refused : (int)head->at;
}

/* What a field of the five says, or one that looks like these. */
static inline int field_apply(struct http_head *head, struct span bytes,
                              const struct http_field *field)
{
    size_t value = field->value.at;

    if (text_is(http_slice_span(field->name, bytes.at), SPAN("host")))
        return http_host_apply(head, bytes.at, field, wide_host(bytes, value) - value);
    return http_field_apply(head, bytes.at, field);
}

/* From `at`, behind which are two bytes. */
static inline int fields_take(struct http_head *head, struct span bytes, size_t at)
{
    struct http_field *field = &head->fields[head->field_count];

    for (; bytes.at[at] != '\r' && field < head->fields + HTTP_FIELDS_MAX; field++) {
        size_t next = field_line_take(field, bytes, at);
        if (next == 0)
            break;
        head->field_count++;
        struct span name = {bytes.at + at, field->name.length};
        int refused = http_field_matters(name) ? field_apply(head, bytes, field) : 0;
        if (refused != 0)
            return refused;
        at = next;
    }
    head->at = (uint32_t)at;
    return ends_line(bytes.at + at) ? head_end_take(head, at) : 0;
}

int LINES_PARSE(struct http_head *head, struct span bytes)
{
    size_t at = head->at;

    hot_assert(at <= bytes.length && (head->phase == PHASE_START || head->phase == PHASE_LINE));
#if VECTOR_BYTES > 0
    if (bytes.length < VECTOR_BYTES)
        return http_lines_plain(head, bytes);
#endif
    if (head->phase == PHASE_START) {
        at = request_line_take(head, bytes, at);
        if (at == 0)
            return 0;
    } else if (at + 2 > bytes.length) {
        return 0;
    }
    return fields_take(head, bytes, at);
}
