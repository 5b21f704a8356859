// SPDX-License-Identifier: MIT
/*
 * What the server under test serves: for each behaviour that a transcript can show of a handler one
 * route, written on the public header alone.
 */
#ifndef WIRE_ROUTES_H
#define WIRE_ROUTES_H

#include "selkie/server.h"

/* Adds the routes. Returns 0, or the negative errno of the one that was refused. */
int routes_add(struct selkie_server *server);

#endif
