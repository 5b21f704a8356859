// SPDX-License-Identifier: MIT
/*
 * The selector's waiting: what selkie_selector_select promises in selkie/selector.h, on every
 * selector of this system: which events, how long, how many, in which turn. selector_test.c has the
 * registrations. Times are only ever compared from below: a slow machine waits longer.
 */
#include "selector_fixture.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/time.h>

#include "selector/selector.h"

enum { BOTH = SELKIE_READ | SELKIE_WRITE, MANY = 3000 };

static int one, two; /* data pointers */

static void register_fd(selkie_selector *selector, int fd, unsigned events, void *data)
{
    assert_int_equal(selkie_selector_register(selector, fd, events, data), 0);
}

static void test_capacity_is_positive(void **state)
{
    struct selkie_key ready;
    assert_int_equal(selkie_selector_select(*state, &ready, 0, 0), -EINVAL);
    assert_int_equal(selkie_selector_select(*state, &ready, -1, 0), -EINVAL);
}

static void test_ready_events(void **state)
{
    int pair[2];
    open_pair(pair);
    register_fd(*state, pair[0], SELKIE_READ, &one);
    expect_none(*state);
    register_fd(*state, pair[1], SELKIE_WRITE, &two);
    expect_one(*state, pair[1], SELKIE_WRITE, &two);
    assert_int_equal(selkie_selector_unregister(*state, pair[1]), 0);
    send_byte(pair[1]);
    expect_one(*state, pair[0], SELKIE_READ, &one);
    expect_one(*state, pair[0], SELKIE_READ, &one); /* level-triggered */
    struct selkie_key ready;
    assert_int_equal(selkie_selector_select(*state, &ready, 1, -1), 1);
    assert_int_equal(selkie_selector_select(*state, &ready, 1, INT64_MAX), 1);
    close_pair(pair);
}

static void test_both_directions_come_once(void **state)
{
    int pair[2];
    open_pair(pair);
    register_fd(*state, pair[0], BOTH, &one);
    expect_one(*state, pair[0], SELKIE_WRITE, &one);
    send_byte(pair[1]);
    expect_one(*state, pair[0], BOTH, &one);
    register_fd(*state, pair[1], BOTH, &two);
    send_byte(pair[0]);
    for (int i = 0; i < 4; i++) { /* nor does the capacity part them */
        struct selkie_key ready;
        assert_int_equal(selkie_selector_select(*state, &ready, 1, 0), 1);
        assert_int_equal(ready.events, BOTH);
    }
    close_pair(pair);
}

static void test_hangup_of_a_pipe(void **state)
{
    int readers[2], writers[2];
    assert_int_equal(pipe(readers), 0);
    assert_int_equal(pipe(writers), 0);
    register_fd(*state, readers[0], SELKIE_READ, &one);
    expect_none(*state);
    close(readers[1]);
    expect_one(*state, readers[0], SELKIE_READ, &one);
    assert_int_equal(selkie_selector_unregister(*state, readers[0]), 0);
    register_fd(*state, writers[1], SELKIE_WRITE, &two);
    close(writers[0]);
    expect_one(*state, writers[1], SELKIE_WRITE, &two);
    close(readers[0]);
    close(writers[1]);
}

static void test_hangup_shows_as_registered(void **state)
{
    int pair[2];
    open_pair(pair);
    close(pair[1]);
    register_fd(*state, pair[0], SELKIE_READ, &one);
    const unsigned steps[] = {SELKIE_WRITE, BOTH, SELKIE_READ};
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        assert_int_equal(selkie_selector_modify(*state, pair[0], steps[i], &one), 0);
        expect_one(*state, pair[0], steps[i], &one);
    }
    close(pair[0]);
}

/* A socket whose connect to this machine was refused. */
static int refused_socket(void)
{
    int blocker = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = {.sin_family = AF_INET};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof(address);
    assert_int_equal(bind(blocker, (struct sockaddr *)&address, length), 0);
    assert_int_equal(getsockname(blocker, (struct sockaddr *)&address, &length), 0);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, length), -1);
    close(blocker);
    return fd;
}

