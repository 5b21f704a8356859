// SPDX-License-Identifier: MIT
/*
 * What comes to an engine, on each of them: bytes, their end, and the ringing of bells; and what
 * pausing, resuming and dropping does to it. $ENGINE names the engine, see engine_fixture.h.
 */
#include "engine_fixture.h"

#include <sys/socket.h>
#include <unistd.h>

enum {
    /* Some 70 buffers of io_uring, of which it has 64; and several reads of the others. */
    LONG = 70 * 4096 + 1,
    /* More connections than there are buffers, and more than one wait reports. */
    MANY = 300,
};

static void turn_until_told(struct owner *owner, const struct end *end, size_t length)
{
    while (end->told_length < length)
        owner_turn(owner);
}

/* Writes `bytes` as the socket takes them. */
static void write_all(struct owner *owner, const struct end *end, struct span bytes)
{
    while (bytes.length > 0) {
        ssize_t count = send(end->peer, bytes.at, bytes.length, MSG_DONTWAIT | MSG_NOSIGNAL);
        bytes = span_skip(bytes, count > 0 ? (size_t)count : 0);
        owner_turn(owner);
    }
}

static void test_input_is_told(void **state)
{
    struct owner *owner = *state;
    struct end *end = end_open(owner);
    for (size_t length = 1; length <= 10; length++) {
        peer_write(end, span_skip(pattern(end->told_length + length), end->told_length));
        turn_until_told(owner, end, end->told_length + length);
    }
    end_expect_told(end, pattern(55));
    assert_int_equal(end->ended, 0);
}

static void test_long_input_is_told_in_order(void **state)
{
    struct owner *owner = *state;
    struct end *ends[] = {end_open(owner), end_open_tcp(owner)};
    for (size_t i = 0; i < 2; i++) {
        write_all(owner, ends[i], pattern(LONG));
        turn_until_told(owner, ends[i], LONG);
        end_expect_told(ends[i], pattern(LONG));
    }
}

static void test_the_end_comes_behind_the_input(void **state)
{
    struct owner *owner = *state;
    struct end *ends[] = {end_open(owner), end_open_tcp(owner), end_open(owner)};
    const size_t lengths[] = {10, 8192, 0};
    for (size_t i = 0; i < 3; i++) {
        peer_write(ends[i], pattern(lengths[i]));
        peer_end(ends[i]);
    }
    while (!ends[0]->ended || !ends[1]->ended || !ends[2]->ended)
        owner_turn(owner);
    owner_catch_up(owner); /* and once */
    for (size_t i = 0; i < 3; i++) {
        end_expect_told(ends[i], pattern(lengths[i]));
        assert_int_equal(ends[i]->error, 0);
        assert_false(engine_has_input(&ends[i]->source));
    }
}

static void test_a_reset_is_an_error(void **state)
{
    struct owner *owner = *state;
    struct end *end = end_open_tcp(owner);
    peer_write(end, pattern(10));
    turn_until_told(owner, end, 10);
    peer_reset(end);
    while (!end->ended)
        owner_turn(owner);
    assert_true(end->error < 0);
    end_expect_told(end, pattern(10));
}

static void await_more(struct owner *owner, struct end *end)
{
    engine_await_more(owner->engine, &end->source);
}

