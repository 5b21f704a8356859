// SPDX-License-Identifier: MIT
/*
 * A library to be preloaded that plays a kernel whose io_uring is poorer than the one that runs.
 * What is missing stands in POOR_RING, as words: "setup", flags of that, "buf_ring", "features",
 * "multishot" (recv that goes on), "quiet" (a send that succeeds and says nothing), "waitall" (a
 * send that is short and says so), "memory" (for every fourth submission). Each ring that opens
 * says with which flags, and each request that is spoilt why, on standard error. A process whose
 * pid is behind the dot of a file $BROKEN_RING.PID waits no more: its ring is broken. Used by
 * test_io_uring.py.
 */
#include <dlfcn.h>
#include <errno.h>
#include <liburing.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* The second is one by which the server tries the ring, when it waits and has nothing to submit. */
enum { SHORT_FIRST = 2, SHORT_EACH = 4 };

static struct {
    int (*queue_init_params)(unsigned, struct io_uring *, struct io_uring_params *);
    int (*register_buf_ring)(struct io_uring *, struct io_uring_buf_reg *, unsigned);
    int (*submit)(struct io_uring *);
    int (*submit_and_wait_timeout)(struct io_uring *, struct io_uring_cqe **, unsigned,
                                   struct __kernel_timespec *, sigset_t *);
} original;

static const struct {
    const char *name;
    unsigned flag;
} known_flags[] = {
    {"defer_taskrun", IORING_SETUP_DEFER_TASKRUN},
    {"single_issuer", IORING_SETUP_SINGLE_ISSUER},
    {"coop_taskrun", IORING_SETUP_COOP_TASKRUN},
    {"submit_all", IORING_SETUP_SUBMIT_ALL},
};

static bool lacks(const char *word)
{
    const char *words = getenv("POOR_RING");
    return words && strstr(words, word);
}

static __attribute__((constructor)) void originals_find(void)
{
    *(void **)&original.queue_init_params = dlsym(RTLD_NEXT, "io_uring_queue_init_params");
    *(void **)&original.register_buf_ring = dlsym(RTLD_NEXT, "io_uring_register_buf_ring");
    *(void **)&original.submit = dlsym(RTLD_NEXT, "io_uring_submit");
    *(void **)&original.submit_and_wait_timeout =
        dlsym(RTLD_NEXT, "io_uring_submit_and_wait_timeout");
}

int io_uring_queue_init_params(unsigned entries, struct io_uring *ring, struct io_uring_params *p)
{
    unsigned asked = p->flags;
    for (size_t i = 0; i < sizeof known_flags / sizeof *known_flags; i++) {
        if (asked & known_flags[i].flag && lacks(known_flags[i].name))
            return -EINVAL;
    }
    int error = lacks("setup") ? -EINVAL : original.queue_init_params(entries, ring, p);
    if (error == 0)
        dprintf(STDERR_FILENO, "poor_ring: flags %#x\n", asked);
    if (error == 0 && lacks("features"))
        ring->features = 0;
    return error;
}

int io_uring_register_buf_ring(struct io_uring *ring, struct io_uring_buf_reg *reg, unsigned flags)
{
    return lacks("buf_ring") ? -EINVAL : original.register_buf_ring(ring, reg, flags);
}

static void say_spoilt(const char *word)
{
    dprintf(STDERR_FILENO, "poor_ring: spoilt %s\n", word);
}

/* Changes a request into what an older kernel would make of it. */
static void request_spoil(struct io_uring_sqe *request)
{
    if (request->opcode == IORING_OP_RECV && request->ioprio & IORING_RECV_MULTISHOT &&
        lacks("multishot")) {
        request->ioprio = (__u16)~0u; /* what no kernel knows: EINVAL */
        say_spoilt("multishot");
    }
    if (request->opcode == IORING_OP_SEND && lacks("quiet")) {
        request->flags &= (__u8)~IOSQE_CQE_SKIP_SUCCESS;
        say_spoilt("quiet");
    }
    if (request->opcode == IORING_OP_SEND && lacks("waitall")) {
        request->msg_flags &= ~(__u32)MSG_WAITALL;
        say_spoilt("waitall");
    }
}

/* Looks at what is about to be submitted. Returns 0, or the error that comes instead. */
static int ring_look(const struct io_uring *ring)
{
    static unsigned count;
    const struct io_uring_sq *queue = &ring->sq;
    for (unsigned at = queue->sqe_head; at != queue->sqe_tail; at++)
        request_spoil(&queue->sqes[at & *queue->kring_mask]);
    return lacks("memory") && ++count % SHORT_EACH == SHORT_FIRST ? -EAGAIN : 0;
}

static bool ring_is_broken(void)
{
    char path[4096];
    const char *prefix = getenv("BROKEN_RING");
    if (!prefix)
        return false;
    (void)snprintf(path, sizeof path, "%s.%d", prefix, (int)getpid());
    return access(path, F_OK) == 0;
}

int io_uring_submit(struct io_uring *ring)
{
    int error = ring_look(ring);
    return error ? error : original.submit(ring);
}

int io_uring_submit_and_wait_timeout(struct io_uring *ring, struct io_uring_cqe **cqe_ptr,
                                     unsigned wait_nr, struct __kernel_timespec *ts,
                                     sigset_t *sigmask)
{
    if (ring_is_broken())
        return -EBADF;
    int error = ring_look(ring);
    return error ? error : original.submit_and_wait_timeout(ring, cqe_ptr, wait_nr, ts, sigmask);
}
