// SPDX-License-Identifier: MIT
/*
 * What goes from the scripted engine: bytes, and ends. See scripted.h. It sends at once, as far as
 * the kernel likes, as an engine does that a selector tells of room; or it lends the bytes until a
 * flush, and gives back what the kernel would not take, as io_uring does.
 */
#include "memory.h"
#include "scripted.h"

#include <errno.h>

uint32_t engine_untaken(const struct source *connection)
{
    struct run *run = kernel_current();
    struct peer *peer = kernel_peer(run, connection->fd);
    model_looks(run, peer);
    return (uint32_t)peer->wire.unread;
}

bool engine_holds_output(const struct engine *engine)
{
    return engine->lent_count > 0;
}

/* How much of so much the kernel takes. */
static size_t output_fits(const struct engine *engine, const struct peer *peer, size_t length)
{
    struct run *run = engine->run;
    size_t room = wire_room(&peer->wire);
    if (length > room)
        length = room;
    if (length > 0 && chance(&run->choice, run->settings.shorts)) {
        run->counts.of[COUNT_SHORTS]++;
        length = choose(&run->choice, (uint32_t)length);
    }
    return length;
}

/* What is left goes when the kernel has room. */
static void peer_blocks(struct run *run, struct peer *peer, size_t rest)
{
    peer->watch.awaits_room = true;
    model_blocks(run, peer, rest);
}

static ssize_t output_pass(struct engine *engine, struct peer *peer, struct span bytes)
{
    if (peer->wire.is_reset)
        return chance(&engine->run->choice, 500) ? -EPIPE : -ECONNRESET;
    size_t taken = output_fits(engine, peer, bytes.length);
    bool was_blocked = peer->model.is_blocked;
    wire_take(peer, taken);
    peer->model.is_blocked = was_blocked && taken < bytes.length;
    peer->model.handed += bytes.length;
    if (taken < bytes.length) {
        peer_blocks(engine->run, peer, bytes.length - taken);
        if (!was_blocked)
            model_settle(engine->run, peer);
    }
    return (ssize_t)taken;
}

/* Looks at what the owner sends, and where it stands. */
static struct peer *output_offered(struct engine *engine, const struct source *connection,
                                   struct span bytes)
{
    struct peer *peer = engine_peer(engine, connection);
    if (bytes.length == 0)
        run_fail(engine->run, "nothing is sent to client %u", peer->number);
    if (engine->is_flushing)
        run_fail(engine->run, "the owner sends from inside a flush");
    if (peer->model.is_finished)
        run_fail(engine->run, "output behind the end of client %u", peer->number);
    run_trace(engine->run, "client %u: output %zu, %08x", peer->number, bytes.length,
              trace_hash(engine->run, bytes));
    model_offered(engine->run, peer, bytes);
    return peer;
}

ssize_t engine_send_now(struct engine *engine, struct source *connection, struct span bytes)
{
    struct peer *peer = output_offered(engine, connection, bytes);
    if (peer->watch.lent > 0)
        run_fail(engine->run, "client %u: output overtakes what is not flushed", peer->number);
    return output_pass(engine, peer, bytes);
}

static ssize_t output_lend(struct engine *engine, struct peer *peer, struct span bytes)
{
    char *copy = own_resize(NULL, bytes.length);
    memcpy(copy, bytes.at, bytes.length);
    engine->lents[engine->lent_count++] =
        (struct lent){.peer = peer, .fd = peer->wire.fd, .bytes = bytes, .copy = copy};
    peer->watch.lent = bytes.length;
    peer->model.handed += bytes.length;
    return (ssize_t)bytes.length;
}

ssize_t engine_send(struct engine *engine, struct source *connection, struct span bytes)
{
    struct run *run = engine->run;
    struct peer *peer = engine_peer(engine, connection);
    bool is_busy = engine->lent_count > 0 && chance(&run->choice, run->settings.busy);
    if (peer->watch.lent > 0 || is_busy || engine->lent_count == LENTS_MAX)
        return -EBUSY;
    output_offered(engine, connection, bytes);
    if (!run->settings.is_lent || chance(&run->choice, run->settings.busy))
        return output_pass(engine, peer, bytes);
    return output_lend(engine, peer, bytes);
}

/* Closes the descriptor, and forgets the source at the end of the turn. */
void engine_forget(struct engine *engine, struct source *source)
{
    struct peer *peer = kernel_peer(engine->run, source->fd);
    peer->watch.source = NULL;
    source->kind = SOURCE_DROPPED;
    source->next = engine->dropped;
    engine->dropped = source;
}

