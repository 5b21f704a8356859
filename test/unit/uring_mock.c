// SPDX-License-Identifier: MIT
/*
 * See uring_mock.h. What is submitted is looked at, and rewritten, in the submission queue before
 * the true function is called; what was completed is looked at behind it.
 */
#include "uring_mock.h"

#include <dlfcn.h>
#include <errno.h>
#include <liburing.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/slots.h"

enum { TAGS_MAX = 64, NO_SUCH_FLAG = 0x4000 };

struct mock mock;

/* Requests that go on, to be cancelled when something is submitted the next time. */
static uint64_t tags[TAGS_MAX];
static unsigned tag_count;
static unsigned looked_at; /* completions up to this place of the queue */

static const char *const words[] = {
    "no-defer",     "no-single",  "no-coop",    "no-submit-all", "no-skip",
    "no-multishot", "no-buffers", "no-ring-fd", "loud",          "cancels",
};

__attribute__((constructor)) static void mock_read_environment(void)
{
    const char *text = getenv("URING_MOCK");
    for (size_t i = 0; text && i < sizeof words / sizeof *words; i++)
        mock.traits |= strstr(text, words[i]) ? 1u << i : 0;
}

static void *true_function(const char *name)
{
    void *function = dlsym(RTLD_NEXT, name);
    if (!function)
        abort();
    return function;
}

/* The flags of io_uring_setup that this kernel does not know. */
static unsigned mock_unknown_flags(void)
{
    static const unsigned flags[] = {IORING_SETUP_DEFER_TASKRUN, IORING_SETUP_SINGLE_ISSUER,
                                     IORING_SETUP_COOP_TASKRUN, IORING_SETUP_SUBMIT_ALL};
    unsigned unknown = 0;
    for (unsigned i = 0; i < sizeof flags / sizeof *flags; i++)
        unknown |= mock.traits >> i & 1 ? flags[i] : 0;
    return unknown;
}

int io_uring_queue_init_params(unsigned entries, struct io_uring *ring,
                               struct io_uring_params *params)
{
    int (*real)(unsigned, struct io_uring *, struct io_uring_params *);
    *(void **)&real = true_function("io_uring_queue_init_params");
    if (mock.setup_error)
        return mock.setup_error;
    if (params->flags & mock_unknown_flags())
        return -EINVAL;
    mock.flags = params->flags;
    mock.entries = entries;
    tag_count = looked_at = 0;
    int error = real(entries, ring, params);
    if (!error && mock.traits & MOCK_NO_SKIP)
        ring->features &= ~(unsigned)IORING_FEAT_CQE_SKIP;
    return error;
}

int io_uring_register_ring_fd(struct io_uring *ring)
{
    int (*real)(struct io_uring *);
    *(void **)&real = true_function("io_uring_register_ring_fd");
    return mock.traits & MOCK_NO_RING_FD ? -EINVAL : real(ring);
}

int io_uring_register_buf_ring(struct io_uring *ring, struct io_uring_buf_reg *reg, unsigned flags)
{
    int (*real)(struct io_uring *, struct io_uring_buf_reg *, unsigned);
    *(void **)&real = true_function("io_uring_register_buf_ring");
    return mock.traits & MOCK_NO_BUFFERS ? -EINVAL : real(ring, reg, flags);
}

static bool request_goes_on(const struct io_uring_sqe *request)
{
    return (request->opcode == IORING_OP_RECV && request->ioprio & IORING_RECV_MULTISHOT) ||
           (request->opcode == IORING_OP_ACCEPT && request->ioprio & IORING_ACCEPT_MULTISHOT);
}

static void mock_change(struct io_uring_sqe *request)
{
    mock.sends += request->opcode == IORING_OP_SEND;
    if (mock.breaks && request->opcode == mock.breaks) {
        request->fd = -1; /* for which the true kernel has -EBADF */
        mock.breaks = 0;
    }
    if (mock.traits & MOCK_LOUD && request->opcode == IORING_OP_SEND)
        request->flags &= (uint8_t)~IOSQE_CQE_SKIP_SUCCESS;
    if (!request_goes_on(request))
        return;
    if (mock.traits & MOCK_NO_MULTISHOT)
        request->ioprio |= NO_SUCH_FLAG; /* for which the true kernel has -EINVAL */
    if (mock.traits & MOCK_CANCELS && tag_count < TAGS_MAX)
        tags[tag_count++] = request->user_data;
}

