// SPDX-License-Identifier: MIT
/*
 * The selector's registrations: what register, modify, unregister and key promise in
 * selkie/selector.h, on every selector of this system, also when descriptors are closed, reused or
 * duplicated behind its back. selector_wait_test.c has the waiting.
 */
#include "selector_fixture.h"

#include <errno.h>
#include <poll.h>
#include <sys/select.h>

#include "selector/selector.h"

static int one, two; /* data pointers */

static void test_open_by_name(void **state)
{
    assert_string_equal(selkie_selector_name(*state), current_name);
    assert_int_equal(selkie_selector_count(*state), 0);
    errno = 0;
    assert_null(selkie_selector_open("devpoll"));
    assert_int_equal(errno, EINVAL);
    selkie_selector_close(NULL);
}

static void test_best_is_the_first_here(void **state)
{
    (void)state;
    selkie_selector *best = selkie_selector_open(NULL);
    assert_non_null(best);
    selkie_selector *first = NULL;
    for (size_t i = 0; !first; i++) {
        errno = 0;
        first = selkie_selector_open(selector_names[i]);
        assert_true(first || errno == ENOTSUP);
    }
    assert_string_equal(selkie_selector_name(best), selkie_selector_name(first));
    selkie_selector_close(first);
    selkie_selector_close(best);
}

static void test_fileno(void **state)
{
    int fd = selkie_selector_fileno(*state);
    if (runs_on("poll") || runs_on("select")) {
        assert_int_equal(fd, -ENOTSUP);
        return;
    }
    assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
    int pair[2];
    open_pair(pair);
    assert_int_equal(selkie_selector_register(*state, pair[0], SELKIE_READ, NULL), 0);
    struct pollfd slot = {.fd = fd, .events = POLLIN};
    assert_int_equal(poll(&slot, 1, 0), 0);
    send_byte(pair[1]);
    assert_int_equal(poll(&slot, 1, 0), 1);
    close_pair(pair);
}

static void test_close_leaves_no_descriptor(void **state)
{
    (void)state;
    if (runs_on("kqueue"))
        skip(); /* the fake one for Linux keeps two */
    int before = dup(STDERR_FILENO);
    close(before);
    selkie_selector_close(selkie_selector_open(current_name));
    int after = dup(STDERR_FILENO);
    close(after);
    assert_int_equal(after, before);
}

static void test_register_keeps_events_and_data(void **state)
{
    int pair[2];
    open_pair(pair);
    struct selkie_key key = {.fd = -7, .events = 77};
    assert_int_equal(selkie_selector_key(*state, pair[0], &key), -ENOENT);
    assert_int_equal(selkie_selector_key(*state, -1, &key), -ENOENT);
    assert_int_equal(key.fd, -7);
    assert_int_equal(key.events, 77);
    assert_int_equal(selkie_selector_register(*state, pair[0], SELKIE_READ, &one), 0);
    assert_int_equal(selkie_selector_count(*state), 1);
    assert_int_equal(selkie_selector_key(*state, pair[0], &key), 0);
    assert_int_equal(key.fd, pair[0]);
    assert_int_equal(key.events, SELKIE_READ);
    assert_ptr_equal(key.data, &one);
    close_pair(pair);
}

static void test_register_refuses(void **state)
{
    int pair[2];
    open_pair(pair);
    const unsigned bad[] = {0, SELKIE_EDGE, 8 | SELKIE_READ, 16 | SELKIE_READ, 1u << 31 | 1};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_int_equal(selkie_selector_register(*state, pair[0], bad[i], NULL), -EINVAL);
    assert_int_equal(selkie_selector_register(*state, -1, SELKIE_READ, NULL), -EINVAL);
    assert_int_equal(selkie_selector_register(*state, INT32_MIN, SELKIE_READ, NULL), -EINVAL);
    assert_int_equal(selkie_selector_count(*state), 0);
    assert_int_equal(selkie_selector_register(*state, pair[0], SELKIE_READ, NULL), 0);
    assert_int_equal(selkie_selector_register(*state, pair[0], SELKIE_WRITE, NULL), -EEXIST);
    assert_int_equal(selkie_selector_count(*state), 1);
    close_pair(pair);
    assert_int_equal(selkie_selector_register(*state, pair[1], SELKIE_READ, NULL), -EBADF);
    assert_int_equal(selkie_selector_count(*state), 1);
}

