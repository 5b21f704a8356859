// SPDX-License-Identifier: MIT
/*
 * The calls of io_uring, and what they complete. A request that is to fail is made one that the
 * kernel refuses, as it names no descriptor: so whatever is linked to it is cancelled, and it comes
 * back for good, by the kernel's own doing. In its completion only the error is then another. See
 * faults.h.
 */
#include "faults.h"

#include <errno.h>
#include <liburing.h>
#include <sys/socket.h>
#include <unistd.h>

/* TORN_RARELY: a submission that ends where it can leaves a link torn once in so many times, which
 * ends a worker. */
enum { ALTERED_MAX = 256, ARMED_MAX = 64, TORN_RARELY = 4 };

static struct {
    __typeof__(close) *close;
    __typeof__(io_uring_queue_init_params) *queue_init_params;
    __typeof__(io_uring_register_buf_ring) *register_buf_ring;
    __typeof__(io_uring_register_ring_fd) *register_ring_fd;
    __typeof__(io_uring_submit) *submit;
    __typeof__(io_uring_submit_and_wait_timeout) *submit_and_wait_timeout;
} original;

static __attribute__((constructor)) void originals_find(void)
{
    static const struct symbol symbols[] = {
        {"close", &original.close},
        {"io_uring_queue_init_params", &original.queue_init_params},
        {"io_uring_register_buf_ring", &original.register_buf_ring},
        {"io_uring_register_ring_fd", &original.register_ring_fd},
        {"io_uring_submit", &original.submit},
        {"io_uring_submit_and_wait_timeout", &original.submit_and_wait_timeout},
    };
    symbols_find(symbols, sizeof symbols / sizeof *symbols);
}

/* Completions to come whose result is to be another. The oldest is forgotten when there are more:
 * its request fails as the kernel says. */
static struct altered {
    uint64_t tag;
    int from, to;
} altered[ALTERED_MAX];
static unsigned altered_count;

/* Requests that go on, the last ones; some have ended. */
static uint64_t armed[ARMED_MAX];
static unsigned armed_count;

static unsigned looked_at; /* completions up to this place of the queue */

static void completion_plan(uint64_t tag, int from, int to)
{
    altered[altered_count++ % ALTERED_MAX] = (struct altered){tag, from, to};
}

static void completion_alter(struct io_uring_cqe *completion)
{
    for (unsigned i = 0; i < ALTERED_MAX; i++) {
        if (altered[i].from == 0 || altered[i].from != completion->res ||
            altered[i].tag != completion->user_data)
            continue;
        completion->res = altered[i].to;
        altered[i].from = 0;
        return;
    }
}

static void ring_look_at_completions(struct io_uring *ring)
{
    struct io_uring_cq *queue = &ring->cq;
    unsigned end = io_uring_smp_load_acquire(queue->ktail);
    for (; looked_at != end; looked_at++) {
        struct io_uring_cqe *completion = &queue->cqes[looked_at & *queue->kring_mask];
        if (completion->res == -EBADF || completion->res == -ECANCELED)
            completion_alter(completion);
    }
}

/* Has the kernel refuse a request, with this result. */
static void request_spoil(struct io_uring_sqe *request, int result)
{
    request->fd = -1;
    completion_plan(request->user_data, -EBADF, result);
}

static void request_spoil_by(struct io_uring_sqe *request, enum call call)
{
    int fault = fault_draw(call);
    if (fault == FAULT_NONE)
        return;
    fault_count(call, fault);
    request_spoil(request, -fault);
}

/* A send that is short is a failure too, but some of it has gone. */
static void send_spoil(struct io_uring_sqe *request)
{
    int fault = request->len > 1 ? fault_draw(CALL_RING_SEND) : FAULT_NONE;
    if (fault == FAULT_NONE)
        return;
    fault_count(CALL_RING_SEND, fault);
    int result = -fault;
    if (fault == FAULT_SHORT) {
        size_t some = 1 + fault_random() % (request->len - 1);
        ssize_t count = true_send(request->fd, (const void *)(uintptr_t)request->addr, some,
                                  MSG_NOSIGNAL | MSG_DONTWAIT);
        result = count < 0 ? -errno : (int)count;
    }
    request_spoil(request, result);
}

/* As with close(2), it is closed in any case. Behind a send that may fail, the kernel decides. */
static void close_spoil(struct io_uring_sqe *request, bool is_linked)
{
    int fault = is_linked ? FAULT_NONE : fault_draw(CALL_RING_CLOSE);
    if (fault == FAULT_NONE)
        return;
    fault_count(CALL_RING_CLOSE, fault);
    original.close(request->fd);
    request_spoil(request, -fault);
}

static void request_look(struct io_uring_sqe *request, bool is_linked)
{
    switch (request->opcode) {
    case IORING_OP_RECV:
        if (request->ioprio & IORING_RECV_MULTISHOT)
            armed[armed_count++ % ARMED_MAX] = request->user_data;
        request_spoil_by(request, CALL_RING_RECV);
        break;
    case IORING_OP_SEND:
        send_spoil(request);
        break;
    case IORING_OP_POLL_ADD:
        request_spoil_by(request, CALL_RING_POLL);
        break;
    case IORING_OP_CLOSE:
        close_spoil(request, is_linked);
        break;
    default:
        break;
    }
}