/* The owner gets back what the kernel has not taken, and the connection if it was leaving. */
static void output_give_back(struct engine *engine, struct peer *peer, struct span rest)
{
    struct source *source = peer->watch.source;
    run_trace(engine->run, "client %u: unsent %zu", peer->number, rest.length);
    source->kind = SOURCE_CONNECTION;
    peer->watch.finishes = false;
    peer_blocks(engine->run, peer, rest.length);
    engine_tells(engine, peer);
    int error = engine->calls->unsent(engine->owner, source, rest);
    model_settle(engine->run, peer);
    engine->run->current = NULL;
    if (error) {
        peer->watch.error = error;
        peer->watch.awaits_room = false;
    }
}

/* Does what was to be done behind output that has gone, or never will. */
static void output_let_go(struct engine *engine, const struct lent *lent)
{
    struct watch *watch = &lent->peer->watch;
    if (lent->is_orphan) {
        kernel_close(engine->run, lent->fd);
    } else if (watch->source->kind == SOURCE_LEAVING) {
        engine_forget(engine, watch->source);
        kernel_close(engine->run, lent->fd);
    }
}

static void output_flush_one(struct engine *engine, struct lent *lent)
{
    struct peer *peer = lent->peer;
    bool is_leaving = lent->is_orphan || peer->watch.source->kind == SOURCE_LEAVING;
    if (memcmp(lent->copy, lent->bytes.at, lent->bytes.length) != 0)
        run_fail(engine->run, "client %u: output changes while it is lent", peer->number);
    own_free(lent->copy);
    if (!lent->is_orphan)
        peer->watch.lent = 0;
    if (peer->wire.is_reset) {
        if (!is_leaving)
            peer->watch.error = chance(&engine->run->choice, 500) ? -EPIPE : -ECONNRESET;
        output_let_go(engine, lent);
        return;
    }
    size_t taken = output_fits(engine, peer, lent->bytes.length);
    wire_take(peer, taken);
    if (taken < lent->bytes.length && !lent->is_orphan && !engine->is_closing)
        output_give_back(engine, peer, span_skip(lent->bytes, taken));
    else
        output_let_go(engine, lent);
}

void engine_flush(struct engine *engine)
{
    unsigned count = engine->lent_count;
    engine->is_flushing = true;
    for (unsigned i = 0; i < count; i++)
        output_flush_one(engine, &engine->lents[i]);
    engine->lent_count = 0;
    engine->is_flushing = false;
}

static void output_end(struct engine *engine, struct peer *peer)
{
    run_trace(engine->run, "client %u: the server has ended", peer->number);
    peer->watch.finishes = false;
    peer->wire.is_finished = true;
}

void engine_end_finished(struct engine *engine)
{
    struct run *run = engine->run;
    for (unsigned i = 0; i < run->peer_count; i++) {
        struct peer *peer = &run->peers[i];
        if (peer->watch.finishes && peer->watch.lent > 0)
            engine_flush(engine);
        if (peer->watch.finishes)
            output_end(engine, peer);
    }
}

void engine_finish(struct engine *engine, struct source *connection)
{
    struct peer *peer = engine_peer(engine, connection);
    model_finishes(engine->run, peer);
    model_settle(engine->run, peer);
    if (peer->watch.lent > 0)
        peer->watch.finishes = true;
    else
        output_end(engine, peer);
}

static void connection_close(struct engine *engine, struct source *connection, struct peer *peer)
{
    int fd = connection->fd;
    engine_forget(engine, connection);
    peer->watch.finishes = false;
    for (unsigned i = 0; peer->watch.lent > 0 && i < engine->lent_count; i++) {
        if (engine->lents[i].peer == peer) {
            engine->lents[i].is_orphan = true;
            peer->watch.lent = 0;
            return;
        }
    }
    kernel_close(engine->run, fd);
}

void engine_drop(struct engine *engine, struct source *connection)
{
    struct peer *peer = kernel_peer(engine->run, connection->fd);
    if (peer->watch.source) /* else it could not be watched */
        engine_peer(engine, connection);
    model_drops(engine->run, peer);
    connection_close(engine, connection, peer);
}

void engine_hang_up(struct engine *engine, struct source *connection)
{
    struct peer *peer = engine_peer(engine, connection);
    model_leaves(engine->run, peer);
    if (peer->watch.lent > 0 && chance(&engine->run->choice, 500))
        engine_flush(engine);
    if (peer->model.is_blocked)
        return; /* the owner has got something back */
    if (peer->watch.lent > 0)
        connection->kind = SOURCE_LEAVING;
    else
        connection_close(engine, connection, peer);
}
