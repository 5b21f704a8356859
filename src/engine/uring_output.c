// SPDX-License-Identifier: MIT
/*
 * What goes from the io_uring engine: bytes, and ends. See uring.h.
 *
 * A send is written into the ring and submitted with the next wait or flush. With MSG_DONTWAIT it
 * runs inside the submitting call; with MSG_WAITALL it is a failure when the kernel takes less than
 * all of it, and only failures post a completion (ring.c tries that). So after a submission the
 * failures are in the completion queue, and whatever is not among them has gone. A close that
 * follows is linked to its send, and is cancelled when that fails: so a connection is never closed
 * before its bytes. A shutdown is not: the kernel would hand it to a thread (io_uring/net.c,
 * io_shutdown_prep), so it is a system call, behind a flush that a whole turn shares.
 *
 * Of two sends to one connection the second must not run when the first has failed; so each has one
 * in an epoch.
 */
#include "engine/uring.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

/* Whether this connection has sent in this epoch. */
static bool source_is_sending(const struct uring *uring, const struct source *source)
{
    return uring->head.holds_output && slots_of(&uring->slots, source)->sent_epoch == uring->epoch;
}

ssize_t uring_send(struct engine *engine, struct source *connection, struct span bytes)
{
    struct uring *uring = uring_of(engine);
    if (!uring->ring.is_quiet || connection->state & STATE_BROKEN)
        return uring_send_now(engine, connection, bytes);
    if (source_is_sending(uring, connection) || uring->send_count == SENDS_MAX)
        return -EBUSY;
    struct io_uring_sqe *request = ring_request(&uring->ring);
    io_uring_prep_send(request, connection->fd, bytes.at, bytes.length,
                       MSG_NOSIGNAL | MSG_DONTWAIT | MSG_WAITALL);
    request->flags |= IOSQE_CQE_SKIP_SUCCESS;
    request->user_data = tag_make(TAG_SENT, uring->epoch, uring->send_count);
    uring->sends[uring->send_count++] =
        (struct uring_send){uring_tag(uring, connection, TAG_SENT), bytes};
    uring->send_tail = uring->ring.uring.sq.sqe_tail;
    slots_of(&uring->slots, connection)->sent_epoch = uring->epoch;
    engine->holds_output = true;
    return (ssize_t)bytes.length;
}

/* A poll reports the end of the peer's side too, asked for or not (io_uring/poll.c,
 * IO_POLL_UNMASK), and at once: of a peer that reads on, one poll after the other would report
 * nothing else. One that goes on reports it once, and room when it comes. */
static void uring_await_room(struct uring *uring, struct source *connection)
{
    connection->flags |= SOURCE_WANTS_WRITE;
    if (connection->flags & SOURCE_AWAITS_ROOM)
        return;
    connection->flags |= SOURCE_AWAITS_ROOM;
    struct io_uring_sqe *request = ring_request(&uring->ring);
    if (connection->state & STATE_HALF)
        io_uring_prep_poll_multishot(request, connection->fd, POLLOUT);
    else
        io_uring_prep_poll_add(request, connection->fd, POLLOUT);
    request->user_data = uring_tag(uring, connection, TAG_WRITABLE);
}

ssize_t uring_send_now(struct engine *engine, struct source *connection, struct span bytes)
{
    struct uring *uring = uring_of(engine);
    if (connection->state & STATE_BROKEN)
        return -EPIPE;
    ssize_t count = source_send(connection, bytes);
    if (count >= 0 && (size_t)count < bytes.length)
        uring_await_room(uring, connection);
    return count;
}

void uring_flush(struct engine *engine)
{
    struct uring *uring = uring_of(engine);
    ring_submit(&uring->ring);
    uring_reap(uring);
}

static void uring_close_descriptor(struct uring *uring, const struct source *source)
{
    if (uring->ring.error) {
        close(source->fd); /* no request is done any more */
        return;
    }
    struct io_uring_sqe *request = ring_request(&uring->ring);
    io_uring_prep_close(request, source->fd);
    request_hush(request);
}

/* Whether a send that has failed says only that nothing fits, now. */
static bool send_goes_on(int result)
{
    return result == -EAGAIN || result == -EINTR;
}

/* A send was short: the owner gets back what is left, and the connection if it was leaving. */
static void uring_give_back(struct uring *uring, struct source *source, struct span rest)
{
    source->kind = SOURCE_CONNECTION;
    source->flags |= SOURCE_WANTS_WRITE;
    source->state &= (uint8_t)~STATE_FINISHES;
    int error = uring->head.calls->unsent(uring->head.owner, source, rest);
    if (error)
        uring_fail(uring, uring_tag(uring, source, TAG_FAILED), error);
    else
        uring_await_room(uring, source);
}

/* A send has failed. The kernel may take the next one, which would leave a hole between the two. */
static void uring_break(struct uring *uring, struct source *source, int error)
{
    source->state |= STATE_BROKEN;
    uring_fail(uring, uring_tag(uring, source, TAG_FAILED), error);
}

