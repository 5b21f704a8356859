// SPDX-License-Identifier: MIT
/*
 * Listeners: the bound sockets of the addresses that a server was given. The master opens them
 * before the first fork and owns them to the end; workers inherit them, and accept. A socket is
 * non-blocking and close-on-exec from birth, bound at once, and listens when it is told to.
 */
#ifndef SERVER_LISTENER_H
#define SERVER_LISTENER_H

#include "server/address.h"

#include <stddef.h>
#include <sys/types.h>

/* One address, with one socket, or one for each worker. */
struct listener {
    char url[ADDRESS_URL_MAX]; /* "http://127.0.0.1:8081", "http://[::1]:8081", "unix:/path" */
    int *fds;                  /* owned, `count` of them: one, or one a worker slot */
    unsigned count;
    char *path;   /* owned: of the socket file that was made here, else NULL */
    dev_t device; /* of that file: one that has taken its place is not unlinked */
    ino_t inode;
    pid_t creator; /* the process that made it, and alone unlinks it */
};

/* All zero is the empty list. */
struct listener_list {
    struct listener *items; /* owned */
    size_t count;
};

/*
 * Opens and binds a listener for each address that `where` names, and appends them: host:port,
 * :port, [v6]:port, unix:/path, fd:N. With `copies` above 1 each has that many sockets that share
 * the port (SO_REUSEPORT). The descriptor of fd:N is owned from then on; on failure it stays the
 * caller's. Returns 0; or a negative errno, nothing opened, the list as it was, and in `why` one
 * line that names the address and what to do.
 */
int listener_list_open(struct listener_list *list, const char *where, unsigned copies, char *why,
                       size_t why_size);

/* listen(2) on one of the listener's sockets. Returns 0 or a negative errno: -EADDRINUSE when
 * another program began to listen there since the socket was bound. */
int listener_listen(struct listener *listener, unsigned copy, int backlog);

/* Closes all descriptors and empties the list. The socket files go in the process that made them;
 * a forked child only closes. */
void listener_list_close(struct listener_list *list);

/* The lesser of net.core.somaxconn and 4096: the kernel cuts a backlog to the former silently, and
 * 4096 has been its default since Linux 5.4. */
int listener_backlog_default(void);

#endif
