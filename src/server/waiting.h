// SPDX-License-Identifier: MIT
/* How a worker waits: with the engine that the server's options ask for, or the best of here. */
#ifndef SERVER_WAITING_H
#define SERVER_WAITING_H

#include "server/worker.h"

/* Opens the worker's engine, and says which it is at log level info. `calls` is borrowed. Returns 0
 * or a negative errno, and server->error has a line. */
int worker_open_engine(struct worker *worker, const struct engine_calls *calls);

#endif
