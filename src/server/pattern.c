// SPDX-License-Identifier: MIT
/*
 * Parses the patterns of routes and tells how two relate. The router calls it when a route is
 * added, never for a request. Literals are decoded in a copy of the pattern, so that "/a%2Fb" has
 * one segment, "a/b".
 */
#include "server/pattern.h"

#include "http/http.h"
#include "server/router.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool name_is_valid(struct span name)
{
    for (size_t i = 0; i < name.length; i++) {
        char c = name.at[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
        bool digit = c >= '0' && c <= '9';
        if (!letter && !(digit && i > 0))
            return false;
    }
    return name.length > 0;
}

/* Parses the inside of "{...}". Returns NULL or why it cannot be. */
static const char *wildcard_parse(struct span inside, bool last, struct path_segment *out)
{
    *out = (struct path_segment){.kind = SEGMENT_ONE, .text = inside};
    if (span_equal(inside, SPAN("$"))) {
        *out = (struct path_segment){.kind = SEGMENT_LITERAL, .text = SPAN("")};
        return last ? NULL : "has {$} before its end";
    }
    if (inside.length >= 3 && memcmp(inside.at + inside.length - 3, "...", 3) == 0) {
        out->kind = SEGMENT_REST;
        out->text.length -= 3;
        if (!last)
            return "has {name...} before its end";
    }
    return name_is_valid(out->text) ? NULL
                                    : "has a wildcard whose name is not letters, digits and _";
}

static const char *segment_parse(char *at, size_t length, bool last, struct path_segment *out)
{
    struct span text = {at, length};
    if (memchr(at, '{', length) != NULL || memchr(at, '}', length) != NULL) {
        if (length < 2 || at[0] != '{' || at[length - 1] != '}')
            return "has a wildcard that is not a whole segment";
        return wildcard_parse((struct span){at + 1, length - 2}, last, out);
    }
    if (length == 0 && last) {
        *out = (struct path_segment){.kind = SEGMENT_REST, .text = SPAN("")};
        return NULL;
    }
    ssize_t decoded = http_percent_decode(text, at);
    if (decoded < 0)
        return "has a % without two hexadecimal digits";
    *out = (struct path_segment){.kind = SEGMENT_LITERAL, .text = {at, (size_t)decoded}};
    return NULL;
}

static bool segment_is_named(const struct path_segment *segment)
{
    return segment->kind != SEGMENT_LITERAL && segment->text.length > 0;
}

static const char *names_count(struct pattern *pattern)
{
    for (size_t i = 0; i < pattern->count; i++) {
        if (!segment_is_named(&pattern->segments[i]))
            continue;
        if (++pattern->name_count > ROUTE_PARAMS_MAX)
            return "has more than 16 names";
        for (size_t k = 0; k < i; k++) {
            if (segment_is_named(&pattern->segments[k]) &&
                span_equal(pattern->segments[k].text, pattern->segments[i].text))
                return "has one name twice";
        }
    }
    return NULL;
}

static const char *path_parse(struct pattern *pattern, char *path)
{
    assert(*path == '/' && pattern->count == 0);
    while (*path == '/') {
        char *at = path + 1;
        size_t length = strcspn(at, "/");
        bool last = at[length] == '\0';
        struct path_segment *segment = &pattern->segments[pattern->count++];
        /* Decoding writes to this segment only, so what lies behind it is still as it was. */
        path = at + length;
        const char *why = segment_parse(at, length, last, segment);
        if (why != NULL)
            return why;
    }
    return names_count(pattern);
}

static const char *pattern_parse(struct pattern *pattern)
{
    char *path = pattern->text;
    if (*path != '/') {
        pattern->method = (struct span){path, strcspn(path, " \t")};
        path += pattern->method.length;
        path += strspn(path, " \t");
        if (!http_is_token(pattern->method))
            return "does not begin with a method or '/'";
    }
    if (*path != '/')
        return "has no path that begins with '/'; patterns with a host are not supported";
    return path_parse(pattern, path);
}

static size_t slashes_count(const char *text)
{
    size_t count = 0;
    for (; *text != '\0'; text++)
        count += *text == '/';
    return count;
}

int pattern_new(const char *source, const char **why, struct pattern **out)
{
    size_t segments = slashes_count(source);
    struct pattern *pattern = calloc(1, sizeof *pattern + segments * sizeof *pattern->segments);
    if (pattern == NULL)
        return -ENOMEM;
    pattern->source = strdup(source);
    pattern->text = strdup(source);
    if (pattern->source == NULL || pattern->text == NULL) {
        pattern_free(pattern);
        return -ENOMEM;
    }
    const char *reason = pattern_parse(pattern);
    if (reason != NULL) {
        pattern_free(pattern);
        *why = reason;
        return -EINVAL;
    }
    *out = pattern;
    return 0;
}

void pattern_free(struct pattern *pattern)
{
    if (pattern == NULL)
        return;
    free(pattern->source);
    free(pattern->text);
    free(pattern);
}

int pattern_name_index(const struct pattern *pattern, struct span name)
{
    int index = 0;
    for (size_t i = 0; i < pattern->count; i++) {
        if (!segment_is_named(&pattern->segments[i]))
            continue;
        if (span_equal(pattern->segments[i].text, name))
            return index;
        index++;
    }
    return -ENOENT;
}

static unsigned segment_compare(const struct path_segment *a, const struct path_segment *b)
{
    if (a->kind != b->kind) {
        /* The kinds are in the order of what they match; only an empty literal is no {name}. */
        const struct path_segment *narrow = a->kind < b->kind ? a : b;
        const struct path_segment *wide = narrow == a ? b : a;
        if (wide->kind == SEGMENT_ONE && narrow->text.length == 0)
            return PATTERN_DISJOINT;
        return wide == a ? PATTERN_WIDER : PATTERN_NARROWER;
    }
    if (a->kind == SEGMENT_LITERAL && !span_equal(a->text, b->text))
        return PATTERN_DISJOINT;
    return 0;
}

static unsigned path_compare(const struct pattern *a, const struct pattern *b)
{
    unsigned relation = 0;
    assert(a->count > 0 && b->count > 0);
    size_t shared = a->count < b->count ? a->count : b->count;
    for (size_t i = 0; i < shared; i++)
        relation |= segment_compare(&a->segments[i], &b->segments[i]);
    if (a->count == b->count)
        return relation;
    /* One of them goes on: the other must end in a rest, which is the wider then. */
    const struct pattern *shorter = a->count < b->count ? a : b;
    if (shorter->segments[shared - 1].kind != SEGMENT_REST)
        return PATTERN_DISJOINT;
    return relation | (shorter == a ? PATTERN_WIDER : PATTERN_NARROWER);
}

static unsigned method_compare(const struct pattern *a, const struct pattern *b)
{
    if (span_equal(a->method, b->method))
        return 0;
    if (pattern_has_method(a, b->method))
        return PATTERN_WIDER;
    return pattern_has_method(b, a->method) ? PATTERN_NARROWER : PATTERN_DISJOINT;
}

unsigned pattern_compare(const struct pattern *a, const struct pattern *b)
{
    return method_compare(a, b) | path_compare(a, b);
}
