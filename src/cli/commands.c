// SPDX-License-Identifier: MIT
/*
 * The commands that serve: their words for --help, the defaults in which they differ, and how each
 * installs its handler. main finds a command here, help.c describes it, serve.c runs it.
 */
#include "cli/cli.h"
#include "handlers/pid.h"
#include "handlers/respond.h"

#include <string.h>

static int install_respond(struct selkie_server *server, const struct settings *settings)
{
    /* The handler borrows its options for as long as the server lives, which is until the end. */
    static struct respond_options options;

    options = (struct respond_options){.status = (int)settings->status};
    if (status_has_body(settings->status)) {
        options.type = settings->content_type;
        options.body = (struct selkie_span){settings->body, strlen(settings->body)};
    }
    return respond_install(server, &options);
}

static int install_pid(struct selkie_server *server, const struct settings *settings)
{
    (void)settings;
    return pid_install(server);
}

const struct command command_table[] = {
    {
        .id = COMMAND_RESPOND,
        .name = "respond",
        .summary = "Answers every request with one fixed response.",
        .examples = "  selkie respond\n"
                    "  selkie respond --body 'down for repairs' --status 503 --listen :8080\n"
                    "  SELKIE_WORKERS=auto selkie respond --listen unix:/run/selkie.sock\n",
        .initial = {{"listen", "localhost:8081"}, {"workers", "8"}, {NULL, NULL}},
        .check = settings_check_respond,
        .install = install_respond,
    },
    {
        .id = COMMAND_PID,
        .name = "pid",
        .summary = "Answers every request with the process number of the worker, and closes.",
        .examples = "  selkie pid\n"
                    "  selkie pid --workers 4 --accept per-worker --listen 127.0.0.1:0\n"
                    "  selkie pid --selector poll --keep-alive on\n",
        .initial =
            {{"listen", "localhost:12349"}, {"workers", "12"}, {"keep-alive", "off"}, {NULL, NULL}},
        .install = install_pid,
    },
};

const size_t command_count = sizeof(command_table) / sizeof(command_table[0]);
