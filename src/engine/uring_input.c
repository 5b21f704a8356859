// SPDX-License-Identifier: MIT
/*
 * What comes to the io_uring engine: connections, their bytes and ends, the ringing of bells. See
 * uring.h.
 *
 * A connection's first recv is a single one, since many a connection has no second request; then
 * one that goes on by itself takes its place. Whatever ends a request (no buffer was left, the
 * completion queue was full, it was cancelled) puts its source on the list `again`, and the end of
 * the turn makes another, when the buffers of the turn are free.
 */
#include "engine/uring.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>

static void uring_arm_recv(struct uring *uring, struct source *source)
{
    struct io_uring_sqe *request = ring_request(&uring->ring);
    if (source->state & STATE_FIRST)
        io_uring_prep_recv(request, source->fd, NULL, 0, 0);
    else
        io_uring_prep_recv_multishot(request, source->fd, NULL, 0, 0);
    request->flags |= IOSQE_BUFFER_SELECT;
    request->buf_group = RING_GROUP;
    request->user_data = uring_tag(uring, source, TAG_RECV);
}

/* The kind of request that brings a source its input. */
static enum tag_kind source_tag_kind(const struct source *source)
{
    if (source->kind == SOURCE_CONNECTION)
        return TAG_RECV;
    if (source->kind == SOURCE_BELL)
        return TAG_RUNG;
    return source->state == STATE_FREELY ? TAG_ACCEPT : TAG_WAITING;
}

/* One poll reports one change, and looks at the state when it begins: so none is missed. Of several
 * processes that poll a listener the kernel wakes one, the one that has waited longest. */
static void uring_arm_poll(struct uring *uring, struct source *source)
{
    struct io_uring_sqe *request = ring_request(&uring->ring);
    unsigned exclusive = source->kind == SOURCE_LISTENER ? EPOLLEXCLUSIVE : 0;
    io_uring_prep_poll_add(request, source->fd, POLLIN | exclusive);
    request->user_data = uring_tag(uring, source, source_tag_kind(source));
}

