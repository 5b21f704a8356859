// SPDX-License-Identifier: MIT
/*
 * What goes from an engine, on each of them: bytes that the kernel takes whole, in part or not at
 * all, and peers that reset the connection in between. The peer reads every byte in order. $ENGINE
 * names the engine, see engine_fixture.h.
 */
#include "engine_fixture.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

enum {
    /* More than the buffers of both sockets take, of either kind. */
    BIG = 1024 * 1024,
    /* More sends than io_uring has room for in a turn (SENDS_MAX). */
    MANY = 300,
};

static void test_flush_brings_it_to_the_kernel(void **state)
{
    struct owner *owner = *state;
    struct end *end = end_open(owner);
    char bytes[100];
    for (size_t at = 0; at < 1000; at += sizeof bytes) {
        memcpy(bytes, pattern(1000).at + at, sizeof bytes);
        assert_int_equal(end_send(owner, end, (struct span){bytes, sizeof bytes}), 0);
        owner_flush(owner);
        memset(bytes, 0, sizeof bytes); /* they were lent until here */
        assert_false(peer_read(end));
        assert_int_equal(end->read, at + sizeof bytes);
    }
    assert_int_equal(end->unsents + end->writables, 0);
}

static void test_wait_brings_it_to_the_kernel(void **state)
{
    struct owner *owner = *state;
    struct end *end = end_open_tcp(owner);
    assert_int_equal(end_send(owner, end, pattern(1000)), 0);
    owner_wait(owner);
    assert_false(peer_read(end));
    assert_int_equal(end->read, 1000);
    owner_dispatch(owner);
    owner_catch_up(owner);
    assert_int_equal(end->unsents + end->writables, 0);
}

/* Both kinds of sockets, and both ways to the kernel. */
static void test_more_than_the_socket_takes(void **state)
{
    struct owner *owner = *state;
    struct end *ends[] = {end_open_small(owner), end_open_small_tcp(owner), end_open_small(owner),
                          end_open_small_tcp(owner)};
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(end_send(owner, ends[i], pattern(BIG)), 0);
        if (i < 2)
            owner_flush(owner);
        else
            owner_wait(owner);
        assert_true(ends[i]->awaits_room);
        assert_in_range(ends[i]->left.length, 1, BIG - 1);
        if (i >= 2)
            owner_dispatch(owner);
        owner_turn_until_read(owner, ends[i], BIG);
        assert_false(ends[i]->awaits_room);
        assert_true(ends[i]->writables > 0);
    }
}

/* The first finds a full socket: of the second nothing is taken. */
static void test_nothing_fits(void **state)
{
    struct owner *owner = *state;
    struct end *end = end_open_small(owner);
    while (send(end->source.fd, pattern(1).at, 1, MSG_DONTWAIT) > 0)
        continue;
    assert_int_equal(end_send(owner, end, pattern(1000)), 0);
    owner_flush(owner);
    assert_true(end->awaits_room);
    assert_int_equal(end->left.length, 1000);
    owner_catch_up(owner);
    assert_int_equal(end->writables, 0);
    char byte;
    while (recv(end->peer, &byte, 1, MSG_DONTWAIT) == 1)
        continue;
    owner_turn_until_read(owner, end, 1000);
}

static void test_short_again_and_again(void **state)
{
    struct owner *owner = *state;
    struct end *end = end_open_small(owner);
    size_t sent = 0;
    for (size_t round = 0; round < 20; round++) {
        struct span bytes = span_skip(pattern(sent + 30000), sent);
        assert_int_equal(end_send(owner, end, bytes), 0);
        sent += bytes.length;
        owner_turn_until_read(owner, end, sent);
        while (end->awaits_room)
            owner_turn(owner);
    }
    owner_catch_up(owner);
    assert_false(end->awaits_room);
}

