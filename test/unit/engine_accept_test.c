// SPDX-License-Identifier: MIT
/*
 * Listeners, on each engine: who is accepted when, with and without being asked, and that no
 * connection is lost when the owner stops listening. $ENGINE names the engine, see
 * engine_fixture.h.
 */
#include "engine_fixture.h"

#include <errno.h>
#include <sys/resource.h>
#include <unistd.h>

enum { CLIENTS = 100 };

struct clients {
    int fds[CLIENTS];
    size_t count;
};

static void clients_connect(struct clients *clients, const struct end *listener, size_t count)
{
    for (size_t i = 0; i < count; i++)
        clients->fds[clients->count++] = client_connect(listener);
}

static void clients_close(const struct clients *clients)
{
    for (size_t i = 0; i < clients->count; i++)
        close(clients->fds[i]);
}

static void turn_until_accepted(struct owner *owner, size_t count)
{
    while (owner->accepted_count < count)
        owner_turn(owner);
    assert_int_equal(owner->accepted_count, count);
}

/* Each was accepted once: what a client writes arrives at one of the accepted, and at no other. */
static void expect_all_connected(const struct owner *owner, const struct clients *clients)
{
    bool is_met[CLIENTS] = {false};
    assert_int_equal(owner->accepted_count, clients->count);
    for (size_t i = 0; i < clients->count; i++) {
        unsigned char name = (unsigned char)i;
        assert_int_equal(write(clients->fds[i], &name, 1), 1);
    }
    for (size_t i = 0; i < clients->count; i++) {
        unsigned char name;
        assert_int_equal(recv(owner->accepted[i], &name, 1, MSG_DONTWAIT), 1);
        assert_in_range(name, 0, clients->count - 1);
        assert_false(is_met[name]);
        is_met[name] = true;
    }
}

static void listen_to(struct owner *owner, struct end *listener, bool freely)
{
    assert_int_equal(engine_listen(owner->engine, &listener->source, freely), 0);
    owner_turn(owner);
}

static void test_accepts_all(void **state)
{
    struct owner *owner = *state;
    struct clients clients = {.count = 0};
    struct end *listener = listener_open(owner);
    owner->allowed = CLIENTS;
    listen_to(owner, listener, false);
    for (size_t i = 0; i < CLIENTS; i += 10) {
        clients_connect(&clients, listener, 10);
        turn_until_accepted(owner, clients.count);
    }
    expect_all_connected(owner, &clients);
    clients_close(&clients);
}

static void test_accepts_as_many_as_are_acceptable(void **state)
{
    struct owner *owner = *state;
    struct clients clients = {.count = 0};
    struct end *listener = listener_open(owner);
    listen_to(owner, listener, false);
    clients_connect(&clients, listener, 10);
    owner->allowed = 3;
    turn_until_accepted(owner, 3);
    unsigned asked = owner->asked;
    while (owner->asked < asked + 3) /* it asks on, as long as some wait */
        owner_turn(owner);
    assert_int_equal(owner->accepted_count, 3);
    owner->allowed = 7;
    turn_until_accepted(owner, 10);
    expect_all_connected(owner, &clients);
    clients_close(&clients);
}

static void test_accepts_freely(void **state)
{
    struct owner *owner = *state;
    struct clients clients = {.count = 0};
    struct end *listener = listener_open(owner);
    owner->allowed = CLIENTS;                /* some engines ask all the same */
    clients_connect(&clients, listener, 10); /* before it listens */
    listen_to(owner, listener, true);
    turn_until_accepted(owner, 10);
    for (size_t i = 10; i < CLIENTS; i += 30) {
        clients_connect(&clients, listener, 30);
        turn_until_accepted(owner, clients.count);
    }
    expect_all_connected(owner, &clients);
    clients_close(&clients);
}

/* By hand, whether it listens or not. */
static void test_accepts_when_told_to(void **state)
{
    struct owner *owner = *state;
    struct clients clients = {.count = 0};
    struct end *listener = listener_open(owner);
    assert_int_equal(engine_accept(owner->engine, &listener->source, 5), 0);
    clients_connect(&clients, listener, 8);
    assert_int_equal(engine_accept(owner->engine, &listener->source, 0), 0);
    assert_int_equal(engine_accept(owner->engine, &listener->source, 5), 5);
    assert_int_equal(engine_accept(owner->engine, &listener->source, 5), 3);
    listen_to(owner, listener, false);
    clients_connect(&clients, listener, 2);
    assert_int_equal(engine_accept(owner->engine, &listener->source, 5), 2);
    owner_catch_up(owner);
    expect_all_connected(owner, &clients);
    clients_close(&clients);
}

/* Listening and unlistening, each again and again, with connections at every moment. */
static void begin_and_end_listening(struct owner *owner, bool freely)
{
    struct clients clients = {.count = 0};
    struct end *listener = listener_open(owner);
    owner->allowed = CLIENTS;
    for (size_t i = 0; i < CLIENTS / 2; i++) {
        if (i % 3 != 1)
            listen_to(owner, listener, freely);
        clients_connect(&clients, listener, 1);
        if (i % 4 == 0)
            owner_wait(owner);
        engine_unlisten(owner->engine, &listener->source);
        if (i % 5 == 0)
            engine_unlisten(owner->engine, &listener->source);
        if (i % 2 == 0)
            assert_int_equal(engine_listen(owner->engine, &listener->source, freely), 0);
        clients_connect(&clients, listener, 1);
        owner_dispatch(owner);
        assert_int_equal(engine_listen(owner->engine, &listener->source, !freely), 0);
        assert_int_equal(engine_listen(owner->engine, &listener->source, freely), 0);
        turn_until_accepted(owner, clients.count);
    }
    expect_all_connected(owner, &clients);
    clients_close(&clients);
}

