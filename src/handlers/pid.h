// SPDX-License-Identifier: MIT
/*
 * The handler that answers every request with the process number of the worker that serves it, but
 * what the server answers itself: CONNECT, TRACE and unknown methods, and "OPTIONS *". The
 * program's `pid` command installs it; it is a client of the public library only.
 */
#ifndef HANDLERS_PID_H
#define HANDLERS_PID_H

#include <selkie/server.h>

/* Answers every request that `server` hands on with the worker's pid in decimal, as text/plain.
 * Returns 0, or the error of pthread_atfork(3) or selkie_server_route. */
int pid_install(struct selkie_server *server);

#endif
