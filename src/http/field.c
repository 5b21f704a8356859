// SPDX-License-Identifier: MIT
/*
 * The fields that decide routing, framing and persistence: Host, Connection, Content-Length,
 * Transfer-Encoding, Expect (RFC 9110, 7 to 10; RFC 9112, 6). Called by field_line.c for each
 * whole field, and once at the end of the head.
 * What two parties could read in two ways is refused, never repaired.
 */
#include "http/chars.h"
#include "http/head.h"

/* The bits of http_head.seen. */
enum { SEEN_LENGTH = 1, SEEN_CODING = 2, SEEN_CHUNKED = 4 };

static bool field_refuse(struct head_parse *parse, int status, const char *reason)
{
    head_refuse(parse, status, reason);
    return false;
}

/* Takes the next element off a list (RFC 9110, 5.6.1), without white space, maybe empty. Returns
 * false when there was none left. */
static bool list_next(struct span *rest, struct span *out)
{
    if (rest->at == NULL)
        return false;
    const char *comma = rest->length == 0 ? NULL : memchr(rest->at, ',', rest->length);
    struct span element = *rest;
    *rest = (struct span){NULL, 0};
    if (comma != NULL) {
        size_t length = (size_t)(comma - element.at);
        *rest = span_skip(element, length + 1);
        element.length = length;
    }
    while (element.length > 0 && char_is_space(element.at[0]))
        element = span_skip(element, 1);
    while (element.length > 0 && char_is_space(element.at[element.length - 1]))
        element.length--;
    *out = element;
    return true;
}

static bool apply_host(struct head_parse *parse, const struct http_field *field)
{
    struct http_head *head = parse->head;
    bool ignored;

    if (head->has_host)
        return field_refuse(parse, 400, "The request has two Host fields.");
    if (field->value.length > 0 &&
        !http_is_authority(http_slice_span(field->value, parse->base), &ignored))
        return field_refuse(parse, 400, "The Host field is malformed.");
    head->has_host = true;
    /* The target's authority wins (RFC 9112, 3.2.2). */
    if (head->form == HTTP_ORIGIN || head->form == HTTP_ASTERISK)
        head->authority = field->value;
    return true;
}

static bool apply_connection(struct head_parse *parse, const struct http_field *field)
{
    struct span rest = http_slice_span(field->value, parse->base);
    struct span option;

    while (list_next(&rest, &option)) {
        if (http_equal_ignoring_case(option, SPAN("close")))
            parse->head->asks_close = true;
        else if (http_equal_ignoring_case(option, SPAN("keep-alive")))
            parse->head->asks_keep_alive = true;
    }
    return true;
}

/* A length that no off_t holds is not malformed, only too large for any server: INT64_MAX. */
static bool apply_content_length(struct head_parse *parse, const struct http_field *field)
{
    struct span text = http_slice_span(field->value, parse->base);
    uint64_t length = 0;

    if ((parse->head->seen & SEEN_LENGTH) != 0)
        return field_refuse(parse, 400, "The request has two Content-Length fields.");
    if (text.length == 0)
        return field_refuse(parse, 400, "The Content-Length field is not a number.");
    for (size_t i = 0; i < text.length; i++) {
        if (!char_is_digit(text.at[i]))
            return field_refuse(parse, 400, "The Content-Length field is not a number.");
        length = length > INT64_MAX / 10 ? INT64_MAX : length * 10 + char_hex(text.at[i]);
    }
    parse->head->seen |= SEEN_LENGTH;
    parse->head->content_length = length < INT64_MAX ? length : INT64_MAX;
    return true;
}

/* token [ OWS ";" parameters ]: of the parameters only that they are there. */
static bool is_coding(struct span text, struct span *out_name)
{
    const char *end = text.at + text.length;
    const char *stop = scan_token(text.at, end);
    const char *next = stop;

    while (next < end && char_is_space(*next))
        next++;
    *out_name = (struct span){text.at, (size_t)(stop - text.at)};
    return stop > text.at && (next == end || *next == ';');
}

static bool apply_coding(struct head_parse *parse, struct span coding)
{
    struct span name;

    if (!is_coding(coding, &name))
        return field_refuse(parse, 400, "The Transfer-Encoding field is malformed.");
    if ((parse->head->seen & SEEN_CHUNKED) != 0)
        return field_refuse(parse, 400, "The transfer coding chunked is not the last, or twice.");
    if (!http_equal_ignoring_case(name, SPAN("chunked")))
        return field_refuse(parse, 501, "The transfer coding is not known here.");
    if (name.length < coding.length)
        return field_refuse(parse, 400, "The transfer coding chunked has no parameters.");
    parse->head->seen |= SEEN_CHUNKED;
    return true;
}

/* Several fields are one list (RFC 9110, 5.3). */
static bool apply_transfer_encoding(struct head_parse *parse, const struct http_field *field)
{
    struct span rest = http_slice_span(field->value, parse->base);
    struct span coding;

    parse->head->seen |= SEEN_CODING;
    while (list_next(&rest, &coding)) {
        if (coding.length > 0 && !apply_coding(parse, coding))
            return false;
    }
    return true;
}

/* An expectation of HTTP/1.0 is ignored (RFC 9110, 10.1.1). */
static bool apply_expect(struct head_parse *parse, const struct http_field *field)
{
    struct span value = http_slice_span(field->value, parse->base);

    if (parse->head->minor == 0)
        return true;
    if (!http_equal_ignoring_case(value, SPAN("100-continue")))
        return field_refuse(parse, 417, "The expectation is not 100-continue.");
    parse->head->expects_continue = true;
    return true;
}

/* The length tells the five apart, and with the first letter nearly all other fields from them. */
bool http_field_apply(struct head_parse *parse, const struct http_field *field)
{
    static const struct {
        struct span name;
        bool (*apply)(struct head_parse *parse, const struct http_field *field);
    } known[] = {
        [4] = {{"host", 4}, apply_host},
        [6] = {{"expect", 6}, apply_expect},
        [10] = {{"connection", 10}, apply_connection},
        [14] = {{"content-length", 14}, apply_content_length},
        [17] = {{"transfer-encoding", 17}, apply_transfer_encoding},
    };
    struct span name = http_slice_span(field->name, parse->base);

    if (name.length >= sizeof(known) / sizeof(known[0]) || known[name.length].apply == NULL)
        return true;
    if (char_lower(name.at[0]) != known[name.length].name.at[0] ||
        !http_equal_ignoring_case(name, known[name.length].name))
        return true;
    return known[name.length].apply(parse, field);
}

bool http_field_conclude(struct head_parse *parse)
{
    struct http_head *head = parse->head;

    if (!head->has_host && head->minor > 0)
        return field_refuse(parse, 400, "The request has no Host field.");
    if ((head->seen & SEEN_CODING) != 0) {
        if ((head->seen & SEEN_LENGTH) != 0)
            return field_refuse(parse, 400, "Content-Length stands with Transfer-Encoding.");
        if (head->minor == 0)
            return field_refuse(parse, 400, "HTTP/1.0 has no Transfer-Encoding.");
        if ((head->seen & SEEN_CHUNKED) == 0)
            return field_refuse(parse, 400, "The Transfer-Encoding field names no coding.");
        head->framing = HTTP_CHUNKED;
    } else if ((head->seen & SEEN_LENGTH) != 0) {
        head->framing = HTTP_LENGTH;
    }
    return true;
}
