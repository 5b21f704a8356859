// SPDX-License-Identifier: MIT
/*
 * How connections end behind their output, on each engine: finished, which ends our side alone, and
 * hung up. The peer reads all, then the end; what the kernel does not take comes back, and the end
 * waits for it. $ENGINE names the engine, see engine_fixture.h.
 */
#include "engine_fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BIG = 1024 * 1024, TWICE = 2 * BIG, MANY = 300 };

static void peer_read_end(struct end *end, size_t length)
{
    assert_true(peer_read(end));
    assert_int_equal(end->read, length);
}

/* Finish: the end of our side alone */

static void test_finish_behind_a_send(void **state)
{
    struct owner *owner = *state;
    struct end *ends[] = {end_open(owner), end_open_tcp(owner)};
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(end_send(owner, ends[i], pattern(1000)), 0);
        engine_finish(owner->engine, &ends[i]->source);
        owner_turn_until_end(owner, ends[i]);
        peer_read_end(ends[i], 1000);
        peer_write(ends[i], pattern(10)); /* the other side goes on */
        peer_end(ends[i]);
        while (!ends[i]->ended)
            owner_turn(owner);
        end_expect_told(ends[i], pattern(10));
    }
}

static void test_finish_without_a_send(void **state)
{
    struct owner *owner = *state;
    struct end *end = end_open(owner);
    engine_finish(owner->engine, &end->source);
    owner_turn_until_end(owner, end);
    peer_read_end(end, 0);
}

/* The end must not come before the rest of what was sent: the owner finishes once more behind it.
 */
static void test_finish_behind_a_short_send(void **state)
{
    struct owner *owner = *state;
    struct end *ends[] = {end_open_small(owner), end_open_small_tcp(owner)};
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(end_send(owner, ends[i], pattern(BIG)), 0);
        if (!ends[i]->awaits_room) /* else it would have to wait for that */
            engine_finish(owner->engine, &ends[i]->source);
        owner_turn_until_read(owner, ends[i], BIG);
        owner_catch_up(owner);
        assert_false(peer_read(ends[i]));
        engine_finish(owner->engine, &ends[i]->source);
        owner_turn_until_end(owner, ends[i]);
        peer_read_end(ends[i], BIG);
    }
}

static void answer_and_finish(struct owner *owner, struct end *end)
{
    end->on_input = NULL;
    assert_int_equal(end_send(owner, end, pattern(1000)), 0);
    engine_finish(owner->engine, &end->source);
}

static void test_finish_from_inside_the_dispatch(void **state)
{
    struct owner *owner = *state;
    struct end *ends[MANY];
    for (size_t i = 0; i < MANY; i++) {
        ends[i] = end_open(owner);
        ends[i]->on_input = answer_and_finish;
        peer_write(ends[i], pattern(1));
    }
    for (size_t i = 0; i < MANY; i++) {
        owner_turn_until_end(owner, ends[i]);
        peer_read_end(ends[i], 1000);
    }
}

static void pause_then_finish(struct owner *owner, struct end *end)
{
    end->on_input = answer_and_finish;
    engine_pause(owner->engine, &end->source);
}

static void resume_others(struct owner *owner, struct end *bell)
{
    char note;
    (void)bell;
    assert_int_equal(read(bell->source.fd, &note, 1), 1);
    for (size_t i = 0; i < owner->end_count; i++) {
        if (owner->ends[i]->source.kind == SOURCE_CONNECTION)
            engine_resume(owner->engine, &owner->ends[i]->source);
    }
}

/* What was read while the connection was paused is told when it is resumed, and answered then. */
static void test_finish_behind_an_answer_to_late_input(void **state)
{
    struct owner *owner = *state;
    struct end *ends[10], *bell = bell_open(owner);
    bell->on_rung = resume_others;
    for (size_t i = 0; i < 10; i++) {
        ends[i] = end_open(owner);
        peer_write(ends[i], pattern(1));
        while (ends[i]->told_length < 1)
            owner_turn(owner);
        ends[i]->on_input = pause_then_finish;
        peer_write(ends[i], pattern(100000));
    }
    while (ends[0]->told_length < 2 || ends[9]->told_length < 2)
        owner_turn(owner);
    owner_catch_up(owner);
    bell_ring(bell);
    for (size_t i = 0; i < 10; i++) {
        owner_turn_until_end(owner, ends[i]);
        peer_read_end(ends[i], 1000);
    }
}

/* Hang up: closed behind what was sent */

static void test_hang_up_behind_a_send(void **state)
{
    struct owner *owner = *state;
    struct end *ends[] = {end_open(owner), end_open_tcp(owner), end_open(owner)};
    for (size_t i = 0; i < 3; i++) {
        if (i < 2)
            assert_int_equal(end_send(owner, ends[i], pattern(1000)), 0);
        end_hang_up(owner, ends[i]);
    }
    for (size_t i = 0; i < 3; i++) {
        owner_turn_until_released(owner, ends[i]);
        owner_turn_until_end(owner, ends[i]);
        peer_read_end(ends[i], i < 2 ? 1000 : 0);
    }
}

/* It is not the last one to send, and its send is submitted already, or not. */
static void test_hang_up_behind_the_sends_of_others(void **state)
{
    struct owner *owner = *state;
    struct end *ends[MANY];
    for (size_t i = 0; i < MANY; i++)
        ends[i] = end_open(owner);
    for (size_t i = 0; i < MANY; i++)
        assert_int_equal(end_send(owner, ends[i], pattern(1000)), 0);
    for (size_t i = 0; i < MANY; i++)
        end_hang_up(owner, ends[i]);
    for (size_t i = 0; i < MANY; i++) {
        owner_turn_until_released(owner, ends[i]);
        owner_turn_until_end(owner, ends[i]);
        peer_read_end(ends[i], 1000);
    }
}

