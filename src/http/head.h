// SPDX-License-Identifier: MIT
/*
 * What the files of the head parser share: head.c drives, lines.c reads whole ordinary lines,
 * request_line.c and field_line.c all lines in all pieces, field.c and authority.c judge the values
 * that decide framing and routing.
 * A phase function returns where the next one goes on: when that is the end, either the input is
 * used up or `status` is set.
 */
#ifndef HTTP_HEAD_H
#define HTTP_HEAD_H

#include "http/http.h"

/* In the order in which they come; all before PHASE_LINE belong to the request line. */
enum head_phase {
    PHASE_START, /* where a request line may begin */
    PHASE_START_LF,
    PHASE_METHOD,
    PHASE_TARGET,
    PHASE_ASTERISK,
    PHASE_SCHEME,
    PHASE_AUTHORITY,
    PHASE_PATH,
    PHASE_PATH_HEX,
    PHASE_PATH_HEX_LAST,
    PHASE_QUERY,
    PHASE_VERSION,
    PHASE_REQUEST_CR,
    PHASE_REQUEST_LF,
    PHASE_LINE, /* where a field line may begin */
    PHASE_NAME,
    PHASE_PADDING,
    PHASE_VALUE,
    PHASE_VALUE_LF,
    PHASE_END_LF,
};

/* The bits of http_head.seen: what http_field_conclude has to judge. */
enum {
    SEEN_LENGTH = 1,
    SEEN_CODING = 2,
    SEEN_CHUNKED = 4,
    SEEN_OTHER_CODING = 8,
    SEEN_CONNECT = 16,
};

/* One call of http_head_parse. Borrows all it points to. */
struct head_parse {
    struct http_head *head;
    const char *base; /* the first byte of the request */
    const char *end;  /* behind the last byte that may be looked at */
    int status;       /* 0, the length of the whole head, or the negative status of a refusal */
};

static inline const char *head_refuse(struct head_parse *parse, int status, const char *reason)
{
    parse->head->reason = reason;
    parse->status = -status;
    return parse->end;
}

static inline uint32_t head_offset(const struct head_parse *parse, const char *at)
{
    return (uint32_t)(at - parse->base);
}

/* The slice from the mark to `at`. */
static inline struct http_slice head_slice(const struct head_parse *parse, const char *at)
{
    uint32_t mark = parse->head->mark;
    return (struct http_slice){mark, head_offset(parse, at) - mark};
}

/* Reads on in the request line (RFC 9112, 2.2 and 3), from `at`, up to where it, or an empty line
 * before it, ends. Returns where it stopped. */
const char *http_request_line_parse(struct head_parse *parse, const char *at);

/* Reads on in a field line or the empty line behind them (RFC 9112, 5), from `at`, up to where it
 * ends. Returns where it stopped. */
const char *http_field_line_parse(struct head_parse *parse, const char *at);

/* Reads whole lines of the ordinary kind, from head->at, where a line begins. Returns what
 * http_head_parse does; with 0, what begins at head->at is for the phases. */
typedef int lines_fn(struct http_head *head, struct span bytes);

lines_fn http_lines_plain;
#if defined(__x86_64__)
lines_fn http_lines_ssse3;
lines_fn http_lines_avx2;
#elif defined(__aarch64__)
lines_fn http_lines_neon;
#endif

/* http_head_parse by one of these. */
int http_head_parse_by(lines_fn *lines, struct http_head *head, struct span bytes,
                       size_t length_max);

/* Whether http_field_apply may know a field of this name: the length and the first letter tell
 * nearly all others from the five. */
static inline bool http_field_matters(struct span name)
{
    static const char letters[] = {[4] = 'h', [6] = 'e', [10] = 'c', [14] = 'c', [17] = 't'};
    return name.length < sizeof(letters) && letters[name.length] == (name.at[0] | 0x20);
}

/* Takes over what a whole field says about the message. `base` is the first byte of the request.
 * Returns 0, or the negative status of a refusal. */
int http_field_apply(struct http_head *head, const char *base, const struct http_field *field);

/* The same for a Host field; `plain` as in http_is_host. */
int http_host_apply(struct http_head *head, const char *base, const struct http_field *field,
                    size_t plain);

/* Judges what only the whole head shows. Returns 0, or the negative status of a refusal. */
int http_field_conclude(struct http_head *head);

/* Whether `text` is uri-host [ ":" port ] (RFC 9110, 4.2) with a host; `*out_has_port` tells
 * whether a port with digits is there. */
bool http_is_authority(struct span text, bool *out_has_port);

/* The same where the port does not matter, the first `plain` bytes are known to be CHAR_HOST, and
 * the one behind them not. The text lies in a head, at least eight bytes behind its beginning. */
bool http_is_host(struct span text, size_t plain);

#endif
