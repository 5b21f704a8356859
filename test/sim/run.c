// SPDX-License-Identifier: MIT
/*
 * See run.h. The worker is driven turn by turn, as worker_serve does it, until its clients are done
 * or it has ended; then it is closed, and nothing may be left: no memory, no descriptor.
 */
#include "run.h"

#include "memory.h"
#include "plan.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>

enum {
    TURNS_MAX = 1000 * 1000,          /* no run comes near */
    POOL_CHUNKS = PEERS_MAX / 64 + 2, /* of connections, and one of their addresses */
    INTAKES_MAX = 32,                 /* kept for reuse */
    /* Upper bounds of what these take besides what clients send and get. */
    POOL_BYTES = 8192,
    INTAKE_BYTES = 16 * 1024,
    BACKLOG_BYTES = 16 * 1024,
};

void run_fail(const struct run *run, const char *format, ...)
{
    va_list arguments;
    if (run->trace)
        fflush(run->trace);
    fprintf(stderr, "seed %llu, turn %u: ", (unsigned long long)run->seed, run->turn);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    abort();
}

void run_trace(const struct run *run, const char *format, ...)
{
    va_list arguments;
    if (!run->trace)
        return;
    va_start(arguments, format);
    vfprintf(run->trace, format, arguments);
    va_end(arguments);
    fputc('\n', run->trace);
}

/* FNV-1a. */
uint32_t trace_hash(const struct run *run, struct span bytes)
{
    uint32_t hash = 2166136261U;
    for (size_t i = 0; i < bytes.length && run->trace; i++)
        hash = (hash ^ (uint8_t)bytes.at[i]) * 16777619U;
    return hash;
}

/* One of a few, which are picked as extremes and a middle. */
#define PICK(run, ...)                                                                             \
    ((const uint32_t[]){                                                                           \
        __VA_ARGS__})[choose(&(run)->choice, sizeof((const uint32_t[]){__VA_ARGS__}) / 4)]

/* How often a thing happens: never in most runs. */
static uint32_t draw_rate(struct run *run, uint32_t most)
{
    return chance(&run->choice, 350) ? 1 + choose(&run->choice, most) : 0;
}

static void run_draw_settings(struct run *run)
{
    run->settings = (struct settings){
        .is_lent = chance(&run->choice, 600),
        .is_fuzzed = run->choice.is_scripted,
        .shorts = draw_rate(run, 400),
        .busy = draw_rate(run, 300),
        .defers = draw_rate(run, 400),
        .splits = draw_rate(run, 500),
        .stirs = draw_rate(run, 500),
        .spurious = draw_rate(run, 200),
        .overslept = draw_rate(run, 100),
        .starved = chance(&run->choice, 500) ? draw_rate(run, 300) : 0,
        .starves_at_birth = chance(&run->choice, 100),
        .unaccepted = chance(&run->choice, 500) ? draw_rate(run, 300) : 0,
        .unwatched = chance(&run->choice, 300) ? draw_rate(run, 100) : 0,
        .resets = draw_rate(run, 300),
        .slow = draw_rate(run, 500),
    };
}

static void run_draw_options(struct run *run)
{
    selkie_options_init(&run->options);
    run->options.workers = chance(&run->choice, 500) ? SELKIE_WORKERS_NONE : 1;
    run->options.keep_alive = !chance(&run->choice, 50);
    run->options.max_connections = PICK(run, 1, 2, 5, 150, 200);
    run->options.backlog = (int)PICK(run, 1, 4, 128);
    run->options.idle_ms = PICK(run, 50, 1000, 60000);
    run->options.head_ms = PICK(run, 30, 1000, 10000);
    run->options.body_ms = PICK(run, 30, 1000, 30000);
    run->options.write_ms = PICK(run, 40, 1000, 30000);
    run->options.drain_ms = PICK(run, 20, 500, 5000, 30000);
    run->options.head_max = PICK(run, 100, 300, 1000, 4096, 16384, 16384, 16384);
    run->options.body_max = PICK(run, 20, 1000, 10000, 70000);
    run->options.fields_max = PICK(run, 100, 100, 100, 3);
    run->options.target_max = PICK(run, 8192, 8192, 8192, 9);
    run->options.chunk_line_max = PICK(run, 256, 256, 256, 17);
    run->options.trailer_max = PICK(run, 8192, 8192, 8192, 20);
    run->options.max_requests = PICK(run, 0, 0, 0, 0, 1, 3);
    run->options.turn_requests = PICK(run, 256, 256, 1, 3);
    run->options.turn_bytes = PICK(run, 0, 0, 16384);
    run->options.body_rate_min = PICK(run, 0, 240, 5000);
    run->options.write_rate_min = PICK(run, 0, 240, 5000);
    /* Where memory is short nobody knows who was counted. */
    if (run->settings.starved == 0)
        run->options.max_per_address = PICK(run, 0, 0, 0, 1, 2, 5);
}

