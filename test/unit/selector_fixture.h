// SPDX-License-Identifier: MIT
/*
 * What the selector tests share: a group of tests is run over every selector that this system has.
 * Each test finds a fresh selector in *state. A test that needs a descriptor limit that this system
 * does not grant is skipped, and says so.
 */
#ifndef SELECTOR_FIXTURE_H
#define SELECTOR_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <selkie/selector.h>

enum { SELECTOR_KINDS = 4 };

static const char *const selector_names[SELECTOR_KINDS] = {"epoll", "kqueue", "poll", "select"};
static const char *current_name;

/* *state is the name of the selector before, and the selector after. */
static inline int open_selector(void **state)
{
    current_name = *state;
    *state = selkie_selector_open(current_name);
    return *state ? 0 : -1;
}

static inline int close_selector(void **state)
{
    selkie_selector_close(*state);
    return 0;
}

static inline bool runs_on(const char *name)
{
    return strcmp(current_name, name) == 0;
}

/* Writes the tests for one selector. Returns how many: none when the system does not have it. */
static inline size_t tests_for_selector(const struct CMUnitTest *tests, size_t count,
                                        const char *name, struct CMUnitTest *out)
{
    selkie_selector *selector = selkie_selector_open(name);
    if (!selector)
        return 0;
    selkie_selector_close(selector);
    for (size_t i = 0; i < count; i++) {
        char *full_name = NULL;
        assert_true(asprintf(&full_name, "%s %s", name, tests[i].name) > 0);
        out[i] = (struct CMUnitTest){full_name, tests[i].test_func, open_selector, close_selector,
                                     (void *)(uintptr_t)name};
    }
    return count;
}

/* One group for all selectors, since TAP knows one plan a program. Returns how many have failed. */
static inline int run_over_selectors(const struct CMUnitTest *tests, size_t count)
{
    struct CMUnitTest *all = calloc(SELECTOR_KINDS * count, sizeof(*all));
    assert_non_null(all);
    size_t all_count = 0;
    for (size_t i = 0; i < SELECTOR_KINDS; i++)
        all_count += tests_for_selector(tests, count, selector_names[i], all + all_count);
    int failed = _cmocka_run_group_tests("selector", all, all_count, NULL, NULL);
    for (size_t i = 0; i < all_count; i++)
        free((void *)(uintptr_t)all[i].name);
    free(all);
    return failed;
}

/* Two connected sockets. */
static inline void open_pair(int pair[2])
{
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair), 0);
}

static inline void close_pair(const int pair[2])
{
    close(pair[0]);
    close(pair[1]);
}

static inline void send_byte(int fd)
{
    assert_int_equal(write(fd, "x", 1), 1);
}

/* Lets the test open `wanted` descriptors, or skips it. */
static inline void need_descriptors(rlim_t wanted)
{
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    if (limit.rlim_cur >= wanted)
        return;
    limit.rlim_cur = wanted;
    if (setrlimit(RLIMIT_NOFILE, &limit) < 0) {
        print_message("# %s: needs %lu descriptors\n", current_name, (unsigned long)wanted);
        skip();
    }
}

/* Expects exactly this one descriptor to be ready at once, with these events. */
static inline void expect_one(selkie_selector *selector, int fd, unsigned events, const void *data)
{
    struct selkie_key ready[4];
    assert_int_equal(selkie_selector_select(selector, ready, 4, 0), 1);
    assert_int_equal(ready[0].fd, fd);
    assert_int_equal(ready[0].events, events);
    assert_ptr_equal(ready[0].data, data);
}

static inline void expect_none(selkie_selector *selector)
{
    struct selkie_key ready[4];
    assert_int_equal(selkie_selector_select(selector, ready, 4, 0), 0);
}

static inline int64_t clock_ns(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000 * 1000 * 1000 + time.tv_nsec;
}

/* Expects nothing to become ready, and the whole time to be waited out. */
static inline void expect_waits(selkie_selector *selector, int64_t timeout_ns)
{
    struct selkie_key ready;
    int64_t start = clock_ns();
    assert_int_equal(selkie_selector_select(selector, &ready, 1, timeout_ns), 0);
    assert_true(clock_ns() - start >= timeout_ns);
}

#endif