static void test_begins_and_ends_listening(void **state)
{
    begin_and_end_listening(*state, false);
}

static void test_begins_and_ends_listening_freely(void **state)
{
    begin_and_end_listening(*state, true);
}

/* What the engine has taken already when it hears of the end is told; what it has not still waits
 * at the socket. */
static void test_nobody_is_lost_behind_the_end(void **state)
{
    struct owner *owner = *state;
    struct clients clients = {.count = 0};
    struct end *listener = listener_open(owner);
    owner->allowed = CLIENTS;
    listen_to(owner, listener, true);
    clients_connect(&clients, listener, 20);
    owner_wait(owner);
    engine_unlisten(owner->engine, &listener->source);
    clients_connect(&clients, listener, 20);
    owner_catch_up(owner);
    size_t told = owner->accepted_count;
    assert_in_range(told, 0, 40);
    owner_catch_up(owner);
    assert_int_equal(owner->accepted_count, told);
    assert_int_equal(engine_accept(owner->engine, &listener->source, 40), 40 - told);
    expect_all_connected(owner, &clients);
    clients_close(&clients);
}

/* What is told after unlisten alone: nothing but those, and whether a wake-up was missed. */
static void test_nobody_asks_behind_the_end(void **state)
{
    struct owner *owner = *state;
    struct clients clients = {.count = 0};
    struct end *listener = listener_open(owner);
    owner->allowed = CLIENTS;
    listen_to(owner, listener, false);
    engine_unlisten(owner->engine, &listener->source);
    unsigned asked = owner->asked;
    clients_connect(&clients, listener, 10);
    owner_catch_up(owner);
    assert_int_equal(owner->asked, asked);
    assert_int_equal(owner->accepted_count, 0);
    assert_int_equal(engine_accept(owner->engine, &listener->source, 10), 10);
    clients_close(&clients);
}

static void test_a_wake_up_that_was_missed(void **state)
{
    struct owner *owner = *state;
    struct clients clients = {.count = 0};
    struct end *listener = listener_open(owner);
    if (!engine_takes_turns(owner->engine))
        skip(); /* its wake-ups end no wait */
    listen_to(owner, listener, false);
    clients_connect(&clients, listener, 1);
    owner_wait(owner); /* the kernel wakes this one, which does not look */
    engine_unlisten(owner->engine, &listener->source);
    owner_dispatch(owner);
    assert_int_equal(owner->missed, 1);
    clients_close(&clients);
}

/* Of several listeners, each its own. */
static void test_several_listeners(void **state)
{
    struct owner *owner = *state;
    struct clients clients = {.count = 0};
    struct end *listeners[10];
    owner->allowed = CLIENTS;
    for (size_t i = 0; i < 10; i++) {
        listeners[i] = listener_open(owner);
        listen_to(owner, listeners[i], i % 2);
    }
    for (size_t i = 0; i < CLIENTS; i++)
        clients_connect(&clients, listeners[i % 10], 1);
    turn_until_accepted(owner, CLIENTS);
    expect_all_connected(owner, &clients);
    clients_close(&clients);
}

/* Descriptors */

/* Lets the process have no more descriptors than it has. Returns the former limit. */
static struct rlimit limit_descriptors(void)
{
    struct rlimit former, limit;
    int next = dup(0); /* the lowest that is free */
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &former), 0);
    limit = (struct rlimit){.rlim_cur = (rlim_t)next, .rlim_max = former.rlim_max};
    close(next);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
    return former;
}

static void run_out_of_descriptors(struct owner *owner, bool freely)
{
    struct clients clients = {.count = 0};
    struct end *listener = listener_open(owner);
    owner->allowed = CLIENTS;
    clients_connect(&clients, listener, 5);
    struct rlimit limit = limit_descriptors();
    assert_int_equal(engine_listen(owner->engine, &listener->source, freely), 0);
    while (owner->accept_errors == 0)
        owner_turn(owner);
    assert_int_equal(owner->accept_error, -EMFILE);
    assert_int_equal(owner->accepted_count, 0);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
    assert_int_equal(engine_listen(owner->engine, &listener->source, freely), 0);
    turn_until_accepted(owner, 5);
    assert_int_equal(owner->accept_errors, 1);
    expect_all_connected(owner, &clients);
    clients_close(&clients);
}

static void test_descriptors_run_out(void **state)
{
    run_out_of_descriptors(*state, false);
}

static void test_descriptors_run_out_freely(void **state)
{
    run_out_of_descriptors(*state, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        OWNER_TEST(test_accepts_all),
        OWNER_TEST(test_accepts_as_many_as_are_acceptable),
        OWNER_TEST(test_accepts_freely),
        OWNER_TEST(test_accepts_when_told_to),
        OWNER_TEST(test_begins_and_ends_listening),
        OWNER_TEST(test_begins_and_ends_listening_freely),
        OWNER_TEST(test_nobody_is_lost_behind_the_end),
        OWNER_TEST(test_nobody_asks_behind_the_end),
        OWNER_TEST(test_a_wake_up_that_was_missed),
        OWNER_TEST(test_several_listeners),
        OWNER_TEST(test_descriptors_run_out),
        OWNER_TEST(test_descriptors_run_out_freely),
    };
    return OWNER_RUN(tests);
}