static void uring_arm_accept(struct uring *uring, struct source *source)
{
    struct io_uring_sqe *request = ring_request(&uring->ring);
    io_uring_prep_multishot_accept(request, source->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    request->user_data = uring_tag(uring, source, TAG_ACCEPT);
}

static void uring_arm(struct uring *uring, struct source *source)
{
    source->flags |= SOURCE_ARMED;
    if (source->kind == SOURCE_CONNECTION)
        uring_arm_recv(uring, source);
    else if (source->kind == SOURCE_LISTENER && source->state == STATE_FREELY)
        uring_arm_accept(uring, source);
    else
        uring_arm_poll(uring, source);
}

void uring_disarm(struct uring *uring, const struct source *source)
{
    if (source->flags & SOURCE_ARMED)
        uring_cancel(uring, uring_tag(uring, source, source_tag_kind(source)));
}

int uring_watch(struct engine *engine, struct source *source)
{
    struct uring *uring = uring_of(engine);
    int error = slots_take(&uring->slots, source);
    if (error)
        return error;
    source->state = STATE_FIRST;
    uring_arm(uring, source);
    return 0;
}

int uring_listen(struct engine *engine, struct source *listener, bool freely)
{
    struct uring *uring = uring_of(engine);
    if (listener->state)
        return 0;
    int error = slots_take(&uring->slots, listener);
    if (error)
        return error;
    listener->state = freely ? STATE_FREELY : STATE_ASKING;
    uring_arm(uring, listener);
    return 0;
}

void uring_unlisten(struct engine *engine, struct source *listener)
{
    struct uring *uring = uring_of(engine);
    if (!listener->state)
        return;
    uring_disarm(uring, listener);
    ring_submit(&uring->ring); /* until then the kernel may wake this worker in place of another */
    slots_forget(&uring->slots, listener);
    listener->state = 0;
    listener->flags &= (uint8_t)~SOURCE_ARMED;
}

void uring_pause(struct engine *engine, struct source *connection)
{
    struct uring *uring = uring_of(engine);
    connection->flags |= SOURCE_PAUSED | SOURCE_READABLE; /* nobody looks during the pause */
    if ((connection->flags & (SOURCE_ARMED | SOURCE_CANCELLED)) != SOURCE_ARMED)
        return;
    connection->flags |= SOURCE_CANCELLED;
    uring_cancel(uring, uring_tag(uring, connection, TAG_RECV));
}

void uring_resume(struct engine *engine, struct source *connection)
{
    connection->flags &= (uint8_t)~SOURCE_PAUSED;
    source_queue(&uring_of(engine)->again, connection);
}

void uring_await_more(struct engine *engine, struct source *connection)
{
    connection->state |= STATE_DOUBTED;
    source_queue(&uring_of(engine)->again, connection);
}

/* A recv that goes on waits for what happens next when it has emptied the socket. Of an end behind
 * the bytes it knows (net/ipv4/tcp.c, tcp_inq_hint). Of a reset it does not, when one wake-up has
 * told it of both (io_uring/poll.c, io_poll_check_events; Linux 6.18, when more was there than it
 * reads at once). One that begins finds it. */
static void uring_look_for_reset(struct uring *uring, struct source *connection)
{
    struct pollfd socket = {.fd = connection->fd};
    connection->state &= (uint8_t)~STATE_DOUBTED;
    if ((connection->flags & (SOURCE_ARMED | SOURCE_CANCELLED)) != SOURCE_ARMED ||
        poll(&socket, 1, 0) == 0)
        return;
    connection->flags |= SOURCE_CANCELLED;
    uring_cancel(uring, uring_tag(uring, connection, TAG_RECV));
}

/* A request of this source has come back for good. */
static void source_disarmed(struct uring *uring, struct source *source)
{
    source->flags &= (uint8_t) ~(SOURCE_ARMED | SOURCE_CANCELLED);
    source_queue(&uring->again, source);
}

static void uring_tell_input(struct uring *uring, struct source *source, struct span bytes)
{
    uring->has_told = true;
    uring->head.calls->input(uring->head.owner, source, bytes);
}

/* The analyzer of gcc takes for lost what only the entry of the slot holds. */
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wanalyzer-malloc-leak"
#endif

/* Keeps input that came in spite of the pause. */
static int slot_keep_late(struct slot_entry *entry, struct span bytes)
{
    size_t length = entry->late ? entry->late->length : 0;
    struct late_input *late = realloc(entry->late, sizeof *late + length + bytes.length);
    if (!late)
        return -ENOMEM;
    memcpy(late->bytes + length, bytes.at, bytes.length);
    late->length = length + bytes.length;
    entry->late = late;
    return 0;
}

static void uring_take_input(struct uring *uring, struct source *source, struct span bytes)
{
    struct slot_entry *entry = slots_of(&uring->slots, source);
    source->state &= (uint8_t)~STATE_FIRST;
    if (!(source->flags & SOURCE_PAUSED) && !entry->late)
        uring_tell_input(uring, source, bytes);
    else if (slot_keep_late(entry, bytes) != 0)
        uring_fail(uring, uring_tag(uring, source, TAG_FAILED), -ENOMEM);
}

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif

static void uring_tell_end(struct uring *uring, struct source *source, int error)
{
    bool is_held = source->flags & SOURCE_PAUSED || slots_of(&uring->slots, source)->late;
    if (!error && is_held) {
        source->flags |= SOURCE_HOLDS_END;
        return;
    }
    source->flags |= SOURCE_ENDED;
    uring->head.calls->ended(uring->head.owner, source, error);
}

/* Whether a recv that has failed says nothing of the connection: it was cancelled, or the kernel
 * had no buffer or memory for it. */
static bool recv_goes_on(int result)
{
    return result == -ENOBUFS || result == -ECANCELED || result == -EAGAIN || result == -EINTR ||
           result == -ENOMEM;
}

/* Whether input may be left in the kernel, or in the ring, behind that of this event. */
static void source_note_input(const struct uring *uring, struct source *source,
                              const struct uring_event *event)
{
    const unsigned more = IORING_CQE_F_MORE | IORING_CQE_F_SOCK_NONEMPTY;
    if (event->flags & more || (size_t)event->result == uring->ring.buffer_size)
        source->flags |= SOURCE_READABLE;
    else
        source->flags &= (uint8_t)~SOURCE_READABLE;
}

/* What a recv has to say to a connection that is there. */
static void uring_hear(struct uring *uring, struct source *source, const struct uring_event *event)
{
    if (event->result > 0)
        source_note_input(uring, source, event);
    if (!(event->flags & IORING_CQE_F_MORE))
        source_disarmed(uring, source);
    if (event->result > 0)
        uring_take_input(
            uring, source,
            (struct span){ring_buffer(&uring->ring, event->flags), (size_t)event->result});
    else if (!recv_goes_on(event->result))
        uring_tell_end(uring, source, event->result);
}

void uring_received(struct uring *uring, const struct uring_event *event)
{
    struct source *source = slots_find(&uring->slots, event->tag);
    if (source && source->kind == SOURCE_CONNECTION)
        uring_hear(uring, source, event);
    if (event->flags & IORING_CQE_F_BUFFER)
        ring_return_buffer(&uring->ring, event->flags);
}

void uring_accepted(struct uring *uring, const struct uring_event *event)
{
    const struct engine_calls *calls = uring->head.calls;
    int error = -event->result;
    /* Also when the listener is listened to no more: nobody else has this connection. */
    if (event->result >= 0)
        calls->accepted(uring->head.owner, event->result);
    struct source *listener = slots_find(&uring->slots, event->tag);
    if (!listener)
        return;
    if (!(event->flags & IORING_CQE_F_MORE))
        source_disarmed(uring, listener);
    if (error > 0 && error != EAGAIN && error != ECANCELED && !accept_goes_on(error))
        calls->accept_failed(uring->head.owner, listener, -error);
}

/* The poll of a listener that is listened to no more may have taken the one wake-up that there was
 * for a connection, even if it was cancelled then. */
static void uring_missed(struct uring *uring, int fd)
{
    struct pollfd listener = {.fd = fd, .events = POLLIN};
    if (poll(&listener, 1, 0) != 0) /* something waits, or it is closed: nobody knows */
        uring->head.calls->missed(uring->head.owner);
}

void uring_waiting(struct uring *uring, const struct uring_event *event)
{
    struct source *listener = slots_find(&uring->slots, event->tag);
    if (!listener) {
        uring_missed(uring, (int)tag_slot(event->tag));
        return;
    }
    source_disarmed(uring, listener);
    int count = uring->head.calls->acceptable(uring->head.owner, listener);
    engine_accept(&uring->head, listener, count);
}

void uring_rung(struct uring *uring, const struct uring_event *event)
{
    struct source *bell = slots_find(&uring->slots, event->tag);
    if (!bell)
        return;
    source_disarmed(uring, bell);
    if (event->result > 0) /* else it could not be polled: it is again */
        uring->head.calls->rung(uring->head.owner, bell);
}

/* A connection takes input again: first what is late, then the end behind it. */
static void uring_tell_late(struct uring *uring, struct source *source)
{
    struct slot_entry *entry = slots_of(&uring->slots, source);
    struct late_input *late = entry->late;
    if (late) {
        entry->late = NULL;
        uring_tell_input(uring, source, (struct span){late->bytes, late->length});
        free(late);
    }
    if (source->kind == SOURCE_CONNECTION && source->flags & SOURCE_HOLDS_END) {
        source->flags &= (uint8_t)~SOURCE_HOLDS_END;
        uring_tell_end(uring, source, 0);
    }
}

void uring_look_again(struct uring *uring, struct source *source)
{
    const unsigned closed = SOURCE_PAUSED | SOURCE_ENDED;
    if (source->kind == SOURCE_CONNECTION && source->state & STATE_FINISHES)
        uring_shut_down(uring, source);
    if (source->kind == SOURCE_CONNECTION && source->state & STATE_DOUBTED)
        uring_look_for_reset(uring, source);
    if (source->kind == SOURCE_CONNECTION && !(source->flags & closed))
        uring_tell_late(uring, source);
    if (source->kind == SOURCE_DROPPED)
        source_queue(&uring->head.dropped, source);
    else if (source->kind == SOURCE_LEAVING)
        source_queue(&uring->leaving, source);
    else if (source->kind == SOURCE_LISTENER && !source->state)
        return; /* it does not listen any more */
    else if (!(source->flags & (closed | SOURCE_HOLDS_END | SOURCE_ARMED)))
        uring_arm(uring, source);
}
