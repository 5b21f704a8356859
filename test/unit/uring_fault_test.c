// SPDX-License-Identifier: MIT
/*
 * The io_uring engine on hard times: a kernel that interrupts it, has no memory or buffers for it,
 * takes half of what it submits, or a ring that dies. uring_mock.h plays the kernel, and counts, so
 * that each test also proves that it has met what it is about.
 */
#include "engine_fixture.h"

#include <errno.h>
#include <liburing.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "uring_mock.h"

enum { MANY = 300, BIG = 1024 * 1024 };

/* *state is the number of entries of the ring, in text, or NULL; and the owner after. */
static int fault_open(void **state)
{
    if (*state)
        setenv("SELKIE_RING_ENTRIES", *state, 1);
    else
        unsetenv("SELKIE_RING_ENTRIES");
    mock = (struct mock){0};
    return owner_open(state);
}

static int fault_close(void **state)
{
    mock.traits = 0;
    mock.enter_errors = 0;
    return owner_close(state);
}

/* What the engine does for its speed: a send that succeeds costs no completion. */
static void test_sends_that_succeed_tell_nothing(void **state)
{
    struct owner *owner = *state;
    struct end *ends[MANY], *small = end_open_small(owner);
    for (size_t i = 0; i < MANY; i++)
        ends[i] = end_open(owner);
    owner_catch_up(owner);
    mock.sends = mock.sends_told = 0;
    for (size_t i = 0; i < MANY; i++)
        assert_int_equal(end_send(owner, ends[i], pattern(100)), 0);
    for (size_t i = 0; i < MANY; i++)
        owner_turn_until_read(owner, ends[i], 100);
    assert_int_equal(mock.sends, MANY);
    assert_int_equal(mock.sends_told, 0);
    assert_int_equal(end_send(owner, small, pattern(BIG)), 0);
    owner_turn_until_read(owner, small, BIG);
    assert_int_equal(mock.sends_told, 1); /* the rest went by send(2) */
}

/* More are sent to than there are buffers: some find none, and are served in the next turns. */
static void test_no_buffer_is_left(void **state)
{
    struct owner *owner = *state;
    struct end *ends[MANY];
    for (size_t i = 0; i < MANY; i++)
        ends[i] = end_open(owner);
    owner_catch_up(owner);
    for (size_t i = 0; i < MANY; i++)
        peer_write(ends[i], pattern(10000));
    for (size_t i = 0; i < MANY; i++) {
        while (ends[i]->told_length < 10000)
            owner_turn(owner);
        end_expect_told(ends[i], pattern(10000));
    }
    assert_true(mock.starved > 0);
}

/* The queue of completions holds 8: what is more is kept by the kernel, in order. */
static void test_completions_overflow(void **state)
{
    struct owner *owner = *state;
    struct end *ends[MANY];
    for (size_t i = 0; i < MANY; i++)
        ends[i] = i % 2 ? end_open(owner) : end_open_small(owner);
    owner_catch_up(owner);
    for (size_t i = 0; i < MANY; i++) {
        peer_write(ends[i], pattern(1000));
        assert_int_equal(end_send(owner, ends[i], pattern(i % 2 ? 1000 : 50000)), 0);
        if (i % 3 == 0)
            peer_end(ends[i]);
    }
    for (size_t i = 0; i < MANY; i++) {
        owner_turn_until_read(owner, ends[i], i % 2 ? 1000 : 50000);
        while (ends[i]->told_length < 1000 || ends[i]->ended < (i % 3 == 0))
            owner_turn(owner);
        end_expect_told(ends[i], pattern(1000));
    }
    assert_true(mock.overflows > 0);
}

/* Whatever goes on is cancelled again and again. */
static void test_what_goes_on_is_cancelled(void **state)
{
    struct owner *owner = *state;
    struct end *listener = listener_open(owner), *end = end_open(owner);
    int clients[20];
    mock.traits = MOCK_CANCELS;
    assert_int_equal(engine_listen(owner->engine, &listener->source, true), 0);
    for (size_t i = 0; i < 20; i++) {
        clients[i] = client_connect(listener);
        peer_write(end, span_skip(pattern(i * 100 + 100), i * 100));
        while (end->told_length < i * 100 + 100 || owner->accepted_count < i + 1)
            owner_turn(owner);
    }
    end_expect_told(end, pattern(2000));
    assert_in_range(mock.cancelled, 10, UINT32_MAX);
    for (size_t i = 0; i < 20; i++)
        close(clients[i]);
}

/* Errors of io_uring_enter that pass */

