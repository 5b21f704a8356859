// SPDX-License-Identifier: MIT
/*
 * Closing an engine with things outstanding, and what an engine says when it wants to be flushed
 * first, on each of them. That closing leaves no descriptor is checked by the fixture. $ENGINE
 * names the engine, see engine_fixture.h.
 */
#include "engine_fixture.h"

#include <errno.h>
#include <unistd.h>

enum { MANY = 100, BIG = 1024 * 1024 };

/* Recv, polls and accepts are under way, and nobody was told of what came last. */
static void test_closed_with_requests(void **state)
{
    struct owner *owner = *state;
    struct end *listeners[] = {listener_open(owner), listener_open(owner)};
    owner->allowed = MANY;
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(engine_listen(owner->engine, &listeners[i]->source, i == 0), 0);
    for (size_t i = 0; i < MANY; i++) {
        struct end *end = i % 2 ? end_open(owner) : end_open_small(owner);
        (void)bell_open(owner);
        if (i % 2 == 0)
            assert_int_equal(end_send(owner, end, pattern(100000)), 0);
    }
    owner_turn(owner);
    int clients[] = {client_connect(listeners[0]), client_connect(listeners[1])};
    for (size_t i = 0; i < owner->end_count; i++) {
        if (owner->ends[i]->source.kind == SOURCE_CONNECTION)
            peer_write(owner->ends[i], pattern(100));
    }
    owner_wait(owner);
    close(clients[0]);
    close(clients[1]);
    for (size_t i = 0; i < owner->end_count; i++)
        assert_int_equal(owner->ends[i]->told_length, 0);
    owner->closes_early = true;
}

/* In the turn in which the engine is closed, before anything of it is submitted. */
static void test_closed_with_what_was_dropped(void **state)
{
    struct owner *owner = *state;
    for (size_t i = 0; i < MANY; i++) {
        struct end *end = end_open(owner);
        if (i % 4 < 2)
            assert_int_equal(end_send(owner, end, pattern(100)), 0);
        if (i % 4 == 3)
            owner_wait(owner);
        if (i % 2)
            end_hang_up(owner, end);
        else
            end_drop(owner, end);
    }
    owner->closes_early = true;
}

/* The descriptor of one that leaves behind a send that is short is the engine's to close. */
static void test_closed_while_one_leaves(void **state)
{
    struct owner *owner = *state;
    for (size_t i = 0; i < 10; i++) {
        struct end *end = end_open_small(owner);
        assert_int_equal(end_send(owner, end, pattern(BIG)), 0);
        if (!end->awaits_room)
            end_hang_up(owner, end);
        if (i == 5) /* these come back */
            owner_wait(owner);
    }
    owner->closes_early = true;
}

/* A second send may have to wait for a flush, and only for that. */
static void test_busy_until_flushed(void **state)
{
    struct owner *owner = *state;
    struct end *end = end_open(owner);
    struct span first = pattern(100), second = span_skip(pattern(200), 100);
    assert_int_equal(engine_send(owner->engine, &end->source, first), 100);
    bool is_busy = engine_holds_output(owner->engine);
    ssize_t taken = engine_send(owner->engine, &end->source, second);
    assert_int_equal(taken, is_busy ? -EBUSY : 100);
    owner_flush(owner);
    if (is_busy)
        assert_int_equal(engine_send(owner->engine, &end->source, second), 100);
    owner_turn_until_read(owner, end, 200);
}

/* What readiness sends is never held, nor is what is sent now. */
static void test_held_until_flushed(void **state)
{
    struct owner *owner = *state;
    struct end *end = end_open(owner);
    assert_int_equal(engine_send_now(owner->engine, &end->source, pattern(100)), 100);
    assert_false(engine_holds_output(owner->engine));
    assert_false(peer_read(end));
    assert_int_equal(end->read, 100);
    assert_int_equal(engine_send(owner->engine, &end->source, span_skip(pattern(200), 100)), 100);
    if (!owner_runs_on(owner, ENGINE_URING, NULL))
        assert_false(engine_holds_output(owner->engine));
    owner_flush(owner);
    assert_false(peer_read(end));
    assert_int_equal(end->read, 200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        OWNER_TEST(test_closed_with_requests),    OWNER_TEST(test_closed_with_what_was_dropped),
        OWNER_TEST(test_closed_while_one_leaves), OWNER_TEST(test_busy_until_flushed),
        OWNER_TEST(test_held_until_flushed),
    };
    return OWNER_RUN(tests);
}
