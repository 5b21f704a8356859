// SPDX-License-Identifier: MIT
/*
 * Shedding: a worker that holds all the connections it may, with others waiting, closes some that
 * wait for their client, so that clients who do nothing cannot keep out those who do. Called by
 * accept.c.
 */
#ifndef SERVER_SHED_H
#define SERVER_SHED_H

#include "server/worker.h"

#include <stdbool.h>

/* Closes up to `count` connections, the idle ones first and of those the oldest; never one that is
 * busy. Returns how many it closed. */
unsigned worker_shed(struct worker *worker, unsigned count);

/* Whether it would find one. */
bool worker_can_shed(const struct worker *worker);

/* When nothing can be shed: milliseconds until that is worth another look. */
uint32_t worker_shed_wait(const struct worker *worker);

#endif
