// SPDX-License-Identifier: MIT
/*
 * The fields that decide routing, framing and persistence: Host, Connection, Content-Length,
 * Transfer-Encoding, Expect (RFC 9110, 7 to 10; RFC 9112, 6). Called by lines.c and
 * field_line.c for each whole field that may be one of these, and once at the end of the head.
 * What two parties could read in two ways is refused, never repaired.
 */
#include "base/hot_assert.h"
#include "http/chars.h"
#include "http/head.h"

static int field_refuse(struct http_head *head, int status, const char *reason)
{
    head->reason = reason;
    return -status;
}

/* Takes the element before `comma` off a list (RFC 9110, 5.6.1), or all when that is NULL, without
 * white space, maybe empty. Returns false when there was none left. */
static bool list_take(struct span *rest, const char *comma, struct span *out)
{
    if (rest->at == NULL)
        return false;
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

/* The same for a list of tokens. */
static bool list_next(struct span *rest, struct span *out)
{
    return list_take(rest, rest->length == 0 ? NULL : memchr(rest->at, ',', rest->length), out);
}

/* The first comma that stands in no quoted string, or NULL. */
static const char *comma_outside_quotes(struct span text)
{
    bool is_quoted = false;

    for (size_t i = 0; i < text.length; i++) {
        if (text.at[i] == ',' && !is_quoted)
            return text.at + i;
        if (text.at[i] == '"')
            is_quoted = !is_quoted;
        else if (text.at[i] == '\\' && is_quoted)
            i++;
    }
    return NULL;
}

int http_host_apply(struct http_head *head, const char *base, const struct http_field *field,
                    size_t plain)
{
    struct span value = http_slice_span(field->value, base);

    if (head->has_host)
        return field_refuse(head, 400, "The request has two Host fields.");
    if (value.length > 0 && !http_is_host(value, plain))
        return field_refuse(head, 400, "The Host field is malformed.");
    head->has_host = true;
    /* The target's authority wins (RFC 9112, 3.2.2). */
    if (head->form == HTTP_ORIGIN || head->form == HTTP_ASTERISK)
        head->authority = field->value;
    return 0;
}

static int apply_connection(struct http_head *head, struct span value)
{
    struct span option;

    while (list_next(&value, &option)) {
        if (text_is(option, SPAN("close")))
            head->asks_close = true;
        else if (text_is(option, SPAN("keep-alive")))
            head->asks_keep_alive = true;
    }
    return 0;
}

/* A length that no off_t holds is not malformed, only too large for any server: INT64_MAX. */
static int apply_content_length(struct http_head *head, struct span value)
{
    uint64_t length = 0;

    if ((head->seen & SEEN_LENGTH) != 0)
        return field_refuse(head, 400, "The request has two Content-Length fields.");
    if (value.length == 0)
        return field_refuse(head, 400, "The Content-Length field is not a number.");
    for (size_t i = 0; i < value.length; i++) {
        if (!char_is_digit(value.at[i]))
            return field_refuse(head, 400, "The Content-Length field is not a number.");
        length = length > INT64_MAX / 10 ? INT64_MAX : length * 10 + char_hex(value.at[i]);
    }
    head->seen |= SEEN_LENGTH;
    head->content_length = length < INT64_MAX ? length : INT64_MAX;
    return 0;
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

static int apply_coding(struct http_head *head, struct span coding)
{
    struct span name;

    if (!is_coding(coding, &name))
        return field_refuse(head, 400, "The Transfer-Encoding field is malformed.");
    if ((head->seen & SEEN_CHUNKED) != 0)
        return field_refuse(head, 400, "The transfer coding chunked is not the last, or twice.");
    if (!text_is(name, SPAN("chunked"))) {
        head->seen |= SEEN_OTHER_CODING; /* how it is answered depends on the last one */
        return 0;
    }
    if (name.length < coding.length)
        return field_refuse(head, 400, "The transfer coding chunked has no parameters.");
    head->seen |= SEEN_CHUNKED;
    return 0;
}

/* Several fields are one list (RFC 9110, 5.3). */
static int apply_transfer_encoding(struct http_head *head, struct span value)
{
    struct span coding;

    head->seen |= SEEN_CODING;
    while (list_take(&value, comma_outside_quotes(value), &coding)) {
        int refused = coding.length > 0 ? apply_coding(head, coding) : 0;
        if (refused != 0)
            return refused;
    }
    return 0;
}

/* An expectation of HTTP/1.0 is ignored (RFC 9110, 10.1.1). */
static int apply_expect(struct http_head *head, struct span value)
{
    struct span expectation;

    while (head->minor > 0 && list_next(&value, &expectation)) {
        if (expectation.length == 0)
            continue;
        if (!text_is(expectation, SPAN("100-continue")))
            return field_refuse(head, 417, "The expectation is not 100-continue.");
        head->expects_continue = true;
    }
    return 0;
}

static int apply_host(struct http_head *head, const char *base, const struct http_field *field)
{
    struct span value = http_slice_span(field->value, base);
    const char *stop = scan_class(value.at, value.at + value.length, CHAR_HOST);

    return http_host_apply(head, base, field, (size_t)(stop - value.at));
}

int http_field_apply(struct http_head *head, const char *base, const struct http_field *field)
{
    struct span name = http_slice_span(field->name, base);
    struct span value = http_slice_span(field->value, base);

    hot_assert(field->value.at > field->name.at + field->name.length);
    switch (name.length) {
    case 4:
        return text_is(name, SPAN("host")) ? apply_host(head, base, field) : 0;
    case 6:
        return text_is(name, SPAN("expect")) ? apply_expect(head, value) : 0;
    case 10:
        return text_is(name, SPAN("connection")) ? apply_connection(head, value) : 0;
    case 14:
        return text_is(name, SPAN("content-length")) ? apply_content_length(head, value) : 0;
    case 17:
        return text_is(name, SPAN("transfer-encoding")) ? apply_transfer_encoding(head, value) : 0;
    default:
        return 0;
    }
}

/* Without chunked at the end nobody knows where the body ends, which is worse than a coding that is
 * not known (RFC 9112, 6.3 and 6.1). */
static int conclude_codings(struct http_head *head)
{
    if ((head->seen & SEEN_LENGTH) != 0)
        return field_refuse(head, 400, "Content-Length stands with Transfer-Encoding.");
    if (head->minor == 0)
        return field_refuse(head, 400, "HTTP/1.0 has no Transfer-Encoding.");
    if ((head->seen & SEEN_CHUNKED) == 0)
        return field_refuse(head, 400, "The last transfer coding is not chunked.");
    if ((head->seen & SEEN_OTHER_CODING) != 0)
        return field_refuse(head, 501, "The transfer coding is not known here.");
    head->framing = HTTP_CHUNKED;
    return 0;
}

int http_field_conclude(struct http_head *head)
{
    hot_assert(head->phase >= PHASE_LINE && head->reason == NULL);
    if (!head->has_host && head->minor > 0)
        return field_refuse(head, 400, "The request has no Host field.");
    /* What a client sends behind its CONNECT is not meant for us: so the connection ends. */
    if ((head->seen & SEEN_CONNECT) != 0)
        return field_refuse(head, 501, "CONNECT is for proxies, and this is none.");
    if ((head->seen & SEEN_CODING) != 0)
        return conclude_codings(head);
    if ((head->seen & SEEN_LENGTH) != 0)
        head->framing = HTTP_LENGTH;
    return 0;
}
