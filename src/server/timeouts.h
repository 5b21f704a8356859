// SPDX-License-Identifier: MIT
/*
 * The time-outs of a worker's connections. Each connection is in one queue, by what it waits for; a
 * queue has one length, so that the first to come due is its head. Called from the worker's turn.
 */
#ifndef SERVER_TIMEOUTS_H
#define SERVER_TIMEOUTS_H

#include "server/worker.h"

/* Gives each queue its length, from the server's options. */
void worker_open_timeouts(struct worker *worker);

/* Tells every connection whose time-out is due. */
void worker_expire(struct worker *worker);

/* Drops every connection that waits for this. */
void worker_drop_all(struct worker *worker, enum awaited awaited);

/* Milliseconds until worker_expire has something to do, or -1. */
int worker_timeouts_wait(const struct worker *worker);

/* The sooner of two waits in milliseconds; a negative one never ends. */
static inline int sooner(int a_ms, int b_ms)
{
    return a_ms < 0 || (b_ms >= 0 && b_ms < a_ms) ? b_ms : a_ms;
}

#endif
