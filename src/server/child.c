// SPDX-License-Identifier: MIT
/* See child.h. */
#include "server/child.h"

#include "server/signals.h"
#include "server/worker.h"

#include <errno.h>
#include <stdio.h>
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
    /* Deaths at birth in a row after which there is no hope: about six seconds. */
    BIRTHS_MAX = 6,
};

/* The life of a worker process, from fork to exit. */
static _Noreturn void child_main(struct selkie_server *server, unsigned number, const int *lifeline,
                                 const sigset_t *mask)
{
    struct slot *slot = &server->slots[number];
    close(lifeline[1]);
    signals_take_in_worker(&server->worker_bells[number], server->options.report_signal);
    signals_unblock(mask);
    int error = worker_serve(server, number, &server->worker_bells[number], lifeline[0]);
    if (error) {
        slot->error = error;
        snprintf(slot->why, sizeof slot->why, "%s", server->error);
        atomic_store(&slot->state, SLOT_FAILED);
    }
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

static void bell_empty(const struct bell *bell)
{
    char notes[64];
    while (bell_read(bell, notes, sizeof notes) > 0)
        continue;
}

int child_fork(struct child *child, struct selkie_server *server, unsigned number,
               const int *lifeline, int64_t now_ms)
{
    struct slot *slot = &server->slots[number];
    pid_t parent = getpid();
    sigset_t mask;
    bell_empty(&server->worker_bells[number]); /* what was meant for a predecessor */
    atomic_store(&slot->active, 0);
    atomic_store(&slot->is_asked, false);
    atomic_store(&slot->state, SLOT_STARTING);
    child->born_ms = now_ms;
    child->born_again_ms = 0;
    signals_block(&mask);
    pid_t pid = fork();
    if (pid == 0) {
        die_with(parent);
        child_main(server, number, lifeline, &mask);
    }
    int error = pid < 0 ? -errno : 0;
    signals_unblock(&mask);
    if (error)
        atomic_store(&slot->state, SLOT_EMPTY);
    else
        child->pid = pid;
    return error;
}

void child_describe_end(const struct slot *slot, int status, char *to, size_t size)
{
    if (SLOT_READ(slot->state) == SLOT_FAILED)
        snprintf(to, size, "%s", slot->why);
    else if (WIFSIGNALED(status))
        snprintf(to, size, "was killed by %s (%d)", signal_name(WTERMSIG(status)),
                 WTERMSIG(status));
    else
        snprintf(to, size, "ended with status %d", WEXITSTATUS(status));
}

static int64_t backoff_ms(int stillbirths)
{
    if (stillbirths == 0)
        return 0;
    int64_t wait_ms = (int64_t)BACKOFF_FIRST_MS << (stillbirths < 7 ? stillbirths - 1 : 6);
    return wait_ms < BACKOFF_MAX_MS ? wait_ms : BACKOFF_MAX_MS;
}

void child_plan_successor(struct child *child, const struct slot *slot, int status, int64_t now_ms)
{
    bool young = SLOT_READ(slot->state) == SLOT_FAILED || now_ms - child->born_ms < BIRTH_MS;
    child->stillbirths = young ? child->stillbirths + 1 : 0;
    int64_t wait_ms = backoff_ms(child->stillbirths);
    /* One that ended in order was told to, maybe by a signal to the whole group (systemd, a
     * terminal) that the master has yet to see. */
    if (status == 0 && wait_ms < BACKOFF_FIRST_MS)
        wait_ms = BACKOFF_FIRST_MS;
    child->born_again_ms = now_ms + wait_ms;
}

bool child_is_hopeless(const struct child *child)
{
    return child->stillbirths >= BIRTHS_MAX;
}
