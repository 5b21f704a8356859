// SPDX-License-Identifier: MIT
/*
 * The clients of a run. Each sends its script in pieces of its own liking, reads as it pleases, and
 * ends in one of the ways that clients have. What it knows of the server is what it has received.
 */
#include "memory.h"
#include "run.h"

enum {
    CROWD_ITEMS = 2,
    CROWD_MOST = 200,
    CROWD_MIN = 60, /* more than the engine delivers in a batch, the pool holds in a chunk */
    SOCKET_SIZE = 4 * 1024 * 1024,
    SMALL_SOCKET = 3000,
    RETRY_MS = 50,
    RAW_MAX = 4096,
};

static bool client_may_connect(const struct run *run, const struct peer *peer)
{
    return run->queues[peer->wire.listener].count < (unsigned)run->options.backlog;
}

static void client_connect(struct run *run, struct peer *peer)
{
    struct queue *queue = &run->queues[peer->wire.listener];
    if (queue->fd < 0) {
        peer->wire.state = WIRE_REFUSED;
        peer->client.is_done = true;
        return;
    }
    if (!client_may_connect(run, peer)) {
        peer->client.next_ms = run->now_ms + RETRY_MS;
        return;
    }
    run_trace(run, "client %u: connects", peer->number);
    peer->wire.state = WIRE_PENDING;
    queue->waiting[queue->count++] = peer->number;
}

/* Where a client stops that waits for what it has asked for. */
static size_t client_limit(const struct peer *peer)
{
    const struct model *model = &peer->model;
    const struct script *script = &peer->script;
    size_t limit = script->length;
    if (model->is_raw)
        return limit;
    if (peer->client.awaits_answers && model->finals + 1 < script->count)
        limit = script->items[model->finals + 1].blank;
    for (unsigned i = model->finals; i < script->count && peer->client.awaits_continue; i++) {
        const struct item *item = &script->items[i];
        if (item->expects && item->has_body && item->head_end < limit && model->continued < i + 1)
            limit = item->head_end;
    }
    return limit;
}

/* Whether the client has what it came for. */
static bool client_has_all(const struct peer *peer)
{
    const struct wire *wire = &peer->wire;
    bool is_answered = peer->model.is_raw || peer->model.finals >= peer->script.count;
    return wire->is_finished || wire->state == WIRE_CLOSED ||
           (is_answered && wire->unread == 0 && wire->sent == peer->script.length);
}

static bool client_may_end(const struct peer *peer)
{
    const struct wire *wire = &peer->wire;
    if (wire->has_ended)
        return wire->is_finished && !wire->is_abandoned;
    if (wire->is_finished && wire->unread == 0 && peer->client.is_polite)
        return true;
    if (wire->sent < peer->script.length || peer->client.end == END_STAY)
        return false;
    return peer->client.end != END_CLOSE || client_has_all(peer);
}

/* Whether the client would do something if its time had come. */
static bool client_is_ready(const struct run *run, const struct peer *peer)
{
    const struct wire *wire = &peer->wire;
    if (peer->client.is_done || wire->state == WIRE_PENDING)
        return false;
    if (wire->state == WIRE_NONE)
        return true;
    if (wire->state != WIRE_OPEN || wire->is_reset)
        return true;
    (void)run;
    if (wire->unread > 0 && peer->client.reading == READS_SLOWLY)
        return true;
    if (wire->sent >= peer->client.reset_at && !wire->is_reset)
        return true;
    return (!wire->has_ended && wire->sent < client_limit(peer)) || client_may_end(peer);
}

static void client_read(struct run *run, struct peer *peer)
{
    struct wire *wire = &peer->wire;
    if (wire->unread > 0 && peer->client.reading == READS_SLOWLY)
        wire->unread -= 1 + choose(&run->choice, (uint32_t)wire->unread);
}

