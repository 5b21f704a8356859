// SPDX-License-Identifier: MIT
/*
 * Messages: cuts the input of a connection into requests, however it was cut on its way, and has
 * each served when it is whole. Called by connection.c, which knows when the client may send more.
 */
#ifndef SERVER_MESSAGE_H
#define SERVER_MESSAGE_H

#include "base/span.h"

struct connection;
struct worker;

/* Serves the requests in `bytes`, as long as the client takes the responses; keeps the rest. */
void message_take(struct worker *worker, struct connection *connection, struct span bytes);

#endif
