// SPDX-License-Identifier: MIT
/*
 * What the selectors share: the table of registered descriptors, and the few functions that each
 * system call brings. selector.c checks the contract of selkie/selector.h once for all of them;
 * epoll.c, kqueue.c, poll.c and select.c only speak to their system call.
 *
 * The engine includes this header for two events that are not public. It always holds: a key with
 * events is registered, a key without is not, and the system call knows of no other (but see
 * epoll.c for what the kernel may keep behind our back).
 */
#ifndef SELECTOR_SELECTOR_H
#define SELECTOR_SELECTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include <selkie/selector.h>

/* Events for selector_add and selector_change only.
 * EXCLUSIVE: of several processes that wait for this descriptor, wake few (EPOLLEXCLUSIVE on epoll,
 * which refuses it together with HANGUP; without effect elsewhere).
 * HANGUP: report, with this bit, that the peer has ended its side, or on epoll has sent urgent
 * data. An edge-triggered reader needs it, since one that stops at a short read would miss a FIN
 * that came together with the data, or what lies behind the urgent mark. select cannot tell, and
 * never reports it. */
enum { SELECTOR_EXCLUSIVE = 8, SELECTOR_HANGUP = 16 };

enum { SELECTOR_DIRECTIONS = SELKIE_READ | SELKIE_WRITE };

/* 16 bytes, since a table indexed by descriptor has one for every connection, idle or not. */
struct selector_key {
    void *data;      /* borrowed from the caller */
    uint32_t mark;   /* the system's own: epoll's generation, poll's place, kqueue's unreported */
    uint32_t events; /* what it is registered for; 0: not registered */
};

/* One system call. The functions return 0 or a count, or a negative errno. */
struct selector_system {
    const char *name;
    size_t size;   /* of its struct, which begins with a struct selkie_selector */
    int fd_limit;  /* descriptors from this one on are refused */
    bool has_edge; /* it knows SELKIE_EDGE */
    /* What is registered is kept here and not in the kernel: it notices a closed descriptor only
     * when it waits, and does not forget it. */
    bool is_local;

    /* Fills the zeroed rest of the struct, and selector->descriptor where there is one. */
    int (*open)(struct selkie_selector *selector);
    /* Frees what open, add and wait have made. */
    void (*close)(struct selkie_selector *selector);
    /* Begins to wait for `fd`. The key is there, and has no events before this has returned. */
    int (*add)(struct selkie_selector *selector, int fd, unsigned events);
    /* Waits for other events. The key has the former ones; after an error, remove is called. */
    int (*change)(struct selkie_selector *selector, int fd, unsigned events);
    /* Waits for `fd` no longer, which may be closed or another file by this time. */
    void (*remove)(struct selkie_selector *selector, int fd);
    /* As selkie_selector_select, but may return 0 before the time is up, and -EAGAIN when it has to
     * be called again to see what is ready. `timeout_ns` is SELECTOR_WAIT_MAX at most. */
    int (*wait)(struct selkie_selector *selector, struct selkie_key *ready, int capacity,
                int64_t timeout_ns);
};

enum { SELECTOR_SECOND = 1000 * 1000 * 1000 };

/* One day: some kernels refuse a time-out of years, and epoll_wait counts it in an int. */
#define SELECTOR_WAIT_MAX ((int64_t)24 * 60 * 60 * SELECTOR_SECOND)

struct selkie_selector {
    const struct selector_system *system;
    struct selector_key *keys; /* owned, indexed by descriptor */
    size_t key_capacity;
    size_t count;   /* of keys that have events */
    int descriptor; /* owned by the system; -1 where it has none */
};

extern const struct selector_system selector_epoll;
extern const struct selector_system selector_kqueue;
extern const struct selector_system selector_poll;
extern const struct selector_system selector_select;

/* selkie_selector_register and selkie_selector_modify, which also take the events above. */
int selector_add(struct selkie_selector *selector, int fd, unsigned events, void *data);
int selector_change(struct selkie_selector *selector, int fd, unsigned events, void *data);

/* Ends a registration, if there is one, of a descriptor that the caller closes next: what the
 * kernel keeps of it goes with the file, so this spares the system call. */
void selector_forget(struct selkie_selector *selector, int fd);

/* The key of a registered descriptor, lent until the next registration, or NULL. */
static inline struct selector_key *selector_find(const struct selkie_selector *selector, int fd)
{
    if (fd < 0 || (size_t)fd >= selector->key_capacity || selector->keys[fd].events == 0)
        return NULL;
    return &selector->keys[fd];
}

/* Writes that `events` of a registered descriptor are ready, as far as it is registered for them.
 */
static inline void selector_report(const struct selkie_selector *selector, int fd, unsigned events,
                                   struct selkie_key *out)
{
    const struct selector_key *key = &selector->keys[fd];
    *out = (struct selkie_key){.fd = fd, .events = events & key->events, .data = key->data};
}

/* The time-out in the form of kevent, ppoll and pselect: NULL waits without end. */
static inline const struct timespec *selector_timespec(int64_t timeout_ns, struct timespec *out)
{
    if (timeout_ns < 0)
        return NULL;
    out->tv_sec = (time_t)(timeout_ns / SELECTOR_SECOND);
    out->tv_nsec = (long)(timeout_ns % SELECTOR_SECOND);
    return out;
}

#endif
