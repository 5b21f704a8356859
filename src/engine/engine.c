// SPDX-License-Identifier: MIT
/*
 * See engine.h. Opens an engine of either family, and passes on to it what the worker asks. What
 * the families do alike is here: accept, send(2), and giving back what was dropped.
 */
#include "engine/engine.h"

#include "engine/family.h"

#include <errno.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#ifdef __linux__
#include <linux/sockios.h>
#endif

/* The best: io_uring unless a trigger is asked for, which only readiness has. */
static int engine_open_best(struct engine_wish wish, struct engine **out,
                            struct engine_refusal *refusal)
{
    if (wish.trigger == ENGINE_BEST_TRIGGER && uring_open(wish.turn_bytes, out, refusal) == 0)
        return 0;
    return ready_open(wish, out);
}

static int engine_open_named(struct engine_wish wish, struct engine **out,
                             struct engine_refusal *refusal)
{
    if (strcmp(wish.name, ENGINE_URING) != 0)
        return ready_open(wish, out);
    if (wish.trigger != ENGINE_BEST_TRIGGER)
        return -EINVAL;
    int error = uring_open(wish.turn_bytes, out, refusal);
    return error == -EINVAL ? -ENOTSUP : error; /* so an older kernel says it; the wish is valid */
}

int engine_open(struct engine_wish wish, const struct engine_calls *calls, void *owner,
                struct engine **out, struct engine_refusal *refusal)
{
    *refusal = (struct engine_refusal){0};
    int error =
        wish.name ? engine_open_named(wish, out, refusal) : engine_open_best(wish, out, refusal);
    if (error)
        return error;
    (*out)->calls = calls;
    (*out)->owner = owner;
    return 0;
}

const char *engine_name(const struct engine *engine)
{
    return engine->name;
}

const char *engine_trigger_name(const struct engine *engine)
{
    return engine->trigger_name;
}

size_t engine_turn_bytes(const struct engine *engine)
{
    return engine->turn_bytes;
}

int engine_wait(struct engine *engine, int timeout_ms)
{
    return engine->family->wait(engine, timeout_ms);
}

void engine_dispatch(struct engine *engine)
{
    engine->family->dispatch(engine);
}

bool engine_told_all(const struct engine *engine)
{
    return engine->family->told_all(engine);
}

int engine_watch(struct engine *engine, struct source *source)
{
    return engine->family->watch(engine, source);
}

int engine_listen(struct engine *engine, struct source *listener, bool freely)
{
    return engine->family->listen(engine, listener, freely);
}

void engine_unlisten(struct engine *engine, struct source *listener)
{
    engine->family->unlisten(engine, listener);
}

void engine_pause(struct engine *engine, struct source *connection)
{
    engine->family->pause(engine, connection);
}

void engine_resume(struct engine *engine, struct source *connection)
{
    engine->family->resume(engine, connection);
}

void engine_await_more(struct engine *engine, struct source *connection)
{
    if (engine->family->await_more)
        engine->family->await_more(engine, connection);
}

ssize_t engine_send(struct engine *engine, struct source *connection, struct span bytes)
{
    return engine->family->send(engine, connection, bytes);
}

ssize_t engine_send_now(struct engine *engine, struct source *connection, struct span bytes)
{
    return engine->family->send_now(engine, connection, bytes);
}

void engine_flush(struct engine *engine)
{
    if (engine->holds_output)
        engine->family->flush(engine);
}

bool engine_holds_output(const struct engine *engine)
{
    return engine->holds_output;
}

bool engine_has_input(const struct source *connection)
{
    return (connection->flags & (SOURCE_READABLE | SOURCE_ENDED)) == SOURCE_READABLE;
}

uint32_t engine_untaken(const struct source *connection)
{
    int count = 0;
#ifdef SIOCOUTQ
    if (ioctl(connection->fd, SIOCOUTQ, &count) != 0)
        return 0;
#elif defined(FIONWRITE)
    if (ioctl(connection->fd, FIONWRITE, &count) != 0)
        return 0;
#else
    (void)connection;
#endif
    return count > 0 ? (uint32_t)count : 0;
}

bool engine_takes_turns(const struct engine *engine)
{
    return engine->takes_turns;
}

void engine_finish(struct engine *engine, struct source *connection)
{
    engine->family->finish(engine, connection);
}

void engine_drop(struct engine *engine, struct source *connection)
{
    engine->family->drop(engine, connection);
}

void engine_hang_up(struct engine *engine, struct source *connection)
{
    engine->family->hang_up(engine, connection);
}

void engine_close(struct engine *engine)
{
    engine->family->close(engine);
}

bool accept_goes_on(int error)
{
    switch (error) {
    case EINTR:
    case ECONNABORTED:
    case EPROTO:
    case EPERM:
    case ENETDOWN:
    case ENETUNREACH:
    case EHOSTDOWN:
    case EHOSTUNREACH:
    case ENOPROTOOPT:
    case EOPNOTSUPP:
#ifdef ENONET
    case ENONET:
#endif
        return true;
    default:
        return false;
    }
}

int engine_accept(struct engine *engine, struct source *listener, int count)
{
    int accepted = 0;
    for (int tries = count; tries > 0; tries--) {
        int fd = accept4(listener->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd >= 0) {
            accepted++;
            engine->calls->accepted(engine->owner, fd);
            continue;
        }
        int error = errno;
        if (error == EAGAIN)
            break;
        if (!accept_goes_on(error)) {
            engine->calls->accept_failed(engine->owner, listener, -error);
            break;
        }
    }
    return accepted;
}

void source_queue(struct source **queue, struct source *source)
{
    if (source->queued)
        return;
    source->queued = true;
    source->next = *queue;
    *queue = source;
}

void engine_release(struct engine *engine)
{
    while (engine->dropped) {
        struct source *source = engine->dropped;
        engine->dropped = source->next;
        engine->calls->released(engine->owner, source);
    }
}

ssize_t source_send(const struct source *source, struct span bytes)
{
    ssize_t count;
    do
        count = send(source->fd, bytes.at, bytes.length, MSG_NOSIGNAL);
    while (count < 0 && errno == EINTR);
    if (count < 0)
        return errno == EAGAIN ? 0 : -errno;
    return count;
}
