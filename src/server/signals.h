// SPDX-License-Identifier: MIT
/*
 * The signals of a running server. In the process that runs it they ring the server's bell with
 * their own number; a worker leaves them to the master, but for those that are meant for it alone.
 * The actions of the program around the server come back at the end.
 */
#ifndef SERVER_SIGNALS_H
#define SERVER_SIGNALS_H

#include "server/bell.h"

#include <signal.h>
#include <stdbool.h>

/* Takes TERM, INT, QUIT and PIPE, CHLD `with_children`, and `report` unless it is 0. `bell` is
 * borrowed until signals_restore. Returns 0, or -EBUSY when a server runs in this process already.
 */
int signals_take(const struct bell *bell, bool with_children, int report);

void signals_restore(void);

/* Blocks every signal around a fork, so that none is handled by the wrong one of the two. */
void signals_block(sigset_t *out);
void signals_unblock(const sigset_t *before);

/* In a worker, signals blocked. A terminal and systemd signal the whole group: INT is left to the
 * master, and so is `report`; TERM drains this worker, as the master would have it do; QUIT ends
 * it. */
void signals_take_in_worker(const struct bell *bell, int report);

/* "SIGTERM"; "a signal" for one without a name here. */
const char *signal_name(int signal);

#endif
