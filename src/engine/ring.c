// SPDX-License-Identifier: MIT
/* See ring.h. */
#include "engine/ring.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    ENTRIES_MAX = 4096,
    /* Far more in all than the kernel needs for what ring_try does: they only end a wait for
     * nothing. Several, since a wait also ends when the kernel is short of memory. */
    TRY_WAITS = 50,
    TRY_MS = 20,
    /* The kernel is short of memory for a submission (io_uring_enter(2), EAGAIN): so often it is
     * asked again, and so long it gets in between. */
    SHORT_TRIES = 50,
    SHORT_US = 1000,
};

/* Flags of io_uring_setup(2), the best first. One issuer and completions that are worked off only
 * when the worker waits: nothing ever interrupts it. */
static const unsigned rungs[] = {
    IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_SUBMIT_ALL,
    IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_COOP_TASKRUN | IORING_SETUP_SUBMIT_ALL,
    IORING_SETUP_COOP_TASKRUN | IORING_SETUP_SUBMIT_ALL,
    0,
};

static int refuse(struct engine_refusal *refusal, const char *what, int error)
{
    *refusal = (struct engine_refusal){what, error};
    return error;
}

/* From the environment, for tests; what is no number in bounds is passed over. */
static unsigned ring_entries(void)
{
    const char *text = getenv("SELKIE_RING_ENTRIES");
    long entries = text ? strtol(text, NULL, 10) : 0;
    return entries >= 1 && entries <= ENTRIES_MAX ? (unsigned)entries : RING_ENTRIES;
}

static int ring_set_up(struct ring *ring, struct engine_refusal *refusal)
{
    unsigned entries = ring_entries();
    int error = -EINVAL;
    for (size_t i = 0; i < sizeof rungs / sizeof *rungs && error == -EINVAL; i++) {
        struct io_uring_params params = {.flags = rungs[i] | IORING_SETUP_CQSIZE,
                                         .cq_entries = entries * RING_COMPLETIONS};
        error = io_uring_queue_init_params(entries, &ring->uring, &params);
    }
    if (error)
        return refuse(refusal, "io_uring_setup", error);
    const unsigned needed = IORING_FEAT_NODROP | IORING_FEAT_EXT_ARG | IORING_FEAT_CQE_SKIP;
    if ((ring->uring.features & needed) != needed) {
        io_uring_queue_exit(&ring->uring);
        return refuse(refusal, "the features of io_uring", -EOPNOTSUPP);
    }
    io_uring_register_ring_fd(&ring->uring); /* spares looking it up; may fail */
    return 0;
}

/* One mapping: the ring of buffers, and behind it the buffers. All of it is touched here, since
 * input would touch it all in time: what a worker costs is what it costs at rest. */