/* Ends a recv that goes on, in the way that a recv ends. */
static void ring_end_one(struct io_uring *ring)
{
    uint64_t tag = armed[fault_random() % ARMED_MAX];
    int fault = tag ? fault_draw(CALL_RING_ARMED) : FAULT_NONE;
    struct io_uring_sqe *request = fault == FAULT_NONE ? NULL : io_uring_get_sqe(ring);
    if (!request)
        return;
    fault_count(CALL_RING_ARMED, fault);
    io_uring_prep_cancel64(request, tag, 0);
    request->flags |= IOSQE_CQE_SKIP_SUCCESS;
    request->user_data = 0; /* which says nothing to the server (src/engine/slots.h) */
    completion_plan(tag, -ECANCELED, -fault);
}

/* Looks at what is about to be submitted. What was spoilt, and not taken, is left as it is. */
static void ring_look_at_requests(struct io_uring *ring)
{
    const struct io_uring_sq *queue = &ring->sq;
    bool is_linked = false;
    for (unsigned at = queue->sqe_head; at != queue->sqe_tail; at++) {
        struct io_uring_sqe *request = &queue->sqes[at & *queue->kring_mask];
        if (request->fd >= 0)
            request_look(request, is_linked);
        is_linked = request->flags & IOSQE_IO_LINK;
    }
    ring_end_one(ring);
}

static bool request_is_linked(const struct io_uring *ring, unsigned at)
{
    return ring->sq.sqes[at & *ring->sq.kring_mask].flags & IOSQE_IO_LINK;
}

/* Hides some requests, so that the kernel takes fewer. Returns how many are hidden. */
static unsigned ring_hide(struct io_uring *ring)
{
    unsigned ready = ring->sq.sqe_tail - ring->sq.sqe_head;
    if (ready < 2)
        return 0;
    unsigned taken = 1 + (unsigned)(fault_random() % (ready - 1));
    bool is_torn = request_is_linked(ring, ring->sq.sqe_head + taken - 1);
    if (is_torn && fault_random() % TORN_RARELY != 0) {
        is_torn = false;
        taken++;
    }
    if (taken == ready)
        return 0;
    fault_count(is_torn ? CALL_RING_TORN : CALL_RING_SUBMIT, FAULT_SHORT);
    ring->sq.sqe_tail -= ready - taken;
    return ready - taken;
}

int io_uring_submit(struct io_uring *ring)
{
    int fault = fault_draw(CALL_RING_SUBMIT);
    if (fault != FAULT_NONE && fault != FAULT_SHORT) {
        fault_count(CALL_RING_SUBMIT, fault);
        return -fault;
    }
    ring_look_at_requests(ring);
    unsigned hidden = fault == FAULT_SHORT ? ring_hide(ring) : 0;
    int result = original.submit(ring);
    ring->sq.sqe_tail += hidden;
    ring_look_at_completions(ring);
    return result;
}

/* That completions do not fit, or are lost, the kernel says when it has nothing to submit, and some
 * do fit. */
static int wait_fault(const struct io_uring *ring, bool submits, int fault)
{
    enum call call = fault == EBUSY ? CALL_RING_WAIT : CALL_RING_LOST;
    if (submits || fault == FAULT_NONE || io_uring_cq_ready(ring) == 0)
        return 0;
    fault_count(call, fault);
    return -fault;
}

int io_uring_submit_and_wait_timeout(struct io_uring *ring, struct io_uring_cqe **cqe_ptr,
                                     unsigned wait_nr, struct __kernel_timespec *ts,
                                     sigset_t *sigmask)
{
    int fault = fault_draw(CALL_RING_WAIT);
    if (fault == EAGAIN || fault == EINTR) {
        fault_count(CALL_RING_WAIT, fault);
        return -fault;
    }
    if (fault == FAULT_NONE)
        fault = fault_draw(CALL_RING_LOST);
    ring_look_at_requests(ring);
    bool submits = ring->sq.sqe_tail != ring->sq.sqe_head;
    int result = original.submit_and_wait_timeout(ring, cqe_ptr, wait_nr, ts, sigmask);
    ring_look_at_completions(ring);
    int altered_result = wait_fault(ring, submits, fault);
    return altered_result ? altered_result : result;
}

int io_uring_queue_init_params(unsigned entries, struct io_uring *ring, struct io_uring_params *p)
{
    int fault = fault_draw(CALL_RING_SETUP);
    looked_at = 0;
    if (fault == FAULT_NONE)
        return original.queue_init_params(entries, ring, p);
    fault_count(CALL_RING_SETUP, fault);
    return -fault;
}

int io_uring_register_buf_ring(struct io_uring *ring, struct io_uring_buf_reg *reg, unsigned flags)
{
    int fault = fault_draw(CALL_RING_BUFFERS);
    if (fault == FAULT_NONE)
        return original.register_buf_ring(ring, reg, flags);
    fault_count(CALL_RING_BUFFERS, fault);
    return -fault;
}

int io_uring_register_ring_fd(struct io_uring *ring)
{
    int fault = fault_draw(CALL_RING_FD);
    if (fault == FAULT_NONE)
        return original.register_ring_fd(ring);
    fault_count(CALL_RING_FD, fault);
    return -fault;
}
