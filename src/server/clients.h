// SPDX-License-Identifier: MIT
/*
 * How many connections each client address has in this worker, for the bound max_per_address. An
 * IPv6 client has a whole network to choose from, so addresses are told apart by their first 64
 * bits there. Called by connection.c; a worker without the bound has none of this.
 */
#ifndef SERVER_CLIENTS_H
#define SERVER_CLIENTS_H

#include "base/pool.h"

#include <stdbool.h>
#include <stdint.h>

struct client;

struct clients {
    struct client **buckets; /* owned; NULL: nobody counts */
    struct client **of_fd;   /* owned: the client of each descriptor below fd_max, or NULL */
    unsigned bucket_mask, fd_max;
    struct pool pool;
};

/* Makes room for the clients of up to `connections` connections with descriptors below `fd_max`.
 * Returns 0 or -ENOMEM; what is open then is closed by clients_fini. */
int clients_init(struct clients *clients, unsigned connections, unsigned fd_max);

/* Counts a connection for its client. Returns how many the client has with it; 0 when it is not
 * counted: it has no such address (unix:), has gone already, or there is no memory. */
unsigned clients_add(struct clients *clients, int fd);

/* Counts a connection no more, if it was. */
void clients_remove(struct clients *clients, int fd);

/* Also of one that is all zero. */
void clients_fini(struct clients *clients);

#endif