static void test_register_edge_where_it_is_known(void **state)
{
    int pair[2];
    open_pair(pair);
    int expected = runs_on("poll") || runs_on("select") ? -ENOTSUP : 0;
    unsigned events = SELKIE_READ | SELKIE_EDGE;
    assert_int_equal(selkie_selector_register(*state, pair[0], events, NULL), expected);
    struct selkie_key key;
    assert_int_equal(selkie_selector_key(*state, pair[0], &key), expected ? -ENOENT : 0);
    if (expected == 0)
        assert_int_equal(key.events, events);
    close_pair(pair);
}

static void test_register_beyond_fd_setsize(void **state)
{
    need_descriptors(FD_SETSIZE + 16);
    int pair[2];
    open_pair(pair);
    int fd = dup2(pair[0], FD_SETSIZE);
    assert_int_equal(fd, FD_SETSIZE);
    send_byte(pair[1]);
    if (runs_on("select")) {
        assert_int_equal(selkie_selector_register(*state, fd, SELKIE_READ, &one), -EMFILE);
        expect_none(*state);
    } else {
        assert_int_equal(selkie_selector_register(*state, fd, SELKIE_READ, &one), 0);
        expect_one(*state, fd, SELKIE_READ, &one);
    }
    int highest = dup2(pair[0], FD_SETSIZE - 1);
    assert_int_equal(selkie_selector_unregister(*state, fd), runs_on("select") ? -ENOENT : 0);
    assert_int_equal(selkie_selector_register(*state, highest, SELKIE_READ, &two), 0);
    expect_one(*state, highest, SELKIE_READ, &two);
    close(highest);
    close(fd);
    close_pair(pair);
}

static void test_register_regular_file(void **state)
{
    FILE *file = tmpfile();
    assert_non_null(file);
    int fd = fileno(file);
    int error = selkie_selector_register(*state, fd, SELKIE_READ | SELKIE_WRITE, &one);
    if (runs_on("epoll") || runs_on("kqueue")) {
        assert_int_equal(error, -EPERM); /* of kqueues, the fake one for Linux only */
    } else {
        assert_int_equal(error, 0);
        expect_one(*state, fd, SELKIE_READ | SELKIE_WRITE, &one);
    }
    fclose(file);
}

static void test_modify_events(void **state)
{
    int pair[2];
    open_pair(pair);
    send_byte(pair[1]);
    const unsigned both = SELKIE_READ | SELKIE_WRITE;
    assert_int_equal(selkie_selector_modify(*state, pair[0], SELKIE_READ, NULL), -ENOENT);
    assert_int_equal(selkie_selector_modify(*state, -1, SELKIE_READ, NULL), -ENOENT);
    assert_int_equal(selkie_selector_register(*state, pair[0], SELKIE_READ, &one), 0);
    const unsigned steps[] = {SELKIE_WRITE, both, SELKIE_READ, both, SELKIE_WRITE, SELKIE_READ};
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        assert_int_equal(selkie_selector_modify(*state, pair[0], steps[i], &two), 0);
        expect_one(*state, pair[0], steps[i], &two);
    }
    assert_int_equal(selkie_selector_count(*state), 1);
    close_pair(pair);
}

/* On a closed descriptor, any system call would fail. */
static void test_modify_data_only_asks_nobody(void **state)
{
    int pair[2];
    open_pair(pair);
    assert_int_equal(selkie_selector_register(*state, pair[0], SELKIE_READ, &one), 0);
    close_pair(pair);
    assert_int_equal(selkie_selector_modify(*state, pair[0], SELKIE_READ, &two), 0);
    struct selkie_key key;
    assert_int_equal(selkie_selector_key(*state, pair[0], &key), 0);
    assert_ptr_equal(key.data, &two);
}

