// SPDX-License-Identifier: MIT
/*
 * The commands that serve: their words for --help, the defaults in which they differ from the
 * library, and how each installs its handler. main finds a command here, help.c describes it,
 * serve.c runs it.
 */
#include "cli/cli.h"
#include "handlers/pid.h"
#include "handlers/respond.h"
#include "http/http.h"

#include <string.h>

static void listen_by_default(struct settings *settings, const char *address)
{
    settings->listen[0] = address;
    settings->listen_count = 1;
}

static void set_defaults_respond(struct settings *settings)
{
    listen_by_default(settings, "localhost:8081");
    settings->options.workers = 8;
    settings->body = "ok";
    settings->content_type = "text/plain";
    settings->status = 200;
}

static void set_defaults_pid(struct settings *settings)
{
    listen_by_default(settings, "localhost:12349");
    settings->options.workers = 12;
    settings->options.keep_alive = false;
}

/* 205 announces its empty content, and may have no other (RFC 9110, 15.3.6). */
static bool status_has_body(int status)
{
    return status != 205 && !http_status_bodyless(status);
}

static int check_respond(const struct settings *settings)
{
    static const char *const of_a_body[] = {"body", "content-type"};

    for (size_t index = 0; index < 2; index++)
        if (!status_has_body(settings->status) && settings_given(settings, of_a_body[index]))
            return say_usage("--%s: a response with status %d has no body: leave it out, or give "
                             "another --status",
                             of_a_body[index], settings->status);
    if (*settings->content_type == '\0' || !http_is_field_value(span_of(settings->content_type)))
        return say_usage("--content-type %s: give a media type, text/plain for one",
                         settings->content_type);
    return 0;
}

static int install_respond(struct selkie_server *server, const struct settings *settings)
{
    /* The handler borrows its options for as long as the server lives, which is until the end. */
    static struct respond_options options;

    options = (struct respond_options){.status = settings->status};
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
        .summary = "Answers every request of a standard method with one fixed response.",
        .examples = "  selkie respond\n"
                    "  selkie respond --body 'down for repairs' --status 503 --listen :8080\n"
                    "  SELKIE_WORKERS=auto selkie respond --listen unix:/run/selkie.sock\n",
        .set_defaults = set_defaults_respond,
        .check = check_respond,
        .install = install_respond,
    },
    {
        .id = COMMAND_PID,
        .name = "pid",
        .summary = "Answers every request of a standard method with the worker's pid, and closes.",
        .examples = "  selkie pid\n"
                    "  selkie pid --workers 4 --accept per-worker --listen 127.0.0.1:0\n"
                    "  selkie pid --selector poll --keep-alive on\n",
        .set_defaults = set_defaults_pid,
        .install = install_pid,
    },
};

const size_t command_count = sizeof(command_table) / sizeof(command_table[0]);
