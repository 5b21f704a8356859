// SPDX-License-Identifier: MIT
/*
 * The owner of an engine under test: opening it, its turns, and the recording of what it tells. See
 * engine_fixture.h.
 */
#include "engine_fixture.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    /* Only ends a test that hangs. */
    DEADLINE_MS = 60 * 1000,
    /* Some tests wait for what a peer in this very thread has to do first. */
    TURN_MS = 1,
};

static struct end *end_of(struct source *source)
{
    return (struct end *)(void *)source;
}

/* Whether the engine may tell something. */
static void owner_expect_inside(const struct owner *owner)
{
    assert_true(owner->inside == CALLED_WAIT || owner->inside == CALLED_DISPATCH);
}

/* The end that is told of something, which it must not be once it was dropped. */
static struct end *end_told(const struct owner *owner, struct source *source)
{
    struct end *end = end_of(source);
    owner_expect_inside(owner);
    assert_false(end->is_dropped);
    return end;
}

static int on_acceptable(void *data, struct source *listener)
{
    struct owner *owner = data;
    (void)end_told(owner, listener);
    owner->asked++;
    return owner->allowed;
}

static void on_accepted(void *data, int fd)
{
    struct owner *owner = data;
    assert_in_range(owner->accepted_count, 0, ACCEPTED_MAX - 1);
    owner->accepted[owner->accepted_count++] = fd;
    owner->allowed--;
}

static void on_accept_failed(void *data, struct source *listener, int error)
{
    struct owner *owner = data;
    (void)end_told(owner, listener);
    assert_true(error < 0);
    owner->accept_error = error;
    owner->accept_errors++;
    engine_unlisten(owner->engine, listener); /* it would fail again at once */
}

static void on_input(void *data, struct source *source, struct span bytes)
{
    struct owner *owner = data;
    struct end *end = end_told(owner, source);
    assert_int_equal(end->ended, 0);
    assert_true(bytes.length > 0);
    end->told = realloc(end->told, end->told_length + bytes.length);
    assert_non_null(end->told);
    memcpy(end->told + end->told_length, bytes.at, bytes.length);
    end->told_length += bytes.length;
    end->told_in_turn += bytes.length;
    owner->undelivered++;
    if (end->on_input)
        end->on_input(owner, end);
}

static void on_delivered(void *data)
{
    struct owner *owner = data;
    owner_expect_inside(owner);
    assert_true(owner->undelivered > 0);
    owner->undelivered = 0;
}

/* Nothing is left but what the kernel has not taken: the end of what was sent. */
static int on_unsent(void *data, struct source *source, struct span rest)
{
    struct owner *owner = data;
    struct end *end = end_of(source);
    assert_true(owner->inside & (CALLED_WAIT | CALLED_FLUSH));
    assert_false(owner->inside & CALLED_SEND);
    assert_false(end->is_released);
    assert_int_equal(source->kind, SOURCE_CONNECTION);
    assert_false(end->awaits_room);
    assert_in_range(rest.length, 1, end->left.length);
    end->left = span_skip(end->left, end->left.length - rest.length);
    assert_true(span_equal(end->left, rest));
    end->is_dropped = false; /* one that was leaving is back */
    end->awaits_room = end->unsent_result == 0;
    end->unsents++;
    return end->unsent_result;
}

static void on_writable(void *data, struct source *source)
{
    struct owner *owner = data;
    struct end *end = end_told(owner, source);
    assert_true(end->awaits_room);
    end->awaits_room = false;
    end->writables++;
    owner->inside |= CALLED_SEND;
    ssize_t taken = engine_send_now(owner->engine, source, end->left);
    owner->inside &= ~(unsigned)CALLED_SEND;
    if (taken < 0) {
        end_drop(owner, end);
        return;
    }
    assert_in_range(taken, 0, end->left.length);
    end->left = span_skip(end->left, (size_t)taken);
    end->awaits_room = end->left.length > 0;
}

static void on_ended(void *data, struct source *source, int error)
{
    struct owner *owner = data;
    struct end *end = end_told(owner, source);
    assert_true(error <= 0);
    /* Once; or once more for a peer that had only ended its side, and is gone by now. */
    assert_true(end->ended == 0 || (end->ended == 1 && end->error == 0 && error < 0));
    end->ended++;
    end->error = error;
    if (end->on_ended)
        end->on_ended(owner, end);
    else if (error)
        end_drop(owner, end);
}

static void on_missed(void *data)
{
    struct owner *owner = data;
    owner_expect_inside(owner);
    owner->missed++;
}

static void on_rung(void *data, struct source *source)
{
    char notes[16];
    struct owner *owner = data;
    struct end *end = end_told(owner, source);
    end->rung++;
    if (end->on_rung)
        end->on_rung(owner, end);
    else
        assert_true(read(source->fd, notes, sizeof notes) > 0);
}

static void on_released(void *data, struct source *source)
{
    struct owner *owner = data;
    struct end *end = end_of(source);
    assert_int_equal(owner->inside, CALLED_DISPATCH);
    assert_true(end->is_dropped);
    assert_false(end->is_released);
    end->is_released = true;
    memset(&end->source, 0xa5, sizeof end->source); /* the memory is another's */
}

