// SPDX-License-Identifier: MIT
/*
 * See model.h. A response is owed when the byte has been told that decides it. The output is
 * compared where the server offers it to the engine, so that a fault shows in the turn of its
 * making.
 */
#include "model.h"

#include "memory.h"
#include "run.h"

enum {
    LINGER_MS = 5000,       /* how long the server waits for the client to end */
    GRACE_MS = 5000,        /* a body may be slow at first */
    SHED_MS = 250,          /* who is idle for so long may be closed for others */
    CROWDED_TURNS_MAX = 40, /* in which an event may be left for the next */
    DRAIN_FIRST_MS = 1000,  /* and in a drain, for a first request */
};

static const struct item *model_item(const struct peer *peer)
{
    const struct model *model = &peer->model;
    return model->next < peer->script.count ? &peer->script.items[model->next] : NULL;
}

static void model_owe(struct run *run, struct model *model, const struct answer *answer,
                      struct persistence persistence)
{
    if (model->owed_count == OWED_MAX)
        run_fail(run, "the model owes too much");
    model->owed[model->owed_count++] =
        (struct owed){.answer = *answer, .persistence = persistence, .asked_ms = run->seen_ms};
}

/* Whether the server can know that the client asks by HEAD. */
static bool model_is_head(const struct peer *peer)
{
    const struct item *item = model_item(peer);
    return item && item->answer.is_head && peer->model.told >= item->start + 5;
}

void model_starves(struct peer *peer)
{
    peer->model.is_starved = true;
    peer->model.is_starved_early |= !model_is_head(peer);
}

/* Whether the output so far ends with a head. */
static bool model_shows_head(const struct model *model)
{
    return model->output_length >= 4 &&
           memcmp(model->output + model->output_length - 4, "\r\n\r\n", 4) == 0;
}

/* The answer of a server that refuses to go on. A client that has asked by HEAD gets no body, as
 * far as that was known when memory was short. */
static void model_owe_refusal(struct run *run, struct peer *peer, int status)
{
    struct model *model = &peer->model;
    bool is_head = model_is_head(peer);
    if (is_head && status == 503 && model->is_starved_early)
        is_head = model_shows_head(model);
    struct answer answer = {.status = status,
                            .minor = 1,
                            .is_head = is_head,
                            .is_words = true,
                            .type = "text/plain",
                            .fields = ""};
    model_owe(run, model, &answer, (struct persistence){.may_close = true});
    model->is_over = true;
}

static void model_decide(struct run *run, struct peer *peer, const struct item *item)
{
    struct model *model = &peer->model;
    bool is_behind_all = model->told == item->decided;
    model->asked += !item->is_refused;
    bool is_last_one = run->options.max_requests > 0 && model->asked >= run->options.max_requests;
    bool closes = item->answer.is_last || item->wants_close || item->is_refused || is_last_one ||
                  !run->options.keep_alive || (run->is_draining && is_behind_all);
    model_owe(run, model, &item->answer, (struct persistence){closes, !closes});
    model->owed[model->owed_count - 1].is_behind_all = is_behind_all;
    model->is_over = closes;
    model->has_said_last = item->wants_close && is_behind_all && !item->is_refused;
    model->was_decided = true;
    model->is_pacing = false;
    model->next++;
    run->counts.of[COUNT_REQUESTS]++;
}

/* A whole head of a client that expects to be told to go on, and nothing behind it. */
static void model_continue(struct run *run, struct peer *peer, const struct item *item)
{
    static const struct answer go_on = {.status = 100};
    struct model *model = &peer->model;
    if (item->is_unwanted) {
        model_owe(run, model, &item->early, (struct persistence){.may_close = true});
        model->is_over = model->was_decided = true;
        model->next++;
        run->counts.of[COUNT_REQUESTS]++;
        return;
    }
    model_owe(run, model, &go_on, (struct persistence){false, false});
}

/* Whether a request has begun that is not decided. Half of an empty line is a beginning too. */
static bool model_is_inside(const struct peer *peer)
{
    const struct model *model = &peer->model;
    const struct item *item = model_item(peer);
    if (model->is_over || !item)
        return false;
    return model->told > item->start || (model->told - item->blank) % 2 == 1;
}

