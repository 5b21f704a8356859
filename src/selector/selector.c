// SPDX-License-Identifier: MIT
/*
 * The public selector: the contract of selkie/selector.h, checked once for every system call. The
 * engine and the users of the library call it.
 *
 * It always holds: a system sees only valid events and descriptors in its range, is asked to change
 * or remove only what it has added, and never sees a time-out above SELECTOR_WAIT_MAX.
 */
#include "selector/selector.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

/* Most programs hold few descriptors: one kilobyte of keys. */
enum { FIRST_KEY_CAPACITY = 64 };

struct choice {
    const char *name;
    const struct selector_system *system; /* NULL: not on this operating system */
};

/* Every name of the contract, best first. */
static const struct choice choices[] = {
#if __has_include(<sys/epoll.h>)
    {"epoll", &selector_epoll},
#else
    {"epoll", NULL},
#endif
#if __has_include(<sys/event.h>)
    {"kqueue", &selector_kqueue},
#else
    {"kqueue", NULL},
#endif
    {"poll", &selector_poll},
    {"select", &selector_select},
};

static int choose(const char *name, const struct selector_system **out)
{
    for (size_t i = 0; i < sizeof(choices) / sizeof(choices[0]); i++) {
        if (name ? strcmp(name, choices[i].name) != 0 : !choices[i].system)
            continue;
        *out = choices[i].system;
        return *out ? 0 : -ENOTSUP;
    }
    return -EINVAL;
}

static int create(const struct selector_system *system, struct selkie_selector **out)
{
    struct selkie_selector *selector = calloc(1, system->size);
    if (!selector)
        return -ENOMEM;
    selector->system = system;
    selector->descriptor = -1;
    int error = system->open(selector);
    if (error < 0)
        free(selector);
    else
        *out = selector;
    return error;
}

selkie_selector *selkie_selector_open(const char *name)
{
    const struct selector_system *system = NULL;
    struct selkie_selector *selector = NULL;
    int error = choose(name, &system);
    if (error == 0)
        error = create(system, &selector);
    if (error < 0)
        errno = -error;
    return selector;
}

void selkie_selector_close(selkie_selector *selector)
{
    if (!selector)
        return;
    selector->system->close(selector);
    free(selector->keys);
    free(selector);
}

const char *selkie_selector_name(const selkie_selector *selector)
{
    return selector->system->name;
}

size_t selkie_selector_count(const selkie_selector *selector)
{
    return selector->count;
}

int selkie_selector_fileno(const selkie_selector *selector)
{
    return selector->descriptor < 0 ? -ENOTSUP : selector->descriptor;
}

int selkie_selector_key(const selkie_selector *selector, int fd, struct selkie_key *out)
{
    if (!selector_find(selector, fd))
        return -ENOENT;
    selector_report(selector, fd, SELECTOR_DIRECTIONS | SELKIE_EDGE, out);
    return 0;
}

static int check_open(int fd)
{
    return fcntl(fd, F_GETFD) < 0 ? -errno : 0;
}

/* Makes room for the key of `fd`. It must be open: the table is never larger than the process's own
 * table of descriptors calls for. */
static int grow(struct selkie_selector *selector, int fd)
{
    int error = check_open(fd);
    if (error < 0)
        return error;
    size_t capacity = selector->key_capacity ? selector->key_capacity : FIRST_KEY_CAPACITY;
    while (capacity <= (size_t)fd)
        capacity *= 2;
    struct selector_key *keys = reallocarray(selector->keys, capacity, sizeof(*keys));
    if (!keys)
        return -ENOMEM;
    memset(keys + selector->key_capacity, 0, (capacity - selector->key_capacity) * sizeof(*keys));
    selector->keys = keys;
    selector->key_capacity = capacity;
    return 0;
}

static int check_events(const struct selkie_selector *selector, unsigned events)
{
    const unsigned known = SELECTOR_DIRECTIONS | SELKIE_EDGE | SELECTOR_EXCLUSIVE | SELECTOR_HANGUP;
    if (events & ~known || !(events & SELECTOR_DIRECTIONS))
        return -EINVAL;
    if (events & SELKIE_EDGE && !selector->system->has_edge)
        return -ENOTSUP;
    return 0;
}

