// SPDX-License-Identifier: MIT
/*
 * What lies behind a struct selkie_server: options, routes and listeners, complete before the fork
 * and not changed after it; and what the master and the workers share.
 */
#ifndef SERVER_SERVER_H
#define SERVER_SERVER_H

#include "selkie/server.h"
#include "server/bell.h"
#include "server/listener.h"
#include "server/router.h"
#include "server/slot.h"

struct selkie_server {
    struct selkie_options options; /* the defaults filled in */
    struct router *router;
    struct listener_list listeners;
    struct bell bell;          /* rung by signals, by workers and by selkie_server_stop */
    struct bell *worker_bells; /* worker_count of them; one rung by siblings and the master */
    unsigned worker_count;     /* at least 1, also without a fork */
    struct slot *slots;        /* worker_count */
    bool is_single;            /* no fork */
    char error[256];           /* selkie_server_error */
};

/* Remembers why something failed, in one line, and returns `error`. */
__attribute__((format(printf, 3, 4))) int server_fail(struct selkie_server *server, int error,
                                                      const char *format, ...);

/* Says a line through options.log, if there is one. */
__attribute__((format(printf, 3, 4))) void
server_log(const struct selkie_server *server, enum selkie_level level, const char *format, ...);

/* Tells the program around the server of a signal that is to end it. */
void server_tell_signalled(struct selkie_server *server, int signal);

/* Makes the listeners listen that worker `number` accepts from; with per-worker sockets its own. */
int server_start_listening(struct selkie_server *server, unsigned number);

/* Forks the workers and looks after them until the server has ended. Returns as selkie_server_run.
 */
int master_run(struct selkie_server *server);

#endif