/* A place near the end of a head, or of a whole request, where cuts hurt most. */
static size_t client_sore_point(struct run *run, const struct peer *peer)
{
    if (peer->script.count == 0)
        return 0;
    const struct item *item = &peer->script.items[choose(&run->choice, peer->script.count)];
    size_t at = chance(&run->choice, 500) ? item->decided : item->head_end;
    return at == NEVER ? 0 : at + choose(&run->choice, 3) - 1;
}

static void client_send(struct run *run, struct peer *peer)
{
    struct wire *wire = &peer->wire;
    size_t left = client_limit(peer) - wire->sent;
    size_t length = 1 + choose(&run->choice, peer->client.piece_max);
    size_t sore = client_sore_point(run, peer);
    if (sore > wire->sent && sore - wire->sent < length && chance(&run->choice, 700))
        length = sore - wire->sent;
    wire->sent += length < left ? length : left;
}

/* Closes, which with output unread, or on its way, becomes a reset. */
static void client_close(struct run *run, struct peer *peer)
{
    peer->wire.has_ended = peer->wire.is_abandoned = true;
    peer->client.is_done = true;
    if (peer->wire.unread > 0)
        wire_reset(run, peer);
}

static void client_finish(struct run *run, struct peer *peer)
{
    run_trace(run, "client %u: ends", peer->number);
    if (peer->wire.is_finished || peer->client.end == END_CLOSE || peer->client.end == END_LEAVE)
        client_close(run, peer);
    else if (peer->client.end == END_RESET)
        wire_reset(run, peer);
    else
        peer->wire.has_ended = true;
}

static void client_act(struct run *run, struct peer *peer)
{
    struct wire *wire = &peer->wire;
    peer->client.next_ms =
        run->now_ms +
        (chance(&run->choice, 300) ? choose(&run->choice, peer->client.pause_max_ms + 1) : 0);
    if (wire->state == WIRE_NONE) {
        client_connect(run, peer);
        return;
    }
    if (wire->state != WIRE_OPEN || wire->is_reset) {
        peer->client.is_done = true;
        return;
    }
    client_read(run, peer);
    if (wire->sent >= peer->client.reset_at)
        wire_reset(run, peer);
    else if (!wire->has_ended && wire->sent < client_limit(peer))
        client_send(run, peer);
    else if (client_may_end(peer))
        client_finish(run, peer);
}

void clients_act(struct run *run)
{
    for (unsigned i = 0; i < run->peer_count; i++) {
        struct peer *peer = &run->peers[i];
        if (peer->client.next_ms <= run->now_ms && client_is_ready(run, peer))
            client_act(run, peer);
    }
}

int64_t clients_next_ms(const struct run *run)
{
    int64_t next_ms = INT64_MAX;
    for (unsigned i = 0; i < run->peer_count; i++) {
        const struct peer *peer = &run->peers[i];
        if (peer->client.next_ms < next_ms && client_is_ready(run, peer))
            next_ms = peer->client.next_ms;
    }
    return next_ms > run->now_ms ? next_ms : run->now_ms + 1;
}

bool clients_are_done(const struct run *run)
{
    for (unsigned i = 0; i < run->peer_count; i++) {
        if (!run->peers[i].client.is_done)
            return false;
    }
    return true;
}

static enum client_reading client_draw_reading(struct run *run)
{
    if (!chance(&run->choice, run->settings.slow))
        return READS_ALL;
    return chance(&run->choice, 150) ? READS_NOTHING : READS_SLOWLY;
}

static enum client_end client_draw_end(struct run *run)
{
    static const enum client_end ends[] = {END_HALF,  END_HALF,  END_STAY, END_CLOSE,
                                           END_CLOSE, END_CLOSE, END_LEAVE};
    if (chance(&run->choice, run->settings.resets))
        return END_RESET;
    return ends[choose(&run->choice, sizeof ends / sizeof *ends)];
}

