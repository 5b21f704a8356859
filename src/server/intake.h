// SPDX-License-Identifier: MIT
/*
 * An intake: the bytes that a connection keeps of a request which is not whole yet, or of requests
 * that must wait until the client has taken earlier responses. A connection between two requests
 * has none.
 */
#ifndef SERVER_INTAKE_H
#define SERVER_INTAKE_H

#include "base/list.h"
#include "base/span.h"
#include "http/http.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct connection;

struct intake {
    struct intake *next;    /* in the store */
    struct list held;       /* link of worker->held: it waits for the next turn */
    struct connection *of;  /* that it waits with */
    size_t capacity;        /* of bytes */
    size_t length;          /* of the head and of the part of the body that is kept */
    size_t head_length;     /* once the head is whole */
    uint64_t body_left;     /* of a body with Content-Length: what has not come */
    uint64_t body_length;   /* what has come of a body, kept or not */
    uint64_t pace_began_at; /* of body_length: where measuring its pace began (pace.h) */
    uint32_t pace_began_ms; /* and when */
    bool keeps_body;        /* the handler wants it */
    struct http_chunked chunked;
    struct http_head head; /* of the request whose bytes begin here */
    char bytes[];
};

/* Intakes given back, kept for the next so that a request in two segments costs no allocation. */
struct intake_store {
    struct intake *free;
    unsigned count;
};

/* Lends an empty intake. NULL when there is no memory. */
struct intake *intake_lend(struct intake_store *store);

/* Appends to *intake, which may move. Returns 0 or -ENOMEM, and then *intake is as before. */
int intake_append(struct intake **intake, struct span bytes);

/* Takes an intake back; NULL is allowed. */
void intake_return(struct intake_store *store, struct intake *intake);

/* Frees the intakes in the store. */
void intake_store_fini(struct intake_store *store);

/* The body kept so far. */
static inline struct span intake_body(const struct intake *intake)
{
    return (struct span){intake->bytes + intake->head_length, intake->length - intake->head_length};
}

#endif
