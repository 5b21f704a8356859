// SPDX-License-Identifier: MIT
/*
 * Who accepts: when a worker takes connections, how many, and when it leaves them to its siblings.
 *
 * The kernel wakes the same few workers for every connection (EPOLLEXCLUSIVE), so a worker that
 * holds more than its share stops listening for a moment and rings the bell of the one that holds
 * the fewest; that one takes its share and passes the rest on. Nothing is lost by that: what the
 * others do not take in time, this one takes after all.
 *
 * Where each worker has a socket of its own, the kernel goes on filling it while its worker is
 * full, drains or is dead: then that worker, or the master, calls the others every few
 * milliseconds.
 */
#ifndef SERVER_ACCEPT_H
#define SERVER_ACCEPT_H

#include "server/worker.h"

/* How often the others are asked to accept from the socket of a worker that does not. */
enum { ACCEPT_FOR_OTHERS_MS = 10 };

/* Begins to listen. Returns 0 or a negative errno. */
int worker_listen(struct worker *worker);

/* See struct engine_calls. */
int worker_acceptable(struct worker *worker, struct source *listener);
void worker_accept_failed(struct worker *worker, const struct source *listener, int error);

/* Once a turn: takes what siblings have left, and begins to listen again when it is time. */
void worker_review_listening(struct worker *worker);

/* Milliseconds until worker_review_listening has something to do, or -1. */
int worker_listening_wait(const struct worker *worker);

/* Takes what waits at the worker's own listeners, and stops listening for good. */
void worker_stop_listening(struct worker *worker);

#endif
