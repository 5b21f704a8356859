// SPDX-License-Identifier: MIT
/*
 * How many connections may wait to be accepted: what the kernel grants, and what the server asks
 * for when nobody has said. server.c decides with it once, before anything listens.
 */
#ifndef SERVER_LISTEN_BACKLOG_H
#define SERVER_LISTEN_BACKLOG_H

/* The length to which the kernel silently cuts a backlog, net.core.somaxconn (listen(2)); INT_MAX
 * where it is not known. */
int listen_backlog_most(void);

/* The lesser of that and 4096. */
int listen_backlog_default(void);

#endif
