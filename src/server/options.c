// SPDX-License-Identifier: MIT
/* See options.h. */
#include "server/options.h"

#include "engine/engine.h"
#include "http/http.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

/* Far more than clients that pipeline have under way, and a small part of a second even where each
 * of them keeps a handler busy for a millisecond. */
enum { TURN_REQUESTS_DEFAULT = 256 };

void selkie_options_init(struct selkie_options *options)
{
    *options = (struct selkie_options){
        .workers = SELKIE_WORKERS_AUTO,
        .keep_alive = true,
        .turn_requests = TURN_REQUESTS_DEFAULT,
        .idle_ms = 60 * 1000,
        .head_ms = 10 * 1000,
        .body_ms = 30 * 1000,
        .write_ms = 30 * 1000,
        .drain_ms = 30 * 1000,
        /* As Kestrel has it, whose grace is 5 s as well: slower than any modem. */
        .body_rate_min = 240,
        .write_rate_min = 240,
        .head_max = 16384,
        .fields_max = HTTP_FIELDS_MAX,
        .target_max = 8192, /* at least 8,000 for the request line: RFC 9112, 3 */
        .body_max = 1048576,
        /* Clients send no extensions; a signed chunk of Amazon S3 has about 100 bytes of them. */
        .chunk_line_max = 256,
        .trailer_max = 8192, /* what most servers allow a head */
    };
}

const char *selkie_bound_name(enum selkie_bound bound)
{
    static const char *const names[SELKIE_BOUND_COUNT] = {
        [SELKIE_BOUND_MAX_CONNECTIONS] = "max-connections",
        [SELKIE_BOUND_MAX_PER_ADDRESS] = "max-per-address",
        [SELKIE_BOUND_MAX_REQUESTS] = "max-requests",
        [SELKIE_BOUND_TURN_REQUESTS] = "turn-requests",
        [SELKIE_BOUND_TURN_BYTES] = "turn-bytes",
        [SELKIE_BOUND_IDLE_TIMEOUT] = "idle-timeout",
        [SELKIE_BOUND_HEAD_TIMEOUT] = "head-timeout",
        [SELKIE_BOUND_BODY_TIMEOUT] = "body-timeout",
        [SELKIE_BOUND_WRITE_TIMEOUT] = "write-timeout",
        [SELKIE_BOUND_MIN_BODY_RATE] = "min-body-rate",
        [SELKIE_BOUND_MIN_WRITE_RATE] = "min-write-rate",
        [SELKIE_BOUND_MAX_HEAD] = "max-head",
        [SELKIE_BOUND_MAX_FIELDS] = "max-fields",
        [SELKIE_BOUND_MAX_TARGET] = "max-target",
        [SELKIE_BOUND_MAX_BODY] = "max-body",
        [SELKIE_BOUND_MAX_CHUNK_LINE] = "max-chunk-line",
        [SELKIE_BOUND_MAX_TRAILER] = "max-trailer",
    };
    return (unsigned)bound < SELKIE_BOUND_COUNT ? names[bound] : NULL;
}

/* Time is kept in 32 bits, and half of them tell the past from the future. */
static int server_check_times(struct selkie_server *server)
{
    const struct selkie_options *options = &server->options;
    const uint32_t times[] = {options->idle_ms, options->head_ms, options->body_ms,
                              options->write_ms, options->drain_ms};
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        if (times[i] == 0 || times[i] > INT32_MAX)
            return server_fail(server, -EINVAL, "a time-out is not between 1 ms and 24 days");
    }
    return 0;
}

/* The server has other uses for some, and nobody may catch some others. Rings of a bell are behind
 * the signals. */
static bool signal_is_free(int signal)
{
    static const int others[] = {SIGTERM, SIGINT, SIGQUIT, SIGPIPE, SIGCHLD, SIGKILL, SIGSTOP};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        if (signal == others[i])
            return false;
    }
    return signal >= 0 && signal < NSIG;
}

/* A number that has to lie in a range. */
struct range {
    const char *what;
    uint64_t value, least, most;
};

static int server_check_ranges(struct selkie_server *server)
{
    const struct selkie_options *options = &server->options;
    const struct range ranges[] = {
        {"bytes of a request head", options->head_max, 64, INT32_MAX},
        {"fields of a head", options->fields_max, 1, HTTP_FIELDS_MAX},
        {"bytes of a request target", options->target_max, 1, INT32_MAX},
        {"bytes of a chunk-size line", options->chunk_line_max, 4, INT32_MAX},
        {"bytes of a trailer section", options->trailer_max, 2, INT32_MAX},
        {"requests a turn", options->turn_requests, 1, UINT16_MAX},
        {"bytes a turn", options->turn_bytes ? options->turn_bytes : ENGINE_TURN_BYTES_MIN,
         ENGINE_TURN_BYTES_MIN, ENGINE_TURN_BYTES_MAX},
    };
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
        const struct range *range = &ranges[i];
        if (range->value < range->least || range->value > range->most)
            return server_fail(server, -EINVAL, "%s: %llu is not between %llu and %llu",
                               range->what, (unsigned long long)range->value,
                               (unsigned long long)range->least, (unsigned long long)range->most);
    }
    return 0;
}

static bool server_listens_to_tcp(const struct selkie_server *server)
{
    for (size_t i = 0; i < server->listeners.count; i++) {
        if (strncmp(server->listeners.items[i].url, "unix:", 5) != 0)
            return true;
    }
    return false;
}

/* An option that does nothing beside the others is a mistake of who gave it. */
static int server_check_effects(struct selkie_server *server)
{
    const struct selkie_options *options = &server->options;
    if (options->max_requests > 0 && !options->keep_alive)
        return server_fail(server, -EINVAL,
                           "a bound of requests a connection has no effect without keep-alive: "
                           "leave it out, or turn keep-alive on");
    if (options->turn_requests != TURN_REQUESTS_DEFAULT && !options->keep_alive)
        return server_fail(server, -EINVAL,
                           "a bound of requests a turn has no effect without keep-alive: "
                           "leave it out, or turn keep-alive on");
    if (options->max_per_address > 0 && !server_listens_to_tcp(server))
        return server_fail(server, -EINVAL,
                           "a bound of connections a client has no effect on unix: sockets, whose "
                           "clients have no address: leave it out, or listen to TCP too");
    return 0;
}

int server_check_options(struct selkie_server *server)
{
    const struct selkie_options *options = &server->options;
    if (options->workers < SELKIE_WORKERS_NONE || options->workers > SELKIE_WORKERS_MAX)
        return server_fail(server, -EINVAL, "%d workers are not between 1 and %d", options->workers,
                           SELKIE_WORKERS_MAX);
    if (options->backlog < 0)
        return server_fail(server, -EINVAL, "the backlog is negative");
    if (!signal_is_free(options->report_signal))
        return server_fail(server, -EINVAL, "signal %d cannot report", options->report_signal);
    int error = server_check_times(server);
    if (!error)
        error = server_check_ranges(server);
    return error ? error : server_check_effects(server);
}
