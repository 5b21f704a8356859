// SPDX-License-Identifier: MIT
/* See signals.h. A handler has no argument, so the bell it rings is known by static variables. */
#include "server/signals.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static const int signals[] = {SIGTERM, SIGINT, SIGQUIT, SIGPIPE, SIGCHLD};
enum { SIGNALS_COUNT = sizeof signals / sizeof *signals };

static struct sigaction former[SIGNALS_COUNT];
static int taken; /* so many of the signals, from the first */
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

int signals_take(const struct bell *bell, bool with_children)
{
    if (bell_of_process)
        return -EBUSY;
    bell_of_process = bell;
    taken = with_children ? SIGNALS_COUNT : SIGNALS_COUNT - 1;
    for (int i = 0; i < taken; i++)
        signal_set(signals[i], signals[i] == SIGPIPE ? SIG_IGN : ring_number, &former[i]);
    return 0;
}

void signals_restore(void)
{
    for (int i = 0; i < taken; i++)
        sigaction(signals[i], &former[i], NULL);
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

void signals_take_in_worker(const struct bell *bell)
{
    bell_of_process = bell;
    signal_set(SIGTERM, ring_drain, NULL);
    signal_set(SIGQUIT, end_at_once, NULL);
    signal_set(SIGINT, SIG_IGN, NULL);
    signal_set(SIGCHLD, SIG_DFL, NULL);
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
