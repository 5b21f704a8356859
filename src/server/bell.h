// SPDX-License-Identifier: MIT
/*
 * A bell: a non-blocking pipe that carries single bytes to a process that waits elsewhere. Signal
 * handlers, siblings and other threads may ring it. The master has one, and so has every worker
 * slot.
 */
#ifndef SERVER_BELL_H
#define SERVER_BELL_H

#include <stddef.h>

/* What a ring can mean. Signals ring with their own number, which is below these. */
enum bell_note {
    BELL_READY = 'r',  /* to the server: a worker accepts connections */
    BELL_STOP = 's',   /* to the server: selkie_server_stop was called */
    BELL_DRAIN = 'd',  /* to a worker: serve what is there, then end */
    BELL_ACCEPT = 'a', /* to a worker: connections wait that a sibling leaves to it */
};

struct bell {
    int read_fd, write_fd; /* owned */
};

/* Returns 0 and *out, or a negative errno. */
int bell_open(struct bell *out);

/* Safe in signal handlers; keeps errno. A bell that is full rings anyway, so that note is dropped.
 */
void bell_ring(const struct bell *bell, char note);

/* Takes up to `size` notes. Returns how many, 0 when there are none. */
size_t bell_read(const struct bell *bell, char *notes, size_t size);

void bell_close(struct bell *bell);

#endif
