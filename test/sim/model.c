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
    LINGER_MS = 5000,      /* how long the server waits for the client to end */
    DRAIN_FIRST_MS = 1000, /* and in a drain, for a first request */
    SHED_AGE_MS = 1000,    /* how long who is shed has done nothing */
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
    bool closes = item->answer.is_last || item->wants_close || item->is_refused ||
                  !run->options.keep_alive || (run->is_draining && is_behind_all) ||
                  model->next + 1 == run->options.max_requests;
    model_owe(run, model, &item->answer, (struct persistence){closes, !closes});
    model->owed[model->owed_count - 1].is_behind_all = is_behind_all;
    model->is_over = closes;
    model->has_said_last = item->wants_close && is_behind_all && !item->is_refused;
    model->was_decided = true;
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

void model_told(struct run *run, struct peer *peer, size_t length)
{
    struct model *model = &peer->model;
    const struct item *item;
    model->told += length;
    if (model->is_raw)
        return;
    while (!model->is_over && (item = model_item(peer)) && item->decided <= model->told)
        model_decide(run, peer, item);
    item = model_item(peer);
    if (!model->is_over && item && item->expects && item->has_body && item->head_end == model->told)
        model_continue(run, peer, item);
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

bool model_is_due(const struct run *run, const struct model *model)
{
    return run->seen_ms >= model_due_ms(run, model);
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

void model_accepted(struct run *run, struct peer *peer)
{
    peer->model.waits = WAITS_FIRST;
    peer->model.since_ms = run->seen_ms;
    run->counts.of[COUNT_CONNECTIONS]++;
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
        for (unsigned j = model->first_owed; j < model->owed_count; j++) {
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
    if (!model->is_over && is_waiting && model_is_due(run, model)) {
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
    if (!model->is_starved || model->owed[model->first_owed].answer.status == 503)
        return false;
    bool is_head = model->owed[model->first_owed].answer.is_head;
    model->owed_count = model->first_owed;
    model_owe_refusal(run, peer, 503);
    model->owed[model->first_owed].answer.is_head = is_head;
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
    if (!model->is_raw)
        model_compare(run, peer);
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
    model->is_finished = true;
}

void model_blocks(struct model *model, size_t rest)
{
    model->handed -= rest;
    model->is_blocked = true;
    model->is_finished = false;   /* it is not behind its output yet */
    model->has_said_last = false; /* by the time that goes on, it may have said more */
}

void model_leaves(struct run *run, struct peer *peer)
{
    const struct model *model = &peer->model;
    if (model->is_raw)
        return;
    if (!model_is_paid(model))
        run_fail(run, "the server leaves before client %u has all", peer->number);
    if (model->has_ended)
        return;
    if (!model->has_said_last || peer->watch.known > model->told)
        run_fail(run, "the server leaves client %u, whose input it has not read", peer->number);
}

/* Whether a client that reads slowly has read something since it was last looked at. */
static bool model_has_moved(const struct peer *peer)
{
    return peer->wire.taken - peer->wire.unread > peer->model.read_at_look;
}

/* A full worker closes who has done nothing for a while, for one that waits. */
static bool model_may_be_shed(const struct run *run, const struct peer *peer)
{
    const struct model *model = &peer->model;
    unsigned open = 0, pending = 0;
    for (unsigned i = 0; i < run->peer_count; i++) {
        open += run->peers[i].wire.state == WIRE_OPEN;
        pending += run->peers[i].wire.state == WIRE_PENDING;
    }
    return open >= run->options.max_connections && pending > 0 &&
           model->waits != WAITS_BODY && model->waits != WAITS_READER &&
           (peer->wire.sent == peer->wire.told || model->waits == WAITS_END) && run->seen_ms - model->since_ms >= SHED_AGE_MS;
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
    if (model->waits != WAITS_HEAD && model->waits != WAITS_BODY && model_is_due(run, model) &&
        !(model->waits == WAITS_READER && model_has_moved(peer)))
        return "its time is over";
    if (model_may_be_shed(run, peer))
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
    run->counts.of[COUNT_CUT_OFF]++;
}

/* Nothing of a connection may be left undone that its client does not hinder. */
static void model_is_settled(const struct run *run, const struct peer *peer)
{
    const struct model *model = &peer->model;
    if (peer->watch.error || peer->wire.is_reset)
        return;
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

static void model_is_in_time(const struct run *run, struct peer *peer, int timeout_ms)
{
    struct model *model = &peer->model;
    if (model->is_raw || peer->watch.error || peer->wire.is_reset)
        return;
    if (model->waits == WAITS_READER && model_is_due(run, model) && model_has_moved(peer)) {
        model->read_at_look = peer->wire.taken - peer->wire.unread;
        model->since_ms = run->seen_ms;
    }
    int64_t latest_ms = model_due_ms(run, model) + TIMER_SLACK_MS;
    if (run->seen_ms >= latest_ms)
        run_fail(run, "the time of client %u has come, and nothing happens", peer->number);
    if (timeout_ms < 0 || run->seen_ms + timeout_ms > latest_ms)
        run_fail(run, "the worker would sleep for %d ms, past the time of client %u", timeout_ms,
                 peer->number);
}

/* Its further requests have to wait for the next turn, which comes at once. */
static bool model_is_held(const struct peer *peer, int timeout_ms)
{
    return timeout_ms == 0 && peer->watch.is_paused && !peer->model.is_blocked;
}

void model_sleeps(struct run *run, int timeout_ms)
{
    if (run->is_draining && run->seen_ms >= run->drain_until_ms)
        run_fail(run, "the worker drains for too long");
    if (run->is_draining && (timeout_ms < 0 || run->seen_ms + timeout_ms > run->drain_until_ms))
        run_fail(run, "the worker would sleep for %d ms, past the end of the drain", timeout_ms);
    for (unsigned i = 0; i < run->peer_count; i++) {
        struct peer *peer = &run->peers[i];
        const struct source *source = peer->watch.source;
        if (!source || source->kind != SOURCE_CONNECTION)
            continue;
        if (!model_is_held(peer, timeout_ms))
            model_is_settled(run, peer);
        model_is_in_time(run, peer, timeout_ms);
    }
}

/* An intake, and a backlog, while there is a reason for them. */
unsigned model_memory(const struct peer *peer)
{
    const struct model *model = &peer->model;
    if (model->is_raw || model->is_starved || model->is_blocked)
        return 2;
    return model_is_inside(peer);
}

void model_close(struct model *model)
{
    own_free(model->output);
    model->output = NULL;
}
