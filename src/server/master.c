// SPDX-License-Identifier: MIT
/*
 * The master: forks a worker for each slot, replaces the ones that die, and ends them. It owns the
 * listeners and never reads a byte from the network. It sleeps in poll(2) on its bell, which
 * signals and workers ring.
 */
#include "base/clock.h"
#include "server/accept.h"
#include "server/child.h"
#include "server/server.h"
#include "server/siblings.h"
#include "server/signals.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    /* Until the next try when there is no process to be had. */
    FORK_AGAIN_MS = 5000,
    /* Workers end themselves at the drain time-out; one that hangs in a handler is killed so much
     * later. */
    KILL_AFTER_MS = 1000,
};

struct master {
    struct selkie_server *server;
    struct child *children; /* owned, one a slot */
    unsigned living;
    int lifeline[2]; /* the workers hold the read end; the write end closes when the master dies */
    int64_t now_ms;
    int64_t kill_at_ms; /* of a drain */
    bool was_ready;     /* all workers have accepted at the same time once */
    bool draining;
    int error; /* why the server ends, if not because it was told to */
};

static void master_fork(struct master *master, unsigned number)
{
    struct selkie_server *server = master->server;
    struct child *child = &master->children[number];
    int error = child_fork(child, server, number, master->lifeline, master->now_ms);
    if (!error) {
        master->living++;
        return;
    }
    child->born_again_ms = master->now_ms + FORK_AGAIN_MS;
    server_log(server, SELKIE_LOG_ERROR, "cannot fork worker %u: %s; trying again in %d s", number,
               strerror(-error), FORK_AGAIN_MS / 1000);
}

static void master_signal(const struct master *master, int signal)
{
    for (unsigned i = 0; i < master->server->worker_count; i++) {
        if (master->children[i].pid > 0)
            kill(master->children[i].pid, signal);
    }
}

static void master_begin_drain(struct master *master)
{
    struct selkie_server *server = master->server;
    if (master->draining)
        return;
    master->draining = true;
    master->kill_at_ms = master->now_ms + server->options.drain_ms + KILL_AFTER_MS;
    for (unsigned i = 0; i < server->worker_count; i++)
        bell_ring(&server->worker_bells[i], BELL_DRAIN);
    /* Each worker closes its own copies once it has accepted what waits; with the last the
     * addresses are free. */
    listener_list_close(&server->listeners);
}

/* Ends the server because it cannot go on. */
static void master_give_up(struct master *master, int error)
{
    master->error = error;
    master->draining = true;
    master->kill_at_ms = master->now_ms;
}

/* Whether no worker has lived for a while, in any slot. */
static bool master_cannot_live(const struct master *master)
{
    for (unsigned i = 0; i < master->server->worker_count; i++) {
        if (!child_is_hopeless(&master->children[i]))
            return false;
    }
    return true;
}

/* Decides what follows the death of a worker that nobody has asked to end. */
static void master_replace(struct master *master, unsigned number, int status)
{
    struct selkie_server *server = master->server;
    struct child *child = &master->children[number];
    const struct slot *slot = &server->slots[number];
    if (SLOT_READ(slot->state) == SLOT_FAILED && !master->was_ready) {
        master_give_up(master, server_fail(server, slot->error, "%s", slot->why));
        return;
    }
    char end[256];
    child_describe_end(slot, status, end, sizeof end);
    child_plan_successor(child, slot, status, master->now_ms);
    if (master_cannot_live(master)) {
        master_give_up(master, server_fail(server, -ECHILD,
                                           "no worker can live: the last one %s, %d times in a row",
                                           end, child->stillbirths));
        return;
    }
    server_log(server, SELKIE_LOG_WARNING, "worker %u (pid %d) %s; a new one starts in %lld ms",
               number, (int)child->pid, end, (long long)(child->born_again_ms - master->now_ms));
}

static void master_bury(struct master *master, unsigned number, int status)
{
    struct slot *slot = &master->server->slots[number];
    if (!master->draining)
        master_replace(master, number, status);
    master->children[number].pid = 0;
    master->living--;
    atomic_store(&slot->active, 0);
    atomic_store(&slot->state, SLOT_EMPTY);
}

/* Only the workers are waited for: the program around the server may have children of its own. */
static void master_reap(struct master *master)
{
    for (unsigned i = 0; i < master->server->worker_count; i++) {
        int status;
        pid_t pid = master->children[i].pid;
        pid_t ended = pid > 0 ? waitpid(pid, &status, WNOHANG) : 0;
        if (ended < 0 && errno == ECHILD) {
            ended = pid; /* the program around the server has reaped it before us */
            status = 0;
        }
        if (ended > 0)
            master_bury(master, i, status);
    }
}

