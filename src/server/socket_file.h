// SPDX-License-Identifier: MIT
/*
 * The file of a Unix socket: made when the socket is bound, removed with the listener that it
 * belongs to. listener.c has one for each unix: address.
 */
#ifndef SERVER_SOCKET_FILE_H
#define SERVER_SOCKET_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* All zero is no file. */
struct socket_file {
    char *path;   /* owned */
    dev_t device; /* of the file: one that has taken its place is not removed */
    ino_t inode;
    pid_t creator; /* the process that made it, and alone removes it */
};

/* Makes a socket file, in the place of one that nobody listens on, and a stream socket bound to it,
 * non-blocking and close-on-exec. It listens already, which is what claims the path. This may wait
 * for others that claim a path in the same folder. Returns the descriptor, which the caller owns,
 * and *out; or a negative errno, and `why` is one line. */
int socket_file_bind(const char *path, char *why, size_t why_size, struct socket_file *out);

/* Whether the path leads to this file. */
bool socket_file_is_at(const struct socket_file *file, const char *path);

/* Removes the file, in the process that made it; a forked child only forgets it. */
void socket_file_remove(struct socket_file *file);

#endif