static void run_draw_end(struct run *run)
{
    static const unsigned scales[] = {10, 100, 1000};
    unsigned scale = scales[choose(&run->choice, 3)];
    run->bell_turn = chance(&run->choice, 400) ? choose(&run->choice, scale) : TURNS_MAX;
    run->quit_turn = chance(&run->choice, 50) ? choose(&run->choice, scale) : TURNS_MAX;
    run->close_turn = chance(&run->choice, 50) ? choose(&run->choice, scale) : TURNS_MAX;
}

static void run_begin(struct run *run)
{
    memset((char *)run + offsetof(struct run, settings), 0,
           offsetof(struct run, peers) - offsetof(struct run, settings));
    run->counts.of[COUNT_SEEDS] = 1;
    run_draw_settings(run);
    run_draw_options(run);
    run_draw_end(run);
    /* Often just before the moment when 32 bits of milliseconds wrap. */
    run->now_ms = chance(&run->choice, 500) ? 0xffffffff - choose(&run->choice, 20000)
                                            : choose(&run->choice, 1000000);
    run->epoch_ms = 1600000000000 + choose(&run->choice, 1000000000);
    run->queue_count = choose_between(&run->choice, 1, 2);
    memory_forget();
    kernel_begin(run);
    clock_begin(run);
    engine_begin(run);
    clients_draw(run);
}

/* An allocation of the server: fails for whom it is told of just now, and those that had input in
 * this batch, or whose time has come. */
static bool run_starves(void *data)
{
    struct run *run = data;
    bool has_victim = !run->worker;
    if (has_victim && !run->settings.starves_at_birth)
        return false;
    if (!chance(&run->choice, run->settings.starved))
        return false;
    for (unsigned i = 0; i < run->peer_count; i++) {
        struct peer *peer = &run->peers[i];
        bool is_near =
            peer == run->current || peer->watch.is_near ||
            (!run->current && peer->watch.source && model_is_expiring(run, &peer->model));
        if (is_near)
            model_starves(peer);
        has_victim |= is_near;
    }
    run->counts.of[COUNT_STARVED] += has_victim;
    return has_victim;
}

/* A server that listens, as far as it knows: its sockets are the run's queues. */
static int run_add_listeners(struct run *run)
{
    struct listener_list *list = &run->server->listeners;
    list->items = calloc(run->queue_count, sizeof *list->items);
    for (unsigned i = 0; list->items && i < run->queue_count; i++) {
        struct listener *listener = &list->items[i];
        *listener = (struct listener){.fds = calloc(1, sizeof(int)), .count = 1, .copies = 1};
        if (!listener->fds)
            break;
        listener->fds[0] = run->queues[i].fd = kernel_open(run, PEERS_MAX + i);
        run->queues[i].count = 0;
        list->count++;
    }
    return list->count < run->queue_count ? -ENOMEM : 0;
}

static int run_open(struct run *run, struct worker *worker)
{
    int lifeline = chance(&run->choice, 500) ? FD_LIFELINE : -1;
    run->has_lifeline = lifeline >= 0;
    run->server = selkie_server_new(&run->options);
    if (!run->server)
        return -ENOMEM;
    int error = site_add(run->server);
    if (!error)
        error = run_add_listeners(run);
    if (!error)
        error = worker_open(worker, run->server, 0, &run->server->bell, lifeline);
    if (error)
        return error;
    run->worker = worker;
    run->blocks = memory_blocks();
    run->bytes = memory_bytes();
    return 0;
}

static void run_ring(struct run *run, char note)
{
    if (run->bell_rings)
        return;
    run->note = note;
    run->bell_rings = true;
    bell_ring(&run->server->bell, note);
}

/* Besides what the clients do: somebody rings the bell, or the master dies. */
static void run_intervene(struct run *run)
{
    static const char notes[] = {BELL_DRAIN,  BELL_STOP,  BELL_DRAIN, SIGTERM,
                                 BELL_ACCEPT, BELL_READY, SIGINT,     'x'};
    if (run->turn == run->bell_turn || (run->turn > run->bell_turn && chance(&run->choice, 3)))
        run_ring(run, notes[choose(&run->choice, sizeof notes)]);
    if (run->turn == run->quit_turn && run->has_lifeline)
        run->lifeline_ends = run->was_quit = true;
    else if (run->turn == run->quit_turn)
        run_ring(run, SIGQUIT);
}

