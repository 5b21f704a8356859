// SPDX-License-Identifier: MIT
/*
 * epoll(7), the best selector of Linux. selector.c calls it through selector_epoll.
 *
 * The kernel's entry belongs to the open file, ours to the descriptor. When a descriptor is closed
 * while a duplicate of it lives on (in a child, say), the kernel keeps the entry, reports it, and
 * has no way to delete it: the number that would name it is gone (epoll(7), questions 6 and 7). So
 * each entry carries the generation of its key. An event of another generation is stale: it is
 * never shown, and the whole set is built again without it, or the next wait would spin.
 */
#include "selector/selector.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Headers older than Linux 5.11 lack it; the number is that of all common architectures. */
#ifndef SYS_epoll_pwait2
#define SYS_epoll_pwait2 441
#endif

enum { FIRST_CAPACITY = 64, MILLISECOND_NS = 1000 * 1000 };

struct epoll_selector {
    struct selkie_selector head;
    struct epoll_event *buffer; /* owned */
    int capacity;               /* of the buffer */
    bool lacks_pwait2;
};

/* struct timespec as the kernel has it, also where that of the C library is smaller. */
struct kernel_timespec {
    int64_t seconds;
    int64_t nanoseconds;
};

static struct epoll_selector *epoll_of(struct selkie_selector *selector)
{
    return (struct epoll_selector *)selector;
}

static uint32_t epoll_mask(unsigned events)
{
    uint32_t mask = 0;
    if (events & SELKIE_READ)
        mask |= EPOLLIN;
    if (events & SELKIE_WRITE)
        mask |= EPOLLOUT;
    if (events & SELKIE_EDGE)
        mask |= EPOLLET;
    if (events & SELECTOR_HANGUP)
        mask |= EPOLLRDHUP | EPOLLPRI;
    if (events & SELECTOR_EXCLUSIVE)
        mask |= EPOLLEXCLUSIVE;
    return mask;
}

static unsigned epoll_ready(uint32_t mask)
{
    if (mask & (EPOLLERR | EPOLLHUP))
        return SELECTOR_DIRECTIONS | SELECTOR_HANGUP;
    unsigned events = 0;
    if (mask & EPOLLIN)
        events |= SELKIE_READ;
    if (mask & EPOLLOUT)
        events |= SELKIE_WRITE;
    if (mask & (EPOLLRDHUP | EPOLLPRI))
        events |= SELECTOR_HANGUP;
    return events;
}

static int epoll_control(int descriptor, int operation, int fd, unsigned events,
                         uint32_t generation)
{
    struct epoll_event event = {.events = epoll_mask(events)};
    event.data.u64 = (uint64_t)generation << 32 | (uint32_t)fd;
    return epoll_ctl(descriptor, operation, fd, &event) < 0 ? -errno : 0;
}

static int epoll_open(struct selkie_selector *selector)
{
    struct epoll_selector *self = epoll_of(selector);
    self->buffer = calloc(FIRST_CAPACITY, sizeof(*self->buffer));
    if (!self->buffer)
        return -ENOMEM;
    self->capacity = FIRST_CAPACITY;
    selector->descriptor = epoll_create1(EPOLL_CLOEXEC);
    if (selector->descriptor >= 0)
        return 0;
    int error = -errno;
    free(self->buffer);
    return error;
}

static void epoll_close(struct selkie_selector *selector)
{
    close(selector->descriptor);
    free(epoll_of(selector)->buffer);
}

static void epoll_remove(struct selkie_selector *selector, int fd)
{
    /* Fails when the file was closed: then the entry is gone, or will be found to be stale. */
    epoll_ctl(selector->descriptor, EPOLL_CTL_DEL, fd, NULL);
}

static int epoll_add(struct selkie_selector *selector, int fd, unsigned events)
{
    uint32_t generation = ++selector->keys[fd].mark;
    int error = epoll_control(selector->descriptor, EPOLL_CTL_ADD, fd, events, generation);
    if (error != -EEXIST)
        return error;
    /* The entry of a file that was closed, lived on in a duplicate, and has its old number again.
     * It may be exclusive, which EPOLL_CTL_MOD refuses to touch. */
    epoll_remove(selector, fd);
    return epoll_control(selector->descriptor, EPOLL_CTL_ADD, fd, events, generation);
}