static void master_tell_ready(struct master *master)
{
    struct selkie_server *server = master->server;
    if (master->was_ready || master->draining)
        return;
    for (unsigned i = 0; i < server->worker_count; i++) {
        if (SLOT_READ(server->slots[i].state) < SLOT_ACCEPTING ||
            SLOT_READ(server->slots[i].state) > SLOT_FULL)
            return;
    }
    master->was_ready = true;
    if (server->options.ready)
        server->options.ready(server, server->options.data);
}

static void master_signalled(struct master *master, int signal)
{
    server_tell_signalled(master->server, signal);
    if (signal == SIGQUIT || master->draining)
        master->kill_at_ms = master->now_ms;
    else
        master_begin_drain(master);
    master->draining = true;
}

static void master_note(struct master *master, char note)
{
    switch (note) {
    case SIGTERM:
    case SIGINT:
    case SIGQUIT:
        master_signalled(master, note);
        break;
    case BELL_STOP:
        master_begin_drain(master);
        break;
    default: /* or a child has ended, or a worker accepts: looked at after every ring */
        if (note == master->server->options.report_signal)
            server_tell_signalled(master->server, note);
        break;
    }
}

static void master_listen_to_bell(struct master *master)
{
    char notes[64];
    size_t count = bell_read(&master->server->bell, notes, sizeof notes);
    for (size_t i = 0; i < count; i++)
        master_note(master, notes[i]);
    master_tell_ready(master);
    master_reap(master);
}

static void master_fork_due(struct master *master)
{
    for (unsigned i = 0; i < master->server->worker_count && !master->draining; i++) {
        struct child *child = &master->children[i];
        if (child->pid == 0 && master->now_ms >= child->born_again_ms)
            master_fork(master, i);
    }
}

/* Has the living workers accept from the sockets of those that are to be born again, where each has
 * its own. Returns whether there are any. */
static bool master_accept_for_dead(const struct master *master)
{
    struct selkie_server *server = master->server;
    if (master->draining || server->options.accept != SELKIE_ACCEPT_PER_WORKER)
        return false;
    for (unsigned i = 0; i < server->worker_count; i++) {
        if (master->children[i].pid != 0)
            continue;
        server_call_worker(server, i);
        return true;
    }
    return false;
}

/* Milliseconds until there is something to do without a ring, or -1. */
static int master_wait_ms(const struct master *master)
{
    int64_t next_ms = master->draining ? master->kill_at_ms : INT64_MAX;
    for (unsigned i = 0; i < master->server->worker_count && !master->draining; i++) {
        const struct child *child = &master->children[i];
        if (child->pid == 0 && child->born_again_ms < next_ms)
            next_ms = child->born_again_ms;
    }
    if (next_ms == INT64_MAX)
        return -1;
    int64_t wait_ms = next_ms - clock_monotonic_ms();
    if (wait_ms > INT32_MAX)
        return INT32_MAX;
    return wait_ms > 0 ? (int)wait_ms : 0;
}

static void master_supervise(struct master *master)
{
    struct pollfd bell = {.fd = master->server->bell.read_fd, .events = POLLIN};
    while (!master->draining || master->living > 0) {
        master->now_ms = clock_monotonic_ms();
        master_fork_due(master);
        int wait_ms = master_wait_ms(master);
        if (master_accept_for_dead(master) && wait_ms > ACCEPT_FOR_OTHERS_MS)
            wait_ms = ACCEPT_FOR_OTHERS_MS;
        poll(&bell, 1, wait_ms);
        master->now_ms = clock_monotonic_ms();
        master_listen_to_bell(master);
        if (master->draining && master->now_ms >= master->kill_at_ms) {
            master_signal(master, SIGKILL);
            master->kill_at_ms = INT64_MAX;
        }
    }
}

int master_run(struct selkie_server *server)
{
    struct master master = {.server = server, .now_ms = clock_monotonic_ms()};
    master.children = calloc(server->worker_count, sizeof *master.children);
    if (!master.children)
        return server_fail(server, -ENOMEM, "no memory for the workers");
    if (pipe2(master.lifeline, O_CLOEXEC) != 0) {
        int error = -errno;
        free(master.children);
        return server_fail(server, error, "cannot open a pipe: %s", strerror(-error));
    }
    master_supervise(&master);
    close(master.lifeline[0]);
    close(master.lifeline[1]);
    free(master.children);
    return master.error;
}
