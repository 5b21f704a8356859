// SPDX-License-Identifier: MIT
/*
 * What the files of the head parser share: head.c drives, request_line.c and field_line.c read the
 * two kinds of lines, field.c and authority.c judge the values that decide framing and routing.
 * A phase function returns where the next one goes on: when that is the end, either the input is
 * used up or `status` is set.
 */
#ifndef HTTP_HEAD_H
#define HTTP_HEAD_H

#include "http/http.h"

/* In the order in which they come; all before PHASE_LINE belong to the request line. */
enum head_phase {
    PHASE_START,
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
    PHASE_LINE,
    PHASE_NAME,
    PHASE_PADDING,
    PHASE_VALUE,
    PHASE_VALUE_LF,
    PHASE_END_LF,
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

/* Reads on in the request line (RFC 9112, 2.2 and 3), from `at`. Returns where it stopped: at the
 * first field line, or at the end. */
const char *http_request_line_parse(struct head_parse *parse, const char *at);

/* Reads on in the field lines and the empty line behind them (RFC 9112, 5), from `at`. */
const char *http_field_line_parse(struct head_parse *parse, const char *at);

/* Takes over what a whole field says about the message. Returns false when it is refused. */
bool http_field_apply(struct head_parse *parse, const struct http_field *field);

/* Judges what only the whole head shows. Returns false when it is refused. */
bool http_field_conclude(struct head_parse *parse);

/* Whether `text` is uri-host [ ":" port ] (RFC 9110, 4.2) with a host; `*out_has_port` tells
 * whether a port with digits is there. */
bool http_is_authority(struct span text, bool *out_has_port);

#endif
