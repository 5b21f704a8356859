// SPDX-License-Identifier: MIT
/*
 * select(2), which every system has. selector.c calls it through selector_select.
 *
 * It always holds: no descriptor is FD_SETSIZE or above, since the sets are bit arrays of that
 * length; and `end` is one above the highest registered descriptor, or 0.
 */
#include "selector/selector.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/select.h>

struct select_selector {
    struct selkie_selector head;
    fd_set readers, writers;   /* what is registered */
    fd_set readable, writable; /* what the last call has left of it */
    int end;
    int next; /* where the next look at the sets begins, so that all have their turn */
};

static struct select_selector *select_of(struct selkie_selector *selector)
{
    return (struct select_selector *)selector;
}

static int select_open(struct selkie_selector *selector)
{
    struct select_selector *self = select_of(selector);
    FD_ZERO(&self->readers);
    FD_ZERO(&self->writers);
    return 0;
}

static void select_close(struct selkie_selector *selector)
{
    (void)selector; /* its struct is all it has */
}

static void select_put(fd_set *set, int fd, bool wanted)
{
    if (wanted)
        FD_SET(fd, set);
    else
        FD_CLR(fd, set);
}

static int select_change(struct selkie_selector *selector, int fd, unsigned events)
{
    struct select_selector *self = select_of(selector);
    select_put(&self->readers, fd, events & SELKIE_READ);
    select_put(&self->writers, fd, events & SELKIE_WRITE);
    return 0;
}

static int select_add(struct selkie_selector *selector, int fd, unsigned events)
{
    struct select_selector *self = select_of(selector);
    if (fd >= self->end)
        self->end = fd + 1;
    return select_change(selector, fd, events);
}

static void select_remove(struct selkie_selector *selector, int fd)
{
    struct select_selector *self = select_of(selector);
    select_change(selector, fd, 0);
    while (self->end > 0 && !FD_ISSET(self->end - 1, &self->readers) &&
           !FD_ISSET(self->end - 1, &self->writers))
        self->end--;
}

/* Copies what is registered to the sets that the system call overwrites, up to `end`. */
static void select_prepare(struct select_selector *self)
{
    size_t size = ((size_t)self->end + NFDBITS - 1) / NFDBITS * sizeof(fd_mask);
    memcpy(&self->readable, &self->readers, size);
    memcpy(&self->writable, &self->writers, size);
}

static unsigned select_ready(const struct select_selector *self, int fd)
{
    unsigned events = FD_ISSET(fd, &self->readable) ? SELKIE_READ : 0;
    return FD_ISSET(fd, &self->writable) ? events | SELKIE_WRITE : events;
}

/* One closed descriptor fails the whole call. Finds those, shows them as ready for whatever they
 * are registered, so that the next call on them tells, and asks for the others without waiting. */
static int select_around_closed(struct select_selector *self)
{
    fd_set closed;
    FD_ZERO(&closed);
    select_prepare(self);
    for (int fd = 0; fd < self->end; fd++) {
        if (!selector_find(&self->head, fd) || fcntl(fd, F_GETFD) >= 0)
            continue;
        FD_SET(fd, &closed);
        FD_CLR(fd, &self->readable);
        FD_CLR(fd, &self->writable);
    }
    struct timespec time = {0};
    if (pselect(self->end, &self->readable, &self->writable, NULL, &time, NULL) < 0)
        return -errno;
    for (int fd = 0; fd < self->end; fd++) {
        if (!FD_ISSET(fd, &closed))
            continue;
        select_put(&self->readable, fd, FD_ISSET(fd, &self->readers));
        select_put(&self->writable, fd, FD_ISSET(fd, &self->writers));
    }
    return 1;
}

/* Returns 0 when nothing is ready, 1 when the sets hold what is, or a negative errno. */
static int select_ask(struct select_selector *self, int64_t timeout_ns)
{
    struct timespec time;
    const struct timespec *timeout = selector_timespec(timeout_ns, &time);
    select_prepare(self);
    int count = pselect(self->end, &self->readable, &self->writable, NULL, timeout, NULL);
    if (count >= 0)
        return count > 0;
    return errno == EBADF ? select_around_closed(self) : -errno;
}

static int select_select(struct selkie_selector *selector, struct selkie_key *ready, int capacity,
                         int64_t timeout_ns)
{
    struct select_selector *self = select_of(selector);
    int found = select_ask(self, timeout_ns);
    if (found <= 0)
        return found;
    int shown = 0;
    for (int looked = 0; looked < self->end && shown < capacity; looked++) {
        if (self->next >= self->end)
            self->next = 0;
        int fd = self->next++;
        unsigned events = select_ready(self, fd);
        if (events)
            selector_report(selector, fd, events, &ready[shown++]);
    }
    return shown;
}

const struct selector_system selector_select = {
    .name = "select",
    .size = sizeof(struct select_selector),
    .fd_limit = FD_SETSIZE,
    .is_local = true,
    .open = select_open,
    .close = select_close,
    .add = select_add,
    .change = select_change,
    .remove = select_remove,
    .wait = select_select,
};