static const struct engine_calls calls = {
    .acceptable = on_acceptable,
    .accepted = on_accepted,
    .accept_failed = on_accept_failed,
    .input = on_input,
    .delivered = on_delivered,
    .unsent = on_unsent,
    .writable = on_writable,
    .ended = on_ended,
    .missed = on_missed,
    .rung = on_rung,
    .released = on_released,
};

size_t descriptors_count(void)
{
    size_t count = 0;
    DIR *folder = opendir("/proc/self/fd");
    assert_non_null(folder);
    while (readdir(folder))
        count++;
    closedir(folder);
    return count;
}

static long clock_ms(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

/* $ENGINE in two words. */
static int engine_open_named(struct owner *owner, struct engine_refusal *refusal)
{
    char name[32] = "", trigger[32] = "";
    const char *text = getenv("ENGINE");
    (void)sscanf(text ? text : ENGINE_URING, "%31s %31s", name, trigger);
    enum engine_trigger wanted = strcmp(trigger, "edge") == 0    ? ENGINE_EDGE
                                 : strcmp(trigger, "level") == 0 ? ENGINE_LEVEL
                                                                 : ENGINE_BEST_TRIGGER;
    return engine_open((struct engine_wish){name, wanted, 0}, &calls, owner, &owner->engine,
                       refusal);
}

int owner_open(void **state)
{
    struct engine_refusal refusal;
    struct owner *owner = calloc(1, sizeof *owner);
    assert_non_null(owner);
    owner->descriptors = descriptors_count();
    owner->deadline_ms = clock_ms() + DEADLINE_MS;
    *state = owner;
    return engine_open_named(owner, &refusal);
}

static void end_free(struct end *end)
{
    if (end->peer >= 0)
        close(end->peer);
    free(end->told);
    free(end);
}

static void owner_drop_all(struct owner *owner)
{
    for (size_t i = 0; i < owner->end_count; i++) {
        struct end *end = owner->ends[i];
        if (end->source.kind == SOURCE_CONNECTION && !end->is_dropped)
            end_drop(owner, end);
    }
    if (owner->is_dead)
        return;
    owner_catch_up(owner);
    owner_turn(owner);
}

/* Drops what the test has left, and demands that the engine leaves nothing. */
int owner_close(void **state)
{
    struct owner *owner = *state;
    if (!owner->closes_early)
        owner_drop_all(owner);
    engine_close(owner->engine);
    for (size_t i = 0; i < owner->end_count; i++) {
        struct end *end = owner->ends[i];
        bool is_lax = owner->is_dead || owner->closes_early;
        assert_true(is_lax || end->is_released == end->is_dropped);
        if (!end->is_dropped)
            close(end->source.fd); /* a bell or a listener */
        end_free(end);
    }
    for (size_t i = 0; i < owner->accepted_count; i++)
        close(owner->accepted[i]);
    assert_int_equal(descriptors_count(), owner->descriptors);
    free(owner);
    return 0;
}

/* Whether the kernel, or the container, lets nobody have io_uring. */
static bool engine_is_forbidden(void)
{
    struct engine_refusal refusal;
    struct owner owner = {0};
    int error = engine_open_named(&owner, &refusal);
    if (!error)
        engine_close(owner.engine);
    return error == -EPERM || error == -ENOSYS;
}

int owner_run(const char *name, const struct CMUnitTest *tests, size_t count)
{
    if (!engine_is_forbidden())
        return _cmocka_run_group_tests(name, tests, count, NULL, NULL);
    printf("1..0 # SKIP io_uring is forbidden here\n");
    return 0;
}

bool owner_runs_on(const struct owner *owner, const char *name, const char *trigger)
{
    const char *own = engine_trigger_name(owner->engine);
    if (strcmp(engine_name(owner->engine), name) != 0)
        return false;
    return !trigger || (own && strcmp(own, trigger) == 0);
}

void owner_wait(struct owner *owner)
{
    owner->inside |= CALLED_WAIT;
    int error = engine_wait(owner->engine, TURN_MS);
    owner->inside &= ~(unsigned)CALLED_WAIT;
    assert_int_equal(error, 0);
    assert_int_equal(owner->undelivered, 0);
    assert_false(engine_holds_output(owner->engine));
    assert_true(clock_ms() < owner->deadline_ms);
}

void owner_dispatch(struct owner *owner)
{
    for (size_t i = 0; i < owner->end_count; i++)
        owner->ends[i]->told_in_turn = 0;
    owner->inside |= CALLED_DISPATCH;
    engine_dispatch(owner->engine);
    owner->inside &= ~(unsigned)CALLED_DISPATCH;
    assert_int_equal(owner->undelivered, 0);
}

void owner_turn(struct owner *owner)
{
    owner_wait(owner);
    owner_dispatch(owner);
}

void owner_flush(struct owner *owner)
{
    owner->inside |= CALLED_FLUSH;
    engine_flush(owner->engine);
    owner->inside &= ~(unsigned)CALLED_FLUSH;
    assert_false(engine_holds_output(owner->engine));
}

void owner_catch_up(struct owner *owner)
{
    struct end *bell = bell_open(owner);
    bell_ring(bell);
    while (bell->rung == 0)
        owner_turn(owner);
    owner_turn(owner); /* what an engine comes back to behind its events */
}
