// SPDX-License-Identifier: MIT
/*
 * The server as its user has it (selkie/server.h): made, given addresses and routes, run, stopped.
 * What runs is in master.c and worker.c; this file prepares it and says what went wrong.
 */
#include "server/server.h"

#include "server/capacity.h"
#include "server/cpus.h"
#include "server/listen_backlog.h"
#include "server/options.h"
#include "server/signals.h"
#include "server/worker.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

int server_fail(struct selkie_server *server, int error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(server->error, sizeof server->error, format, arguments);
    va_end(arguments);
    return error;
}

void server_log(const struct selkie_server *server, enum selkie_level level, const char *format,
                ...)
{
    if (!server->options.log)
        return;
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    server->options.log(level, text, server->options.data);
}

void server_tell_signalled(struct selkie_server *server, int signal)
{
    if (signal != server->options.report_signal)
        server_log(server, SELKIE_LOG_INFO, "shutting down on %s", signal_name(signal));
    if (server->options.signalled)
        server->options.signalled(server, signal, server->options.data);
}

static void server_set_workers(struct selkie_server *server)
{
    struct selkie_options *options = &server->options;
    server->is_single = options->workers == SELKIE_WORKERS_NONE;
    if (options->workers == SELKIE_WORKERS_AUTO)
        options->workers = cpus_usable();
    /* What is out of range is kept, and refused with a reason by server_check. */
    bool in_range = options->workers > 0 && options->workers <= SELKIE_WORKERS_MAX;
    server->worker_count = in_range ? (unsigned)options->workers : 1;
}

/* Makes what the processes share. Returns 0 or a negative errno. */
static int server_open_shared(struct selkie_server *server)
{
    server->slots = slots_map(server->worker_count);
    if (!server->slots)
        return -errno;
    server->router = router_new();
    return server->router ? bell_open(&server->bell) : -ENOMEM;
}

struct selkie_server *selkie_server_new(const struct selkie_options *options)
{
    struct selkie_server *server = calloc(1, sizeof *server);
    if (!server)
        return NULL;
    selkie_options_init(&server->options);
    if (options)
        server->options = *options;
    server->bell = (struct bell){.read_fd = -1, .write_fd = -1};
    server_set_workers(server);
    int error = server_open_shared(server);
    if (error) {
        selkie_server_free(server);
        errno = -error;
        return NULL;
    }
    return server;
}

void selkie_server_free(struct selkie_server *server)
{
    if (!server)
        return;
    listener_list_close(&server->listeners);
    router_free(server->router);
    slots_unmap(server->slots, server->worker_count);
    if (server->bell.read_fd >= 0)
        bell_close(&server->bell);
    free(server);
}

int selkie_server_listen(struct selkie_server *server, const char *where)
{
    bool per_worker = server->options.accept == SELKIE_ACCEPT_PER_WORKER;
    return listener_list_open(&server->listeners, where, per_worker ? server->worker_count : 1,
                              server->error, sizeof server->error);
}

const char *selkie_server_url(const struct selkie_server *server, size_t index)
{
    return index < server->listeners.count ? server->listeners.items[index].url : NULL;
}

static int server_route(struct selkie_server *server, const char *pattern,
                        selkie_handler_fn *handler, void *data, bool ignores_body)
{
    const char *why = "";
    struct route_target target = {handler, data, ignores_body};
    int error = router_add(server->router, pattern, &target, &why);
    return error ? server_fail(server, error, "%s", why) : 0;
}

int selkie_server_route(struct selkie_server *server, const char *pattern,
                        selkie_handler_fn *handler, void *data)
{
    return server_route(server, pattern, handler, data, false);
}

int selkie_server_route_ignoring_body(struct selkie_server *server, const char *pattern,
                                      selkie_handler_fn *handler, void *data)
{
    return server_route(server, pattern, handler, data, true);
}

const char *selkie_server_error(const struct selkie_server *server)
{
    return server->error;
}

void selkie_server_counters(const struct selkie_server *server, struct selkie_counters *out)
{
    *out = (struct selkie_counters){0};
    for (unsigned i = 0; i < server->worker_count; i++) {
        out->connections += SLOT_READ(server->slots[i].connections);
        out->responses += SLOT_READ(server->slots[i].responses);
        out->active += SLOT_READ(server->slots[i].active);
        for (int bound = 0; bound < SELKIE_BOUND_COUNT; bound++)
            out->reached[bound] += SLOT_READ(server->slots[i].reached[bound]);
    }
}

