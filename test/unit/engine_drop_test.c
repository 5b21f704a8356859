// SPDX-License-Identifier: MIT
/*
 * Connections that are dropped, on each engine, with whatever is asked of the kernel; and
 * descriptor numbers that are used again at once: nothing of the connection that had the number
 * before reaches the one that has it, and this one misses nothing. $ENGINE names the engine, see
 * engine_fixture.h.
 */
#include "engine_fixture.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { ROUNDS = 50, MANY = 300 };

static void test_dropped_with_everything_outstanding(void **state)
{
    struct owner *owner = *state;
    struct end *ends[MANY];
    for (size_t i = 0; i < MANY; i++) {
        ends[i] = i % 2 ? end_open(owner) : end_open_small(owner);
        if (i % 4 < 2)
            assert_int_equal(end_send(owner, ends[i], pattern(100000)), 0);
    }
    owner_turn(owner);
    for (size_t i = 0; i < MANY; i++) {
        peer_write(ends[i], pattern(100));
        if (i % 3 == 0)
            engine_pause(owner->engine, &ends[i]->source);
        if (!ends[i]->awaits_room && i % 5 == 0)
            assert_int_equal(end_send(owner, ends[i], pattern(100000)), 0);
        end_drop(owner, ends[i]);
    }
    owner_turn(owner);
    owner_turn(owner);
    for (size_t i = 0; i < MANY; i++)
        assert_true(ends[i]->is_released);
}

static void drop_all_but_itself(struct owner *owner, struct end *end)
{
    for (size_t i = 0; i < owner->end_count; i++) {
        if (owner->ends[i] != end && !owner->ends[i]->is_dropped)
            end_drop(owner, owner->ends[i]);
    }
}

/* The others have input in the same turn. */
static void test_others_dropped_from_inside_the_dispatch(void **state)
{
    struct owner *owner = *state;
    for (size_t i = 0; i < 20; i++) {
        struct end *end = end_open(owner);
        end->on_input = drop_all_but_itself;
    }
    owner_turn(owner);
    for (size_t i = 0; i < 20; i++)
        peer_write(owner->ends[i], pattern(10000));
    size_t left = 20;
    while (left > 1) {
        owner_turn(owner);
        left = 0;
        for (size_t i = 0; i < 20; i++)
            left += !owner->ends[i]->is_released;
    }
}

static void drop_itself(struct owner *owner, struct end *end)
{
    end_drop(owner, end);
}

static void test_dropped_itself_from_inside_the_dispatch(void **state)
{
    struct owner *owner = *state;
    struct end *ends[] = {end_open(owner), end_open(owner), end_open_tcp(owner)};
    ends[0]->on_input = ends[2]->on_input = drop_itself;
    ends[1]->on_ended = drop_itself;
    for (size_t i = 0; i < 3; i++) {
        peer_write(ends[i], pattern(20000));
        peer_end(ends[i]);
    }
    for (size_t i = 0; i < 3; i++)
        owner_turn_until_released(owner, ends[i]);
    owner_catch_up(owner);
    end_expect_told(ends[1], pattern(20000));
}

/* Nothing that is asked of the kernel keeps the socket open: the peer is told. */
static void test_the_peer_of_a_dropped_one_is_told(void **state)
{
    struct owner *owner = *state;
    struct end *ends[] = {end_open_small(owner), end_open(owner), end_open(owner)};
    assert_int_equal(end_send(owner, ends[0], pattern(100000)), 0);
    owner_turn(owner);
    assert_true(ends[0]->awaits_room);
    engine_pause(owner->engine, &ends[2]->source);
    for (size_t i = 0; i < 3; i++)
        end_drop(owner, ends[i]);
    for (size_t i = 0; i < 3; i++) {
        struct pollfd peer = {.fd = ends[i]->peer}; /* before it reads: that would end any wait */
        while (poll(&peer, 1, 0) == 0 || !(peer.revents & POLLHUP))
            owner_turn(owner);
    }
}

/* Numbers that are used again */

/* A connection that has this number, or NULL where it is not free. */
static struct end *end_open_at(struct owner *owner, int fd)
{
    int pair[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair), 0);
    int other = pair[0] == fd ? pair[1] : pair[0];
    if (pair[0] != fd && pair[1] != fd) {
        close(pair[0]);
        close(pair[1]);
        return NULL;
    }
    return end_adopt(owner, SOURCE_CONNECTION, fd, other);
}

