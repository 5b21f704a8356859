// SPDX-License-Identifier: MIT
/*
 * See router_model.h. What a pattern matches is a set for each number of segments, and in that set
 * each segment may be what it may be whatever the others are: so two patterns meet, or one lies in
 * the other, where they do so segment by segment.
 */
#include "router_model.h"

#include "grammar.h"

size_t model_segments_count(struct span text)
{
    size_t count = 0;

    for (size_t i = 0; i < text.length; i++)
        count += text.at[i] == '/';
    return count;
}

/* Cuts the first segment off a path that begins with '/'. */
static struct span segment_next(struct span *path)
{
    size_t length = 1;

    while (length < path->length && path->at[length] != '/')
        length++;
    struct span segment = {path->at + 1, length - 1};
    *path = span_skip(*path, length);
    return segment;
}

/* Whether a '%' with two hexadecimal digits stands at `at`. */
static bool is_triplet(struct span text, size_t at)
{
    return text.length - at >= 3 && text.at[at] == '%' && grammar_is_hex(text.at[at + 1]) &&
           grammar_is_hex(text.at[at + 2]);
}

/* Takes a byte off, decoded. A '%' without digits stands for itself. */
static char byte_next(struct span *text)
{
    char byte = text->at[0];
    size_t length = 1;

    if (is_triplet(*text, 0)) {
        byte = (char)(grammar_hex(text->at[1]) * 16 + grammar_hex(text->at[2]));
        length = 3;
    }
    *text = span_skip(*text, length);
    return byte;
}

static bool text_is_same(struct span a, struct span b)
{
    while (a.length > 0 && b.length > 0)
        if (byte_next(&a) != byte_next(&b))
            return false;
    return a.length == 0 && b.length == 0;
}