static void test_modify_that_fails_unregisters(void **state)
{
    int pair[2];
    open_pair(pair);
    send_byte(pair[1]);
    assert_int_equal(selkie_selector_register(*state, pair[0], SELKIE_READ, &one), 0);
    assert_int_equal(selkie_selector_modify(*state, pair[0], 0, &one), -EINVAL);
    assert_int_equal(selkie_selector_unregister(*state, pair[0]), -ENOENT);
    expect_none(*state);
    assert_int_equal(selkie_selector_register(*state, pair[0], SELKIE_READ, &one), 0);
    close(pair[0]);
    assert_int_equal(selkie_selector_modify(*state, pair[0], SELKIE_WRITE, &one), -EBADF);
    assert_int_equal(selkie_selector_count(*state), 0);
    expect_none(*state);
    close(pair[1]);
}

static void test_modify_after_reuse(void **state)
{
    int former[2], pair[2];
    open_pair(former);
    open_pair(pair);
    assert_int_equal(selkie_selector_register(*state, former[0], SELKIE_READ, &one), 0);
    assert_int_equal(dup2(pair[0], former[0]), former[0]);
    send_byte(pair[1]);
    const unsigned both = SELKIE_READ | SELKIE_WRITE;
    assert_int_equal(selkie_selector_modify(*state, former[0], both, &two), 0);
    expect_one(*state, former[0], both, &two);
    close_pair(former);
    close_pair(pair);
}

static void test_unregister(void **state)
{
    int pair[2];
    open_pair(pair);
    assert_int_equal(selkie_selector_unregister(*state, pair[0]), -ENOENT);
    assert_int_equal(selkie_selector_unregister(*state, -1), -ENOENT);
    assert_int_equal(selkie_selector_register(*state, pair[0], SELKIE_READ, &one), 0);
    send_byte(pair[1]);
    assert_int_equal(selkie_selector_unregister(*state, pair[0]), 0);
    assert_int_equal(selkie_selector_unregister(*state, pair[0]), -ENOENT);
    assert_int_equal(selkie_selector_count(*state), 0);
    expect_none(*state);
    assert_int_equal(selkie_selector_register(*state, pair[0], SELKIE_READ, &two), 0);
    expect_one(*state, pair[0], SELKIE_READ, &two);
    close_pair(pair);
}

static void test_unregister_after_close(void **state)
{
    int pair[2];
    open_pair(pair);
    assert_int_equal(selkie_selector_register(*state, pair[0], SELKIE_READ, &one), 0);
    close_pair(pair);
    assert_int_equal(selkie_selector_unregister(*state, pair[0]), 0);
    assert_int_equal(selkie_selector_count(*state), 0);
    expect_none(*state);
}

static void test_unregister_after_reuse(void **state)
{
    int former[2], pair[2];
    open_pair(former);
    open_pair(pair);
    assert_int_equal(selkie_selector_register(*state, former[0], SELKIE_READ, &one), 0);
    assert_int_equal(dup2(pair[0], former[0]), former[0]);
    send_byte(pair[1]);
    assert_int_equal(selkie_selector_unregister(*state, former[0]), 0);
    expect_none(*state);
    assert_int_equal(selkie_selector_register(*state, former[0], SELKIE_READ, &two), 0);
    expect_one(*state, former[0], SELKIE_READ, &two);
    close_pair(former);
    close_pair(pair);
}

/* The highest one decides how much of the sets select looks at. */
static void test_unregister_the_highest(void **state)
{
    int low[2], high[2];
    open_pair(low);
    open_pair(high);
    assert_int_equal(selkie_selector_register(*state, low[0], SELKIE_READ, &one), 0);
    assert_int_equal(selkie_selector_register(*state, high[1], SELKIE_WRITE, &two), 0);
    assert_int_equal(selkie_selector_unregister(*state, high[1]), 0);
    send_byte(low[1]);
    expect_one(*state, low[0], SELKIE_READ, &one);
    close_pair(low);
    close_pair(high);
}