static void client_draw(struct run *run, struct client *client)
{
    static const uint32_t pieces[] = {1, 10, 100, 2000, 100000, 100000};
    static const uint32_t pauses[] = {0, 3, 20, 500, 20000, 100000};
    *client = (struct client){
        .next_ms = run->now_ms + choose(&run->choice, chance(&run->choice, 500) ? 5 : 5000),
        .piece_max = pieces[choose(&run->choice, 6)],
        .pause_max_ms = pauses[choose(&run->choice, 6)],
        .awaits_answers = chance(&run->choice, 400),
        .awaits_continue = chance(&run->choice, 700),
        .is_polite = chance(&run->choice, 800),
        .reading = client_draw_reading(run),
        .end = client_draw_end(run),
        .reset_at = NEVER,
    };
}

static void script_trace(const struct run *run, const struct script *script)
{
    for (size_t i = 0; i < script->length && run->trace; i++) {
        unsigned char c = (unsigned char)script->bytes[i];
        fprintf(run->trace, c == '\n' ? "\\n\n    " : c < ' ' || c > '~' ? "\\x%02x" : "%c", c);
    }
    run_trace(run, "%s", "");
    for (unsigned i = 0; i < script->count; i++) {
        const struct item *item = &script->items[i];
        run_trace(run, "    %zu from %zu: head to %zd, decided by %zd: %d%s%s%s", (size_t)i,
                  item->start, (ssize_t)item->head_end, (ssize_t)item->decided, item->answer.status,
                  item->expects ? ", expects" : "", item->has_body ? ", has a body" : "",
                  item->wants_close ? ", wants close" : "");
    }
}

static void peer_draw_script(struct run *run, struct peer *peer, unsigned items_max)
{
    uint32_t long_body = items_max == CROWD_ITEMS ? 0 : chance(&run->choice, 20) ? 500 : 20;
    struct script_bounds bounds = {
        .head_max = run->options.head_max,
        .body_max = run->options.body_max,
        .target_max = run->options.target_max,
        .fields_max = run->options.fields_max,
        .chunk_line_max = run->options.chunk_line_max,
        .trailer_max = run->options.trailer_max,
        .long_body = long_body,
    };
    if (run->settings.is_fuzzed && chance(&run->choice, 800)) {
        peer->model.is_raw = true;
        script_write_raw(&peer->script, choice_take(&run->choice, choose(&run->choice, RAW_MAX)));
        return;
    }
    script_write(&peer->script, &run->choice, &bounds, choose(&run->choice, items_max + 1));
}

static void peer_draw(struct run *run, unsigned items_max)
{
    struct peer *peer = &run->peers[run->peer_count];
    *peer = (struct peer){.number = run->peer_count++};
    peer->address = choose(&run->choice, 3);
    client_draw(run, &peer->client);
    peer_draw_script(run, peer, items_max);
    run_trace(run, "client %u: %zu bytes", peer->number, peer->script.length);
    script_trace(run, &peer->script);
    peer->wire.listener = choose(&run->choice, run->queue_count);
    peer->wire.capacity = SOCKET_SIZE;
    if (peer->client.reading != READS_ALL)
        peer->wire.capacity = 1 + choose(&run->choice, SMALL_SOCKET);
    if (chance(&run->choice, run->settings.resets))
        peer->client.reset_at = choose(&run->choice, (uint32_t)peer->script.length + 1);
}

void clients_draw(struct run *run)
{
    bool is_crowd = !run->choice.is_scripted && chance(&run->choice, 10);
    unsigned count = is_crowd ? choose_between(&run->choice, CROWD_MIN, PEERS_MAX)
                              : choose_between(&run->choice, 1, 8);
    if (is_crowd && chance(&run->choice, 700))
        run->options.max_connections = CROWD_MOST;
    run->peer_count = 0;
    while (run->peer_count < count)
        peer_draw(run, is_crowd ? CROWD_ITEMS : 1 + choose(&run->choice, ITEMS_MAX - 1));
}