/* Writes what the socket of the other side holds, which is given room for so much. */
static void write_ahead(const struct end *end, size_t length)
{
    int room = (int)length * 2;
    size_t written = 0;
    setsockopt(end->source.fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
    setsockopt(end->peer, SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
    while (written < length) {
        struct span rest = span_skip(pattern(length), written);
        ssize_t count = send(end->peer, rest.at, rest.length, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (count <= 0)
            return;
        written += (size_t)count;
    }
}

/* Both are there before the engine looks. A recv of io_uring reads up to 32 buffers, and when more
 * is there goes on behind others: by then the reset is no news. */
static void test_a_reset_behind_input(void **state)
{
    struct owner *owner = *state;
    const size_t lengths[] = {10, 5000, 8192, 160000, 200000, LONG};
    for (size_t i = 0; i < 2 * sizeof lengths / sizeof *lengths; i++) {
        struct end *end = end_open_tcp(owner);
        end->on_input = await_more;
        if (i % 2) { /* a recv that goes on is there before */
            peer_write(end, pattern(10));
            turn_until_told(owner, end, 10);
            owner_catch_up(owner);
        }
        write_ahead(end, lengths[i / 2]);
        peer_reset(end);
        while (!end->ended)
            owner_turn(owner);
        assert_true(end->error < 0);
    }
}

/* More than there are buffers, in one turn: each is told once, and nothing waits for the others. */
static void test_many_have_input_at_once(void **state)
{
    struct owner *owner = *state;
    struct end *ends[MANY];
    for (size_t i = 0; i < MANY; i++)
        ends[i] = end_open(owner);
    owner_turn(owner);
    for (size_t round = 1; round <= 3; round++) {
        for (size_t i = 0; i < MANY; i++)
            peer_write(ends[i], span_skip(pattern(round * 100), round * 100 - 100));
        for (size_t i = 0; i < MANY; i++)
            turn_until_told(owner, ends[i], round * 100);
    }
    for (size_t i = 0; i < MANY; i++)
        end_expect_told(ends[i], pattern(300));
}

/* Each has more than one buffer's worth, and the end behind it. */
static void test_many_have_long_input_at_once(void **state)
{
    struct owner *owner = *state;
    struct end *ends[MANY];
    for (size_t i = 0; i < MANY; i++)
        ends[i] = end_open(owner);
    for (size_t i = 0; i < MANY; i++) {
        peer_write(ends[i], pattern(10000));
        peer_end(ends[i]);
    }
    for (size_t i = 0; i < MANY; i++) {
        while (!ends[i]->ended)
            owner_turn(owner);
        end_expect_told(ends[i], pattern(10000));
    }
}

/* One that never stops sending delays the others by a few turns, in which it has its fair share. */
static void test_nobody_starves(void **state)
{
    struct owner *owner = *state;
    struct end *loud = end_open(owner), *quiet = end_open(owner);
    struct span chunk = pattern((size_t)512 * 1024);
    for (size_t round = 0; round < 20; round++) {
        (void)send(loud->peer, chunk.at, chunk.length, MSG_DONTWAIT);
        peer_write(quiet, pattern(1));
        for (int turns = 0; quiet->told_length <= round; turns++) {
            assert_in_range(turns, 0, 3);
            owner_turn(owner);
            assert_in_range(loud->told_in_turn, 0, 256 * 1024);
        }
    }
    assert_true(loud->told_length > 0);
}

/* Pausing */

static void pause_input(struct owner *owner, struct end *end)
{
    engine_pause(owner->engine, &end->source);
}

static void resume_in_dispatch(struct owner *owner, struct end *bell)
{
    char note;
    assert_int_equal(read(bell->source.fd, &note, 1), 1);
    engine_resume(owner->engine, &((struct end *)owner->data)->source);
}

/* Resumes from where the server does: while the engine tells something. */
static void resume(struct owner *owner, struct end *end)
{
    struct end *bell = bell_open(owner);
    owner->data = end;
    end->on_input = NULL;
    bell->on_rung = resume_in_dispatch;
    bell_ring(bell);
    while (!bell->rung)
        owner_turn(owner);
}

static void expect_nothing_until_resumed(struct owner *owner, struct end *end, size_t length)
{
    size_t before = end->told_length;
    owner_catch_up(owner);
    assert_int_equal(end->told_length, before);
    assert_int_equal(end->ended, 0);
    resume(owner, end);
    while (!end->ended)
        owner_turn(owner);
    end_expect_told(end, pattern(length));
}

static void test_paused_before_the_input(void **state)
{
    struct owner *owner = *state;
    struct end *ends[] = {end_open(owner), end_open_tcp(owner)};
    for (size_t i = 0; i < 2; i++) {
        owner_turn(owner);
        pause_input(owner, ends[i]);
        peer_write(ends[i], pattern(20000));
        peer_end(ends[i]);
        expect_nothing_until_resumed(owner, ends[i], 20000);
    }
}

/* In the middle of input that is read already, or in the kernel. */
static void test_paused_while_input_is_told(void **state)
{
    struct owner *owner = *state;
    struct end *ends[] = {end_open(owner), end_open_tcp(owner)};
    for (size_t i = 0; i < 2; i++) {
        peer_write(ends[i], pattern(1));
        turn_until_told(owner, ends[i], 1);
        ends[i]->on_input = pause_input;
        peer_write(ends[i], span_skip(pattern(100000), 1));
        peer_end(ends[i]);
        turn_until_told(owner, ends[i], 2);
        expect_nothing_until_resumed(owner, ends[i], 100000);
    }
}

/* Also when the end came before the pause. */
static void test_paused_when_the_wait_has_found_it(void **state)
{
    struct owner *owner = *state;
    struct end *end = end_open(owner);
    peer_write(end, pattern(1));
    turn_until_told(owner, end, 1);
    peer_write(end, span_skip(pattern(10000), 1));
    peer_end(end);
    owner_wait(owner);
    pause_input(owner, end);
    owner_dispatch(owner);
    expect_nothing_until_resumed(owner, end, 10000);
}

static void test_paused_and_resumed_again_and_again(void **state)
{
    struct owner *owner = *state;
    struct end *end = end_open(owner);
    for (size_t length = 1; length <= 40; length++) {
        peer_write(end, span_skip(pattern(length * 1000), (length - 1) * 1000));
        for (size_t i = 0; i < length % 4; i++) {
            engine_pause(owner->engine, &end->source);
            if (i % 2)
                owner_wait(owner);
            engine_resume(owner->engine, &end->source);
        }
        owner_turn(owner);
    }
    turn_until_told(owner, end, 40000);
    end_expect_told(end, pattern(40000));
}

/* A pause that lasts, with a reset behind it: the owner is told, at the latest once it resumes. */
static void test_reset_while_paused(void **state)
{
    struct owner *owner = *state;
    struct end *end = end_open_tcp(owner);
    owner_turn(owner);
    pause_input(owner, end);
    owner_turn(owner);
    peer_reset(end);
    owner_catch_up(owner);
    if (!end->ended)
        resume(owner, end);
    while (!end->ended)
        owner_turn(owner);
    assert_true(end->error < 0);
}

/* Bells */

static void leave_unread(struct owner *owner, struct end *bell)
{
    (void)owner;
    if (bell->rung == 3)
        bell->on_rung = NULL;
}

static void test_bells_ring_again_and_again(void **state)
{
    struct owner *owner = *state;
    struct end *bells[] = {bell_open(owner), bell_open(owner)};
    for (unsigned round = 1; round <= 50; round++) {
        bell_ring(bells[0]);
        bell_ring(bells[1]);
        while (bells[0]->rung < round || bells[1]->rung < round)
            owner_turn(owner);
        assert_int_equal(bells[0]->rung + bells[1]->rung, 2 * round);
    }
}

static void test_a_bell_that_is_not_read_rings_on(void **state)
{
    struct owner *owner = *state;
    struct end *bell = bell_open(owner);
    bell->on_rung = leave_unread;
    bell_ring(bell);
    while (bell->rung < 4)
        owner_turn(owner);
    owner_catch_up(owner);
    assert_int_equal(bell->rung, 4);
}

/* What a server that drains relies on. */
static void test_told_all_is_the_truth(void **state)
{
    struct owner *owner = *state;
    struct end *ends[MANY];
    for (size_t i = 0; i < MANY; i++)
        ends[i] = end_open(owner);
    owner_catch_up(owner);
    for (size_t i = 0; i < MANY; i++)
        peer_write(ends[i], pattern(5000));
    do
        owner_turn(owner);
    while (!engine_told_all(owner->engine));
    for (size_t i = 0; i < MANY; i++)
        end_expect_told(ends[i], pattern(5000));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        OWNER_TEST(test_input_is_told),
        OWNER_TEST(test_long_input_is_told_in_order),
        OWNER_TEST(test_the_end_comes_behind_the_input),
        OWNER_TEST(test_a_reset_is_an_error),
        OWNER_TEST(test_a_reset_behind_input),
        OWNER_TEST(test_many_have_input_at_once),
        OWNER_TEST(test_many_have_long_input_at_once),
        OWNER_TEST(test_nobody_starves),
        OWNER_TEST(test_paused_before_the_input),
        OWNER_TEST(test_paused_while_input_is_told),
        OWNER_TEST(test_paused_when_the_wait_has_found_it),
        OWNER_TEST(test_paused_and_resumed_again_and_again),
        OWNER_TEST(test_reset_while_paused),
        OWNER_TEST(test_bells_ring_again_and_again),
        OWNER_TEST(test_a_bell_that_is_not_read_rings_on),
        OWNER_TEST(test_told_all_is_the_truth),
    };
    return OWNER_RUN(tests);
}
