// SPDX-License-Identifier: MIT
/*
 * The table of all options. It drives the command line, the environment, --help and the checks of
 * values, so that none of them can know an option that the others do not. Everybody in the program
 * asks for options here.
 */
#include "cli/cli.h"

#include <ctype.h>
#include <limits.h>
#include <string.h>

#define NUMBER(field) offsetof(struct settings, field)
#define HOUR_MS INT64_C(3600000)

const struct option option_table[] = {
    {"body", "TEXT", OPTION_TEXT, COMMAND_RESPOND, "ok",
     "The body of every response. The statuses 204, 205 and 304 have none.",
     offsetof(struct settings, body), 0, 0},
    {"content-type", "TYPE", OPTION_TEXT, COMMAND_RESPOND, "text/plain",
     "The Content-Type of every response.", offsetof(struct settings, content_type), 0, 0},
    {"status", "N", OPTION_COUNT, COMMAND_RESPOND, "200", "Its status, 200 to 599.", NUMBER(status),
     200, 599},
    {"listen", "ADDRESS", OPTION_ADDRESS, COMMAND_ANY, NULL,
     "host:port, :port (all addresses), [v6]:port, unix:/path or fd:N (an inherited socket); port "
     "0 "
     "takes a free one. Repeatable; replaces the default.",
     0, 0, 0},
    {"workers", "N|auto", OPTION_COUNT, COMMAND_ANY, "auto",
     "Processes that serve; auto: one for each CPU that this process may use.", NUMBER(workers), 1,
     SELKIE_WORKERS_MAX},
    {"selector", "auto|epoll|kqueue|poll|select", OPTION_CHOICE, COMMAND_ANY, "auto",
     "How a worker waits for its connections; auto: the best of this system.", NUMBER(selector), 0,
     0},
    {"trigger", "edge|level", OPTION_CHOICE, COMMAND_ANY, NULL,
     "Whether the selector reports changes or states. The default is edge where the selector can "
     "(epoll, kqueue), else level.",
     NUMBER(trigger), 0, 0},
    {"accept", "shared|per-worker", OPTION_CHOICE, COMMAND_ANY, "shared",
     "One socket for each address, or one for each address and worker (SO_REUSEPORT).",
     NUMBER(accept), 0, 0},
    {"listen-after-fork", NULL, OPTION_SWITCH, COMMAND_ANY, "off",
     "Each worker calls listen(2), not the master.", NUMBER(listen_after_fork), 0, 0},
    {"backlog", "N", OPTION_COUNT, COMMAND_ANY, NULL,
     "Connections that may wait to be accepted. The default is net.core.somaxconn, at most 4096.",
     NUMBER(backlog), 1, INT_MAX},
    {"keep-alive", "on|off", OPTION_CHOICE, COMMAND_ANY, "on",
     "off: close after each response, announced in it.", NUMBER(keep_alive), 0, 0},
    {"max-connections", "N", OPTION_COUNT, COMMAND_ANY, NULL,
     "Open connections of one worker. The default is what the descriptor limit allows, which is "
     "raised to its hard limit.",
     NUMBER(max_connections), 1, INT_MAX},
    {"idle-timeout", "DURATION", OPTION_DURATION, COMMAND_ANY, "60s",
     "A connection without a request is closed.", NUMBER(idle_ms), 1, 24 * HOUR_MS},
    {"head-timeout", "DURATION", OPTION_DURATION, COMMAND_ANY, "10s",
     "From the first byte of a request head to its last.", NUMBER(head_ms), 1, 24 * HOUR_MS},
    {"body-timeout", "DURATION", OPTION_DURATION, COMMAND_ANY, "30s",
     "Between two pieces of a request body.", NUMBER(body_ms), 1, 24 * HOUR_MS},
    {"write-timeout", "DURATION", OPTION_DURATION, COMMAND_ANY, "30s",
     "For the client to take a piece of a response.", NUMBER(write_ms), 1, 24 * HOUR_MS},
    {"drain-timeout", "DURATION", OPTION_DURATION, COMMAND_ANY, "30s",
     "From SIGTERM or SIGINT to the end of the last busy connection.", NUMBER(drain_ms), 1,
     24 * HOUR_MS},
    {"max-head", "SIZE", OPTION_SIZE, COMMAND_ANY, "16k", "Bytes of a request head.",
     NUMBER(head_max), 256, 1 << 20},
    {"max-body", "SIZE", OPTION_SIZE, COMMAND_ANY, "1M", "Bytes of a request body.",
     NUMBER(body_max), 0, 1 << 30},
    {"log-level", "error|warning|info", OPTION_CHOICE, COMMAND_ANY, "warning",
     "What is said on stderr: failures, also lost workers, also the choices made at start.",
     NUMBER(log_level), 0, 0},
};

const size_t option_count = sizeof(option_table) / sizeof(option_table[0]);
_Static_assert(sizeof(option_table) / sizeof(option_table[0]) <= OPTIONS_MAX,
               "settings.given has a bit for each option");

const struct option *option_find(enum command_id command, const char *name, size_t length)
{
    for (size_t index = 0; index < option_count; index++) {
        const struct option *option = &option_table[index];

        if ((option->commands & command) != 0 && strlen(option->name) == length &&
            memcmp(option->name, name, length) == 0)
            return option;
    }
    return NULL;
}

const char *option_initial(const struct option *option, const struct command *command)
{
    for (size_t index = 0; command->initial[index].option != NULL; index++)
        if (strcmp(command->initial[index].option, option->name) == 0)
            return command->initial[index].text;
    return option->initial;
}

void option_variable(const struct option *option, char *to, size_t size)
{
    (void)snprintf(to, size, "SELKIE_%s", option->name);
    for (; *to != '\0'; to++)
        *to = *to == '-' ? '_' : (char)toupper((unsigned char)*to);
}

const struct option *option_suggest(enum command_id command, const char *word)
{
    for (size_t index = 0; index < option_count; index++)
        if ((option_table[index].commands & command) != 0 &&
            suggest_near(word, option_table[index].name))
            return &option_table[index];
    return NULL;
}
