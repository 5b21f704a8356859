// SPDX-License-Identifier: MIT
/*
 * How many connections a worker can hold. Each takes a descriptor, so it is a matter of the limit
 * of these, of what the selector can watch, and of what the worker has open: known when its
 * selector is open, and not before.
 */
#ifndef SERVER_CAPACITY_H
#define SERVER_CAPACITY_H

#include "server/worker.h"

/* Raises the descriptor limit of this process to its hard limit. The soft one is often 1,024 for
 * the sake of programs that use select(2) unaware, which this one is not. */
void capacity_raise(void);

/* Sets how many connections the worker may hold: options.max_connections, or all that there is room
 * for. `open_fd` is any descriptor of the process. Returns 0; or a negative errno, and
 * server->error has a line: -EINVAL when that many, or with this selector any, cannot be had. */
int worker_set_capacity(struct worker *worker, int open_fd);

#endif
