// SPDX-License-Identifier: MIT
/*
 * A worker process as its master knows it: forked into a slot, and judged by how it died, which
 * decides when the slot is filled again. The master has one for each slot, and does the rest.
 */
#ifndef SERVER_CHILD_H
#define SERVER_CHILD_H

#include "server/server.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct child {
    pid_t pid; /* 0: none */
    int64_t born_ms;
    int64_t born_again_ms; /* when to fork again; 0: not */
    int stillbirths;       /* in a row */
};

/* Forks the worker of slot `number`. `lifeline` is the pipe of which the worker keeps the read end
 * and closes the other. Returns 0, or a negative errno and the slot is empty. */
int child_fork(struct child *child, struct selkie_server *server, unsigned number,
               const int *lifeline, int64_t now_ms);

/* Writes how a worker of this slot ended, by its wait status: "was killed by SIGKILL (9)". */
void child_describe_end(const struct slot *slot, int status, char *to, size_t size);

/* Decides, from how a worker ended, when to fork its successor. */
void child_plan_successor(struct child *child, const struct slot *slot, int status, int64_t now_ms);

/* Whether so many have died at birth, one after the other, that the next will too. */
bool child_is_hopeless(const struct child *child);

#endif
