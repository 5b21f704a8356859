// SPDX-License-Identifier: MIT
/*
 * The workers beside one: what each may hold, and who is called to take what another leaves. They
 * know each other by their slots alone. Used by accept.c, by the master for a dead worker, and by a
 * worker whose engine has missed a connection.
 */
#ifndef SERVER_SIBLINGS_H
#define SERVER_SIBLINGS_H

#include "server/worker.h"

#include <stdbool.h>

/* How many connections this worker may hold: a quarter above the mean of the workers that take any,
 * and at least one. */
unsigned siblings_share(const struct worker *worker);

/* Whether another worker could hold one more. */
bool siblings_have_room(const struct worker *worker);

/* Leaves what waits to the one that holds the fewest. Returns whether there is one. */
bool siblings_call(struct worker *worker);

/* Rings the worker that takes connections and holds the fewest, but not `number`, to accept from
 * all sockets. Returns its number, or `number` when there is none. */
unsigned server_call_worker(struct selkie_server *server, unsigned number);

#endif