static bool model_is_in_body(const struct peer *peer)
{
    const struct item *item = model_item(peer);
    return model_is_inside(peer) && item->head_end <= peer->model.told;
}

static void model_begin_pace(const struct run *run, struct model *model, size_t at)
{
    model->is_pacing = true;
    model->pace_ms = run->seen_ms;
    model->pace_at = at;
}

/* Whether a body comes more slowly than it may: it is looked at when more of it has come. Of a body
 * in chunks the model does not count the bytes, and leaves it open. */
static bool model_is_slow(struct run *run, struct peer *peer)
{
    struct model *model = &peer->model;
    const struct item *item = model_item(peer);
    int64_t age_ms = run->seen_ms - model->pace_ms - GRACE_MS;
    if (model->is_over || !model->is_pacing || age_ms <= 0 || run->options.body_rate_min == 0)
        return false;
    if (item->is_chunked) {
        model->may_be_slow = true;
        return false;
    }
    size_t end = model->told < item->decided ? model->told : item->decided;
    if ((int64_t)(end - model->pace_at) * 1000 >= run->options.body_rate_min * age_ms)
        return false;
    model_owe_refusal(run, peer, 408);
    return true;
}

void model_told(struct run *run, struct peer *peer, size_t length)
{
    struct model *model = &peer->model;
    const struct item *item;
    model->told += length;
    if (model->is_raw || model_is_slow(run, peer))
        return;
    while (!model->is_over && (item = model_item(peer)) && item->decided <= model->told)
        model_decide(run, peer, item);
    item = model_item(peer);
    if (!model->is_over && item && item->expects && item->has_body && item->head_end == model->told)
        model_continue(run, peer, item);
    if (!model->is_pacing && model_is_in_body(peer))
        model_begin_pace(run, model, peer->script.items[model->next].head_end);
}

static uint32_t waits_ms(const struct run *run, enum waits waits)
{
    switch (waits) {
    case WAITS_FIRST:
        return run->is_draining && run->options.idle_ms > DRAIN_FIRST_MS ? DRAIN_FIRST_MS
                                                                         : run->options.idle_ms;
    case WAITS_NEXT:
        return run->options.idle_ms;
    case WAITS_HEAD:
        return run->options.head_ms;
    case WAITS_BODY:
        return run->options.body_ms;
    case WAITS_READER:
        return run->options.write_ms;
    case WAITS_END:
        break;
    }
    return LINGER_MS;
}

static int64_t model_due_ms(const struct run *run, const struct model *model)
{
    return model->since_ms + waits_ms(run, model->waits);
}

static bool model_is_due(const struct run *run, const struct model *model)
{
    return run->seen_ms >= model_due_ms(run, model);
}

bool model_is_expiring(const struct run *run, const struct model *model)
{
    return model_is_due(run, model) || (model->is_blocked && model->since_ms == run->seen_ms);
}

static enum waits model_waits(const struct run *run, const struct peer *peer)
{
    const struct model *model = &peer->model;
    if (model->is_blocked)
        return WAITS_READER;
    if (model->is_finished)
        return WAITS_END;
    if (model_is_in_body(peer))
        return WAITS_BODY;
    if (model_is_inside(peer))
        return WAITS_HEAD;
    /* One that becomes idle in a drain may have sent its next request already. */
    return model->told == 0 || run->is_draining ? WAITS_FIRST : WAITS_NEXT;
}

/* A head, and the end of a connection, have so long in all; the others for each step. */
void model_settle(struct run *run, struct peer *peer)
{
    struct model *model = &peer->model;
    enum waits waits = model_waits(run, peer);
    bool goes_on = waits == model->waits && (waits == WAITS_HEAD || waits == WAITS_END);
    if (!goes_on || model->was_decided)
        model->since_ms = run->seen_ms;
    model->waits = waits;
    model->was_decided = false;
}

