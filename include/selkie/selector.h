// SPDX-License-Identifier: MIT
/*
 * A selector waits for many file descriptors at once. One interface over the system calls that can
 * do so: epoll(7), kqueue(2), poll(2) and select(2). The model is Python's `selectors` module.
 *
 * A selector belongs to one thread at a time, and to the process that opened it: open another one
 * after fork(2). It borrows the descriptors and the data pointers registered with it.
 */
#ifndef SELKIE_SELECTOR_H
#define SELKIE_SELECTOR_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What to wait for, or what is ready. SELKIE_EDGE joins one or both of the others: report only
 * what became ready since the last report (epoll and kqueue). */
enum { SELKIE_READ = 1, SELKIE_WRITE = 2, SELKIE_EDGE = 4 };

typedef struct selkie_selector selkie_selector;

/* One registered descriptor: the events it was registered for (from selkie_selector_key) or those
 * that are ready (from selkie_selector_select), and the caller's pointer. */
struct selkie_key {
    int fd;
    unsigned events;
    void *data;
};

/* Opens the selector `name` ("epoll", "kqueue", "poll", "select"), or the best one of this system
 * for NULL. Returns a selector that the caller owns, or NULL and errno: ENOTSUP for one that this
 * system does not have, EINVAL for an unknown name, ENOMEM, EMFILE, ENFILE. */
selkie_selector *selkie_selector_open(const char *name);

/* The name of the selector: a constant string. */
const char *selkie_selector_name(const selkie_selector *selector);

/* Registers `fd`. Returns 0, or: -EEXIST, it is registered already; -EINVAL, no or unknown events,
 * or a negative descriptor; -EBADF, it is not open; -EPERM, epoll cannot wait for it (a regular
 * file); -ENOTSUP, SELKIE_EDGE on poll or select; -EMFILE, on select, fd >= FD_SETSIZE; -ENOMEM;
 * -ENOSPC, the limit of epoll watches is reached (epoll_ctl(2)). */
int selkie_selector_register(selkie_selector *selector, int fd, unsigned events, void *data);

/* Changes the events and the data of a registered descriptor. The same events with other data cost
 * no system call. Returns 0; -ENOENT when it is not registered; or an error of
 * selkie_selector_register, and then the descriptor is not registered any more. */
int selkie_selector_modify(selkie_selector *selector, int fd, unsigned events, void *data);

/* Ends a registration. Returns 0 or -ENOENT. Succeeds for a descriptor that was closed, or closed
 * and reused, meanwhile. */
int selkie_selector_unregister(selkie_selector *selector, int fd);

/*
 * Waits until a descriptor is ready, at most `timeout_ns` nanoseconds (negative: without end, 0:
 * not at all), and never less than that when none is ready. Fills at most `capacity` keys, each
 * with what is ready of what was registered; one that is ready for both comes once with both. An
 * error or a hang-up shows as whatever was registered, so that the next call on it tells what is
 * wrong. When more are ready than fit, later calls report the others first. Returns the count, 0 at
 * the time-out, -EINTR when a signal came, -EINVAL for capacity < 1.
 */
int selkie_selector_select(selkie_selector *selector, struct selkie_key *ready, int capacity,
                           int64_t timeout_ns);

/* Copies the registration of `fd` to *out. Returns 0, or -ENOENT and *out untouched. */
int selkie_selector_key(const selkie_selector *selector, int fd, struct selkie_key *out);

/* How many descriptors are registered. */
size_t selkie_selector_count(const selkie_selector *selector);

/* The descriptor of the selector itself, lent, or -ENOTSUP (poll and select have none). */
int selkie_selector_fileno(const selkie_selector *selector);

/* Closes the selector and forgets its registrations; the descriptors stay open. NULL is allowed. */
void selkie_selector_close(selkie_selector *selector);

#ifdef __cplusplus
}
#endif

#endif
