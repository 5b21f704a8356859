// SPDX-License-Identifier: MIT
/*
 * Opening the io_uring engine on kernels that know less than it would like, or forbid it: which
 * ring it takes, why it does without, and what it is then. uring_mock.h plays the kernels; that the
 * engine works on each of them is tested by running the engine tests there.
 */
#include "engine_fixture.h"

#include <errno.h>
#include <liburing.h>
#include <stdlib.h>

#include "uring_mock.h"

static const struct engine_calls no_calls;

static int kernel_reset(void **state)
{
    (void)state;
    mock = (struct mock){0};
    return 0;
}

static int open_named(const char *name, struct engine **out, struct engine_refusal *refusal)
{
    return engine_open((struct engine_wish){.name = name}, &no_calls, NULL, out, refusal);
}

/* A kernel with these traits sets up the ring, and with these flags. */
static void expect_rung(unsigned traits, unsigned flags)
{
    struct engine *engine;
    struct engine_refusal refusal;
    mock.traits = traits;
    assert_int_equal(open_named(ENGINE_URING, &engine, &refusal), 0);
    assert_null(refusal.what);
    assert_string_equal(engine_name(engine), ENGINE_URING);
    assert_null(engine_trigger_name(engine));
    assert_int_equal(mock.flags & ~(unsigned)IORING_SETUP_CQSIZE, flags);
    engine_close(engine);
}

static void test_the_best_ring_that_the_kernel_knows(void **state)
{
    const unsigned all = IORING_SETUP_SUBMIT_ALL, coop = all | IORING_SETUP_COOP_TASKRUN;
    (void)state;
    expect_rung(0, all | IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN);
    expect_rung(MOCK_NO_RING_FD, all | IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN);
    expect_rung(MOCK_NO_DEFER, coop | IORING_SETUP_SINGLE_ISSUER);
    expect_rung(MOCK_NO_DEFER | MOCK_NO_SINGLE, coop);
    expect_rung(MOCK_NO_SINGLE, coop);
    expect_rung(MOCK_NO_DEFER | MOCK_NO_SINGLE | MOCK_NO_COOP, 0);
    expect_rung(MOCK_NO_SUBMIT_ALL, 0);
}

/* io_uring alone is refused, for this reason; by no name it is a readiness engine. What the kernel
 * finds invalid is a lack of its own: the wish was valid. */
static void expect_refused(const char *what, int error)
{
    struct engine *engine = NULL;
    struct engine_refusal refusal;
    size_t descriptors = descriptors_count();
    int expected = error == -EINVAL ? -ENOTSUP : error;
    assert_int_equal(open_named(ENGINE_URING, &engine, &refusal), expected);
    assert_null(engine);
    assert_string_equal(refusal.what, what);
    assert_int_equal(refusal.error, error);
    assert_int_equal(descriptors_count(), descriptors);

    refusal = (struct engine_refusal){0};
    assert_int_equal(open_named(NULL, &engine, &refusal), 0);
    assert_string_equal(engine_name(engine), "epoll");
    assert_string_equal(engine_trigger_name(engine), "edge");
    assert_string_equal(refusal.what, what);
    assert_int_equal(refusal.error, error);
    engine_close(engine);
    assert_int_equal(descriptors_count(), descriptors);
}

static void test_setup_is_refused(void **state)
{
    const int errors[] = {-ENOSYS, -EPERM, -ENOMEM, -EMFILE, -EACCES, -EINVAL};
    (void)state;
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++) {
        mock.setup_error = errors[i];
        expect_refused("io_uring_setup", errors[i]);
    }
}

static void test_something_essential_is_missing(void **state)
{
    (void)state;
    mock.traits = MOCK_NO_SKIP;
    expect_refused("the features of io_uring", -EOPNOTSUPP);
    mock.traits = MOCK_NO_BUFFERS;
    expect_refused("its ring of provided buffers", -EINVAL);
    mock.traits = MOCK_NO_MULTISHOT;
    expect_refused("recv that goes on, into provided buffers", -EINVAL);
}

/* The flags are tried without one another only for a kernel that does not know them. */
static void test_a_ring_that_dies_at_birth(void **state)
{
    (void)state;
    mock.enter_error = -EBADF;
    mock.enter_errors = -1;
    expect_refused("recv that goes on, into provided buffers", -EIO);
}

/* Not a word of io_uring where it was not asked for. */
static void test_no_refusal_where_it_was_not_wanted(void **state)
{
    struct engine *engine;
    struct engine_refusal refusal;
    (void)state;
    mock.setup_error = -EPERM;
    assert_int_equal(open_named("epoll", &engine, &refusal), 0);
    assert_null(refusal.what);
    engine_close(engine);
    assert_int_equal(engine_open((struct engine_wish){.trigger = ENGINE_LEVEL}, &no_calls, NULL,
                                 &engine, &refusal),
                     0);
    assert_null(refusal.what);
    assert_string_equal(engine_trigger_name(engine), "level");
    engine_close(engine);
}

static void test_it_has_no_trigger(void **state)
{
    struct engine *engine = NULL;
    struct engine_refusal refusal;
    (void)state;
    for (int i = 0; i < 2; i++) {
        struct engine_wish wish = {ENGINE_URING, i ? ENGINE_EDGE : ENGINE_LEVEL, 0};
        assert_int_equal(engine_open(wish, &no_calls, NULL, &engine, &refusal), -EINVAL);
        assert_null(refusal.what);
        assert_null(engine);
    }
}

static void test_entries_from_the_environment(void **state)
{
    static const struct {
        const char *text;
        unsigned entries;
    } cases[] = {{"8", 8},  {"1", 1},    {"4096", 4096}, {"4097", 256}, {"0", 256},
                 {"", 256}, {"-1", 256}, {"x", 256},     {NULL, 256}};
    (void)state;
    const char *given = getenv("SELKIE_RING_ENTRIES");
    assert_null(given);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct engine *engine;
        struct engine_refusal refusal;
        if (cases[i].text)
            setenv("SELKIE_RING_ENTRIES", cases[i].text, 1);
        else
            unsetenv("SELKIE_RING_ENTRIES");
        assert_int_equal(open_named(ENGINE_URING, &engine, &refusal), 0);
        assert_int_equal(mock.entries, cases[i].entries);
        engine_close(engine);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_the_best_ring_that_the_kernel_knows, kernel_reset),
        cmocka_unit_test_setup(test_setup_is_refused, kernel_reset),
        cmocka_unit_test_setup(test_something_essential_is_missing, kernel_reset),
        cmocka_unit_test_setup(test_a_ring_that_dies_at_birth, kernel_reset),
        cmocka_unit_test_setup(test_no_refusal_where_it_was_not_wanted, kernel_reset),
        cmocka_unit_test_setup(test_it_has_no_trigger, kernel_reset),
        cmocka_unit_test_setup(test_entries_from_the_environment, kernel_reset),
    };
    return OWNER_RUN(tests);
}
