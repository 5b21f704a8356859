// SPDX-License-Identifier: MIT
/*
 * The request line: method SP target SP version CRLF, and the empty lines that may come before it
 * (RFC 9112, 2.2 and 3). Called by head.c with what has arrived.
 * One function a phase; each stores what it has found when its delimiter comes, and nothing
 * before, so that it can be entered again with more bytes. The phases stand in reverse, since each
 * goes straight on to the one behind it.
 */
#include "http/chars.h"
#include "http/head.h"

#include <assert.h>

/* The LF behind a CR, which leads to `next`. */
static const char *parse_lf(struct head_parse *parse, const char *at, enum head_phase next)
{
    if (at == parse->end)
        return at;
    if (*at != '\n')
        return head_refuse(parse, 400, "A line does not end in CR LF.");
    parse->head->phase = (uint8_t)next;
    return at + 1;
}

static const char *parse_request_cr(struct head_parse *parse, const char *at)
{
    if (at == parse->end)
        return at;
    if (*at == '\n')
        return head_refuse(parse, 400, "A line does not end in CR LF.");
    if (*at != '\r')
        return head_refuse(parse, 400, "Something stands behind the HTTP version.");
    parse->head->phase = PHASE_REQUEST_LF;
    return parse_lf(parse, at + 1, PHASE_LINE);
}

static const char *version_end(struct head_parse *parse, const char *at)
{
    struct http_head *head = parse->head;
    const char *version = parse->base + head->mark;

    /* The preface of HTTP/2 is "PRI * HTTP/2.0" (RFC 9113, 3.4). */
    if (version[5] == '2')
        return head_refuse(parse, 505, "HTTP/2 is not spoken here, but HTTP/1.0 and HTTP/1.1.");
    if (version[5] > '1')
        return head_refuse(parse, 505, "This server speaks HTTP/1.0 and HTTP/1.1.");
    /* As late as this, since that preface has the same target. */
    if (head->form == HTTP_ASTERISK && head->method != HTTP_OPTIONS)
        return head_refuse(parse, 400, "The target '*' belongs to OPTIONS.");
    head->minor = version[7] > '0';
    head->phase = PHASE_REQUEST_CR;
    return parse_request_cr(parse, at);
}

/* "HTTP/" DIGIT "." DIGIT (RFC 9112, 2.3). HTTP/0.9 has no version, so the first is not 0. */
static const char *parse_version(struct head_parse *parse, const char *at)
{
    const char *version = parse->base + parse->head->mark;

    if (at == version && parse->end - at >= 8 && memcmp(at, "HTTP/1.1", 8) == 0)
        return version_end(parse, at + 8);
    for (; at < parse->end; at++) {
        size_t index = (size_t)(at - version);
        char wanted = "HTTP/1.1"[index];
        bool fits = wanted == '1' ? char_is_digit(*at) : *at == wanted;
        if (!fits || (index == 5 && *at == '0'))
            return head_refuse(parse, 400, "The request line does not end in an HTTP version.");
        if (index == 7)
            return version_end(parse, at + 1);
    }
    return at;
}

/* The SP behind a target. */
static const char *target_end(struct head_parse *parse, const char *at)
{
    struct http_head *head = parse->head;

    if (*at == '\r' || *at == '\n') /* as HTTP/0.9 asked */
        return head_refuse(parse, 400, "The request line does not end in an HTTP version.");
    if (*at != ' ')
        return head_refuse(parse, 400, "The request target holds a byte that it may not.");
    head->target.length = head_offset(parse, at) - head->target.at;
    head->mark = head_offset(parse, at + 1);
    head->phase = PHASE_VERSION;
    return parse_version(parse, at + 1);
}

static const char *parse_query(struct head_parse *parse, const char *at)
{
    at = scan_query(at, parse->end);
    if (at == parse->end)
        return at;
    parse->head->query = head_slice(parse, at);
    return target_end(parse, at);
}

static const char *parse_path(struct head_parse *parse, const char *at)
{
    struct http_head *head = parse->head;

    at = scan_path(at, parse->end);
    if (at == parse->end)
        return at;
    if (*at == '%') {
        head->phase = PHASE_PATH_HEX;
        return at + 1;
    }
    head->path = head_slice(parse, at);
    if (*at != '?')
        return target_end(parse, at);
    head->mark = head_offset(parse, at + 1);
    head->phase = PHASE_QUERY;
    return parse_query(parse, at + 1);
}

static const char *parse_path_hex(struct head_parse *parse, const char *at, enum head_phase next)
{
    if (!char_is(*at, CHAR_HEX))
        return head_refuse(parse, 400, "A '%' in the path has no two hexadecimal digits.");
    parse->head->phase = (uint8_t)next;
    return at + 1;
}

static const char *parse_authority(struct head_parse *parse, const char *at)
{
    struct http_head *head = parse->head;
    bool has_port = false;

    at = scan_authority(at, parse->end);
    if (at == parse->end)
        return at;
    head->authority = head_slice(parse, at);
    if (*at == '@' || /* user information (RFC 9110, 4.2.4) */
        !http_is_authority(http_slice_span(head->authority, parse->base), &has_port))
        return head_refuse(parse, 400, "The authority in the request target is malformed.");
    head->mark = head_offset(parse, at);
    if (head->form == HTTP_AUTHORITY && !has_port)
        return head_refuse(parse, 400, "CONNECT needs a port."); /* RFC 9110, 9.3.6 */
    if (head->form == HTTP_AUTHORITY)
        head->seen |= SEEN_CONNECT;
    if (head->form == HTTP_AUTHORITY || (*at != '/' && *at != '?'))
        return target_end(parse, at);
    head->phase = PHASE_PATH;
    return parse_path(parse, at);
}

