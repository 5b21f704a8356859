// SPDX-License-Identifier: MIT
/*
 * How a worker ends in order: it accepts what waits, closes the listeners and then the idle
 * connections, and lets the busy ones finish until the drain time-out. Called from its turn.
 */
#ifndef SERVER_DRAIN_H
#define SERVER_DRAIN_H

#include "server/worker.h"

/* Does nothing when the worker drains already. */
void worker_begin_drain(struct worker *worker);

/* Once a turn of a worker that drains: goes on with it, and tells the worker when it has ended. */
void worker_drain(struct worker *worker);

#endif
