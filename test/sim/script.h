// SPDX-License-Identifier: MIT
/*
 * What a client sends, and what must answer it: requests of every kind that the server knows, and
 * some that are none, drawn from the decisions of the run. Who writes a script knows where each
 * request begins and ends, and what the sites's handlers do; so the model need not parse.
 */
#ifndef SIM_SCRIPT_H
#define SIM_SCRIPT_H

#include "answer.h"
#include "choice.h"

#include <stddef.h>

enum { ITEMS_MAX = 12 };

/* An offset that is never reached. */
#define NEVER SIZE_MAX

/* A request, or what is none. Places are offsets in the script. */
struct item {
    size_t blank;     /* where the empty lines before it begin */
    size_t start;     /* where it begins */
    size_t head_end;  /* behind its head, or NEVER */
    size_t decided;   /* behind the byte with which the answer is certain, or NEVER */
    bool expects;     /* 100 Continue, before its body */
    bool is_chunked;  /* so is its body */
    bool has_body;    /* of at least one byte, counting those of chunks' lines */
    bool is_unwanted; /* its head tells that nobody looks at the body */
    bool wants_close; /* the client says that it is its last */
    bool is_refused;  /* it is no request, or too much: the connection ends */
    struct answer answer;
    struct answer early; /* if it is unwanted, and known to be before its body comes */
};

struct script {
    char *bytes; /* owned */
    size_t length;
    char *bodies; /* owned: those that came in chunks */
    struct item items[ITEMS_MAX];
    unsigned count;
};

/* The bounds of the server that a script keeps or breaks. */
struct script_bounds {
    size_t head_max, body_max, target_max;
    unsigned fields_max;
    uint32_t chunk_line_max, trailer_max;
    uint32_t long_body; /* permille of bodies and pages that are long */
};

/* Writes a script of up to `count` requests. */
void script_write(struct script *out, struct choice *choice, const struct script_bounds *bounds,
                  unsigned count);

/* A script of any bytes, of which nothing is known. */
void script_write_raw(struct script *out, struct span bytes);

void script_fini(struct script *script);

#endif