static void test_error_shows_as_registered(void **state)
{
    int fd = refused_socket();
    struct selkie_key ready;
    register_fd(*state, fd, BOTH, &one);
    assert_int_equal(selkie_selector_select(*state, &ready, 1, -1), 1);
    assert_int_equal(ready.events, BOTH);
    assert_int_equal(selkie_selector_modify(*state, fd, SELKIE_READ, &one), 0);
    expect_one(*state, fd, SELKIE_READ, &one);
    close(fd);
}

static void test_closed_shows_as_registered(void **state)
{
    if (runs_on("epoll") || runs_on("kqueue"))
        skip(); /* they forget what is closed */
    int closed[2], pair[2];
    open_pair(closed);
    open_pair(pair);
    register_fd(*state, closed[0], BOTH, &one);
    register_fd(*state, pair[0], SELKIE_WRITE, &two);
    close(closed[0]);
    struct selkie_key ready[4];
    assert_int_equal(selkie_selector_select(*state, ready, 4, -1), 2);
    const struct selkie_key *first = ready[0].fd == closed[0] ? ready : ready + 1;
    assert_int_equal(first->fd, closed[0]);
    assert_int_equal(first->events, BOTH);
    assert_int_equal(selkie_selector_unregister(*state, closed[0]), 0);
    expect_one(*state, pair[0], SELKIE_WRITE, &two);
    close(closed[1]);
    close_pair(pair);
}

static void expect_waits_all(selkie_selector *selector)
{
    const int64_t timeouts[] = {1, 999, 1000, 65537, 999999, 1000001, 3000000};
    for (size_t i = 0; i < sizeof(timeouts) / sizeof(timeouts[0]); i++)
        expect_waits(selector, timeouts[i]);
}

static void test_timeout_is_never_early(void **state)
{
    expect_waits_all(*state); /* empty */
    int pair[2];
    open_pair(pair);
    register_fd(*state, pair[0], SELKIE_READ, &one);
    expect_waits_all(*state);
    assert_int_equal(selkie_selector_unregister(*state, pair[0]), 0);
    expect_waits_all(*state);
    close_pair(pair);
}

static void on_alarm(int signal)
{
    (void)signal;
}

static void set_alarm(int interval_us)
{
    struct itimerval timer = {.it_interval.tv_usec = interval_us, .it_value.tv_usec = interval_us};
    assert_int_equal(setitimer(ITIMER_REAL, &timer, NULL), 0);
}

static void test_signal_interrupts(void **state)
{
    struct sigaction action = {.sa_handler = on_alarm}, former;
    struct selkie_key ready;
    assert_int_equal(sigaction(SIGALRM, &action, &former), 0);
    set_alarm(2000); /* again and again: one may come before the wait has begun */
    int without_end = selkie_selector_select(*state, &ready, 1, -1);
    int with_end = selkie_selector_select(*state, &ready, 1, INT64_MAX);
    set_alarm(0);
    assert_int_equal(sigaction(SIGALRM, &former, NULL), 0);
    assert_int_equal(without_end, -EINTR);
    assert_int_equal(with_end, -EINTR);
}

/* Ten are ready; how many calls of this capacity show all of them? */
static void expect_all_have_their_turn(selkie_selector *selector, int capacity, int calls)
{
    int pairs[10][2];
    int seen[10] = {0};
    for (int i = 0; i < 10; i++) {
        open_pair(pairs[i]);
        register_fd(selector, pairs[i][0], BOTH, &seen[i]);
    }
    for (int i = 0; i < calls; i++) {
        struct selkie_key ready[10];
        int count = selkie_selector_select(selector, ready, capacity, 0);
        assert_int_equal(count, capacity);
        for (int j = 0; j < count; j++)
            ++*(int *)ready[j].data;
    }
    for (int i = 0; i < 10; i++) {
        assert_in_range(seen[i], 1, 2);
        assert_int_equal(selkie_selector_unregister(selector, pairs[i][0]), 0);
        close_pair(pairs[i]);
    }
}

static void test_all_have_their_turn(void **state)
{
    expect_all_have_their_turn(*state, 1, 10);
    expect_all_have_their_turn(*state, 3, 4);
    expect_all_have_their_turn(*state, 10, 2);
}