static const char *parse_scheme(struct head_parse *parse, const char *at)
{
    struct http_head *head = parse->head;
    const char *scheme = parse->base + head->mark;
    size_t index = (size_t)(at - scheme);
    bool secure = index >= 4 && char_lower(scheme[4]) == 's';
    const char *wanted = secure ? "https://" : "http://";

    if (char_lower(*at) != wanted[index])
        return head_refuse(parse, 400, "The request target has no known form.");
    if (wanted[index + 1] != '\0')
        return at + 1;
    if (secure) /* RFC 9110, 7.4 */
        return head_refuse(parse, 421, "An https resource is not served over plain HTTP.");
    head->mark = head_offset(parse, at + 1);
    head->phase = PHASE_AUTHORITY;
    return at + 1;
}

static const char *parse_asterisk(struct head_parse *parse, const char *at)
{
    /* The second byte: the first told the form. */
    at += head_offset(parse, at) == parse->head->mark;
    return at == parse->end ? at : target_end(parse, at);
}

static void target_begin(struct http_head *head, enum http_form form, enum head_phase phase)
{
    head->form = form;
    head->phase = (uint8_t)phase;
}

/* The first byte of a target tells its form (RFC 9112, 3.2). */
static const char *parse_target(struct head_parse *parse, const char *at)
{
    struct http_head *head = parse->head;

    if (at == parse->end)
        return at;
    head->mark = head_offset(parse, at);
    head->target.at = head->mark;
    if (head->method == HTTP_CONNECT)
        target_begin(head, HTTP_AUTHORITY, PHASE_AUTHORITY);
    else if (*at == '/')
        target_begin(head, HTTP_ORIGIN, PHASE_PATH);
    else if (char_lower(*at) == 'h')
        target_begin(head, HTTP_ABSOLUTE, PHASE_SCHEME);
    else if (*at == '*')
        target_begin(head, HTTP_ASTERISK, PHASE_ASTERISK);
    else
        return head_refuse(parse, 400, "The request target has no known form.");
    return head->phase == PHASE_PATH ? parse_path(parse, at) : at;
}

static const char *parse_method(struct head_parse *parse, const char *at)
{
    struct http_head *head = parse->head;

    at = scan_token(at, parse->end);
    if (at == parse->end)
        return at;
    if (*at != ' ')
        return head_refuse(parse, 400, "The method is not a token with one space behind it.");
    head->method_name = head_slice(parse, at);
    head->method = http_method_find(http_slice_span(head->method_name, parse->base));
    head->phase = PHASE_TARGET;
    return parse_target(parse, at + 1);
}

static const char *parse_start(struct head_parse *parse, const char *at)
{
    struct http_head *head = parse->head;

    if (*at == '\r') {
        head->phase = PHASE_START_LF;
        return at + 1;
    }
    /* The content type of a TLS handshake record (RFC 8446, 5.1). */
    if (*at == 0x16)
        return head_refuse(parse, 400, "This port speaks plain HTTP, not TLS.");
    if (!char_is(*at, CHAR_TOKEN))
        return head_refuse(parse, 400, "A request begins with a method.");
    head->mark = head_offset(parse, at);
    head->phase = PHASE_METHOD;
    return parse_method(parse, at);
}

static const char *parse_phase(struct head_parse *parse, const char *at)
{
    switch (parse->head->phase) {
    case PHASE_START:
        return parse_start(parse, at);
    case PHASE_START_LF:
        return parse_lf(parse, at, PHASE_START);
    case PHASE_METHOD:
        return parse_method(parse, at);
    case PHASE_TARGET:
        return parse_target(parse, at);
    case PHASE_ASTERISK:
        return parse_asterisk(parse, at);
    case PHASE_SCHEME:
        return parse_scheme(parse, at);
    case PHASE_AUTHORITY:
        return parse_authority(parse, at);
    case PHASE_PATH:
        return parse_path(parse, at);
    case PHASE_PATH_HEX:
        return parse_path_hex(parse, at, PHASE_PATH_HEX_LAST);
    case PHASE_PATH_HEX_LAST:
        return parse_path_hex(parse, at, PHASE_PATH);
    case PHASE_QUERY:
        return parse_query(parse, at);
    case PHASE_VERSION:
        return parse_version(parse, at);
    case PHASE_REQUEST_CR:
        return parse_request_cr(parse, at);
    default:
        return parse_lf(parse, at, PHASE_LINE);
    }
}

const char *http_request_line_parse(struct head_parse *parse, const char *at)
{
    const struct http_head *head = parse->head;

    assert(at < parse->end && head->phase < PHASE_LINE);
    do {
        at = parse_phase(parse, at);
    } while (at < parse->end && head->phase != PHASE_START && head->phase != PHASE_LINE);
    return at;
}