static void test_a_wait_is_interrupted(void **state)
{
    struct owner *owner = *state;
    struct end *end = end_open(owner);
    for (size_t i = 0; i < 5; i++) {
        peer_write(end, span_skip(pattern(i * 100 + 100), i * 100));
        assert_int_equal(end_send(owner, end, span_skip(pattern(i * 100 + 100), i * 100)), 0);
        mock.enter_error = -EINTR;
        mock.enter_errors = 1;
        assert_int_equal(engine_wait(owner->engine, -1), -EINTR);
        assert_false(engine_holds_output(owner->engine)); /* nor is it lost */
        assert_false(peer_read(end));
        assert_int_equal(end->read, i * 100 + 100);
        owner_dispatch(owner);
    }
    while (end->told_length < 500)
        owner_turn(owner);
    end_expect_told(end, pattern(500));
}

static void test_the_kernel_is_short_of_memory(void **state)
{
    struct owner *owner = *state;
    struct end *end = end_open(owner);
    for (size_t i = 0; i < 10; i++) {
        assert_int_equal(end_send(owner, end, span_skip(pattern(i * 100 + 100), i * 100)), 0);
        mock.enter_error = -EAGAIN;
        mock.enter_errors = 3;
        if (i % 2)
            owner_wait(owner);
        else
            owner_flush(owner);
        assert_false(peer_read(end));
        assert_int_equal(end->read, i * 100 + 100);
        owner_turn(owner);
    }
}

/* It takes a part of what is submitted, and the rest when it is asked again. */
static void test_half_of_it_is_taken(void **state)
{
    struct owner *owner = *state;
    struct end *ends[10];
    for (size_t i = 0; i < 10; i++)
        ends[i] = end_open(owner);
    for (size_t takes = 1; takes < 10; takes++) {
        struct span bytes = span_skip(pattern(takes * 100), takes * 100 - 100);
        mock.takes = (unsigned)takes;
        for (size_t i = 0; i < 10; i++)
            assert_int_equal(end_send(owner, ends[i], bytes), 0);
        if (takes % 2)
            owner_wait(owner);
        else
            owner_flush(owner);
        for (size_t i = 0; i < 10; i++) {
            assert_false(peer_read(ends[i]));
            assert_int_equal(ends[i]->read, takes * 100);
        }
        owner_turn(owner);
    }
}

/* It cannot hold another completion until some were taken out. */
static void test_completions_do_not_fit(void **state)
{
    struct owner *owner = *state;
    struct end *end = end_open(owner);
    for (size_t i = 0; i < 5; i++) {
        peer_write(end, span_skip(pattern(i * 100 + 100), i * 100));
        assert_int_equal(end_send(owner, end, span_skip(pattern(i * 100 + 100), i * 100)), 0);
        mock.enter_error = -EBUSY;
        mock.enter_errors = 1;
        owner_wait(owner);
        assert_false(peer_read(end));
        assert_int_equal(end->read, i * 100 + 100);
        owner_dispatch(owner);
    }
    while (end->told_length < 500)
        owner_turn(owner);
    end_expect_told(end, pattern(500));
}

/* Errors of a connection */

static void end_send_and_flush(struct owner *owner, struct end *end, bool flushes)
{
    assert_int_equal(end_send(owner, end, pattern(100)), 0);
    mock.breaks = IORING_OP_SEND;
    if (flushes)
        owner_flush(owner);
    else
        owner_wait(owner);
    assert_int_equal(mock.breaks, 0);
}

/* What was sent is lost, so nothing may follow it, though the kernel would take it: the peer would
 * read on behind a hole. */
static void test_nothing_goes_behind_a_send_that_has_failed(void **state)
{
    struct owner *owner = *state;
    for (size_t i = 0; i < 4; i++) {
        struct end *end = end_open(owner);
        owner_catch_up(owner);
        end_send_and_flush(owner, end, i % 2);
        owner->inside = CALLED_SEND;
        ssize_t sent = i < 2 ? engine_send(owner->engine, &end->source, pattern(100))
                             : engine_send_now(owner->engine, &end->source, pattern(100));
        owner->inside = CALLED_NOWHERE;
        assert_int_equal(sent, -EPIPE);
        while (!end->ended)
            owner_turn(owner);
        assert_int_equal(end->error, -EBADF);
        owner_catch_up(owner);
        assert_true(peer_read(end));
        assert_int_equal(end->read, 0);
    }
}

/* It would pass for the death of the master. */
static void test_a_poll_that_fails_is_no_ringing(void **state)
{
    struct owner *owner = *state;
    struct end *bell = bell_open(owner);
    mock.breaks = IORING_OP_POLL_ADD;
    owner_wait(owner);
    owner_dispatch(owner);
    assert_int_equal(mock.breaks, 0);
    assert_int_equal(bell->rung, 0);
    bell_ring(bell);
    while (!bell->rung)
        owner_turn(owner);
}

/* Errors that do not pass */

/* A wait of a ring that has died, for this reason. */
static void expect_dead(struct owner *owner, int error)
{
    owner->inside = CALLED_WAIT;
    assert_int_equal(engine_wait(owner->engine, -1), error);
    assert_int_equal(engine_wait(owner->engine, 0), error); /* and stays so */
    owner->inside = CALLED_NOWHERE;
    owner->is_dead = true;
}

