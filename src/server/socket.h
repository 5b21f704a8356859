// SPDX-License-Identifier: MIT
/*
 * One listening socket: made and bound, or taken over from the parent process. listener.c opens
 * its sockets with it. Each is SOCK_STREAM, non-blocking and close-on-exec.
 *
 * Every function returns 0 or a descriptor, or a negative errno with nothing left open.
 */
#ifndef SERVER_SOCKET_H
#define SERVER_SOCKET_H

#include "server/address.h"

#include <stdbool.h>
#include <stddef.h>

/* A socket bound to an IPv4 or IPv6 address; with `shared_port` others that have it too may be
 * bound to the same (SO_REUSEPORT). Returns the descriptor, which the caller owns. */
int socket_bind_inet(const struct address *address, bool shared_port);

/* Lets sockets that are bound with `shared_port` by the same user join this one, which was bound
 * without. */
int socket_share_port(int fd);

/* Lets connections wait in the kernel until their first bytes have come, or for a second. Returns
 * -ENOTSUP for a socket that is not TCP, and where there is no TCP_DEFER_ACCEPT. */
int socket_defer_accept(int fd);

/* Makes an inherited descriptor fit for a listener when it is a stream socket that listens or is
 * bound. The caller owns it before and after; on failure `why` is one line, and its flags are as
 * they were. */
int socket_adopt(int fd, char *why, size_t why_size);

/* The address that a socket is bound to. */
int socket_address(int fd, struct address *out);

#endif