static unsigned model_active(const struct run *run)
{
    unsigned active = 0;
    for (unsigned i = 0; i < run->peer_count; i++)
        active += run->peers[i].model.is_active;
    return active;
}

/* One more than its address may have is told so where that costs nobody else a place, or cut off.
 */
static void model_count_address(struct run *run, struct peer *peer)
{
    unsigned count = 1;
    for (unsigned i = 0; i < run->peer_count; i++)
        count += run->peers[i].model.is_counted && run->peers[i].address == peer->address;
    peer->model.is_counted = true;
    if (count <= run->options.max_per_address)
        return;
    if (model_active(run) > run->options.max_connections / 2)
        peer->model.is_one_too_many = true;
    else
        model_owe_refusal(run, peer, 429);
}

void model_accepted(struct run *run, struct peer *peer)
{
    peer->model.waits = WAITS_FIRST;
    peer->model.since_ms = run->seen_ms;
    peer->model.is_active = true;
    run->counts.of[COUNT_CONNECTIONS]++;
    if (run->options.max_per_address > 0)
        model_count_address(run, peer);
}

void model_moves(struct run *run, struct peer *peer)
{
    struct model *model = &peer->model;
    model->read_before = peer->wire.taken - peer->wire.unread;
    if (!model->is_blocked && model->is_pacing && model_is_in_body(peer))
        model_begin_pace(run, model, model->told); /* the body had to wait */
}

/* A time-out is nothing to a client that has read something. */
void model_looks(struct run *run, struct peer *peer)
{
    struct model *model = &peer->model;
    size_t read = peer->wire.taken - peer->wire.unread;
    if (!model->is_blocked || !model_is_due(run, model))
        return;
    model->looked_ms = run->seen_ms;
    if (read > model->read_before)
        model->since_ms = run->seen_ms;
    model->read_before = read;
}

void model_ended(struct run *run, struct peer *peer)
{
    peer->model.has_ended = true;
    if (!peer->model.is_raw && model_is_inside(peer))
        model_owe_refusal(run, peer, 400);
}

/* What was there is served; of a response that was not made yet nobody knows whether it is the
 * last. */
void model_drains(struct run *run)
{
    run->is_draining = true;
    run->drain_until_ms = run->seen_ms + run->options.drain_ms;
    run->counts.of[COUNT_DRAINS]++;
    for (unsigned i = 0; i < run->peer_count; i++) {
        struct model *model = &run->peers[i].model;
        model->sent_at_drain = run->peers[i].wire.sent;
        bool waits = model->is_blocked || run->peers[i].watch.is_paused;
        for (unsigned j = model->first_owed; j < model->owed_count && waits; j++) {
            if (model->owed[j].is_behind_all)
                model->owed[j].persistence.may_close = true;
        }
    }
}

/* Output that nothing is owed for: a time-out has come, or memory is short. */
static void model_surprise(struct run *run, struct peer *peer)
{
    struct model *model = &peer->model;
    bool is_waiting = model->waits == WAITS_HEAD || model->waits == WAITS_BODY;
    bool is_late = is_waiting && model_is_due(run, model);
    if (!model->is_over && (is_late || model->may_be_slow)) {
        run->counts.of[COUNT_TIMEOUTS]++;
        model_owe_refusal(run, peer, 408);
    } else if (model->is_starved && !model->is_over) {
        model_owe_refusal(run, peer, 503);
    } else {
        run_fail(run, "client %u gets what it has not asked for: %.*s", peer->number,
                 (int)(model->output_length - model->matched), model->output + model->matched);
    }
}

/* Memory was short in the middle: instead of what is owed, the server may refuse. */
static bool model_accepts_refusal(struct run *run, struct peer *peer)
{
    struct model *model = &peer->model;
    int status = model->owed[model->first_owed].answer.status;
    bool may_refuse = model->is_starved || model->may_be_slow;
    if (!may_refuse || status == 503 || (status == 408 && !model->is_starved))
        return false;
    bool is_head = model->owed[model->first_owed].answer.is_head &&
                   (!model->is_starved_early || model_shows_head(model));
    model->owed_count = model->first_owed;
    model_owe_refusal(run, peer, model->may_be_slow && status != 408 ? 408 : 503);
    if (status != 100)
        model->owed[model->first_owed].answer.is_head =
            is_head && (!model->is_starved_early || model_shows_head(model));
    return true;
}