/* In poll's array the last one takes the place of the one that went. */
static void test_unregister_the_first(void **state)
{
    int pairs[3][2];
    for (int i = 0; i < 3; i++) {
        open_pair(pairs[i]);
        assert_int_equal(selkie_selector_register(*state, pairs[i][0], SELKIE_READ, &one), 0);
    }
    assert_int_equal(selkie_selector_unregister(*state, pairs[0][0]), 0);
    assert_int_equal(selkie_selector_modify(*state, pairs[2][0], SELKIE_WRITE, &two), 0);
    expect_one(*state, pairs[2][0], SELKIE_WRITE, &two);
    assert_int_equal(selkie_selector_unregister(*state, pairs[2][0]), 0);
    send_byte(pairs[1][1]);
    expect_one(*state, pairs[1][0], SELKIE_READ, &one);
    for (int i = 0; i < 3; i++)
        close_pair(pairs[i]);
}

/* Registers a readable file, closes it while a duplicate lives on, and unregisters it. */
static void leave_stale(selkie_selector *selector, int pair[2], int *out)
{
    open_pair(pair);
    send_byte(pair[1]);
    assert_int_equal(selkie_selector_register(selector, pair[0], SELKIE_READ, &one), 0);
    *out = dup(pair[0]);
    close(pair[0]);
    assert_int_equal(selkie_selector_unregister(selector, pair[0]), 0);
}

static void test_stale_file_is_never_shown(void **state)
{
    if (runs_on("kqueue"))
        skip(); /* close deletes its filters; the fake one for Linux cannot know */
    int pair[2], duplicate, other[2];
    int fd = selkie_selector_fileno(*state);
    open_pair(other);
    leave_stale(*state, pair, &duplicate);
    assert_int_equal(selkie_selector_register(*state, other[0], SELKIE_READ, &two), 0);
    send_byte(other[1]);
    struct selkie_key ready;
    assert_int_equal(selkie_selector_select(*state, &ready, 1, 0), 1);
    assert_int_equal(ready.fd, other[0]);
    expect_one(*state, other[0], SELKIE_READ, &two);
    assert_int_equal(selkie_selector_unregister(*state, other[0]), 0);
    expect_none(*state);
    assert_int_equal(selkie_selector_fileno(*state), fd);
    /* Nor does the stale file keep waking the selector. */
    struct pollfd slot = {.fd = fd, .events = POLLIN};
    assert_int_equal(poll(&slot, 1, 0), 0);
    assert_true(fd < 0 || fcntl(fd, F_GETFD) & FD_CLOEXEC);
    close(duplicate);
    close(pair[1]);
    close_pair(other);
}

/* The wait that meets the stale file goes on for what is left of its time. */
static void test_stale_file_ends_no_wait(void **state)
{
    if (runs_on("kqueue"))
        skip(); /* as above */
    int pair[2], duplicate;
    leave_stale(*state, pair, &duplicate);
    expect_waits(*state, 2000000);
    close(duplicate);
    close(pair[1]);
}

static void test_stale_file_comes_back(void **state)
{
    int pair[2], duplicate;
    leave_stale(*state, pair, &duplicate);
    assert_int_equal(dup2(duplicate, pair[0]), pair[0]);
    assert_int_equal(selkie_selector_register(*state, pair[0], SELKIE_READ, &two), 0);
    expect_one(*state, pair[0], SELKIE_READ, &two);
    close(duplicate);
    close_pair(pair);
}

static void test_stale_file_beside_its_successor(void **state)
{
    if (runs_on("kqueue"))
        skip(); /* as above */
    int pair[2], duplicate, other[2];
    open_pair(other);
    leave_stale(*state, pair, &duplicate);
    assert_int_equal(dup2(other[0], pair[0]), pair[0]);
    assert_int_equal(selkie_selector_register(*state, pair[0], SELKIE_READ, &two), 0);
    expect_none(*state);
    send_byte(other[1]);
    expect_one(*state, pair[0], SELKIE_READ, &two);
    close(duplicate);
    close_pair(pair);
    close_pair(other);
}

