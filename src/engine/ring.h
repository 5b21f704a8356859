// SPDX-License-Identifier: MIT
/*
 * A ring of io_uring(7), with what the engine over it cannot do without: a ring of provided buffers
 * and recv that goes on (multishot). uring.c and its siblings write requests into it and take
 * completions out; nothing else of the kernel's interface is known above this file.
 *
 * It is opened with the best flags that the running kernel knows, and what is only promised is
 * tried: whether a send that succeeds says nothing, and one that does not says how far it came
 * before the submitting call has returned.
 */
#ifndef ENGINE_RING_H
#define ENGINE_RING_H

#include "engine/engine.h"

#include <liburing.h>
#include <stdbool.h>
#include <stdint.h>

enum {
    /* What a turn submits is several times less; the smaller the ring, the longer its lines stay in
     * the cache. SELKIE_RING_ENTRIES in the environment gives another number, for tests. */
    RING_ENTRIES = 256,
    /* Completions a submission can bring: eight, since a recv brings several. More are kept by the
     * kernel (IORING_FEAT_NODROP). */
    RING_COMPLETIONS = 8,
    /* 256 KiB a worker for input, whatever its connections do: a buffer is lent for as long as it
     * takes to tell its bytes, and a turn brings 20 or so (IO_LOCAL_TW_DEFAULT_MAX). */
    RING_BUFFERS = 64,
    RING_BUFFER_SIZE_DEFAULT = 4096,
    /* So many of them the kernel fills for one recv before another has its turn
     * (MULTISHOT_MAX_RETRY). */
    RING_BUFFERS_A_TURN = 32,
    /* The one group of buffers. */
    RING_GROUP = 0,
};

struct ring {
    struct io_uring uring;
    struct io_uring_buf_ring *buffers;
    char *memory;  /* of the buffers */
    size_t mapped; /* bytes of both */
    size_t buffer_size;
    unsigned returned;         /* buffers given back since the kernel was told */
    bool is_quiet;             /* a send that succeeds posts no completion, and needs none */
    int error;                 /* it cannot go on: a negative errno */
    struct io_uring_sqe scrap; /* requests go here then */
};

/* Opens a ring with buffers of this size, in the process that is to use it. Returns 0, or a
 * negative errno and *refusal tells what could not be done. */
int ring_open(struct ring *ring, size_t buffer_size, struct engine_refusal *refusal);

/* Closes it; what was not submitted is not done. */
void ring_close(struct ring *ring);

/* Submits what has been written, without waiting. Returns 0 or a negative errno. */
int ring_submit(struct ring *ring);

/* Submits, and waits for a completion, at most `timeout_ms` (negative: without end). Returns 0,
 * also when the time is up, or a negative errno. */
int ring_wait(struct ring *ring, int timeout_ms);

/* Makes room for a request when there is none. Use ring_request. */
struct io_uring_sqe *ring_request_slowly(struct ring *ring);

/* A request to be filled; never NULL, for a ring that cannot go on takes it and does nothing. */
static inline struct io_uring_sqe *ring_request(struct ring *ring)
{
    struct io_uring_sqe *request = io_uring_get_sqe(&ring->uring);
    return __builtin_expect(request != NULL, 1) ? request : ring_request_slowly(ring);
}

/* The buffer that a completion has filled. */
static inline const char *ring_buffer(const struct ring *ring, unsigned flags)
{
    return ring->memory + (size_t)(flags >> IORING_CQE_BUFFER_SHIFT) * ring->buffer_size;
}

/* Gives it back; the kernel is told by ring_return_buffers. */
static inline void ring_return_buffer(struct ring *ring, unsigned flags)
{
    unsigned id = flags >> IORING_CQE_BUFFER_SHIFT;
    io_uring_buf_ring_add(ring->buffers, ring->memory + id * ring->buffer_size,
                          (unsigned)ring->buffer_size, (unsigned short)id, RING_BUFFERS - 1,
                          (int)ring->returned++);
}

static inline void ring_return_buffers(struct ring *ring)
{
    if (ring->returned > 0)
        io_uring_buf_ring_advance(ring->buffers, (int)ring->returned);
    ring->returned = 0;
}

#endif
