// SPDX-License-Identifier: MIT
/*
 * Listeners: the bound sockets of the addresses that a server was given. The master opens them
 * before the first fork and owns them to the end; workers inherit them, and accept. A socket is
 * non-blocking and close-on-exec from birth, bound at once, and listens when it is told to; that of
 * unix: listens from the first, which is what claims its path.
 */
#ifndef SERVER_LISTENER_H
#define SERVER_LISTENER_H

#include "server/address.h"
#include "server/socket_file.h"

#include <stddef.h>

/* One address, with one socket, or one for each worker. */
struct listener {
    char url[ADDRESS_URL_MAX]; /* "http://127.0.0.1:8081", "http://[::1]:8081", "unix:/path" */
    int *fds;                  /* owned, `count` of them */
    unsigned count;            /* one until listener_spread, then `copies` */
    unsigned copies;           /* one, or one for each worker slot */
    struct socket_file file;   /* of unix: */
};

/* All zero is the empty list. */
struct listener_list {
    struct listener *items; /* owned */
    size_t count;
};

/*
 * Opens and binds a listener for each address that `where` names, and appends them: host:port,
 * :port, [v6]:port, unix:/path, fd:N. With `copies` above 1 each is to have that many sockets, of
 * which listener_spread binds all but the first; unix: and fd: are refused with -ENOTSUP. The
 * descriptor of fd:N is owned from then on; on failure it stays the caller's. Returns 0; or a
 * negative errno (-EEXIST for what the list has already), nothing opened, the list as it was, and
 * in `why` one line that names the address and what to do.
 */
int listener_list_open(struct listener_list *list, const char *where, unsigned copies, char *why,
                       size_t why_size);

/* listen(2) on one of the listener's sockets. Returns 0 or a negative errno: -EADDRINUSE when
 * another program began to listen there since the socket was bound. */
int listener_listen(struct listener *listener, unsigned copy, int backlog);

/* Lets a connection wait in the kernel until its first bytes have come, or for a second. Returns 0,
 * or -ENOTSUP for an address that is not TCP or a system that cannot. */
int listener_defer_accept(const struct listener *listener);

/*
 * Binds the sockets of a listener that has one for each worker; the first listens already then.
 * Sockets with SO_REUSEPORT of one user share an address without a word, whosever they are. So the
 * first is bound without: of all such sockets at an address the kernel lets one listen, and while
 * it does none be bound. Having claimed the address that way it is opened to the others. Returns 0,
 * or a negative errno as listener_listen.
 */
int listener_spread(struct listener *listener, int backlog);

/* What a failure to open a listener or to listen means, and what to do: half a sentence. */
const char *listener_advice(int error);

/* Closes all descriptors and empties the list. The socket files go in the process that made them;
 * a forked child only closes. */
void listener_list_close(struct listener_list *list);

#endif
