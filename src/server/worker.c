// SPDX-License-Identifier: MIT
/*
 * See worker.h. One turn of its loop: wait, read the clock, let the engine tell what happened,
 * expire what took too long, see whether to accept. accept.c decides the last; connection.c does
 * the work.
 */
#include "server/worker.h"

#include "base/clock.h"
#include "server/accept.h"
#include "server/capacity.h"
#include "server/connection.h"
#include "server/drain.h"
#include "server/siblings.h"
#include "server/signals.h"
#include "server/timeouts.h"
#include "server/waiting.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>

static struct connection *connection_of(struct source *source)
{
    return (struct connection *)(void *)source;
}

static int on_acceptable(void *owner, struct source *listener)
{
    return worker_acceptable(owner, listener);
}

static void on_accepted(void *owner, int fd)
{
    connection_open(owner, fd);
}

static void on_accept_failed(void *owner, struct source *listener, int error)
{
    worker_accept_failed(owner, listener, error);
}

static void on_input(void *owner, struct source *source, struct span bytes)
{
    connection_input(owner, connection_of(source), bytes);
}

static void on_delivered(void *owner)
{
    connection_send_due(owner);
}

static int on_unsent(void *owner, struct source *source, struct span rest)
{
    return connection_unsent(owner, connection_of(source), rest);
}

static void on_writable(void *owner, struct source *source)
{
    connection_writable(owner, connection_of(source));
}

static void on_ended(void *owner, struct source *source, int error)
{
    connection_ended(owner, connection_of(source), error);
}

static void on_released(void *owner, struct source *source)
{
    struct worker *worker = owner;
    pool_return(&worker->connections, connection_of(source));
}

/* A signal to a server without workers, where the process is master and worker in one. */
static void worker_signalled(struct worker *worker, int signal)
{
    server_tell_signalled(worker->server, signal);
    if (signal == SIGQUIT || worker->draining)
        worker->ended = true;
    else
        worker_begin_drain(worker);
}

/* Without workers its own ring comes back to it: nobody has been told yet that it accepts. */
static void worker_tell_ready(struct worker *worker)
{
    struct selkie_server *server = worker->server;
    if (!worker->draining && server->options.ready)
        server->options.ready(server, server->options.data);
}

static void worker_note(struct worker *worker, char note)
{
    switch (note) {
    case BELL_ACCEPT:
        worker->asked_to_accept = true;
        break;
    case BELL_DRAIN:
    case BELL_STOP:
        worker_begin_drain(worker);
        break;
    case BELL_READY:
        worker_tell_ready(worker);
        break;
    case SIGTERM:
    case SIGINT:
    case SIGQUIT:
        worker_signalled(worker, note);
        break;
    default:
        if (note == worker->server->options.report_signal)
            server_tell_signalled(worker->server, note);
        break;
    }
}

static void on_missed(void *owner)
{
    struct worker *worker = owner;
    server_call_worker(worker->server, worker->number);
}

static void on_rung(void *owner, struct source *source)
{
    struct worker *worker = owner;
    char notes[64];
    if (source == &worker->lifeline) {
        worker->ended = true; /* the master has died: nobody looks after this worker any more */
        return;
    }
    struct bell bell = {.read_fd = source->fd};
    size_t count = bell_read(&bell, notes, sizeof notes);
    for (size_t i = 0; i < count; i++)
        worker_note(worker, notes[i]);
}

static const struct engine_calls worker_calls = {
    .acceptable = on_acceptable,
    .accepted = on_accepted,
    .accept_failed = on_accept_failed,
    .input = on_input,
    .delivered = on_delivered,
    .unsent = on_unsent,
    .writable = on_writable,
    .ended = on_ended,
    .missed = on_missed,
    .rung = on_rung,
    .released = on_released,
};

static void worker_set_active(struct worker *worker, unsigned active)
{
    worker->active = active;
    atomic_store_explicit(&worker->slot->active, active, memory_order_relaxed);
}

void worker_connection_opened(struct worker *worker)
{
    worker->is_starved = false;
    worker->has_accepted = true;
    SLOT_ADD(worker->slot->connections, 1);
    worker_set_active(worker, worker->active + 1);
}

void worker_connection_dropped(struct worker *worker, int fd)
{
    clients_remove(&worker->clients, fd);
    worker_set_active(worker, worker->active - 1);
}

void worker_connection_returned(struct worker *worker)
{
    worker_set_active(worker, worker->active + 1);
}

static int worker_open_buffers(struct worker *worker)
{
    worker->output.bytes = malloc(ARENA_SIZE);
    worker->fields.bytes = malloc(FIELDS_SIZE);
    worker->decoded.bytes = malloc(worker->server->options.head_max);
    if (!worker->output.bytes || !worker->fields.bytes || !worker->decoded.bytes)
        return server_fail(worker->server, -ENOMEM, "no memory for a worker");
    return 0;
}

static int worker_watch_bell(struct worker *worker, struct source *source, int fd)
{
    *source = (struct source){.fd = fd, .kind = SOURCE_BELL};
    int error = fd < 0 ? 0 : engine_watch(worker->engine, source);
    return error ? server_fail(worker->server, error, "cannot watch a pipe: %s", strerror(-error))
                 : 0;
}

