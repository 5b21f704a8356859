// SPDX-License-Identifier: MIT
/* See signals.h. A handler has no argument, so the bell it rings is known by static variables. */
#include "server/signals.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum { SIGNALS_MAX = 6 };

/* Those that are taken, and what they did before. */
static struct {
    int number;
    struct sigaction former;
} taken[SIGNALS_MAX];
static int taken_count;
static const struct bell *bell_of_process;

static void ring_number(int signal)
{
    bell_ring(bell_of_process, (char)signal);
}

static void ring_drain(int signal)
{
    (void)signal;
    bell_ring(bell_of_process, BELL_DRAIN);
}

static void end_at_once(int signal)
{
    (void)signal;
    _exit(0);
}

static void signal_set(int signal, void (*handler)(int), struct sigaction *former_out)
{
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART | SA_NOCLDSTOP};
    sigfillset(&action.sa_mask);
    sigaction(signal, &action, former_out);
}

static void signal_take(int number, void (*handler)(int))
{
    taken[taken_count].number = number;
    signal_set(number, handler, &taken[taken_count].former);
    taken_count++;
}

int signals_take(const struct bell *bell, bool with_children, int report)
{
    if (bell_of_process)
        return -EBUSY;
    bell_of_process = bell;
    signal_take(SIGTERM, ring_number);
    signal_take(SIGINT, ring_number);
    signal_take(SIGQUIT, ring_number);
    signal_take(SIGPIPE, SIG_IGN);
    if (with_children)
        signal_take(SIGCHLD, ring_number);
    if (report)
        signal_take(report, ring_number);
    return 0;
}

void signals_restore(void)
{
    while (taken_count > 0) {
        taken_count--;
        sigaction(taken[taken_count].number, &taken[taken_count].former, NULL);
    }
    bell_of_process = NULL;
}

void signals_block(sigset_t *out)
{
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, out);
}

void signals_unblock(const sigset_t *before)
{
    pthread_sigmask(SIG_SETMASK, before, NULL);
}

void signals_take_in_worker(const struct bell *bell, int report)
{
    bell_of_process = bell;
    signal_set(SIGTERM, ring_drain, NULL);
    signal_set(SIGQUIT, end_at_once, NULL);
    signal_set(SIGINT, SIG_IGN, NULL);
    signal_set(SIGCHLD, SIG_DFL, NULL);
    if (report)
        signal_set(report, SIG_IGN, NULL);
}

const char *signal_name(int signal)
{
    static const struct {
        int number;
        const char *name;
    } names[] = {
        {SIGTERM, "SIGTERM"}, {SIGINT, "SIGINT"},   {SIGQUIT, "SIGQUIT"}, {SIGKILL, "SIGKILL"},
        {SIGSEGV, "SIGSEGV"}, {SIGABRT, "SIGABRT"}, {SIGBUS, "SIGBUS"},   {SIGFPE, "SIGFPE"},
        {SIGILL, "SIGILL"},   {SIGSYS, "SIGSYS"},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (names[i].number == signal)
            return names[i].name;
    }
    return "a signal";
}
