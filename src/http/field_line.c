// SPDX-License-Identifier: MIT
/*
 * The field lines of a head, name ":" OWS value OWS CRLF, and the empty line that ends it
 * (RFC 9112, 5). Called by head.c behind the request line.
 * A field counts from its colon on, so that a head that is kept half-way keeps the name. The phases
 * stand in reverse, since each goes straight on to the one behind it.
 */
#include "http/chars.h"
#include "http/head.h"

#include <assert.h>

static inline const char *parse_value_lf(struct head_parse *parse, const char *at)
{
    struct http_head *head = parse->head;

    if (at == parse->end)
        return at;
    if (*at != '\n')
        return head_refuse(parse, 400, "A line does not end in CR LF.");
    const struct http_field *field = &head->fields[head->field_count - 1];
    if (http_field_matters(http_slice_span(field->name, parse->base)))
        parse->status = http_field_apply(head, parse->base, field);
    if (parse->status != 0)
        return parse->end;
    head->phase = PHASE_LINE;
    return at + 1;
}

static inline const char *parse_value(struct head_parse *parse, const char *at)
{
    struct http_head *head = parse->head;

    at = scan_value(at, parse->end);
    if (at == parse->end)
        return at;
    if (*at == '\n')
        return head_refuse(parse, 400, "A line does not end in CR LF.");
    if (*at != '\r')
        return head_refuse(parse, 400, "A field value holds a byte that it may not.");
    const char *last = at;
    while (last > parse->base + head->mark && char_is_space(last[-1]))
        last--;
    head->fields[head->field_count - 1].value = head_slice(parse, last);
    head->phase = PHASE_VALUE_LF;
    return parse_value_lf(parse, at + 1);
}

static inline const char *parse_padding(struct head_parse *parse, const char *at)
{
    while (at < parse->end && char_is_space(*at))
        at++;
    if (at == parse->end)
        return at;
    parse->head->mark = head_offset(parse, at);
    parse->head->phase = PHASE_VALUE;
    return parse_value(parse, at);
}

static inline const char *parse_name(struct head_parse *parse, const char *at)
{
    struct http_head *head = parse->head;

    at = scan_token(at, parse->end);
    if (at == parse->end)
        return at;
    if (*at != ':')
        return head_refuse(parse, 400, "A field name is not a token with a colon behind it.");
    head->fields[head->field_count++] = (struct http_field){.name = head_slice(parse, at)};
    head->phase = PHASE_PADDING;
    return parse_padding(parse, at + 1);
}

static const char *parse_line_without_name(struct head_parse *parse, const char *at)
{
    if (char_is_space(*at))
        return head_refuse(parse, 400, "A field line is folded."); /* RFC 9112, 5.2 */
    if (*at == '\n')
        return head_refuse(parse, 400, "A line does not end in CR LF.");
    if (*at != '\r')
        return head_refuse(parse, 400, "A field line does not begin with a name.");
    parse->head->phase = PHASE_END_LF;
    return at + 1;
}

static inline const char *parse_line(struct head_parse *parse, const char *at)
{
    struct http_head *head = parse->head;

    if (!char_is(*at, CHAR_TOKEN))
        return parse_line_without_name(parse, at);
    if (head->field_count == HTTP_FIELDS_MAX)
        return head_refuse(parse, 431, "The request has too many fields.");
    head->mark = head_offset(parse, at);
    head->phase = PHASE_NAME;
    return parse_name(parse, at);
}

static const char *parse_end_lf(struct head_parse *parse, const char *at)
{
    if (*at != '\n')
        return head_refuse(parse, 400, "A line does not end in CR LF.");
    int refused = http_field_conclude(parse->head);
    parse->status = refused != 0 ? refused : (int)(at + 1 - parse->base);
    return parse->end;
}

static const char *parse_phase(struct head_parse *parse, const char *at)
{
    switch (parse->head->phase) {
    case PHASE_LINE:
        return parse_line(parse, at);
    case PHASE_NAME:
        return parse_name(parse, at);
    case PHASE_PADDING:
        return parse_padding(parse, at);
    case PHASE_VALUE:
        return parse_value(parse, at);
    case PHASE_VALUE_LF:
        return parse_value_lf(parse, at);
    default:
        return parse_end_lf(parse, at);
    }
}

const char *http_field_line_parse(struct head_parse *parse, const char *at)
{
    assert(at < parse->end && parse->head->phase >= PHASE_LINE);
    do {
        at = parse_phase(parse, at);
    } while (at < parse->end && parse->head->phase != PHASE_LINE);
    return at;
}
