// SPDX-License-Identifier: MIT
/*
 * The calls that wait: epoll, poll, select. What edge-triggered epoll watches is remembered here,
 * for watch_renew. See faults.h.
 */
#include "faults.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { WATCHES_MAX = 65536 };

static struct {
    __typeof__(epoll_create1) *epoll_create1;
    __typeof__(epoll_ctl) *epoll_ctl;
    __typeof__(epoll_wait) *epoll_wait;
    __typeof__(poll) *poll;
    __typeof__(ppoll) *ppoll;
    __typeof__(pselect) *pselect;
    __typeof__(syscall) *syscall;
} original;

static __attribute__((constructor)) void originals_find(void)
{
    static const struct symbol symbols[] = {
        {"epoll_create1", &original.epoll_create1},
        {"epoll_ctl", &original.epoll_ctl},
        {"epoll_wait", &original.epoll_wait},
        {"poll", &original.poll},
        {"ppoll", &original.ppoll},
        {"pselect", &original.pselect},
        {"syscall", &original.syscall},
    };
    symbols_find(symbols, sizeof symbols / sizeof *symbols);
}

/* By descriptor: the set that watches it, edge-triggered, and how; 0: none does. */
static struct {
    int set;
    struct epoll_event event;
} watches[WATCHES_MAX];

void watch_renew(int fd)
{
    int saved = errno;
    if (fd < WATCHES_MAX && watches[fd].set > 0)
        original.epoll_ctl(watches[fd].set, EPOLL_CTL_MOD, fd, &watches[fd].event);
    errno = saved;
}

void watch_end(int fd)
{
    if (fd >= 0 && fd < WATCHES_MAX)
        watches[fd].set = 0;
}

static void watch_note(int set, int fd, const struct epoll_event *event)
{
    watch_end(fd);
    if (fd < 0 || fd >= WATCHES_MAX || !event || !(event->events & EPOLLET))
        return;
    watches[fd].set = set;
    watches[fd].event = *event;
}

int epoll_create1(int flags)
{
    return fault_strikes(CALL_EPOLL_CREATE1) ? -1 : original.epoll_create1(flags);
}

/* To take an entry away needs nothing that can be short. */
int epoll_ctl(int epfd, int op, int fd, struct epoll_event *event)
{
    if (op == EPOLL_CTL_ADD && fault_strikes(CALL_EPOLL_ADD))
        return -1;
    if (op == EPOLL_CTL_MOD && fault_strikes(CALL_EPOLL_MODIFY))
        return -1;
    int result = original.epoll_ctl(epfd, op, fd, event);
    if (result == 0)
        watch_note(epfd, fd, op == EPOLL_CTL_DEL ? NULL : event);
    return result;
}

int epoll_wait(int epfd, struct epoll_event *events, int maxevents, int timeout)
{
    int fault = fault_draw(CALL_EPOLL_WAIT);
    if (fault != FAULT_NONE)
        fault_count(CALL_EPOLL_WAIT, fault);
    if (fault != FAULT_NONE && fault != FAULT_SHORT) {
        errno = fault;
        return -1;
    }
    return original.epoll_wait(epfd, events, fault == FAULT_SHORT ? 1 : maxevents, timeout);
}

/* The C library may be without epoll_pwait2, so it is called by its number. */
static bool pwait2_strikes(long *capacity)
{
    int fault = fault_draw(CALL_EPOLL_PWAIT2);
    if (fault == FAULT_NONE)
        return false;
    fault_count(CALL_EPOLL_PWAIT2, fault);
    if (fault == FAULT_SHORT) {
        *capacity = 1;
        return false;
    }
    errno = fault;
    return true;
}

long syscall(long sysno, ...)
{
    long arguments[6];
    va_list list;
    va_start(list, sysno);
    for (int i = 0; i < 6; i++)
        arguments[i] = va_arg(list, long);
    va_end(list);
    if (sysno == SYS_epoll_pwait2 && pwait2_strikes(&arguments[2]))
        return -1;
    return original.syscall(sysno, arguments[0], arguments[1], arguments[2], arguments[3],
                            arguments[4], arguments[5]);
}

int poll(struct pollfd *fds, nfds_t nfds, int timeout)
{
    return fault_strikes(CALL_POLL) ? -1 : original.poll(fds, nfds, timeout);
}

int ppoll(struct pollfd *fds, nfds_t nfds, const struct timespec *timeout, const sigset_t *ss)
{
    return fault_strikes(CALL_PPOLL) ? -1 : original.ppoll(fds, nfds, timeout, ss);
}

/* NOLINTNEXTLINE(readability-function-size): the system's own parameters */
int pselect(int nfds, fd_set *readfds, fd_set *writefds, fd_set *exceptfds,
            const struct timespec *timeout, const sigset_t *sigmask)
{
    if (fault_strikes(CALL_PSELECT))
        return -1;
    return original.pselect(nfds, readfds, writefds, exceptfds, timeout, sigmask);
}
