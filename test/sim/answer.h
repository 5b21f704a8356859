// SPDX-License-Identifier: MIT
/*
 * What a response must be, byte by byte but for its date, and whether it is. Knows nothing of how
 * the server makes one.
 */
#ifndef SIM_ANSWER_H
#define SIM_ANSWER_H

#include "base/span.h"

#include <stdbool.h>
#include <stdint.h>

struct answer {
    int status;         /* 100 is no response yet */
    uint8_t minor;      /* of the request's version */
    bool is_head;       /* without its body */
    bool is_last;       /* whatever the client has asked for, the connection ends behind it */
    bool is_words;      /* the body says in words for people what the status means */
    const char *type;   /* Content-Type, or NULL */
    const char *fields; /* further field lines, or "" */
    struct span body;
};

/* How a response may announce what becomes of the connection. */
struct persistence {
    bool may_close, may_keep;
};

/* The dates that a response may have, in seconds. */
struct dates {
    int64_t first, last;
};

enum match { MATCH_WHOLE, MATCH_BEGINNING, MATCH_NOTHING };

/* What was found. */
struct response {
    size_t length;
    bool closes; /* it announces so */
};

/* Compares `bytes` with the response that `answer` describes; *out is set when they begin with the
 * whole of it. */
enum match answer_match(const struct answer *answer, struct persistence allowed, struct dates dates,
                        struct span bytes, struct response *out);

/* Whether `bytes` are nothing but responses, of any kind; `may_break_off`: the last may lack its
 * end. Where nobody knows the requests, a response with a length may be one to HEAD. */
bool responses_are_valid(struct span bytes, bool may_break_off);

#endif