/* To the public the engine's events are unknown ones: turns them into none, which is refused. */
static unsigned public_events(unsigned events)
{
    return (events & (SELECTOR_EXCLUSIVE | SELECTOR_HANGUP)) ? 0 : events;
}

int selector_add(struct selkie_selector *selector, int fd, unsigned events, void *data)
{
    if (selector_find(selector, fd))
        return -EEXIST;
    int error = fd < 0 ? -EINVAL : check_events(selector, events);
    if (error == 0 && fd >= selector->system->fd_limit)
        error = -EMFILE;
    if (error == 0 && (size_t)fd >= selector->key_capacity)
        error = grow(selector, fd);
    if (error == 0 && selector->system->is_local)
        error = check_open(fd);
    if (error == 0)
        error = selector->system->add(selector, fd, events);
    if (error < 0)
        return error;
    selector->keys[fd].events = events;
    selector->keys[fd].data = data;
    selector->count++;
    return 0;
}

static int change_events(struct selkie_selector *selector, int fd, unsigned events)
{
    int error = check_events(selector, events);
    if (error == 0 && selector->system->is_local)
        error = check_open(fd);
    if (error == 0)
        error = selector->system->change(selector, fd, events);
    return error;
}

int selector_change(struct selkie_selector *selector, int fd, unsigned events, void *data)
{
    struct selector_key *key = selector_find(selector, fd);
    if (!key)
        return -ENOENT;
    int error = events == key->events ? 0 : change_events(selector, fd, events);
    if (error < 0) {
        selkie_selector_unregister(selector, fd);
        return error;
    }
    key->events = events;
    key->data = data;
    return 0;
}

int selkie_selector_register(selkie_selector *selector, int fd, unsigned events, void *data)
{
    return selector_add(selector, fd, public_events(events), data);
}

int selkie_selector_modify(selkie_selector *selector, int fd, unsigned events, void *data)
{
    return selector_change(selector, fd, public_events(events), data);
}

static void clear_key(struct selkie_selector *selector, struct selector_key *key)
{
    key->events = 0;
    key->data = NULL;
    selector->count--;
}

int selkie_selector_unregister(selkie_selector *selector, int fd)
{
    struct selector_key *key = selector_find(selector, fd);
    if (!key)
        return -ENOENT;
    selector->system->remove(selector, fd);
    clear_key(selector, key);
    return 0;
}

void selector_forget(struct selkie_selector *selector, int fd)
{
    struct selector_key *key = selector_find(selector, fd);
    if (!key)
        return;
    if (selector->system->is_local)
        selector->system->remove(selector, fd);
    clear_key(selector, key);
}

static int64_t clock_ns(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time); /* cannot fail: the clock exists, the pointer is ours */
    return (int64_t)time.tv_sec * SELECTOR_SECOND + time.tv_nsec;
}

/* What is left until the deadline; a time-out that never ends, or has ended, stays as it is. */
static int64_t time_left(int64_t timeout_ns, int64_t deadline)
{
    if (timeout_ns <= 0)
        return timeout_ns;
    int64_t left = deadline - clock_ns();
    return left > 0 ? left : 0;
}

static int64_t deadline_after(int64_t timeout_ns)
{
    int64_t now = clock_ns();
    return timeout_ns > INT64_MAX - now ? INT64_MAX : now + timeout_ns;
}

int selkie_selector_select(selkie_selector *selector, struct selkie_key *ready, int capacity,
                           int64_t timeout_ns)
{
    if (capacity < 1)
        return -EINVAL;
    int64_t deadline = timeout_ns > 0 ? deadline_after(timeout_ns) : 0;
    for (;;) {
        int64_t wait_ns = timeout_ns < SELECTOR_WAIT_MAX ? timeout_ns : SELECTOR_WAIT_MAX;
        int count = selector->system->wait(selector, ready, capacity, wait_ns);
        if (count != 0 && count != -EAGAIN)
            return count;
        timeout_ns = time_left(timeout_ns, deadline);
        if (count == 0 && timeout_ns == 0)
            return 0;
    }
}