/* Cancels what went on before, as far as there is room; but now and then nothing, lest the engine
 * never comes to rest. */
static void mock_cancel(struct io_uring *ring)
{
    static uint32_t random = 1;
    random = random * 1664525 + 1013904223;
    while (tag_count > 0 && random >> 31) {
        struct io_uring_sqe *request = io_uring_get_sqe(ring);
        if (!request)
            return;
        io_uring_prep_cancel64(request, tags[--tag_count], 0);
        request->flags |= IOSQE_CQE_SKIP_SUCCESS;
        request->user_data = 0;
        mock.cancelled++;
    }
}

static void mock_look_at_requests(struct io_uring *ring)
{
    struct io_uring_sq *queue = &ring->sq;
    unsigned end = queue->sqe_tail;
    mock_cancel(ring);
    for (unsigned i = queue->sqe_head; i != end; i++)
        mock_change(&queue->sqes[i & *queue->kring_mask]);
}

/* Of what is asked for with a tag that says nothing, only a close needs a descriptor. */
static void mock_look_at_completion(const struct io_uring_cqe *completion)
{
    enum tag_kind kind = tag_kind(completion->user_data);
    mock.starved += completion->res == -ENOBUFS;
    mock.sends_told += kind == TAG_SENT;
    if (kind == TAG_NOTHING && completion->user_data == 0 && completion->res == -EBADF) {
        fprintf(stderr, "a descriptor was closed twice\n");
        abort();
    }
}

static void mock_look_at_completions(struct io_uring *ring)
{
    struct io_uring_cq *queue = &ring->cq;
    unsigned end = io_uring_smp_load_acquire(queue->ktail);
    for (; looked_at != end; looked_at++)
        mock_look_at_completion(&queue->cqes[looked_at & *queue->kring_mask]);
    mock.overflows += io_uring_cq_has_overflow(ring);
}

/* Whether io_uring_enter is to fail. */
static bool mock_fails(void)
{
    if (mock.enter_errors > 0)
        return mock.enter_errors-- > 0;
    return mock.enter_errors < 0;
}

/* Hides what the kernel is not to take in this call. Returns how much that is. */
static unsigned mock_hide(struct io_uring *ring)
{
    unsigned ready = ring->sq.sqe_tail - ring->sq.sqe_head;
    unsigned hidden = mock.takes > 0 && mock.takes < ready ? ready - mock.takes : 0;
    ring->sq.sqe_tail -= hidden;
    if (hidden > 0)
        mock.takes = 0;
    return hidden;
}

int io_uring_submit(struct io_uring *ring)
{
    int (*real)(struct io_uring *);
    *(void **)&real = true_function("io_uring_submit");
    if (mock_fails())
        return mock.enter_error;
    mock_look_at_requests(ring);
    unsigned hidden = mock_hide(ring);
    int result = real(ring);
    ring->sq.sqe_tail += hidden;
    mock_look_at_completions(ring);
    return result;
}

int io_uring_submit_and_wait_timeout(struct io_uring *ring, struct io_uring_cqe **cqe_ptr,
                                     unsigned wait_nr, struct __kernel_timespec *ts,
                                     sigset_t *sigmask)
{
    int (*real)(struct io_uring *, struct io_uring_cqe **, unsigned, struct __kernel_timespec *,
                sigset_t *);
    *(void **)&real = true_function("io_uring_submit_and_wait_timeout");
    if (mock_fails())
        return mock.enter_error;
    mock_look_at_requests(ring);
    unsigned hidden = mock_hide(ring);
    int result = real(ring, cqe_ptr, wait_nr, ts, sigmask);
    ring->sq.sqe_tail += hidden;
    mock_look_at_completions(ring);
    return result;
}

int io_uring_get_events(struct io_uring *ring)
{
    int (*real)(struct io_uring *);
    *(void **)&real = true_function("io_uring_get_events");
    if (mock_fails())
        return mock.enter_error;
    int result = real(ring);
    mock_look_at_completions(ring);
    return result;
}