/* The next response that is owed is whole. */
static void model_matched(struct run *run, struct peer *peer, const struct response *response)
{
    struct model *model = &peer->model;
    int status = model->owed[model->first_owed++].answer.status;
    model->matched += response->length;
    if (status == 100) {
        model->continued = model->next + 1;
        return;
    }
    model->finals++;
    model->may_be_slow = false;
    run->counts.of[COUNT_RESPONSES]++;
    if (response->closes) {
        model->is_over = true;
        model->owed_count = model->first_owed;
    }
}

static void model_compare(struct run *run, struct peer *peer)
{
    struct model *model = &peer->model;
    while (model->matched < model->output_length) {
        if (model->first_owed == model->owed_count)
            model_surprise(run, peer);
        const struct owed *owed = &model->owed[model->first_owed];
        struct span left = {model->output + model->matched, model->output_length - model->matched};
        struct dates dates = {(run->epoch_ms + owed->asked_ms) / 1000,
                              (run->epoch_ms + run->seen_ms) / 1000};
        struct response response;
        enum match match = answer_match(&owed->answer, owed->persistence, dates, left, &response);
        if (match == MATCH_BEGINNING)
            return;
        if (match == MATCH_WHOLE)
            model_matched(run, peer, &response);
        else if (!model_accepts_refusal(run, peer))
            run_fail(run, "client %u is owed a %d, and gets: %.*s", peer->number,
                     owed->answer.status, (int)(left.length < 400 ? left.length : 400), left.at);
    }
}

void model_offered(struct run *run, struct peer *peer, struct span bytes)
{
    struct model *model = &peer->model;
    size_t known = model->output_length - model->handed;
    size_t again = known < bytes.length ? known : bytes.length;
    if (again > 0 && memcmp(model->output + model->handed, bytes.at, again) != 0)
        run_fail(run, "what client %u has not taken is offered again, and differs", peer->number);
    if (again == bytes.length)
        return;
    size_t length = model->handed + bytes.length;
    if (length > model->output_capacity) {
        model->output_capacity = length * 2;
        model->output = own_resize(model->output, model->output_capacity);
    }
    memcpy(model->output + model->handed + again, bytes.at + again, bytes.length - again);
    model->output_length = length;
    if (model->is_raw)
        return;
    model_compare(run, peer);
    /* One was being made, and one was coming in. Output that is lent is known to be blocked when
     * more requests may have been answered. */
    if (!run->settings.is_lent && model->is_blocked && model->finals > model->finals_at_block + 2)
        run_fail(run, "client %u does not read, and its further requests are answered",
                 peer->number);
}

/* Whether everything has gone that the client is to get. */
static bool model_is_paid(const struct model *model)
{
    return model->first_owed == model->owed_count && model->matched == model->output_length &&
           model->handed == model->output_length;
}

void model_finishes(struct run *run, struct peer *peer)
{
    struct model *model = &peer->model;
    if (!model->is_raw && !(model->is_over && model_is_paid(model)))
        run_fail(run, "the server ends its side before client %u has all", peer->number);
    if (model->is_finished)
        run_fail(run, "the server ends its side of client %u twice", peer->number);
    model->is_finished = model->is_complete = true;
}

/* Whether the server has not begun to answer the last request that it was told of: it waits, and
 * what more has come is looked for then. */
static bool model_holds_last(const struct model *model)
{
    unsigned owed = model->owed_count - model->first_owed;
    return owed > 1 || (owed == 1 && model->matched == model->output_length);
}