/* A send without the close that is linked to it: the close must not run when the send is short. So
 * the ring ends, for want of a better way; by no means is the peer told that this was all. */
static void tear_a_link(struct owner *owner, bool flushes)
{
    struct end *end = end_open_small(owner);
    owner_catch_up(owner);
    assert_int_equal(end_send(owner, end, pattern(BIG)), 0);
    end_hang_up(owner, end);
    mock.takes = 1;
    owner->inside = CALLED_FLUSH;
    if (flushes)
        engine_flush(owner->engine);
    expect_dead(owner, -EAGAIN);
    assert_int_equal(mock.takes, 0);
    /* The kernel hands the torn send to a thread (io_submit_state_end). */
    struct pollfd peer = {.fd = end->peer, .events = POLLIN};
    assert_int_equal(poll(&peer, 1, -1), 1);
    assert_false(peer_read(end));
    assert_in_range(end->read, 1, BIG - 1);
}

static void test_a_link_is_torn_by_a_wait(void **state)
{
    tear_a_link(*state, false);
}

static void test_a_link_is_torn_by_a_flush(void **state)
{
    tear_a_link(*state, true);
}

/* The worker is told, and nothing that it may still ask does harm: it has to drop its connections.
 */
static void test_the_ring_dies(void **state)
{
    struct owner *owner = *state;
    struct end *ends[MANY], *listener = listener_open(owner);
    for (size_t i = 0; i < MANY; i++)
        ends[i] = end_open(owner);
    assert_int_equal(engine_listen(owner->engine, &listener->source, true), 0);
    owner_catch_up(owner);
    for (size_t i = 0; i < MANY / 2; i++)
        assert_int_equal(end_send(owner, ends[i], pattern(100)), 0);
    mock.enter_error = -EBADF;
    mock.enter_errors = -1;
    expect_dead(owner, -EBADF);
    for (size_t i = 0; i < MANY; i++) { /* more than the ring has entries */
        owner->inside = CALLED_FLUSH;
        assert_true(engine_send(owner->engine, &ends[i]->source, pattern(100)) != 0);
        engine_pause(owner->engine, &ends[i]->source);
        engine_resume(owner->engine, &ends[i]->source);
        engine_finish(owner->engine, &ends[i]->source);
        if (i % 3)
            end_drop(owner, ends[i]);
        else
            end_hang_up(owner, ends[i]);
    }
    engine_unlisten(owner->engine, &listener->source);
    expect_dead(owner, -EBADF);
}

/* What the kernel has said once holds, so that what is dropped then is closed. */
static void test_the_ring_dies_once(void **state)
{
    struct owner *owner = *state;
    for (size_t i = 0; i < MANY; i++)
        (void)end_open(owner);
    owner_catch_up(owner);
    mock.enter_error = -ENXIO;
    mock.enter_errors = 1;
    expect_dead(owner, -ENXIO);
}

int main(void)
{
    static char one[] = "1";
    const struct CMUnitTest tests[] = {
        {"sends_that_succeed_tell_nothing", test_sends_that_succeed_tell_nothing, fault_open,
         fault_close, NULL},
        {"no_buffer_is_left", test_no_buffer_is_left, fault_open, fault_close, NULL},
        {"completions_overflow", test_completions_overflow, fault_open, fault_close, one},
        {"what_goes_on_is_cancelled", test_what_goes_on_is_cancelled, fault_open, fault_close,
         NULL},
        {"a_wait_is_interrupted", test_a_wait_is_interrupted, fault_open, fault_close, NULL},
        {"the_kernel_is_short_of_memory", test_the_kernel_is_short_of_memory, fault_open,
         fault_close, NULL},
        {"half_of_it_is_taken", test_half_of_it_is_taken, fault_open, fault_close, NULL},
        {"completions_do_not_fit", test_completions_do_not_fit, fault_open, fault_close, NULL},
        {"a_poll_that_fails_is_no_ringing", test_a_poll_that_fails_is_no_ringing, fault_open,
         fault_close, NULL},
        {"nothing_goes_behind_a_send_that_has_failed",
         test_nothing_goes_behind_a_send_that_has_failed, fault_open, fault_close, NULL},
        {"a_link_is_torn_by_a_wait", test_a_link_is_torn_by_a_wait, fault_open, fault_close, NULL},
        {"a_link_is_torn_by_a_flush", test_a_link_is_torn_by_a_flush, fault_open, fault_close,
         NULL},
        {"the_ring_dies", test_the_ring_dies, fault_open, fault_close, NULL},
        {"the_ring_dies_once", test_the_ring_dies_once, fault_open, fault_close, NULL},
        {"a_small_ring_dies", test_the_ring_dies, fault_open, fault_close, one},
    };
    return OWNER_RUN(tests);
}