static void test_forget_before_close(void **state)
{
    int former[2], pair[2];
    open_pair(former);
    send_byte(former[1]);
    selector_forget(*state, former[0]);
    assert_int_equal(selkie_selector_register(*state, former[0], SELKIE_READ, &one), 0);
    selector_forget(*state, former[0]);
    close_pair(former);
    assert_int_equal(selkie_selector_count(*state), 0);
    expect_none(*state);
    open_pair(pair);
    assert_int_equal(pair[0], former[0]); /* the lowest free number */
    assert_int_equal(selkie_selector_register(*state, pair[0], SELKIE_READ, &two), 0);
    expect_none(*state);
    send_byte(pair[1]);
    expect_one(*state, pair[0], SELKIE_READ, &two);
    close_pair(pair);
}

/* A child has inherited the file, say, so that closing it ends nothing. */
static void test_forgotten_file_lives_on(void **state)
{
    if (runs_on("kqueue"))
        skip(); /* as above */
    int pair[2];
    open_pair(pair);
    send_byte(pair[1]);
    assert_int_equal(selkie_selector_register(*state, pair[0], SELKIE_READ, &one), 0);
    int duplicate = dup(pair[0]);
    selector_forget(*state, pair[0]);
    close(pair[0]);
    expect_waits(*state, 2000000);
    close(duplicate);
    close(pair[1]);
}

static void test_exclusive(void **state)
{
    int pair[2];
    open_pair(pair);
    send_byte(pair[1]);
    const unsigned exclusive = SELKIE_READ | SELECTOR_EXCLUSIVE;
    assert_int_equal(selector_add(*state, pair[0], exclusive, &one), 0);
    expect_one(*state, pair[0], SELKIE_READ, &one);
    struct selkie_key key;
    assert_int_equal(selkie_selector_key(*state, pair[0], &key), 0);
    assert_int_equal(key.events, SELKIE_READ);
    assert_int_equal(selkie_selector_modify(*state, pair[0], SELKIE_WRITE, &two), 0);
    expect_one(*state, pair[0], SELKIE_WRITE, &two);
    assert_int_equal(selector_change(*state, pair[0], exclusive, &one), 0);
    expect_one(*state, pair[0], SELKIE_READ, &one);
    close_pair(pair);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_open_by_name),
    cmocka_unit_test(test_best_is_the_first_here),
    cmocka_unit_test(test_fileno),
    cmocka_unit_test(test_close_leaves_no_descriptor),
    cmocka_unit_test(test_register_keeps_events_and_data),
    cmocka_unit_test(test_register_refuses),
    cmocka_unit_test(test_register_edge_where_it_is_known),
    cmocka_unit_test(test_register_beyond_fd_setsize),
    cmocka_unit_test(test_register_regular_file),
    cmocka_unit_test(test_modify_events),
    cmocka_unit_test(test_modify_data_only_asks_nobody),
    cmocka_unit_test(test_modify_that_fails_unregisters),
    cmocka_unit_test(test_modify_after_reuse),
    cmocka_unit_test(test_unregister),
    cmocka_unit_test(test_unregister_after_close),
    cmocka_unit_test(test_unregister_after_reuse),
    cmocka_unit_test(test_unregister_the_highest),
    cmocka_unit_test(test_unregister_the_first),
    cmocka_unit_test(test_stale_file_is_never_shown),
    cmocka_unit_test(test_stale_file_ends_no_wait),
    cmocka_unit_test(test_stale_file_comes_back),
    cmocka_unit_test(test_stale_file_beside_its_successor),
    cmocka_unit_test(test_forget_before_close),
    cmocka_unit_test(test_forgotten_file_lives_on),
    cmocka_unit_test(test_exclusive),
};

int main(void)
{
    return run_over_selectors(tests, sizeof(tests) / sizeof(tests[0]));
}