static int epoll_change(struct selkie_selector *selector, int fd, unsigned events)
{
    const struct selector_key *key = &selector->keys[fd];
    int error = -ENOENT;
    if ((events | key->events) & SELECTOR_EXCLUSIVE)
        epoll_remove(selector, fd); /* EPOLL_CTL_MOD refuses exclusive entries */
    else
        error = epoll_control(selector->descriptor, EPOLL_CTL_MOD, fd, events, key->mark);
    /* -ENOENT also when the number is that of another file meanwhile */
    return error == -ENOENT ? epoll_add(selector, fd, events) : error;
}

/* Adds all that is registered to `descriptor`. What was closed cannot be added, nor what became a
 * regular file: it is as silent as it was in the former set. */
static int epoll_fill(const struct selkie_selector *selector, int descriptor)
{
    for (size_t i = 0; i < selector->key_capacity; i++) {
        const struct selector_key *key = &selector->keys[i];
        if (key->events == 0)
            continue;
        int error = epoll_control(descriptor, EPOLL_CTL_ADD, (int)i, key->events, key->mark);
        if (error < 0 && error != -EBADF && error != -EPERM)
            return error;
    }
    return 0;
}

/* Puts a set without stale entries in the place of this one; the descriptor keeps its number. What
 * is edge-triggered and ready is reported once more, which is allowed where it is needed. */
static int epoll_rebuild(struct selkie_selector *selector)
{
    int descriptor = epoll_create1(EPOLL_CLOEXEC);
    if (descriptor < 0)
        return -errno;
    int error = epoll_fill(selector, descriptor);
    if (error == 0 && dup3(descriptor, selector->descriptor, O_CLOEXEC) < 0)
        error = -errno;
    close(descriptor);
    return error;
}

/* How many events to ask for; where memory is short, fewer than there is room for. */
static int epoll_room(struct epoll_selector *self, int capacity)
{
    size_t count = self->head.count > 0 ? self->head.count : 1;
    int wanted = count < (size_t)capacity ? (int)count : capacity;
    if (wanted <= self->capacity)
        return wanted;
    struct epoll_event *buffer = reallocarray(self->buffer, (size_t)wanted, sizeof(*buffer));
    if (!buffer)
        return self->capacity;
    self->buffer = buffer;
    self->capacity = wanted;
    return wanted;
}

/* Rounded up, so that it is never early. */
static int epoll_milliseconds(int64_t timeout_ns)
{
    return timeout_ns < 0 ? -1 : (int)((timeout_ns + MILLISECOND_NS - 1) / MILLISECOND_NS);
}

static int epoll_ask(struct epoll_selector *self, int room, int64_t timeout_ns)
{
    int descriptor = self->head.descriptor;
    if (timeout_ns > 0 && !self->lacks_pwait2) {
        struct kernel_timespec timeout = {timeout_ns / SELECTOR_SECOND,
                                          timeout_ns % SELECTOR_SECOND};
        long count = syscall(SYS_epoll_pwait2, descriptor, self->buffer, room, &timeout, NULL, 0);
        if (count >= 0 || (errno != ENOSYS && errno != EPERM))
            return count < 0 ? -errno : (int)count;
        self->lacks_pwait2 = true; /* an old kernel, gVisor, or a seccomp filter */
    }
    int count = epoll_wait(descriptor, self->buffer, room, epoll_milliseconds(timeout_ns));
    return count < 0 ? -errno : count;
}

static bool epoll_show(const struct selkie_selector *selector, struct epoll_event event,
                       struct selkie_key *out)
{
    int fd = (int)(uint32_t)event.data.u64;
    const struct selector_key *key = selector_find(selector, fd);
    if (!key || key->mark != event.data.u64 >> 32)
        return false;
    selector_report(selector, fd, epoll_ready(event.events), out);
    return true;
}

static int epoll_select(struct selkie_selector *selector, struct selkie_key *ready, int capacity,
                        int64_t timeout_ns)
{
    struct epoll_selector *self = epoll_of(selector);
    int count = epoll_ask(self, epoll_room(self, capacity), timeout_ns);
    int shown = 0;
    for (int i = 0; i < count; i++) {
        if (epoll_show(selector, self->buffer[i], &ready[shown]))
            shown++;
    }
    /* Without the memory or a descriptor to rebuild, the stale ones are only passed over. */
    if (shown < count && epoll_rebuild(selector) == 0 && shown == 0)
        return -EAGAIN;
    return count < 0 ? count : shown;
}

const struct selector_system selector_epoll = {
    .name = "epoll",
    .size = sizeof(struct epoll_selector),
    .fd_limit = INT_MAX,
    .has_edge = true,
    .open = epoll_open,
    .close = epoll_close,
    .add = epoll_add,
    .change = epoll_change,
    .remove = epoll_remove,
    .wait = epoll_select,
};
