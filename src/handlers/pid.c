// SPDX-License-Identifier: MIT
/*
 * The worker's pid as the response to every request, installed by the program's `pid` command. The
 * text is that of the process which reads it, always: it is written at the installation, and again
 * in each child at fork, since asking the kernel costs a system call for each request.
 */
#include "handlers/pid.h"

#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

static char pid_text[sizeof("-2147483648")];
static size_t pid_length;

static void pid_write(void)
{
    pid_length = (size_t)snprintf(pid_text, sizeof(pid_text), "%d", (int)getpid());
}

static void pid_respond(struct selkie_request *request, void *data)
{
    (void)data;
    /* A failure leaves the request unanswered, which the server turns into a 500. */
    (void)selkie_reply(request, 200, "text/plain", pid_text, pid_length);
}

int pid_install(struct selkie_server *server)
{
    int error = pthread_atfork(NULL, NULL, pid_write);

    if (error != 0)
        return -error;
    pid_write();
    return selkie_server_route(server, "/", pid_respond, NULL);
}