static void send_and_hang_up(struct owner *owner, struct end *end)
{
    assert_int_equal(end_send(owner, end, pattern(1000)), 0);
    end_hang_up(owner, end);
}

static void test_hang_up_from_inside_the_dispatch(void **state)
{
    struct owner *owner = *state;
    struct end *ends[MANY];
    for (size_t i = 0; i < MANY; i++) {
        ends[i] = end_open(owner);
        ends[i]->on_input = send_and_hang_up;
        peer_write(ends[i], pattern(1));
    }
    for (size_t i = 0; i < MANY; i++) {
        owner_turn_until_released(owner, ends[i]);
        owner_turn_until_end(owner, ends[i]);
        peer_read_end(ends[i], 1000);
    }
}

/* It comes back, and stays until the peer has all of it. */
static void test_hang_up_behind_a_short_send(void **state)
{
    struct owner *owner = *state;
    struct end *ends[] = {end_open_small(owner), end_open_small_tcp(owner), end_open_small(owner)};
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(end_send(owner, ends[i], pattern(BIG)), 0);
        if (i == 2) /* so that its send is not the last one */
            assert_int_equal(end_send(owner, end_open(owner), pattern(1)), 0);
        if (!ends[i]->awaits_room)
            end_hang_up(owner, ends[i]);
        owner_turn(owner);
        assert_false(ends[i]->is_dropped);
        owner_turn_until_read(owner, ends[i], BIG);
        owner_catch_up(owner);
        assert_false(ends[i]->is_released);
        assert_false(peer_read(ends[i]));
    }
    engine_finish(owner->engine, &ends[0]->source);
    owner_turn_until_end(owner, ends[0]);
    for (size_t i = 0; i < 3; i++) {
        end_hang_up(owner, ends[i]);
        owner_turn_until_released(owner, ends[i]);
        owner_turn_until_end(owner, ends[i]);
        peer_read_end(ends[i], BIG);
    }
}

/* The peer has ended its side and reads slowly, so that it was waited for once before; what is
 * asked of the kernel for that is taken back by the hang-up, and asked for again. */
static void test_hang_up_behind_the_second_short_send(void **state)
{
    struct owner *owner = *state;
    struct end *ends[] = {end_open_small(owner), end_open_small_tcp(owner)};
    for (size_t i = 0; i < 2; i++) {
        peer_end(ends[i]);
        while (!ends[i]->ended)
            owner_turn(owner);
        assert_int_equal(end_send(owner, ends[i], pattern(BIG)), 0);
        owner_catch_up(owner);
        owner_turn_until_read(owner, ends[i], BIG);
        while (ends[i]->awaits_room)
            owner_turn(owner);
        assert_int_equal(end_send(owner, ends[i], span_skip(pattern(TWICE), BIG)), 0);
        if (!ends[i]->awaits_room)
            end_hang_up(owner, ends[i]);
        owner_turn_until_read(owner, ends[i], TWICE);
        while (ends[i]->awaits_room)
            owner_turn(owner);
        end_hang_up(owner, ends[i]);
        owner_turn_until_end(owner, ends[i]);
    }
}

/* Nor has the owner memory for what comes back: it is told that the connection is broken. */
static void test_hang_up_behind_what_cannot_be_kept(void **state)
{
    struct owner *owner = *state;
    for (int i = 0; i < 4; i++) {
        struct end *end = i % 2 ? end_open_small(owner) : end_open_small_tcp(owner);
        end->unsent_result = -ENOMEM;
        assert_int_equal(end_send(owner, end, pattern(BIG)), 0);
        if (i < 2)
            assert_int_equal(end_send(owner, end_open(owner), pattern(1)), 0);
        if (end->awaits_room)
            continue; /* it was told by the count */
        end_hang_up(owner, end);
        while (!end->ended)
            owner_turn(owner);
        assert_int_equal(end->error, -ENOMEM);
        owner_turn_until_released(owner, end);
    }
}

/* The peer has gone: the send behind which it would close fails. */
static void test_hang_up_on_a_peer_that_has_reset(void **state)
{
    struct owner *owner = *state;
    for (int i = 0; i < 4; i++) {
        struct end *end = i % 2 ? end_open_tcp(owner) : end_open(owner);
        peer_reset(end);
        int error = end_send(owner, end, pattern(1000));
        if (i < 2) /* so that its send is not the last one */
            assert_int_equal(end_send(owner, end_open(owner), pattern(1)), 0);
        if (error)
            end_drop(owner, end);
        else
            end_hang_up(owner, end);
        owner_turn_until_released(owner, end);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        OWNER_TEST(test_finish_behind_a_send),
        OWNER_TEST(test_finish_without_a_send),
        OWNER_TEST(test_finish_behind_a_short_send),
        OWNER_TEST(test_finish_from_inside_the_dispatch),
        OWNER_TEST(test_finish_behind_an_answer_to_late_input),
        OWNER_TEST(test_hang_up_behind_a_send),
        OWNER_TEST(test_hang_up_behind_the_sends_of_others),
        OWNER_TEST(test_hang_up_from_inside_the_dispatch),
        OWNER_TEST(test_hang_up_behind_a_short_send),
        OWNER_TEST(test_hang_up_behind_the_second_short_send),
        OWNER_TEST(test_hang_up_behind_what_cannot_be_kept),
        OWNER_TEST(test_hang_up_on_a_peer_that_has_reset),
    };
    return OWNER_RUN(tests);
}
