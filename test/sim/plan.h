// SPDX-License-Identifier: MIT
/*
 * The site that the simulated server serves: its routes, and on the other side what a client may
 * ask of them and must get. The two halves share nothing but this knowledge.
 */
#ifndef SIM_PLAN_H
#define SIM_PLAN_H

#include "answer.h"
#include "choice.h"

struct selkie_server;

enum { SITE_PAGE_MAX = 200 * 1024 }; /* more than the server's output arena */

/* A request before it is written down. */
struct plan {
    const char *method;
    char target[200];
    const char *field; /* another field line that the request must have, or NULL */
    bool echoes;       /* the response's body is the request's */
    bool is_unwanted;  /* no handler is there for it */
    struct answer answer;
};

/* Plans a request; `long_pages` is how many of the pages in a thousand are long. */
void plan_draw(struct plan *out, struct choice *choice, uint32_t long_pages);

/* Gives the server its routes. Returns 0 or a negative errno. */
int site_add(struct selkie_server *server);

#endif
