// SPDX-License-Identifier: MIT
/*
 * The master: forks a worker for each slot, replaces the ones that die, and ends them. It owns the
 * listeners and never reads a byte from the network. It sleeps in poll(2) on its bell, which
 * signals and workers ring.
 */
#include "base/clock.h"
#include "server/server.h"
#include "server/signals.h"
#include "server/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef __linux__
#include <sys/prctl.h>
#endif

enum {
    /* A worker that dies younger than this was not fit to live: it is replaced with back-off. */
    BIRTH_MS = 1000,
    BACKOFF_FIRST_MS = 100,
    BACKOFF_MAX_MS = 5000,
    /* Deaths at birth in a row, in every slot, after which the server gives up: about six seconds.
     */
    BIRTHS_MAX = 6,
    /* Workers end themselves at the drain time-out; one that hangs in a handler is killed so much
     * later. */
    KILL_AFTER_MS = 1000,
};

struct child {
    pid_t pid; /* 0: none */
    int64_t born_ms;
    int64_t born_again_ms; /* when to fork again; 0: not */
    int stillbirths;       /* in a row */
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

/* The life of a worker process, from fork to exit. */
static _Noreturn void worker_main(struct master *master, unsigned number, const sigset_t *mask)
{
    struct selkie_server *server = master->server;
    struct slot *slot = &server->slots[number];
    struct worker *worker = malloc(sizeof *worker);
    close(master->lifeline[1]);
    signals_take_in_worker(&server->worker_bells[number]);
    signals_unblock(mask);
    int error = worker ? worker_open(worker, server, number, &server->worker_bells[number],
                                     master->lifeline[0])
                       : server_fail(server, -ENOMEM, "no memory for a worker");
    if (!error) {
        bell_ring(&server->bell, BELL_READY);
        error = worker_run(worker);
        worker_close(worker);
    }
    if (error) {
        slot->error = error;
        snprintf(slot->why, sizeof slot->why, "%s", server->error);
        atomic_store(&slot->state, SLOT_FAILED);
    }
    free(worker);
    _exit(error ? 1 : 0);
}

/* Asks the kernel to kill this worker with its master, also while it is inside a handler and does
 * not see the lifeline. */
static void die_with(pid_t master)
{
#ifdef __linux__
    prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
    if (getppid() != master)
        _exit(0);
}

static void master_empty_bell(const struct bell *bell)
{
    char notes[64];
    while (bell_read(bell, notes, sizeof notes) > 0)
        continue;
}

static void master_fork(struct master *master, unsigned number)
{
    struct selkie_server *server = master->server;
    struct child *child = &master->children[number];
    sigset_t mask;
    master_empty_bell(&server->worker_bells[number]); /* what was meant for a predecessor */
    atomic_store(&server->slots[number].active, 0);
    atomic_store(&server->slots[number].is_asked, false);
    atomic_store(&server->slots[number].state, SLOT_STARTING);
    child->born_ms = master->now_ms;
    child->born_again_ms = 0;
    pid_t parent = getpid();
    signals_block(&mask);
    pid_t pid = fork();
    if (pid == 0) {
        die_with(parent);
        worker_main(master, number, &mask);
    }
    int error = errno;
    signals_unblock(&mask);
    if (pid > 0) {
        child->pid = pid;
        master->living++;
        return;
    }
    atomic_store(&server->slots[number].state, SLOT_EMPTY);
    child->born_again_ms = master->now_ms + BACKOFF_MAX_MS;
    server_log(server, SELKIE_LOG_ERROR, "cannot fork worker %u: %s; trying again in %d s", number,
               strerror(error), BACKOFF_MAX_MS / 1000);
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

static void describe_end(const struct slot *slot, int status, char *to, size_t size)
{
    if (SLOT_READ(slot->state) == SLOT_FAILED)
        snprintf(to, size, "%s", slot->why);
    else if (WIFSIGNALED(status))
        snprintf(to, size, "was killed by %s (%d)", signal_name(WTERMSIG(status)),
                 WTERMSIG(status));
    else
        snprintf(to, size, "ended with status %d", WEXITSTATUS(status));
}

/* Whether no worker has lived for a while, in any slot. */
static bool master_cannot_live(const struct master *master)
{
    for (unsigned i = 0; i < master->server->worker_count; i++) {
        if (master->children[i].stillbirths < BIRTHS_MAX)
            return false;
    }
    return true;
}

static int64_t backoff_ms(int stillbirths)
{
    if (stillbirths == 0)
        return 0;
    int64_t wait_ms = (int64_t)BACKOFF_FIRST_MS << (stillbirths < 7 ? stillbirths - 1 : 6);
    return wait_ms < BACKOFF_MAX_MS ? wait_ms : BACKOFF_MAX_MS;
}

/* Decides what follows the death of a worker that nobody has asked to end. */
static void master_replace(struct master *master, unsigned number, int status)
{
    struct selkie_server *server = master->server;
    struct child *child = &master->children[number];
    struct slot *slot = &server->slots[number];
    bool failed = SLOT_READ(slot->state) == SLOT_FAILED;
    char end[256];
    describe_end(slot, status, end, sizeof end);
    bool young = failed || master->now_ms - child->born_ms < BIRTH_MS;
    if (failed && !master->was_ready) {
        master_give_up(master, server_fail(server, slot->error, "%s", slot->why));
        return;
    }
    child->stillbirths = young ? child->stillbirths + 1 : 0;
    if (master_cannot_live(master)) {
        master_give_up(master, server_fail(server, -ECHILD,
                                           "no worker can live: the last one %s, %d times in a row",
                                           end, child->stillbirths));
        return;
    }
    int64_t wait_ms = backoff_ms(child->stillbirths);
    /* One that ended in order was told to, maybe by a signal to the whole group (systemd, a
     * terminal) that the master has yet to see. */
    if (status == 0 && wait_ms < BACKOFF_FIRST_MS)
        wait_ms = BACKOFF_FIRST_MS;
    child->born_again_ms = master->now_ms + wait_ms;
    server_log(server, SELKIE_LOG_WARNING, "worker %u (pid %d) %s; a new one starts in %lld ms",
               number, (int)child->pid, end, (long long)wait_ms);
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
    server_log(master->server, SELKIE_LOG_INFO, "shutting down on %s", signal_name(signal));
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
    default:
        break; /* a child has ended, or a worker accepts: looked at after every ring */
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
        poll(&bell, 1, master_wait_ms(master));
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

int single_run(struct selkie_server *server)
{
    struct worker *worker = malloc(sizeof *worker);
    if (!worker)
        return server_fail(server, -ENOMEM, "no memory for a worker");
    int error = worker_open(worker, server, 0, &server->bell, -1);
    if (!error) {
        if (server->options.ready)
            server->options.ready(server, server->options.data);
        error = worker_run(worker);
        worker_close(worker);
    }
    free(worker);
    return error;
}
