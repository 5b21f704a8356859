// SPDX-License-Identifier: MIT
/*
 * kqueue(2), the best selector of the BSDs. selector.c calls it through selector_kqueue.
 *
 * kqueue reports filters, one for reading and one for writing; the contract reports descriptors. So
 * each wait fetches every filter that fired, since a shorter fetch could part the two of one
 * descriptor, and merges them. What does not fit the caller's array stays in a queue, first come,
 * first served. Closing a descriptor deletes its filters: nothing stale can be reported.
 *
 * It always holds: the mark of a key has QUEUED while its descriptor is in the queue, and the
 * events that fired and were not reported. There is room for two filters of all that is registered.
 */
#include "selector/selector.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/types.h>

#include <sys/event.h>
#include <sys/time.h>
#include <unistd.h>

/* In a mark; no event of selkie/selector.h or selector.h has this bit. */
enum { QUEUED = 1 << 16 };

enum { FIRST_CAPACITY = 64 };

struct kqueue_selector {
    struct selkie_selector head;
    struct kevent *buffer; /* owned; 2 * capacity */
    int *queue;            /* owned; 2 * capacity: leftovers, and what the next wait finds */
    size_t queued;
    size_t capacity; /* registered descriptors that there is room for */
};

static struct kqueue_selector *kqueue_of(struct selkie_selector *selector)
{
    return (struct kqueue_selector *)selector;
}

static int kqueue_grow(struct kqueue_selector *self, size_t capacity)
{
    struct kevent *buffer = reallocarray(self->buffer, capacity * 2, sizeof(*buffer));
    if (!buffer)
        return -ENOMEM;
    self->buffer = buffer;
    int *queue = reallocarray(self->queue, capacity * 2, sizeof(*queue));
    if (!queue)
        return -ENOMEM;
    self->queue = queue;
    self->capacity = capacity;
    return 0;
}

static void kqueue_close(struct selkie_selector *selector)
{
    struct kqueue_selector *self = kqueue_of(selector);
    if (selector->descriptor >= 0)
        close(selector->descriptor);
    free(self->buffer);
    free(self->queue);
}

static int kqueue_open(struct selkie_selector *selector)
{
    int error = kqueue_grow(kqueue_of(selector), FIRST_CAPACITY);
    if (error == 0) {
        selector->descriptor = kqueue();
        error = selector->descriptor < 0 ? -errno : 0;
    }
    if (error == 0 && fcntl(selector->descriptor, F_SETFD, FD_CLOEXEC) < 0)
        error = -errno;
    if (error < 0)
        kqueue_close(selector);
    return error;
}

/* Adds or deletes one filter. */
static int kqueue_control(const struct selkie_selector *selector, int fd, short filter, int flags)
{
    struct kevent change;
    EV_SET(&change, (uintptr_t)fd, filter, (unsigned short)flags, 0, 0, 0);
    return kevent(selector->descriptor, &change, 1, NULL, 0, NULL) < 0 ? -errno : 0;
}

/* Adds the filters that `events` asks for; one that is there already stays as it is. */
static int kqueue_put(const struct selkie_selector *selector, int fd, unsigned events)
{
    int flags = events & SELKIE_EDGE ? EV_ADD | EV_CLEAR : EV_ADD;
    int error = 0;
    if (events & SELKIE_READ)
        error = kqueue_control(selector, fd, EVFILT_READ, flags);
    if (error == 0 && events & SELKIE_WRITE)
        error = kqueue_control(selector, fd, EVFILT_WRITE, flags);
    return error;
}

/* Deletes filters. Fails when the file was closed, and its filters with it. */
static void kqueue_drop(const struct selkie_selector *selector, int fd, unsigned events)
{
    if (events & SELKIE_READ)
        kqueue_control(selector, fd, EVFILT_READ, EV_DELETE);
    if (events & SELKIE_WRITE)
        kqueue_control(selector, fd, EVFILT_WRITE, EV_DELETE);
}

