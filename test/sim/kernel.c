// SPDX-License-Identifier: MIT
/*
 * What the kernel does in a run: it numbers descriptors, the lowest free one first, and carries
 * bytes from the server to the clients. close(2) of the whole program comes here (ld(1), --wrap).
 */
#include "run.h"

#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>

int __real_close(int fd);
int __wrap_close(int fd);
int __wrap_getpeername(int fd, struct sockaddr *to, socklen_t *size);
ssize_t __wrap_recv(int fd, void *to, size_t size, int flags);

enum { NOBODY = -1 };

static struct run *kernel_run;

void kernel_begin(struct run *run)
{
    kernel_run = run;
    for (unsigned i = 0; i < FDS_MAX; i++)
        run->fds[i] = NOBODY;
}

struct run *kernel_current(void)
{
    return kernel_run;
}

int kernel_open(struct run *run, unsigned owner)
{
    for (int i = 0; i < FDS_MAX; i++) {
        if (run->fds[i] != NOBODY)
            continue;
        run->fds[i] = (int16_t)owner;
        return FD_FIRST + i;
    }
    run_fail(run, "the simulated kernel has no descriptor left");
}

struct peer *kernel_peer(struct run *run, int fd)
{
    int owner = fd < FD_FIRST || fd >= FD_FIRST + FDS_MAX ? NOBODY : run->fds[fd - FD_FIRST];
    if (owner >= 0 && owner < PEERS_MAX)
        return &run->peers[owner];
    run_fail(run, "descriptor %d is no connection", fd);
}

unsigned kernel_count_open(const struct run *run)
{
    unsigned count = 0;
    for (unsigned i = 0; i < FDS_MAX; i++)
        count += run->fds[i] != NOBODY;
    return count;
}

static void wire_close(struct run *run, struct peer *peer)
{
    struct wire *wire = &peer->wire;
    wire->state = WIRE_CLOSED;
    peer->model.is_active = false;
    wire->was_cut = wire->sent > wire->told && !wire->is_reset;
    run_trace(run, "client %u: closed%s", peer->number, wire->was_cut ? ", unread" : "");
}

/* Who waits at a listener that is closed has waited in vain. */
static void queue_close(struct run *run, struct queue *queue)
{
    for (unsigned i = 0; i < queue->count; i++) {
        run->peers[queue->waiting[i]].wire.state = WIRE_REFUSED;
        run->peers[queue->waiting[i]].client.is_done = true;
    }
    queue->count = 0;
    queue->fd = -1;
}

void kernel_close(struct run *run, int fd)
{
    int owner = run->fds[fd - FD_FIRST];
    run->fds[fd - FD_FIRST] = NOBODY;
    if (owner >= PEERS_MAX)
        queue_close(run, &run->queues[owner - PEERS_MAX]);
    else if (owner >= 0)
        wire_close(run, &run->peers[owner]);
    else
        run_fail(run, "descriptor %d is closed twice", fd);
}

int __wrap_close(int fd)
{
    if (fd < FD_FIRST || fd >= FD_FIRST + FDS_MAX)
        return __real_close(fd);
    kernel_close(kernel_run, fd);
    return 0;
}

/* A look at the input, and no more, is all that the server itself asks for. */
ssize_t __wrap_recv(int fd, void *to, size_t size, int flags)
{
    const struct wire *wire = &kernel_peer(kernel_run, fd)->wire;
    if (flags != (MSG_PEEK | MSG_DONTWAIT) || size != 1)
        run_fail(kernel_run, "the server reads by itself");
    (void)to;
    if (wire->told < wire->sent)
        return 1;
    errno = EAGAIN;
    return wire->has_ended ? 0 : -1;
}

int __wrap_getpeername(int fd, struct sockaddr *to, socklen_t *size)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    address.sin_addr.s_addr = htonl(0xc0000201 + kernel_peer(kernel_run, fd)->address);
    if (*size < sizeof address)
        return -1;
    memcpy(to, &address, sizeof address);
    *size = sizeof address;
    return 0;
}

size_t wire_room(const struct wire *wire)
{
    return wire->capacity > wire->unread ? wire->capacity - wire->unread : 0;
}

void wire_reset(struct run *run, struct peer *peer)
{
    if (peer->wire.is_reset)
        return;
    peer->wire.is_reset = true;
    run->counts.of[COUNT_RESETS]++;
    run_trace(run, "client %u: reset", peer->number);
}

void wire_take(struct peer *peer, size_t length)
{
    struct wire *wire = &peer->wire;
    wire->taken += length;
    if (peer->client.reading != READS_ALL)
        wire->unread += length;
    if (wire->is_abandoned)
        wire->is_reset = true; /* the second send will be told */
}