/* What did not fit is asked for again: it may be ready no longer, or be gone. */
static void test_left_over_is_not_believed(void **state)
{
    int first[2], second[2];
    open_pair(first);
    open_pair(second);
    register_fd(*state, first[0], SELKIE_READ, &one);
    register_fd(*state, second[0], SELKIE_READ, &two);
    send_byte(first[1]);
    send_byte(second[1]);
    struct selkie_key ready;
    assert_int_equal(selkie_selector_select(*state, &ready, 1, 0), 1);
    int other = ready.fd == first[0] ? second[0] : first[0];
    char byte;
    assert_int_equal(read(other, &byte, 1), 1);
    expect_one(*state, ready.fd, SELKIE_READ, ready.data);
    assert_int_equal(selkie_selector_unregister(*state, ready.fd), 0);
    expect_none(*state);
    close_pair(first);
    close_pair(second);
}

static void test_edge_is_told_once(void **state)
{
    if (runs_on("poll") || runs_on("select"))
        skip(); /* they have none */
    int pair[2];
    open_pair(pair);
    register_fd(*state, pair[0], BOTH | SELKIE_EDGE, &one);
    expect_one(*state, pair[0], SELKIE_WRITE, &one);
    expect_none(*state);
    send_byte(pair[1]);
    struct selkie_key ready;
    assert_int_equal(selkie_selector_select(*state, &ready, 1, -1), 1);
    assert_true(ready.events & SELKIE_READ);
    expect_none(*state);
    send_byte(pair[1]);
    assert_int_equal(selkie_selector_select(*state, &ready, 1, -1), 1);
    assert_true(ready.events & SELKIE_READ);
    expect_none(*state);
    assert_int_equal(selkie_selector_modify(*state, pair[0], SELKIE_READ, &two), 0);
    expect_one(*state, pair[0], SELKIE_READ, &two);
    expect_one(*state, pair[0], SELKIE_READ, &two);
    assert_int_equal(selkie_selector_modify(*state, pair[0], BOTH | SELKIE_EDGE, &one), 0);
    expect_one(*state, pair[0], BOTH, &one);
    expect_none(*state);
    close_pair(pair);
}

/* An edge that does not fit the capacity would be lost, were it not kept. */
static void test_edges_beyond_capacity_are_kept(void **state)
{
    if (runs_on("poll") || runs_on("select"))
        skip(); /* they have none */
    int pairs[10][2];
    int seen[10] = {0};
    for (int i = 0; i < 10; i++) {
        open_pair(pairs[i]);
        register_fd(*state, pairs[i][0], BOTH | SELKIE_EDGE, &seen[i]);
    }
    for (int left = 10; left > 0; left -= 4) {
        struct selkie_key ready[4];
        int count = selkie_selector_select(*state, ready, 4, -1); /* has no need to wait */
        assert_int_equal(count, left < 4 ? left : 4);
        for (int i = 0; i < count; i++)
            ++*(int *)ready[i].data;
    }
    expect_none(*state);
    for (int i = 0; i < 10; i++) {
        assert_int_equal(seen[i], 1);
        close_pair(pairs[i]);
    }
}

/* Those that are left over, end and begin again do not pile up: kqueue.c has a queue of them. */
static void test_left_over_begins_again(void **state)
{
    int pairs[20][2];
    unsigned events = runs_on("poll") || runs_on("select") ? BOTH : BOTH | SELKIE_EDGE;
    struct selkie_key ready[20];
    for (int i = 0; i < 20; i++) {
        open_pair(pairs[i]);
        register_fd(*state, pairs[i][0], events, &one);
    }
    for (int turn = 0; turn < 40; turn++) {
        assert_int_equal(selkie_selector_select(*state, ready, 1, 0), 1);
        for (int i = 0; i < 20; i++) {
            assert_int_equal(selkie_selector_unregister(*state, pairs[i][0]), 0);
            register_fd(*state, pairs[i][0], events, &two);
        }
    }
    assert_int_equal(selkie_selector_select(*state, ready, 20, 0), 20);
    for (int i = 0; i < 20; i++) {
        assert_ptr_equal(ready[i].data, &two);
        close_pair(pairs[i]);
    }
}

static void register_again(selkie_selector *selector, int fd, unsigned events)
{
    assert_int_equal(selkie_selector_unregister(selector, fd), 0);
    register_fd(selector, fd, events, &two);
}