static int server_fail_to_listen(struct selkie_server *server, const struct listener *listener,
                                 int error)
{
    return server_fail(server, error, "cannot listen on %s: %s", listener->url,
                       listener_advice(error));
}

int server_start_listening(struct selkie_server *server, unsigned number)
{
    for (size_t i = 0; i < server->listeners.count; i++) {
        struct listener *listener = &server->listeners.items[i];
        unsigned copy = listener->count == 1 ? 0 : number;
        int error = listener_listen(listener, copy, server->options.backlog);
        if (error)
            return server_fail_to_listen(server, listener, error);
    }
    return 0;
}

/* Binds the sockets of the workers, before the fork: the master keeps them all. */
static int server_spread_listeners(struct selkie_server *server)
{
    for (size_t i = 0; i < server->listeners.count; i++) {
        struct listener *listener = &server->listeners.items[i];
        int error = listener->copies > 1 ? listener_spread(listener, server->options.backlog) : 0;
        if (error)
            return server_fail_to_listen(server, listener, error);
    }
    return 0;
}

/* Of several addresses some may be unix: sockets, which have nothing to defer. */
static int server_defer_accept(struct selkie_server *server)
{
    size_t deferred = 0;
    for (size_t i = 0; i < server->listeners.count; i++)
        deferred += listener_defer_accept(&server->listeners.items[i]) == 0;
    if (deferred > 0)
        return 0;
    return server_fail(server, -ENOTSUP,
                       "cannot defer accepting: this takes Linux and an address that is TCP");
}

static void server_set_backlog(struct selkie_server *server)
{
    int *backlog = &server->options.backlog;
    int most = listen_backlog_most();
    if (*backlog > most)
        server_log(server, SELKIE_LOG_WARNING,
                   "backlog %d: the kernel cuts it to net.core.somaxconn, %d", *backlog, most);
    if (*backlog == 0)
        *backlog = listen_backlog_default();
}

static int server_prepare_listeners(struct selkie_server *server)
{
    bool per_worker = server->options.accept == SELKIE_ACCEPT_PER_WORKER;
    unsigned numbers = per_worker ? server->worker_count : 1;
    server_set_backlog(server);
    int error = server_spread_listeners(server);
    for (unsigned i = 0; i < numbers && !error && !server->options.listen_after_fork; i++)
        error = server_start_listening(server, i);
    if (!error && server->options.defer_accept)
        error = server_defer_accept(server);
    return error;
}

static void server_close_worker_bells(struct selkie_server *server, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        bell_close(&server->worker_bells[i]);
    free(server->worker_bells);
    server->worker_bells = NULL;
}

static int server_open_worker_bells(struct selkie_server *server)
{
    server->worker_bells = calloc(server->worker_count, sizeof *server->worker_bells);
    if (!server->worker_bells)
        return server_fail(server, -ENOMEM, "no memory for the workers");
    for (unsigned i = 0; i < server->worker_count; i++) {
        int error = bell_open(&server->worker_bells[i]);
        if (error) {
            server_close_worker_bells(server, i);
            return server_fail(server, error, "cannot open a pipe: %s", strerror(-error));
        }
    }
    return 0;
}

static int server_run_with_signals(struct selkie_server *server)
{
    int error = signals_take(&server->bell, !server->is_single, server->options.report_signal);
    if (error)
        return server_fail(server, error, "a server runs in this process already");
    error = server->is_single ? worker_serve(server, 0, &server->bell, -1) : master_run(server);
    signals_restore();
    return error;
}

int selkie_server_run(struct selkie_server *server)
{
    if (server->listeners.count == 0)
        return server_fail(server, -EINVAL, "no address to listen on; call selkie_server_listen");
    int error = server_check_options(server);
    if (error)
        return error;
    capacity_raise();
    error = server_prepare_listeners(server);
    if (!error)
        error = server_open_worker_bells(server);
    if (error)
        return error;
    error = server_run_with_signals(server);
    server_close_worker_bells(server, server->worker_count);
    listener_list_close(&server->listeners);
    return error;
}

void selkie_server_stop(struct selkie_server *server)
{
    bell_ring(&server->bell, BELL_STOP);
}

const char *selkie_version(void)
{
    return SELKIE_VERSION;
}
