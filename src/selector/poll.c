// SPDX-License-Identifier: MIT
/*
 * poll(2), for systems that have nothing better, and as the plain one to compare the others with.
 * selector.c calls it through selector_poll.
 *
 * It always holds: slots[0] to slots[count - 1] are the registered descriptors in no order, and the
 * mark of each one's key is its place among them.
 */
#include "selector/selector.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#ifndef POLLRDHUP
#define POLLRDHUP 0
#endif

enum { FIRST_CAPACITY = 64 };

struct poll_selector {
    struct selkie_selector head;
    struct pollfd *slots; /* owned */
    size_t capacity;
    size_t next; /* where the next look at the slots begins, so that all have their turn */
};

static struct poll_selector *poll_of(struct selkie_selector *selector)
{
    return (struct poll_selector *)selector;
}

static short poll_mask(unsigned events)
{
    int mask = 0;
    if (events & SELKIE_READ)
        mask |= POLLIN;
    if (events & SELKIE_WRITE)
        mask |= POLLOUT;
    if (events & SELECTOR_HANGUP)
        mask |= POLLRDHUP;
    return (short)mask;
}

static unsigned poll_ready(short mask)
{
    /* POLLNVAL: it was closed, and the next call on it says so. */
    if (mask & (POLLERR | POLLHUP | POLLNVAL))
        return SELECTOR_DIRECTIONS | SELECTOR_HANGUP;
    unsigned events = 0;
    if (mask & POLLIN)
        events |= SELKIE_READ;
    if (mask & POLLOUT)
        events |= SELKIE_WRITE;
    if (mask & POLLRDHUP)
        events |= SELECTOR_HANGUP;
    return events;
}

static int poll_open(struct selkie_selector *selector)
{
    struct poll_selector *self = poll_of(selector);
    self->slots = calloc(FIRST_CAPACITY, sizeof(*self->slots));
    if (!self->slots)
        return -ENOMEM;
    self->capacity = FIRST_CAPACITY;
    return 0;
}

static void poll_close(struct selkie_selector *selector)
{
    free(poll_of(selector)->slots);
}

static int poll_grow(struct poll_selector *self)
{
    struct pollfd *slots = reallocarray(self->slots, self->capacity * 2, sizeof(*slots));
    if (!slots)
        return -ENOMEM;
    self->slots = slots;
    self->capacity *= 2;
    return 0;
}

static int poll_add(struct selkie_selector *selector, int fd, unsigned events)
{
    struct poll_selector *self = poll_of(selector);
    int error = selector->count < self->capacity ? 0 : poll_grow(self);
    if (error < 0)
        return error;
    self->slots[selector->count] = (struct pollfd){.fd = fd, .events = poll_mask(events)};
    selector->keys[fd].mark = (uint32_t)selector->count;
    return 0;
}

static int poll_change(struct selkie_selector *selector, int fd, unsigned events)
{
    poll_of(selector)->slots[selector->keys[fd].mark].events = poll_mask(events);
    return 0;
}

static void poll_remove(struct selkie_selector *selector, int fd)
{
    struct pollfd *slots = poll_of(selector)->slots;
    uint32_t place = selector->keys[fd].mark;
    slots[place] = slots[selector->count - 1];
    selector->keys[slots[place].fd].mark = place;
}

static int poll_select(struct selkie_selector *selector, struct selkie_key *ready, int capacity,
                       int64_t timeout_ns)
{
    struct poll_selector *self = poll_of(selector);
    struct timespec time;
    int left = ppoll(self->slots, selector->count, selector_timespec(timeout_ns, &time), NULL);
    if (left < 0)
        return -errno;
    int shown = 0;
    while (left > 0 && shown < capacity) {
        if (self->next >= selector->count)
            self->next = 0;
        const struct pollfd *slot = &self->slots[self->next++];
        if (slot->revents == 0)
            continue;
        selector_report(selector, slot->fd, poll_ready(slot->revents), &ready[shown++]);
        left--;
    }
    return shown;
}

const struct selector_system selector_poll = {
    .name = "poll",
    .size = sizeof(struct poll_selector),
    .fd_limit = INT_MAX,
    .is_local = true,
    .open = poll_open,
    .close = poll_close,
    .add = poll_add,
    .change = poll_change,
    .remove = poll_remove,
    .wait = poll_select,
};