static void modify_twice(selkie_selector *selector, int fd, unsigned events)
{
    const unsigned others = events ^ BOTH;
    assert_int_equal(selkie_selector_modify(selector, fd, others, &two), 0);
    assert_int_equal(selkie_selector_modify(selector, fd, events, &two), 0);
}

/* What was ready for one registration is not told to the next. */
static void expect_left_over_dies(selkie_selector *selector,
                                  void (*begin_again)(selkie_selector *, int, unsigned))
{
    int pairs[2][2];
    unsigned events = SELKIE_READ;
    if (!runs_on("poll") && !runs_on("select"))
        events |= SELKIE_EDGE;
    for (int i = 0; i < 2; i++) {
        open_pair(pairs[i]);
        register_fd(selector, pairs[i][0], events, &one);
        send_byte(pairs[i][1]);
    }
    struct selkie_key ready;
    assert_int_equal(selkie_selector_select(selector, &ready, 1, 0), 1);
    for (int i = 0; i < 2; i++) {
        char byte;
        assert_int_equal(read(pairs[i][0], &byte, 1), 1);
        begin_again(selector, pairs[i][0], events);
    }
    expect_none(selector);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(selkie_selector_unregister(selector, pairs[i][0]), 0);
        close_pair(pairs[i]);
    }
}

static void test_left_over_dies_with_its_registration(void **state)
{
    expect_left_over_dies(*state, register_again);
    expect_left_over_dies(*state, modify_twice);
}

static void test_half_close_is_a_hangup(void **state)
{
    int pair[2];
    open_pair(pair);
    const unsigned events = SELKIE_READ | SELECTOR_HANGUP;
    assert_int_equal(selector_add(*state, pair[0], events, &one), 0);
    send_byte(pair[1]);
    expect_one(*state, pair[0], SELKIE_READ, &one);
    assert_int_equal(shutdown(pair[1], SHUT_WR), 0);
    expect_one(*state, pair[0], runs_on("select") ? SELKIE_READ : events, &one);
    assert_int_equal(selkie_selector_modify(*state, pair[0], SELKIE_READ, &two), 0);
    expect_one(*state, pair[0], SELKIE_READ, &two);
    close_pair(pair);
}

static void test_many(void **state)
{
    if (runs_on("select"))
        skip(); /* it has FD_SETSIZE */
    need_descriptors(MANY + 64);
    int *fds = calloc(MANY, sizeof(*fds));
    struct selkie_key *ready = calloc(MANY, sizeof(*ready));
    for (int i = 0; i < MANY; i++) {
        fds[i] = eventfd(1, EFD_CLOEXEC);
        register_fd(*state, fds[i], SELKIE_READ, &fds[i]);
    }
    assert_int_equal(selkie_selector_count(*state), MANY);
    assert_int_equal(selkie_selector_select(*state, ready, MANY, 0), MANY);
    for (int i = 0; i < MANY; i++) {
        assert_int_equal(*(int *)ready[i].data, ready[i].fd); /* -1 had it come before */
        *(int *)ready[i].data = -1;
        assert_int_equal(selkie_selector_unregister(*state, ready[i].fd), 0);
        close(ready[i].fd);
    }
    assert_int_equal(selkie_selector_count(*state), 0);
    expect_none(*state);
    free(ready);
    free(fds);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_capacity_is_positive),
    cmocka_unit_test(test_ready_events),
    cmocka_unit_test(test_both_directions_come_once),
    cmocka_unit_test(test_hangup_of_a_pipe),
    cmocka_unit_test(test_hangup_shows_as_registered),
    cmocka_unit_test(test_error_shows_as_registered),
    cmocka_unit_test(test_closed_shows_as_registered),
    cmocka_unit_test(test_timeout_is_never_early),
    cmocka_unit_test(test_signal_interrupts),
    cmocka_unit_test(test_all_have_their_turn),
    cmocka_unit_test(test_left_over_is_not_believed),
    cmocka_unit_test(test_edge_is_told_once),
    cmocka_unit_test(test_edges_beyond_capacity_are_kept),
    cmocka_unit_test(test_left_over_begins_again),
    cmocka_unit_test(test_left_over_dies_with_its_registration),
    cmocka_unit_test(test_half_close_is_a_hangup),
    cmocka_unit_test(test_many),
};

int main(void)
{
    return run_over_selectors(tests, sizeof(tests) / sizeof(tests[0]));
}