/* The peer takes little at a time, so that what is left is short again. */
static void test_a_slow_reader(void **state)
{
    struct owner *owner = *state;
    struct end *end = end_open_small_tcp(owner);
    assert_int_equal(end_send(owner, end, pattern(300000)), 0);
    while (end->read < 300000) {
        peer_read_some(end, 1000);
        owner_turn(owner);
    }
}

/* A peer that has ended its side still reads. That it has is no room: nobody is told `writable`
 * again and again, which would keep a processor busy for as long as the peer is slow. */
static void test_a_slow_reader_that_has_ended_its_side(void **state)
{
    struct owner *owner = *state;
    for (int i = 0; i < 2; i++) {
        struct end *end = end_open_small(owner);
        if (i)
            peer_end(end);
        owner_catch_up(owner);
        assert_int_equal(end_send(owner, end, pattern(BIG)), 0);
        owner_turn(owner);
        if (!i)
            peer_end(end);
        assert_true(end->awaits_room);
        for (int turns = 0; turns < 20; turns++)
            owner_turn(owner);
        assert_int_equal(end->ended, 1);
        assert_int_equal(end->writables, 0);
        owner_turn_until_read(owner, end, BIG);
        assert_int_equal(end_send(owner, end, span_skip(pattern(BIG + 100), BIG)), 0);
        owner_turn_until_read(owner, end, BIG + 100);
    }
}

/* In one turn, with more failures than a small queue of completions holds. */
static void test_many_are_short(void **state)
{
    struct owner *owner = *state;
    struct end *ends[MANY];
    for (size_t i = 0; i < MANY; i++)
        ends[i] = end_open_small(owner);
    for (size_t i = 0; i < MANY; i++)
        assert_int_equal(end_send(owner, ends[i], pattern(i % 3 ? 100 : 20000)), 0);
    owner_turn(owner);
    for (size_t i = 0; i < MANY; i++) {
        assert_true(ends[i]->awaits_room == (i % 3 == 0) || ends[i]->writables > 0);
        owner_turn_until_read(owner, ends[i], i % 3 ? 100 : 20000);
    }
}

/* As many in a turn as the engine takes, each connection several times. */
static void test_second_sends_in_a_turn(void **state)
{
    struct owner *owner = *state;
    struct end *ends[MANY];
    for (size_t i = 0; i < MANY; i++)
        ends[i] = end_open(owner);
    for (size_t round = 0; round < 3; round++) {
        for (size_t i = 0; i < MANY; i++) {
            struct span bytes = span_skip(pattern((round + 1) * 100), round * 100);
            assert_int_equal(end_send(owner, ends[i], bytes), 0);
        }
    }
    for (size_t i = 0; i < MANY; i++)
        owner_turn_until_read(owner, ends[i], 300);
}

/* The first is short, so that the second must not overtake its rest. */
static void test_a_second_send_behind_a_short_one(void **state)
{
    struct owner *owner = *state;
    struct end *ends[] = {end_open_small(owner), end_open_small_tcp(owner)};
    for (size_t i = 0; i < 2; i++) {
        struct span second = span_skip(pattern(BIG + 1000), BIG);
        assert_int_equal(end_send(owner, ends[i], pattern(BIG)), 0);
        assert_int_equal(end_send(owner, ends[i], second), 0);
        owner_turn_until_read(owner, ends[i], BIG + 1000);
    }
}

static void answer(struct owner *owner, struct end *end)
{
    if (end_send(owner, end, span_skip(pattern(end->told_length * 4), end->told_length * 4 - 4)))
        end_drop(owner, end);
}

/* As the server does: for each input of a batch. */
static void test_sent_from_inside_the_dispatch(void **state)
{
    struct owner *owner = *state;
    struct end *ends[MANY];
    for (size_t i = 0; i < MANY; i++) {
        ends[i] = end_open(owner);
        ends[i]->on_input = answer;
    }
    for (size_t round = 1; round <= 5; round++) {
        for (size_t i = 0; i < MANY; i++)
            peer_write(ends[i], pattern(1));
        for (size_t i = 0; i < MANY; i++)
            owner_turn_until_read(owner, ends[i], round * 4);
    }
}