static int ring_provide_buffers(struct ring *ring, struct engine_refusal *refusal)
{
    size_t head = RING_BUFFERS * sizeof(struct io_uring_buf);
    size_t mapped = head + RING_BUFFERS * ring->buffer_size;
    void *memory = mmap(NULL, mapped, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    if (memory == MAP_FAILED)
        return refuse(refusal, "mmap of its buffers", -errno);
    ring->buffers = memory;
    ring->memory = (char *)memory + head;
    ring->mapped = mapped;
    struct io_uring_buf_reg registration = {
        .ring_addr = (uintptr_t)memory, .ring_entries = RING_BUFFERS, .bgid = RING_GROUP};
    int error = io_uring_register_buf_ring(&ring->uring, &registration, 0);
    if (error) {
        munmap(memory, mapped);
        return refuse(refusal, "its ring of provided buffers", error);
    }
    io_uring_buf_ring_init(ring->buffers);
    for (unsigned id = 0; id < RING_BUFFERS; id++)
        ring_return_buffer(ring, id << IORING_CQE_BUFFER_SHIFT);
    ring_return_buffers(ring);
    return 0;
}

void ring_close(struct ring *ring)
{
    io_uring_queue_exit(&ring->uring);
    munmap(ring->buffers, ring->mapped);
}

/* Whether the kernel has taken a request, and not the one that is linked to it: it would run what
 * comes next whether or not that has failed. */
static bool ring_is_torn(const struct ring *ring)
{
    const struct io_uring_sq *queue = &ring->uring.sq;
    unsigned last = (*queue->khead - 1) & *queue->kring_mask;
    return io_uring_sq_ready(&ring->uring) > 0 && queue->sqes[last].flags & IOSQE_IO_LINK;
}

int ring_submit(struct ring *ring)
{
    for (int tries = 0; io_uring_sq_ready(&ring->uring) > 0 && !ring->error; tries++) {
        int count = io_uring_submit(&ring->uring);
        if (count == -EAGAIN && tries < SHORT_TRIES)
            usleep(SHORT_US);
        else if (count < 0 && count != -EINTR)
            ring->error = count;
        if (ring_is_torn(ring))
            ring->error = -EAGAIN;
    }
    return ring->error;
}

/* -ETIME: the time is up. -EAGAIN: the kernel was short of memory; ring_submit asks again. -EBUSY:
 * the completions that it keeps do not fit until some were taken out (io_uring_enter(2)). */
static int wait_result(int result)
{
    bool passes = result == -ETIME || result == -EAGAIN || result == -EBUSY;
    return result >= 0 || passes ? 0 : result;
}

int ring_wait(struct ring *ring, int timeout_ms)
{
    struct __kernel_timespec time = {timeout_ms / 1000, timeout_ms % 1000 * 1000000LL};
    struct io_uring_cqe *first;
    if (ring->error)
        return ring->error;
    int result = io_uring_submit_and_wait_timeout(&ring->uring, &first, 1,
                                                  timeout_ms < 0 ? NULL : &time, NULL);
    int error = wait_result(result);
    if (ring_is_torn(ring))
        ring->error = -EAGAIN;
    else if (error && error != -EINTR)
        ring->error = error;
    ring_submit(ring); /* what an interrupted call has left */
    return ring->error ? ring->error : error;
}

struct io_uring_sqe *ring_request_slowly(struct ring *ring)
{
    ring_submit(ring);
    struct io_uring_sqe *request = io_uring_get_sqe(&ring->uring);
    if (request)
        return request;
    if (!ring->error)
        ring->error = -EBUSY;
    return &ring->scrap;
}

/* Takes one completion out, waiting for it when there is none. Returns false when none comes. */
static bool ring_try_take(struct ring *ring, struct io_uring_cqe *out)
{
    struct io_uring_cqe *completion;
    for (int waits = 0; io_uring_peek_cqe(&ring->uring, &completion) != 0; waits++) {
        int error = waits < TRY_WAITS ? ring_wait(ring, TRY_MS) : -ETIME;
        if (error && error != -EINTR)
            return false;
    }
    *out = *completion;
    io_uring_cqe_seen(&ring->uring, completion);
    if (out->flags & IORING_CQE_F_BUFFER) {
        ring_return_buffer(ring, out->flags);
        ring_return_buffers(ring);
    }
    return true;
}

/* Whether a recv into provided buffers goes on by itself (Linux 6.0). */
static int ring_try_recv(struct ring *ring, const int ends[2])
{
    struct io_uring_cqe completion;
    struct io_uring_sqe *request = ring_request(ring);
    io_uring_prep_recv_multishot(request, ends[0], NULL, 0, 0);
    request->flags |= IOSQE_BUFFER_SELECT;
    request->buf_group = RING_GROUP;
    if (write(ends[1], "x", 1) != 1 || !ring_try_take(ring, &completion))
        return -EIO;
    if (completion.res < 0)
        return completion.res;
    if (completion.res != 1 || !(completion.flags & IORING_CQE_F_MORE))
        return -EOPNOTSUPP;
    shutdown(ends[1], SHUT_WR); /* ends it */
    return ring_try_take(ring, &completion) ? 0 : -EIO;
}

static void ring_try_send(struct ring *ring, int fd, size_t length)
{
    struct io_uring_sqe *request = ring_request(ring);
    io_uring_prep_send(request, fd, ring->memory, length,
                       MSG_NOSIGNAL | MSG_DONTWAIT | MSG_WAITALL);
    request->flags |= IOSQE_CQE_SKIP_SUCCESS;
    request->user_data = length;
}

/* Whether sends behave as uring_output.c needs it: all three run inside the submitting call; the
 * first, which fits, posts nothing; the second how far it came, the third that nothing fits. */
static bool ring_try_quiet(struct ring *ring, const int ends[2])
{
    struct io_uring_cqe *completions[3];
    int small = 1;
    size_t size = RING_BUFFERS * ring->buffer_size; /* does not fit such a small one */
    setsockopt(ends[0], SOL_SOCKET, SO_SNDBUF, &small, sizeof small);
    ring_try_send(ring, ends[0], 1);
    ring_try_send(ring, ends[0], size);
    ring_try_send(ring, ends[0], size - 1);
    if (ring_submit(ring) != 0)
        return false;
    unsigned count = io_uring_peek_batch_cqe(&ring->uring, completions, 3);
    bool is_quiet = count == 2 && completions[0]->user_data == size && completions[0]->res > 0 &&
                    (size_t)completions[0]->res < size && completions[1]->user_data == size - 1 &&
                    completions[1]->res == -EAGAIN;
    io_uring_cq_advance(&ring->uring, count);
    return is_quiet;
}

/* Asks the kernel by doing, on a pair of sockets. */
static int ring_try(struct ring *ring, struct engine_refusal *refusal)
{
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return refuse(refusal, "a pair of sockets to try it with", -errno);
    int error = ring_try_recv(ring, ends);
    if (!error)
        ring->is_quiet = ring_try_quiet(ring, ends);
    close(ends[0]);
    close(ends[1]);
    if (error)
        return refuse(refusal, "recv that goes on, into provided buffers", error);
    return 0;
}

int ring_open(struct ring *ring, size_t buffer_size, struct engine_refusal *refusal)
{
    *ring = (struct ring){.buffer_size = buffer_size};
    int error = ring_set_up(ring, refusal);
    if (error)
        return error;
    error = ring_provide_buffers(ring, refusal);
    if (error) {
        io_uring_queue_exit(&ring->uring);
        return error;
    }
    error = ring_try(ring, refusal);
    if (error)
        ring_close(ring);
    return error;
}