static void expect_works(struct owner *owner, struct end *end)
{
    peer_write(end, pattern(100));
    while (end->told_length < 100)
        owner_turn(owner);
    end_expect_told(end, pattern(100));
    assert_int_equal(end_send(owner, end, pattern(100)), 0);
    owner_turn_until_read(owner, end, 100);
    peer_end(end);
    while (!end->ended)
        owner_turn(owner);
    assert_int_equal(end->error, 0);
    assert_int_equal(end->writables + end->unsents, 0);
}

/* What the wait has found for the first must not be told to the second. */
static void reuse_before_the_dispatch(struct owner *owner, struct end *end)
{
    int fd = end->source.fd;
    owner_turn(owner);
    peer_write(end, span_skip(pattern(200), 100));
    owner_wait(owner);
    end_drop(owner, end);
    owner_wait(owner); /* some engines close here only */
    struct end *next = end_open_at(owner, fd);
    assert_non_null(next);
    owner_dispatch(owner);
    assert_int_equal(next->told_length, 0);
    expect_works(owner, next);
    end_drop(owner, next);
}

static void test_reused_before_the_dispatch(void **state)
{
    struct owner *owner = *state;
    for (int i = 0; i < ROUNDS; i++) {
        struct end *end = i % 2 ? end_open(owner) : end_open_small(owner);
        if (i % 4 == 0) /* so that it waits for room, too */
            assert_int_equal(end_send(owner, end, pattern(100000)), 0);
        reuse_before_the_dispatch(owner, end);
    }
}

/* The answers to what was asked for the first, and cancelled, come when the second is there. */
static void test_reused_before_cancellations_come(void **state)
{
    struct owner *owner = *state;
    for (int i = 0; i < ROUNDS; i++) {
        struct end *end = end_open(owner);
        int fd = end->source.fd;
        peer_write(end, pattern(1));
        while (end->told_length == 0)
            owner_turn(owner);
        if (i % 3 == 0)
            engine_pause(owner->engine, &end->source);
        end_drop(owner, end);
        owner_wait(owner);
        struct end *next = end_open_at(owner, fd);
        assert_non_null(next);
        owner_dispatch(owner);
        expect_works(owner, next);
        end_drop(owner, next);
        owner_turn(owner);
    }
}

static struct end *reused;

/* Closes its connection behind an answer, and sees to it that the kernel has done that. */
static void hang_up_and_reuse(struct owner *owner, struct end *end)
{
    int fd = end->source.fd;
    assert_int_equal(end_send(owner, end, pattern(100)), 0);
    end_hang_up(owner, end);
    owner_flush(owner);
    reused = end_open_at(owner, fd); /* unless the engine closes later */
}

/* As a worker does that accepts in the turn in which it has closed something. */
static void test_reused_in_the_turn_of_the_hang_up(void **state)
{
    struct owner *owner = *state;
    for (int i = 0; i < ROUNDS; i++) {
        struct end *end = end_open(owner);
        end->on_input = hang_up_and_reuse;
        reused = NULL;
        peer_write(end, pattern(1));
        while (!end->is_released)
            owner_turn(owner);
        owner_turn_until_end(owner, end);
        assert_int_equal(end->read, 100);
        if (reused)
            expect_works(owner, reused);
    }
}

/* The peer has gone, so the send fails behind which it would close; the number is not closed twice.
 */
static void test_closed_once_when_the_send_fails(void **state)
{
    struct owner *owner = *state;
    for (int i = 0; i < ROUNDS; i++) {
        struct end *end = end_open(owner), *other = end_open(owner);
        int fd = end->source.fd;
        peer_close(end);
        int error = end_send(owner, end, pattern(100));
        if (i % 2) /* so that its send is not the last one */
            assert_int_equal(end_send(owner, other, pattern(100)), 0);
        if (error)
            end_drop(owner, end);
        else
            end_hang_up(owner, end);
        owner_flush(owner);
        struct end *next = end_open_at(owner, fd);
        while (!end->is_released)
            owner_turn(owner);
        if (!next)
            next = end_open_at(owner, fd);
        if (next)
            expect_works(owner, next);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        OWNER_TEST(test_dropped_with_everything_outstanding),
        OWNER_TEST(test_others_dropped_from_inside_the_dispatch),
        OWNER_TEST(test_dropped_itself_from_inside_the_dispatch),
        OWNER_TEST(test_the_peer_of_a_dropped_one_is_told),
        OWNER_TEST(test_reused_before_the_dispatch),
        OWNER_TEST(test_reused_before_cancellations_come),
        OWNER_TEST(test_reused_in_the_turn_of_the_hang_up),
        OWNER_TEST(test_closed_once_when_the_send_fails),
    };
    return OWNER_RUN(tests);
}