/* Resets */

/* Tells what there is, and turns until the connection is broken and forgotten. */
static void turn_until_broken(struct owner *owner, struct end *end)
{
    while (!end->is_dropped) {
        if (end_send(owner, end,
                     end->awaits_room ? (struct span){end->left.at + end->left.length, 0}
                                      : pattern(100)))
            end_drop(owner, end);
        owner_turn(owner);
    }
    while (!end->is_released)
        owner_turn(owner);
}

/* The peer goes at each of the moments that a send has. */
static void reset_at(struct owner *owner, struct end *end, struct end *other, unsigned moment)
{
    if (moment == 0)
        peer_reset(end);
    int error = end_send(owner, end, pattern(BIG));
    if (moment == 1)
        peer_reset(end);
    assert_int_equal(end_send(owner, other, pattern(100)), 0);
    owner_flush(owner);
    if (moment == 2)
        peer_reset(end);
    if (!error)
        owner_wait(owner);
    if (moment == 3)
        peer_reset(end);
    if (error)
        end_drop(owner, end);
    owner_dispatch(owner);
    if (moment == 4) {
        peer_read_some(end, 5000);
        peer_reset(end);
    }
    turn_until_broken(owner, end);
    owner_turn_until_read(owner, other, 100);
}

static void test_resets_in_the_middle(void **state)
{
    struct owner *owner = *state;
    for (unsigned moment = 0; moment < 5; moment++) {
        reset_at(owner, end_open_small(owner), end_open(owner), moment);
        reset_at(owner, end_open_small_tcp(owner), end_open_tcp(owner), moment);
    }
}

static void answer_and_flush(struct owner *owner, struct end *end)
{
    if (end_send(owner, end, pattern(100)))
        end_drop(owner, end);
    else
        owner_flush(owner);
}

/* What a flush finds out while something is told is told as well. */
static void test_a_send_fails_inside_the_dispatch(void **state)
{
    struct owner *owner = *state;
    for (int i = 0; i < 10; i++) {
        struct end *end = end_open(owner);
        end->on_input = answer_and_flush;
        peer_write(end, pattern(1));
        peer_close(end);
        owner_turn_until_released(owner, end);
    }
}

/* The owner has no memory for the rest. */
static void test_the_rest_cannot_be_kept(void **state)
{
    struct owner *owner = *state;
    struct end *end = end_open_small(owner);
    end->unsent_result = -ENOMEM;
    assert_int_equal(end_send(owner, end, pattern(BIG)), 0);
    owner_flush(owner);
    if (end->unsents == 0)
        return; /* it was told by the count */
    while (!end->ended)
        owner_turn(owner);
    assert_int_equal(end->error, -ENOMEM);
    owner_catch_up(owner);
    assert_true(end->is_released);
    assert_int_equal(end->writables, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        OWNER_TEST(test_flush_brings_it_to_the_kernel),
        OWNER_TEST(test_wait_brings_it_to_the_kernel),
        OWNER_TEST(test_more_than_the_socket_takes),
        OWNER_TEST(test_nothing_fits),
        OWNER_TEST(test_short_again_and_again),
        OWNER_TEST(test_a_slow_reader),
        OWNER_TEST(test_a_slow_reader_that_has_ended_its_side),
        OWNER_TEST(test_many_are_short),
        OWNER_TEST(test_second_sends_in_a_turn),
        OWNER_TEST(test_a_second_send_behind_a_short_one),
        OWNER_TEST(test_sent_from_inside_the_dispatch),
        OWNER_TEST(test_resets_in_the_middle),
        OWNER_TEST(test_a_send_fails_inside_the_dispatch),
        OWNER_TEST(test_the_rest_cannot_be_kept),
    };
    return OWNER_RUN(tests);
}