void uring_unsent(struct uring *uring, uint64_t tag, int result)
{
    bool is_known = tag_generation(tag) == (uring->epoch & GENERATION_MASK) &&
                    tag_slot(tag) < uring->send_count;
    if (!is_known) {
        uring->ring.error = -EPROTO; /* it came too late: the bytes are gone */
        return;
    }
    const struct uring_send *send = &uring->sends[tag_slot(tag)];
    struct source *source = slots_find(&uring->slots, send->tag);
    if (!source)
        return;            /* it was dropped with what it had to say */
    if (uring->is_closing) /* and so is this */
        result = -EPIPE;
    if (result >= 0 || send_goes_on(result))
        uring_give_back(uring, source, span_skip(send->bytes, result > 0 ? (size_t)result : 0));
    else if (source->kind == SOURCE_LEAVING)
        uring_close_descriptor(uring, source); /* in place of the one that was cancelled */
    else
        uring_break(uring, source, result);
}

/* Whether a poll for output has seen only that the peer has ended its side. */
static bool poll_found_no_room(int result)
{
    return result > 0 && !(result & (POLLOUT | POLLERR | POLLHUP | POLLNVAL));
}

void uring_writable(struct uring *uring, const struct uring_event *event)
{
    struct source *source = slots_find(&uring->slots, event->tag);
    if (!source || source->kind != SOURCE_CONNECTION || event->result == -ECANCELED)
        return;
    if (!(event->flags & IORING_CQE_F_MORE))
        source->flags &= (uint8_t)~SOURCE_AWAITS_ROOM;
    if (!(source->flags & SOURCE_WANTS_WRITE))
        return; /* one that goes on: the room was told before */
    if (poll_found_no_room(event->result)) {
        source->state |= STATE_HALF;
        uring_await_room(uring, source);
        return;
    }
    /* One that goes on reports changes alone: the next wait for room begins with a look at it. */
    if (event->flags & IORING_CQE_F_MORE)
        uring_cancel(uring, event->tag);
    source->flags &= (uint8_t) ~(SOURCE_WANTS_WRITE | SOURCE_AWAITS_ROOM);
    uring->head.calls->writable(uring->head.owner, source);
}

/* Lets the next request wait for the send of this connection, if that is the one before it and both
 * are submitted together. */
static bool uring_link(struct uring *uring)
{
    struct io_uring_sq *queue = &uring->ring.uring.sq;
    if (queue->sqe_tail != uring->send_tail || queue->sqe_head == queue->sqe_tail ||
        io_uring_sq_space_left(&uring->ring.uring) == 0)
        return false;
    queue->sqes[(queue->sqe_tail - 1) & *queue->kring_mask].flags |= IOSQE_IO_LINK;
    return true;
}

/* Sees to it that what follows happens behind what was sent. Returns false when it must not happen,
 * since the kernel has not taken all, and the owner has the rest. */
static bool uring_follow(struct uring *uring, struct source *connection)
{
    if (!source_is_sending(uring, connection))
        return true;
    const struct uring_send *last = &uring->sends[uring->send_count - 1];
    if (tag_slot(last->tag) == (uint32_t)connection->fd && uring_link(uring))
        return true;
    uring_flush(&uring->head);
    return !(connection->flags & SOURCE_WANTS_WRITE);
}

void uring_finish(struct engine *engine, struct source *connection)
{
    struct uring *uring = uring_of(engine);
    connection->state |= STATE_FINISHES;
    if (source_is_sending(uring, connection))
        source_queue(&uring->again, connection);
    else
        uring_shut_down(uring, connection);
}

void uring_shut_down(struct uring *uring, struct source *connection)
{
    if (source_is_sending(uring, connection))
        uring_flush(&uring->head); /* for all that finish in this turn */
    if (!(connection->state & STATE_FINISHES))
        return; /* the owner has got something back */
    connection->state &= (uint8_t)~STATE_FINISHES;
    shutdown(connection->fd, SHUT_WR);
}

/* Takes back what is asked of the kernel: each request would keep the socket open. */
static void uring_cancel_all(struct uring *uring, const struct source *source)
{
    uring_disarm(uring, source);
    if (source->flags & SOURCE_AWAITS_ROOM)
        uring_cancel(uring, uring_tag(uring, source, TAG_WRITABLE));
}

static void uring_forget(struct uring *uring, struct source *source)
{
    slots_forget(&uring->slots, source);
    source->kind = SOURCE_DROPPED;
    source_queue(&uring->head.dropped, source);
}

void uring_drop(struct engine *engine, struct source *connection)
{
    struct uring *uring = uring_of(engine);
    uring_cancel_all(uring, connection);
    uring_close_descriptor(uring, connection);
    uring_forget(uring, connection);
}

void uring_hang_up(struct engine *engine, struct source *connection)
{
    struct uring *uring = uring_of(engine);
    if (!uring_follow(uring, connection))
        return;
    uring_close_descriptor(uring, connection);
    uring_cancel_all(uring, connection);
    if (!source_is_sending(uring, connection)) {
        uring_forget(uring, connection);
        return;
    }
    connection->kind = SOURCE_LEAVING;
    source_queue(&uring->leaving, connection);
}

void uring_let_go(struct uring *uring)
{
    while (uring->leaving) {
        struct source *source = uring->leaving;
        uring->leaving = source->next;
        source->queued = false;
        if (source->kind == SOURCE_LEAVING)
            uring_forget(uring, source);
    }
}