static int worker_open_listeners(struct worker *worker)
{
    struct selkie_server *server = worker->server;
    struct listener_list *list = &server->listeners;
    unsigned count = 0;
    for (size_t i = 0; i < list->count; i++)
        count += list->items[i].count;
    worker->listeners = calloc(count + 1, sizeof *worker->listeners);
    if (!worker->listeners)
        return server_fail(server, -ENOMEM, "no memory for a worker");
    for (size_t i = 0; i < list->count; i++) {
        for (unsigned copy = 0; copy < list->items[i].count; copy++)
            worker->listeners[worker->listener_count++] =
                (struct source){.fd = list->items[i].fds[copy], .kind = SOURCE_LISTENER};
    }
    int error =
        server->options.listen_after_fork ? server_start_listening(server, worker->number) : 0;
    if (error)
        return error;
    error = worker_listen(worker);
    return error ? server_fail(server, error, "cannot wait for connections: %s", strerror(-error))
                 : 0;
}

/* Time is read once a turn; what happens in a turn happens at its time. */
static void worker_read_clock(struct worker *worker)
{
    int64_t now_ms = clock_monotonic_ms();
    worker->now_ms = (uint32_t)now_ms;
    if (now_ms < worker->date_until_ms)
        return;
    int64_t unix_ms = clock_unix_ms();
    http_date_format(unix_ms / 1000, worker->date);
    worker->date_until_ms = now_ms + 1000 - unix_ms % 1000;
}

int worker_open(struct worker *worker, struct selkie_server *server, unsigned number,
                const struct bell *bell, int lifeline)
{
    *worker = (struct worker){.server = server, .slot = &server->slots[number], .number = number};
    pool_init(&worker->connections, sizeof(struct connection));
    list_init(&worker->held);
    worker_open_timeouts(worker);
    worker_read_clock(worker);
    int error = worker_open_engine(worker, &worker_calls);
    if (!error)
        error = worker_open_buffers(worker);
    if (!error)
        error = worker_set_capacity(worker, bell->read_fd);
    if (!error)
        error = worker_watch_bell(worker, &worker->bell, bell->read_fd);
    if (!error)
        error = worker_watch_bell(worker, &worker->lifeline, lifeline);
    if (!error)
        error = worker_open_listeners(worker);
    if (error)
        worker_close(worker);
    return error;
}

/* How long the worker may wait: until the first time-out, or the next thing it wants to look at. */
static int worker_wait_ms(const struct worker *worker)
{
    if (!list_is_empty(&worker->held))
        return 0;
    int wait_ms = sooner(worker_listening_wait(worker), worker_timeouts_wait(worker));
    if (!worker->draining)
        return wait_ms;
    int32_t left = (int32_t)(worker->drain_until_ms - worker->now_ms);
    bool has_to_look = !worker->idle_are_closed || worker->active == 0;
    return has_to_look ? 0 : sooner(wait_ms, left < 0 ? 0 : left);
}

/* The requests that had to wait for this turn. Those that have to wait once more are put at the
 * end. */
static void worker_take_held(struct worker *worker)
{
    struct list held;
    if (list_is_empty(&worker->held))
        return;
    list_init(&held);
    list_take_all(&held, &worker->held);
    while (!list_is_empty(&held)) {
        struct intake *intake = LIST_MEMBER(held.next, struct intake, held);
        list_remove(&intake->held);
        connection_take_turn(worker, intake->of);
    }
}

int worker_turn(struct worker *worker, int wait_ms)
{
    int error = engine_wait(worker->engine, sooner(wait_ms, worker_wait_ms(worker)));
    if (error && error != -EINTR)
        return server_fail(worker->server, error, "%s does not wait: %s",
                           engine_name(worker->engine), strerror(-error));
    output_reset(worker);
    worker_read_clock(worker);
    worker->turn++;
    worker->input_length = 0;
    worker_take_held(worker);
    engine_dispatch(worker->engine);
    worker_expire(worker);
    worker_review_listening(worker);
    if (worker->draining)
        worker_drain(worker);
    return 0;
}

static int worker_run(struct worker *worker)
{
    int error = 0;
    while (!worker->ended && !error)
        error = worker_turn(worker, -1);
    return error;
}

void worker_close(struct worker *worker)
{
    if (worker->engine) {
        for (int i = 0; i < AWAITS_COUNT; i++)
            worker_drop_all(worker, (enum awaited)i);
        engine_close(worker->engine);
    }
    clients_fini(&worker->clients);
    intake_store_fini(&worker->intakes);
    pool_fini(&worker->connections);
    free(worker->listeners);
    free(worker->output.bytes);
    free(worker->fields.bytes);
    free(worker->decoded.bytes);
}

int worker_serve(struct selkie_server *server, unsigned number, const struct bell *bell,
                 int lifeline)
{
    struct worker *worker = malloc(sizeof *worker);
    if (!worker)
        return server_fail(server, -ENOMEM, "no memory for a worker");
    int error = worker_open(worker, server, number, bell, lifeline);
    if (!error) {
        bell_ring(&server->bell, BELL_READY);
        error = worker_run(worker);
        worker_close(worker);
    }
    free(worker);
    return error;
}