void model_blocks(struct run *run, struct peer *peer, size_t rest)
{
    struct model *model = &peer->model;
    if (!model->is_blocked) {
        model->finals_at_block = model->finals;
        model->blocked_ms = run->seen_ms;
        model->read_before = peer->wire.taken - peer->wire.unread;
    }
    model->handed -= rest;
    model->has_returned |= !model->is_active;
    model->is_active = true; /* also one that had left */
    model->is_blocked = true;
    model->is_complete = false;
    model->is_finished = false; /* it is not behind its output yet */
    if (!model_holds_last(model))
        model->has_said_last = false; /* by the time that goes on, it may have said more */
}

void model_leaves(struct run *run, struct peer *peer)
{
    struct model *model = &peer->model;
    model->is_active = model->is_counted = false;
    model->is_complete = true;
    if (model->is_raw)
        return;
    if (!model_is_paid(model))
        run_fail(run, "the server leaves before client %u has all", peer->number);
    if (model->has_ended)
        return;
    if (!model->has_said_last || peer->watch.known > model->told)
        run_fail(run, "the server leaves client %u, whose input it has not read", peer->number);
}

/* Whether a full worker may close it for another. Of bodies and readers that are slow it is enough
 * that they have had some time. */
static bool model_is_idle(const struct run *run, const struct peer *peer)
{
    const struct model *model = &peer->model;
    bool is_old = run->seen_ms - model->since_ms >= SHED_MS;
    if (peer->watch.is_told && model->waits != WAITS_END)
        return false;
    switch (model->waits) {
    case WAITS_END:
        return is_old;
    case WAITS_FIRST:
    case WAITS_NEXT:
    case WAITS_HEAD:
        return is_old && peer->wire.told == peer->wire.sent;
    case WAITS_BODY:
        return run->options.body_rate_min > 0 && run->seen_ms - model->pace_ms > SHED_MS;
    case WAITS_READER:
        break;
    }
    return run->options.write_rate_min > 0 && run->seen_ms - model->blocked_ms > SHED_MS;
}

/* Why a connection may be cut off. */
static const char *model_reason(const struct run *run, const struct peer *peer)
{
    const struct model *model = &peer->model;
    if (run->is_closing)
        return "the worker closes";
    if (peer->watch.has_told_error || peer->wire.is_reset)
        return "it is broken";
    if (model->is_starved)
        return "memory is short";
    if (model->is_raw)
        return "nobody knows";
    if (model->is_one_too_many)
        return "its address has too many";
    if (model->waits != WAITS_HEAD && model->waits != WAITS_BODY && model_is_due(run, model))
        return "its time is over";
    if (model->waits == WAITS_READER && model->looked_ms == run->seen_ms)
        return "it reads too slowly";
    if (model_active(run) + run_has_waiting(run) > run->options.max_connections &&
        model_is_idle(run, peer))
        return "others wait for its place";
    if (run->is_draining && model->waits == WAITS_NEXT && model_is_paid(model) &&
        model->told >= model->sent_at_drain)
        return "it is idle in a drain";
    return NULL;
}

void model_drops(struct run *run, struct peer *peer)
{
    const char *reason = model_reason(run, peer);
    if (!reason)
        run_fail(run, "the server cuts off client %u without a reason", peer->number);
    run_trace(run, "client %u is cut off: %s", peer->number, reason);
    peer->model.is_active = peer->model.is_counted = false;
    run->counts.of[COUNT_CUT_OFF]++;
}

/* Nothing of a connection may be left undone that its client does not hinder. */
static void model_is_settled(const struct run *run, const struct peer *peer, int timeout_ms)
{
    const struct model *model = &peer->model;
    if (peer->watch.error || peer->wire.is_reset)
        return;
    if (peer->watch.is_paused && !model->is_blocked &&
        (model->finals >= run->options.turn_requests || model->is_raw) && timeout_ms == 0)
        return; /* the rest of what it has asked for has to wait for the next turn */
    if (peer->watch.is_paused != model->is_blocked)
        run_fail(run, "the input of client %u is %s", peer->number,
                 model->is_blocked ? "taken though it does not read" : "not taken any more");
    if (model->is_raw || model->is_blocked)
        return;
    if (!model_is_paid(model))
        run_fail(run, "client %u is owed a response: %d", peer->number,
                 model->first_owed < model->owed_count
                     ? model->owed[model->first_owed].answer.status
                     : 0);
    if (model->has_ended)
        run_fail(run, "the connection of client %u stays open behind its end", peer->number);
    if (model->is_over && !model->is_finished)
        run_fail(run, "the connection of client %u stays open behind its last response",
                 peer->number);
}

