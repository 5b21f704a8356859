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

#define FIELD(field) offsetof(struct settings, field), sizeof(((struct settings *)NULL)->field)
#define DAY_MS (INT64_C(24) * 60 * 60 * 1000)

const struct option option_table[] = {
    {"body", "TEXT", OPTION_TEXT, COMMAND_RESPOND,
     "The body of every response. The statuses 204, 205 and 304 have none.", FIELD(body), 0, 0},
    {"content-type", "TYPE", OPTION_TEXT, COMMAND_RESPOND, "The Content-Type of every response.",
     FIELD(content_type), 0, 0},
    {"status", "N", OPTION_COUNT, COMMAND_RESPOND, "Its status, 200 to 599.", FIELD(status), 200,
     599},
    {"listen", "ADDRESS", OPTION_ADDRESS, COMMAND_ANY,
     "host:port, :port (all addresses), [v6]:port, unix:/path or fd:N (an inherited socket); port "
     "0 takes a free one. Repeatable; replaces the default.",
     FIELD(listen), 0, 0},
    {"workers", "N|auto", OPTION_COUNT, COMMAND_ANY,
     "Processes that serve; auto: one for each CPU that this process may use.",
     FIELD(options.workers), 1, SELKIE_WORKERS_MAX},
    {"selector", "auto|io_uring|epoll|kqueue|poll|select", OPTION_WORD, COMMAND_ANY,
     "How a worker waits for its connections; auto: the best of this system.",
     FIELD(options.selector), 0, 0},
    {"trigger", "edge|level", OPTION_CHOICE, COMMAND_ANY,
     "Whether the selector reports changes or states. The default is edge where the selector can "
     "(epoll, kqueue), else level.",
     FIELD(options.trigger), SELKIE_TRIGGER_EDGE, SELKIE_TRIGGER_LEVEL},
    {"accept", "shared|per-worker", OPTION_CHOICE, COMMAND_ANY,
     "One socket for each address, or one for each address and worker (SO_REUSEPORT).",
     FIELD(options.accept), SELKIE_ACCEPT_SHARED, SELKIE_ACCEPT_PER_WORKER},
    {"listen-after-fork", NULL, OPTION_SWITCH, COMMAND_ANY,
     "Each worker calls listen(2), not the master.", FIELD(options.listen_after_fork), 0, 1},
    {"backlog", "N", OPTION_COUNT, COMMAND_ANY,
     "Connections that may wait to be accepted. The default is net.core.somaxconn, at most 4096.",
     FIELD(options.backlog), 1, INT_MAX},
    {"defer-accept", "on|off", OPTION_SWITCH, COMMAND_ANY,
     "on: accept a connection when its first bytes have come, or a second later "
     "(TCP_DEFER_ACCEPT): cheaper, but a client still silent when the server stops is reset.",
     FIELD(options.defer_accept), 0, 1},
    {"keep-alive", "on|off", OPTION_SWITCH, COMMAND_ANY,
     "off: close after each response, announced in it.", FIELD(options.keep_alive), 0, 1},
    {"max-connections", "N", OPTION_COUNT, COMMAND_ANY,
     "Open connections of one worker. The default is what the descriptor limit allows, which is "
     "raised to its hard limit.",
     FIELD(options.max_connections), 1, INT_MAX},
    {"max-per-address", "N", OPTION_COUNT, COMMAND_ANY,
     "Connections of one client address, of an IPv6 /64 together, in one worker; the others get "
     "429. The default is no bound.",
     FIELD(options.max_per_address), 1, INT_MAX},
    {"max-requests", "N", OPTION_COUNT, COMMAND_ANY,
     "Requests of a connection; the last response says close. The default is no bound.",
     FIELD(options.max_requests), 1, INT_MAX},
    {"turn-requests", "N", OPTION_COUNT, COMMAND_ANY,
     "Requests of a connection that are served before the others have their turn.",
     FIELD(options.turn_requests), 1, UINT16_MAX},
    {"turn-bytes", "SIZE", OPTION_SIZE, COMMAND_ANY,
     "The same in bytes of input. The default is 128K over io_uring, 32K over a selector.",
     FIELD(options.turn_bytes), 16 << 10, 1 << 20},
    {"idle-timeout", "DURATION", OPTION_DURATION, COMMAND_ANY,
     "A connection without a request is closed.", FIELD(options.idle_ms), 1, DAY_MS},
    {"head-timeout", "DURATION", OPTION_DURATION, COMMAND_ANY,
     "From the first byte of a request head to its last.", FIELD(options.head_ms), 1, DAY_MS},
    {"body-timeout", "DURATION", OPTION_DURATION, COMMAND_ANY,
     "Between two pieces of a request body.", FIELD(options.body_ms), 1, DAY_MS},
    {"write-timeout", "DURATION", OPTION_DURATION, COMMAND_ANY,
     "For the client to take a piece of a response.", FIELD(options.write_ms), 1, DAY_MS},
    {"drain-timeout", "DURATION", OPTION_DURATION, COMMAND_ANY,
     "From SIGTERM or SIGINT to the end of the last busy connection.", FIELD(options.drain_ms), 1,
     DAY_MS},
    {"min-body-rate", "SIZE", OPTION_SIZE, COMMAND_ANY,
     "Bytes a second of a request body behind its first 5 seconds; 0: no bound.",
     FIELD(options.body_rate_min), 0, 1 << 30},
    {"min-write-rate", "SIZE", OPTION_SIZE, COMMAND_ANY,
     "The same of responses that the client takes.", FIELD(options.write_rate_min), 0, 1 << 30},
    {"max-head", "SIZE", OPTION_SIZE, COMMAND_ANY, "Bytes of a request head.",
     FIELD(options.head_max), 256, 1 << 20},
    {"max-fields", "N", OPTION_COUNT, COMMAND_ANY, "Fields of a request head.",
     FIELD(options.fields_max), 1, 100},
    {"max-target", "SIZE", OPTION_SIZE, COMMAND_ANY, "Bytes of a request target.",
     FIELD(options.target_max), 1, 1 << 20},
    {"max-body", "SIZE", OPTION_SIZE, COMMAND_ANY, "Bytes of a request body.",
     FIELD(options.body_max), 0, 1 << 30},
    {"max-chunk-line", "SIZE", OPTION_SIZE, COMMAND_ANY,
     "Bytes of a chunk-size line, of which the chunk extensions are most.",
     FIELD(options.chunk_line_max), 4, 1 << 20},
    {"max-trailer", "SIZE", OPTION_SIZE, COMMAND_ANY,
     "Bytes of the trailer section behind a chunked body.", FIELD(options.trailer_max), 2, 1 << 20},
    {"log-level", "error|warning|info", OPTION_CHOICE, COMMAND_ANY,
     "What is said on stderr: failures, also lost workers, also the choices made at start.",
     FIELD(log_level), SELKIE_LOG_ERROR, SELKIE_LOG_INFO},
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