/* Memory is bounded by what the connections hold at the time. */
static void run_check_memory(const struct run *run)
{
    const struct worker *worker = run->worker;
    size_t most = run->blocks + POOL_CHUNKS + worker->intakes.count;
    size_t busy = 0;
    for (unsigned i = 0; i < run->peer_count; i++) {
        const struct peer *peer = &run->peers[i];
        unsigned blocks = peer->wire.state == WIRE_OPEN ? model_memory(peer) : 0;
        most += blocks;
        busy += blocks > 0;
    }
    if (memory_blocks() > most)
        run_fail(run, "the worker holds %zu blocks of memory, %zu would do", memory_blocks(), most);
    /* Both grow by doubling; an intake may hold a piece of input until the next turn; a backlog
     * begins with what the arena held, and one page more. */
    size_t request = run->options.head_max + run->options.body_max;
    size_t intake = 2 * (request > PIECE_MAX ? request : PIECE_MAX) + INTAKE_BYTES;
    size_t backlog = (size_t)2 * (ARENA_SIZE + SITE_PAGE_MAX) + BACKLOG_BYTES;
    size_t bytes = run->bytes + (size_t)POOL_CHUNKS * POOL_BYTES +
                   (size_t)worker->intakes.count * INTAKE_BYTES + busy * (intake + backlog);
    if (memory_bytes() > bytes)
        run_fail(run, "the worker holds %zu bytes of memory, %zu would do", memory_bytes(), bytes);
    if (worker->intakes.count > INTAKES_MAX)
        run_fail(run, "the worker keeps %u intakes", worker->intakes.count);
}

bool run_has_waiting(const struct run *run)
{
    for (unsigned i = 0; i < run->queue_count; i++) {
        if (run->queues[i].count > 0)
            return true;
    }
    return false;
}

static bool run_has_open(const struct run *run)
{
    for (unsigned i = 0; i < run->peer_count; i++) {
        if (run->peers[i].wire.state == WIRE_OPEN)
            return true;
    }
    return false;
}

/* Turns until nothing is left to do. */
static void run_turns(struct run *run)
{
    struct worker *worker = run->worker;
    while (!worker->ended && !run->is_idle && run->turn != run->close_turn) {
        if (++run->turn == TURNS_MAX)
            run_fail(run, "the run does not come to its end");
        run_intervene(run);
        int error = worker_turn(worker, -1);
        if (error)
            run_fail(run, "a turn fails: %s", strerror(-error));
        run_check_memory(run);
        if (!run->is_stopping && !run->is_draining && clients_are_done(run) && !run_has_open(run))
            run->is_idle = true;
    }
}

/* Whether the worker was right to end, or to wait for nothing. */
static void run_check_end(const struct run *run)
{
    bool ends_itself = run->worker->ended && !run->was_quit && run->seen_ms < run->drain_until_ms;
    if (run->worker->ended && !run->is_draining && !run->was_quit)
        run_fail(run, "the worker ends, and nobody has told it to");
    if (run->is_idle && run->is_draining && !run->worker->ended)
        run_fail(run, "the worker does not end");
    if (run->worker->ended && run->is_draining && !run->was_quit && run->worker->active > 0 &&
        ends_itself)
        run_fail(run, "the worker ends before its connections");
    for (unsigned i = 0; i < run->peer_count; i++) {
        enum wire_state state = run->peers[i].wire.state;
        if (run->is_idle && (state == WIRE_PENDING || state == WIRE_OPEN))
            run_fail(run, "client %u waits for ever", i);
        if (ends_itself && state == WIRE_OPEN)
            run_fail(run, "the worker ends before client %u", i);
    }
}

/* A worker that has nothing to do any more is told to end, or closed as it is. */
static void run_serve(struct run *run)
{
    run_turns(run);
    run_check_end(run);
    if (!run->is_idle || run->is_draining || chance(&run->choice, 500))
        return;
    run->is_stopping = true;
    run->close_turn = run->quit_turn = TURNS_MAX;
    while (!run->worker->ended) {
        run->is_idle = false;
        run_ring(run, BELL_DRAIN);
        run_turns(run);
        run_check_end(run);
    }
}

static void run_close(struct run *run)
{
    run->is_closing = true;
    if (run->worker)
        worker_close(run->worker);
    run->worker = NULL;
    selkie_server_free(run->server);
    for (unsigned i = 0; i < run->peer_count; i++) {
        model_close(run, &run->peers[i]);
        script_fini(&run->peers[i].script);
    }
    if (memory_blocks() > 0)
        run_fail(run, "%zu blocks of memory are behind", memory_blocks());
    if (kernel_count_open(run) > 0)
        run_fail(run, "%u descriptors are behind", kernel_count_open(run));
}

static void counts_add(struct counts *to, const struct counts *counts)
{
    for (size_t i = 0; i < COUNTS; i++)
        to->of[i] += counts->of[i];
}

static void run_go(struct run *run, struct counts *counts)
{
    static struct worker worker;
    run_begin(run);
    memory_watch(run_starves, run);
    if (run_open(run, &worker) == 0)
        run_serve(run);
    memory_watch(NULL, NULL);
    run_close(run);
    run->counts.of[COUNT_TURNS] = run->turn;
    counts_add(counts, &run->counts);
}

void run_play(struct run *run, uint64_t seed, FILE *trace, struct counts *counts)
{
    run->seed = seed;
    run->trace = trace;
    choice_from_seed(&run->choice, seed);
    run_go(run, counts);
}

void run_play_script(struct run *run, struct span script)
{
    struct counts counts = {0};
    run->seed = 0;
    run->trace = NULL;
    choice_from_script(&run->choice, script);
    run_go(run, &counts);
}