static bool name_is_valid(struct span name)
{
    for (size_t i = 0; i < name.length; i++) {
        char c = name.at[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
        if (!letter && (i == 0 || !grammar_is_digit(c)))
            return false;
    }
    return name.length > 0;
}

/* {$}, {name} and {name...}, of which `inside` is what stands between the braces. */
static bool wildcard_parse(struct span inside, bool is_last, struct model_segment *out)
{
    if (inside.length == 1 && inside.at[0] == '$') {
        *out = (struct model_segment){.kind = MODEL_TEXT};
        return is_last;
    }
    size_t length = inside.length;
    if (length >= 3 && memcmp(inside.at + length - 3, "...", 3) == 0) {
        *out = (struct model_segment){MODEL_ANY, SPAN(""), {inside.at, length - 3}};
        return is_last && name_is_valid(out->name);
    }
    *out = (struct model_segment){MODEL_ONE, SPAN(""), inside};
    return name_is_valid(inside);
}

static bool segment_parse(struct span text, bool is_last, struct model_segment *out)
{
    bool has_brace = false;

    for (size_t i = 0; i < text.length; i++)
        has_brace = has_brace || text.at[i] == '{' || text.at[i] == '}';
    if (has_brace)
        return text.length >= 2 && text.at[0] == '{' && text.at[text.length - 1] == '}' &&
               wildcard_parse((struct span){text.at + 1, text.length - 2}, is_last, out);
    *out = (struct model_segment){.kind = MODEL_TEXT, .text = text};
    if (is_last && text.length == 0)
        out->kind = MODEL_ANY;
    for (size_t i = 0; i < text.length; i++)
        if (text.at[i] == '%' && !is_triplet(text, i))
            return false;
    return true;
}

static bool names_are_valid(const struct model_pattern *pattern)
{
    for (size_t i = 0; i < pattern->count; i++)
        for (size_t k = 0; k < i; k++)
            if (pattern->segments[i].name.length > 0 &&
                span_equal(pattern->segments[i].name, pattern->segments[k].name))
                return false;
    return model_names_count(pattern) <= MODEL_NAMES_MAX;
}

size_t model_names_count(const struct model_pattern *pattern)
{
    size_t count = 0;

    for (size_t i = 0; i < pattern->count; i++)
        count += pattern->segments[i].name.length > 0;
    return count;
}

/* Takes [METHOD 1*( SP / HT )] off. */
static bool method_parse(struct span *text, struct span *out)
{
    size_t length = 0;

    *out = (struct span){text->at, 0};
    if (text->length > 0 && text->at[0] == '/')
        return true;
    while (length < text->length && grammar_is_token((unsigned char)text->at[length]))
        length++;
    out->length = length;
    *text = span_skip(*text, length);
    if (length == 0 || text->length == 0 || !grammar_is_space(text->at[0]))
        return false;
    while (text->length > 0 && grammar_is_space(text->at[0]))
        *text = span_skip(*text, 1);
    return true;
}

bool model_pattern_parse(struct span text, struct model_pattern *out)
{
    out->count = 0;
    if (!method_parse(&text, &out->method) || text.length == 0 || text.at[0] != '/')
        return false;
    while (text.length > 0) {
        struct span segment = segment_next(&text);
        if (!segment_parse(segment, text.length == 0, &out->segments[out->count++]))
            return false;
    }
    return names_are_valid(out);
}

/* Whether the pattern matches paths of so many segments. */
static bool has_count(const struct model_pattern *pattern, size_t count)
{
    bool goes_on = pattern->segments[pattern->count - 1].kind == MODEL_ANY;

    return goes_on ? count >= pattern->count : count == pattern->count;
}

/* What the pattern says of a segment of a path. */
static const struct model_segment *segment_at(const struct model_pattern *pattern, size_t index)
{
    return &pattern->segments[index < pattern->count ? index : pattern->count - 1];
}

static bool segment_is_within(const struct model_segment *a, const struct model_segment *b)
{
    if (a->kind == MODEL_TEXT && b->kind == MODEL_TEXT)
        return text_is_same(a->text, b->text);
    if (b->kind == MODEL_ONE)
        return a->kind == MODEL_ONE || (a->kind == MODEL_TEXT && a->text.length > 0);
    return b->kind == MODEL_ANY;
}

static bool segments_meet(const struct model_segment *a, const struct model_segment *b)
{
    if (a->kind == MODEL_TEXT)
        return segment_is_within(a, b);
    if (b->kind == MODEL_TEXT)
        return segment_is_within(b, a);
    return true;
}

static bool methods_are_within(const struct model_pattern *a, const struct model_pattern *b)
{
    if (a->method.length == 0)
        return b->method.length == 0;
    return model_has_method(b, a->method);
}

bool model_is_within(const struct model_pattern *a, const struct model_pattern *b)
{
    if (!methods_are_within(a, b))
        return false;
    /* Beyond the longer of them both match as they do here, or not at all. */
    for (size_t count = 1; count <= MODEL_SEGMENTS_MAX + 1; count++) {
        if (!has_count(a, count))
            continue;
        if (!has_count(b, count))
            return false;
        for (size_t i = 0; i < count; i++)
            if (!segment_is_within(segment_at(a, i), segment_at(b, i)))
                return false;
    }
    return true;
}

/* Whether both match some path of so many segments. */
static bool paths_meet(const struct model_pattern *a, const struct model_pattern *b, size_t count)
{
    if (!has_count(a, count) || !has_count(b, count))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!segments_meet(segment_at(a, i), segment_at(b, i)))
            return false;
    return true;
}

bool model_conflicts(const struct model_pattern *a, const struct model_pattern *b)
{
    bool meets = false;

    for (size_t count = 1; count <= MODEL_SEGMENTS_MAX + 1; count++)
        meets = meets || paths_meet(a, b, count);
    /* Of two methods' sets that meet, one lies in the other: HEAD in that of GET, all in "". */
    meets = meets && (methods_are_within(a, b) || methods_are_within(b, a));
    return meets && model_is_within(a, b) == model_is_within(b, a);
}

bool model_has_method(const struct model_pattern *pattern, struct span method)
{
    return pattern->method.length == 0 || span_equal(pattern->method, method) ||
           (span_equal(pattern->method, SPAN("GET")) && span_equal(method, SPAN("HEAD")));
}

static bool segment_has(const struct model_segment *segment, struct span text)
{
    if (segment->kind == MODEL_TEXT)
        return text_is_same(segment->text, text);
    return segment->kind == MODEL_ANY || text.length > 0;
}

bool model_has_path(const struct model_pattern *pattern, struct span path, struct span *params)
{
    size_t names = 0;

    if (path.length == 0)
        path = SPAN("/");
    if (path.at[0] != '/' || !has_count(pattern, model_segments_count(path)))
        return false;
    for (size_t i = 0; path.length > 0; i++) {
        const struct model_segment *segment = segment_at(pattern, i);
        struct span rest = span_skip(path, 1);
        struct span text = segment_next(&path);
        if (!segment_has(segment, text))
            return false;
        if (segment->name.length > 0 && i < pattern->count)
            params[names++] = segment->kind == MODEL_ANY ? rest : text;
    }
    return true;
}
