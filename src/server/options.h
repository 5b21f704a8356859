// SPDX-License-Identifier: MIT
/*
 * The options of a server (selkie/server.h): their defaults, and which of them cannot work. Called
 * by server.c.
 */
#ifndef SERVER_OPTIONS_H
#define SERVER_OPTIONS_H

#include "server/server.h"

/* Returns 0, or -EINVAL with a line in server->error for options that cannot work. */
int server_check_options(struct selkie_server *server);

#endif