static void model_is_in_time(const struct run *run, const struct peer *peer, int timeout_ms)
{
    const struct model *model = &peer->model;
    if (model->is_raw || peer->watch.error || peer->wire.is_reset)
        return;
    int64_t latest_ms = model_due_ms(run, model) + TIMER_SLACK_MS;
    if (run->seen_ms >= latest_ms)
        run_fail(run, "the time of client %u has come, and nothing happens", peer->number);
    if (timeout_ms < 0 || run->seen_ms + timeout_ms > latest_ms)
        run_fail(run, "the worker would sleep for %d ms, past the time of client %u", timeout_ms,
                 peer->number);
}

/* A full worker that others wait for looks for idle connections about once a second, and then it
 * finds one that has been idle for longer. */
static void model_makes_room(struct run *run)
{
    bool is_wanted = !run->is_draining && run_has_waiting(run) &&
                     model_active(run) >= run->options.max_connections;
    bool has_idle = false;
    for (unsigned i = 0; i < run->peer_count && is_wanted; i++) {
        const struct peer *peer = &run->peers[i];
        bool is_silent = peer->model.waits == WAITS_FIRST || peer->model.waits == WAITS_NEXT;
        has_idle |= peer->model.is_active && is_silent && model_is_idle(run, peer) &&
                    run->seen_ms - peer->model.since_ms > (int64_t)3 * SHED_MS;
    }
    if (!has_idle) {
        run->crowded_ms = run->seen_ms;
        run->crowded_turns = 0;
    }
    run->crowded_turns += run->seen_ms - run->crowded_ms > (int64_t)2 * SHED_MS;
    if (run->crowded_turns > CROWDED_TURNS_MAX)
        run_fail(run, "clients wait, and an idle one keeps its place");
}

/* No more connections than there may be, but for those that had left and came back. */
static void model_is_within(const struct run *run)
{
    unsigned active = 0;
    for (unsigned i = 0; i < run->peer_count; i++)
        active += run->peers[i].model.is_active && !run->peers[i].model.has_returned;
    if (active > run->options.max_connections)
        run_fail(run, "the worker has %u connections, and may have %u", active,
                 run->options.max_connections);
}

void model_sleeps(struct run *run, int timeout_ms)
{
    model_is_within(run);
    model_makes_room(run);
    if (run->is_draining && run->seen_ms >= run->drain_until_ms)
        run_fail(run, "the worker drains for too long");
    if (run->is_draining && (timeout_ms < 0 || run->seen_ms + timeout_ms > run->drain_until_ms))
        run_fail(run, "the worker would sleep for %d ms, past the end of the drain", timeout_ms);
    for (unsigned i = 0; i < run->peer_count; i++) {
        const struct peer *peer = &run->peers[i];
        const struct source *source = peer->watch.source;
        if (!source || source->kind != SOURCE_CONNECTION)
            continue;
        model_is_settled(run, peer, timeout_ms);
        model_is_in_time(run, peer, timeout_ms);
    }
}

/* An intake, and a backlog, while there is a reason for them. */
unsigned model_memory(const struct peer *peer)
{
    const struct model *model = &peer->model;
    if (model->is_raw || model->is_starved || model->is_blocked || peer->watch.is_paused)
        return 2;
    return model_is_inside(peer);
}

void model_close(struct run *run, struct peer *peer)
{
    struct model *model = &peer->model;
    struct span output = {model->output ? model->output : "", model->output_length};
    if (model->is_raw && !responses_are_valid(output, !model->is_complete))
        run_fail(run, "client %u gets what is no response: %.*s", peer->number, (int)output.length,
                 output.at);
    own_free(model->output);
    model->output = NULL;
}