static int kqueue_add(struct selkie_selector *selector, int fd, unsigned events)
{
    struct kqueue_selector *self = kqueue_of(selector);
    int error = selector->count < self->capacity ? 0 : kqueue_grow(self, self->capacity * 2);
    if (error < 0)
        return error;
    /* What fired for a former registration dies. QUEUED stays while the number is in the queue: it
     * must not be there twice. */
    selector->keys[fd].mark &= QUEUED;
    error = kqueue_put(selector, fd, events);
    if (error < 0)
        kqueue_drop(selector, fd, events);
    return error;
}

static int kqueue_change(struct selkie_selector *selector, int fd, unsigned events)
{
    struct selector_key *key = &selector->keys[fd];
    /* Adding a filter again does not set or clear its EV_CLEAR. */
    unsigned kept = (key->events ^ events) & SELKIE_EDGE ? 0 : key->events & events;
    kqueue_drop(selector, fd, key->events & ~kept);
    key->mark &= kept | QUEUED;
    /* The kept ones as well: when the number is that of another file by this time, they are gone.
     */
    int error = kqueue_put(selector, fd, events);
    if (error < 0)
        kqueue_drop(selector, fd, events);
    return error;
}

static void kqueue_remove(struct selkie_selector *selector, int fd)
{
    kqueue_drop(selector, fd, selector->keys[fd].events);
}

static unsigned kqueue_ready(const struct kevent *event)
{
    unsigned events = event->filter == EVFILT_READ ? SELKIE_READ : SELKIE_WRITE;
    return event->flags & EV_EOF ? events | SELECTOR_HANGUP : events;
}

/* Forgets what was level-triggered: it is asked for again, and may be ready no longer. An edge is
 * told once, so it stays. Returns whether one has stayed. */
static bool kqueue_refresh(struct kqueue_selector *self)
{
    bool stayed = false;
    for (size_t i = 0; i < self->queued; i++) {
        struct selector_key *key = &self->head.keys[self->queue[i]];
        if (!(key->events & SELKIE_EDGE))
            key->mark = QUEUED;
        stayed = stayed || key->mark != QUEUED;
    }
    return stayed;
}

static void kqueue_collect(struct kqueue_selector *self, const struct kevent *event)
{
    int fd = (int)event->ident;
    struct selector_key *key = selector_find(&self->head, fd);
    if (!key)
        return;
    if (!(key->mark & QUEUED))
        self->queue[self->queued++] = fd;
    key->mark |= QUEUED | kqueue_ready(event);
}

/* Reports from the head of the queue; what does not fit stays, and is the head of the next one. */
static int kqueue_report(struct kqueue_selector *self, struct selkie_key *ready, int capacity)
{
    int shown = 0;
    size_t stay = 0;
    for (size_t i = 0; i < self->queued; i++) {
        int fd = self->queue[i];
        struct selector_key *key = &self->head.keys[fd];
        unsigned events = key->mark & key->events;
        if (events && shown == capacity) {
            self->queue[stay++] = fd;
            continue;
        }
        key->mark = 0;
        if (events)
            selector_report(&self->head, fd, events, &ready[shown++]);
    }
    self->queued = stay;
    return shown;
}

static int kqueue_select(struct selkie_selector *selector, struct selkie_key *ready, int capacity,
                         int64_t timeout_ns)
{
    struct kqueue_selector *self = kqueue_of(selector);
    struct timespec time;
    const struct timespec *timeout =
        selector_timespec(kqueue_refresh(self) ? 0 : timeout_ns, &time);
    int room = self->capacity > INT_MAX / 2 ? INT_MAX : (int)self->capacity * 2;
    int count = kevent(selector->descriptor, NULL, 0, self->buffer, room, timeout);
    if (count < 0)
        return -errno;
    for (int i = 0; i < count; i++)
        kqueue_collect(self, &self->buffer[i]);
    return kqueue_report(self, ready, capacity);
}

const struct selector_system selector_kqueue = {
    .name = "kqueue",
    .size = sizeof(struct kqueue_selector),
    .fd_limit = INT_MAX,
    .has_edge = true,
    .open = kqueue_open,
    .close = kqueue_close,
    .add = kqueue_add,
    .change = kqueue_change,
    .remove = kqueue_remove,
    .wait = kqueue_select,
};
