// SPDX-License-Identifier: MIT
/*
 * See replay.h. The worker is a real one; only the accept is left out: connection_open is handed
 * one end of a socket pair, and the replay plays the client at the other.
 */
#include "replay.h"

#include "routes.h"
#include "server/connection.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    /* The engine takes so much input a turn; then one turn finds the end, and one that there is
     * nothing left: after so many without output the server has nothing more to say. */
    TURN_INPUT = 32 * 1024,
    QUIET_TURNS = 3,
    /* More than any input takes. */
    TURNS_MAX = 100,
    /* Longer input is not cut at every place, but at this many of both ends, and some between. */
    CUT_EVERYWHERE_MAX = 4096,
    CUT_ENDS = 400,
    CUT_BETWEEN = 100,
    FAILURES_SHOWN = 3,
    /* Descriptors that are counted; a leak takes the lowest first. */
    DESCRIPTORS_MAX = 256,
};

/* Where the input is cut: behind so many bytes, or one of these. */
static const size_t CUT_NOWHERE = 0, CUT_EACH_BYTE = SIZE_MAX;

struct replay {
    struct worker *worker;
    int client;
    size_t cut;
    size_t sent;
    size_t unsettled; /* of sent: what the server may not have seen */
    char *got;        /* owned: the output since the last expectation */
    size_t got_length, got_capacity;
    bool may_drop;  /* the server may close without waiting for the client's end */
    bool has_ended; /* the server has ended its side */
    bool is_gone;   /* the server takes no more input */
    const char *failure;
    const struct text_symbols *expected; /* with it: where the output differs, or NULL */
    struct difference difference;
};

static void replay_fail(struct replay *replay, const char *failure)
{
    if (!replay->failure)
        replay->failure = failure;
}

static bool replay_reserve(struct replay *replay, size_t length)
{
    if (replay->got_capacity - replay->got_length >= length)
        return true;
    size_t capacity = (replay->got_length + length) * 2;
    char *grown = realloc(replay->got, capacity);
    if (!grown) {
        replay_fail(replay, "no memory");
        return false;
    }
    replay->got = grown;
    replay->got_capacity = capacity;
    return true;
}

/* Reads what there is. Returns whether there was any. */
static bool replay_receive(struct replay *replay)
{
    size_t before = replay->got_length;
    while (!replay->has_ended && replay_reserve(replay, 64UL * 1024)) {
        ssize_t count = recv(replay->client, replay->got + replay->got_length, 64UL * 1024, 0);
        if (count > 0) {
            replay->got_length += (size_t)count;
            continue;
        }
        if (count < 0 && errno == EAGAIN)
            break;
        if (count < 0)
            replay_fail(replay, "the server has reset the connection");
        replay->has_ended = true;
    }
    return replay->got_length > before;
}

/* Lets the server work until it has nothing more to do. */
static void replay_settle(struct replay *replay)
{
    size_t turns = QUIET_TURNS + replay->unsettled / TURN_INPUT;
    for (size_t quiet = 0; quiet < turns; quiet++) {
        worker_turn(replay->worker, 0);
        if (replay_receive(replay))
            quiet = 0;
    }
    replay->unsettled = 0;
}

/* Returns how much of `bytes` the socket took, 0 when the server takes no more. */
static size_t replay_write(struct replay *replay, struct span bytes)
{
    ssize_t count = send(replay->client, bytes.at, bytes.length, MSG_NOSIGNAL);
    if (count < 0 && errno == EAGAIN) {
        replay_settle(replay);
        count = send(replay->client, bytes.at, bytes.length, MSG_NOSIGNAL);
        if (count < 0 && errno == EAGAIN)
            replay_fail(replay, "the server does not read");
    }
    size_t taken = count < 0 ? 0 : (size_t)count;
    replay->unsettled += taken;
    return taken;
}

/* How much of the input goes before the next cut. */
static size_t replay_piece(const struct replay *replay, size_t left)
{
    if (replay->cut == CUT_EACH_BYTE)
        return 1;
    bool is_cut = replay->sent < replay->cut && replay->cut - replay->sent < left;
    return is_cut ? replay->cut - replay->sent : left;
}

/* The server sees each piece by itself. The last is left for it to find together with what follows,
 * the end of the input maybe. */
static void replay_send(struct replay *replay, struct span bytes)
{
    while (bytes.length > 0 && !replay->is_gone) {
        struct span piece = {bytes.at, replay_piece(replay, bytes.length)};
        bytes = span_skip(bytes, piece.length);
        replay->sent += piece.length;
        while (piece.length > 0 && !replay->is_gone) {
            size_t count = replay_write(replay, piece);
            piece = span_skip(piece, count);
            replay->is_gone = count == 0;
            if (replay->is_gone && !replay->may_drop)
                replay_fail(replay, "the server throws input back");
        }
        if (bytes.length > 0 || replay->cut == CUT_EACH_BYTE)
            replay_settle(replay);
    }
}

static void replay_expect(struct replay *replay, const struct text_symbols *expected)
{
    replay_settle(replay);
    struct span got = {replay->got, replay->got_length};
    if (!replay->failure && text_differs(expected, got, &replay->difference)) {
        replay_fail(replay, "the output differs");
        replay->expected = expected;
        return;
    }
    replay->got_length = 0;
}

/* What the worker does for a timer that is due. */
static void replay_expire(struct replay *replay)
{
    replay_settle(replay);
    for (int i = 0; i < AWAITS_COUNT; i++) {
        struct list *timers = &replay->worker->queues[i].timers;
        if (list_is_empty(timers))
            continue;
        struct timer *timer = LIST_MEMBER(timers->next, struct timer, link);
        connection_expired(replay->worker, LIST_MEMBER(timer, struct connection, timer));
        return;
    }
    replay_fail(replay, "no time-out runs");
}

static void replay_step(struct replay *replay, const struct step *step)
{
    switch (step->kind) {
    case STEP_SEND:
        replay_send(replay, (struct span){step->input, step->input_length});
        break;
    case STEP_EXPECT:
        replay_expect(replay, &step->expected);
        break;
    case STEP_EOF:
        shutdown(replay->client, SHUT_WR);
        break;
    case STEP_TIMEOUT:
        replay_expire(replay);
        break;
    }
}

static void replay_steps(struct replay *replay, const struct transcript *transcript)
{
    static const struct text_symbols nothing = {0};
    for (size_t i = 0; i < transcript->step_count && !replay->failure; i++)
        replay_step(replay, &transcript->steps[i]);
    if (replay->failure)
        return;
    replay_expect(replay, &nothing);
    if (replay->has_ended != transcript->ends_closed)
        replay_fail(replay, replay->has_ended ? "the server has closed" : "the server stays open");
}

/* Plays one connection from its beginning to its end. */
static void replay_run(struct replay *replay, const struct transcript *transcript)
{
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) != 0) {
        replay_fail(replay, "no socket pair");
        return;
    }
    replay->client = ends[0];
    connection_open(replay->worker, ends[1]);
    replay_steps(replay, transcript);
    close(replay->client);
    for (int turns = 0; replay->worker->active != 0 && turns < TURNS_MAX; turns++)
        worker_turn(replay->worker, 0);
    if (replay->worker->active != 0)
        replay_fail(replay, "the connection outlives its client");
}

static void replay_report(const struct replay *replay, const struct replay_engine *engine,
                          const char *name)
{
    printf("%s: %s, %s: ", name, engine->selector, engine->trigger_name);
    if (replay->cut == CUT_NOWHERE)
        printf("whole: ");
    else if (replay->cut == CUT_EACH_BYTE)
        printf("byte by byte: ");
    else
        printf("cut at %zu: ", replay->cut);
    printf("%s", replay->failure);
    if (replay->expected) {
        printf(" at byte %zu; expected: ", replay->difference.byte);
        text_print(stdout, replay->expected, replay->difference.symbol);
        printf(" got: ");
        bytes_print(stdout, (struct span){replay->got, replay->got_length},
                    replay->difference.byte);
    }
    putchar('\n');
}

static bool cut_is_tried(size_t cut, size_t length)
{
    if (length <= CUT_EVERYWHERE_MAX || cut <= CUT_ENDS || cut >= length - CUT_ENDS)
        return true;
    return cut % ((length - 2UL * CUT_ENDS) / CUT_BETWEEN) == 0;
}

static unsigned replay_all_cuts(struct worker *worker, const struct transcript *transcript,
                                const struct replay_engine *engine, const char *name)
{
    struct replay replay = {.worker = worker};
    unsigned failed = 0;
    for (size_t i = 0; i <= transcript->input_length; i++) {
        /* Behind the whole input a cut would cut nothing: the place of byte by byte. */
        size_t cut = i > 0 && i == transcript->input_length ? CUT_EACH_BYTE : i;
        if (cut != CUT_EACH_BYTE && !cut_is_tried(cut, transcript->input_length))
            continue;
        char *got = replay.got;
        size_t capacity = replay.got_capacity;
        replay = (struct replay){.worker = worker,
                                 .cut = cut,
                                 .may_drop = transcript->may_drop,
                                 .got = got,
                                 .got_capacity = capacity};
        replay_run(&replay, transcript);
        if (replay.failure && ++failed <= FAILURES_SHOWN)
            replay_report(&replay, engine, name);
    }
    free(replay.got);
    return failed;
}

static unsigned descriptors_open(void)
{
    unsigned count = 0;
    for (int fd = 0; fd < DESCRIPTORS_MAX; fd++)
        count += fcntl(fd, F_GETFD) >= 0;
    return count;
}

/* No time-out ends by itself, however long the machine takes for a transcript. */
static void worker_stop_time(struct worker *worker)
{
    for (int i = 0; i < AWAITS_COUNT; i++)
        worker->queues[i].length_ms = INT32_MAX;
}

/* Plays everything in a worker of its own, since the options are the worker's. */
static unsigned replay_with_server(const struct transcript *transcript,
                                   const struct replay_engine *engine, const char *name)
{
    struct selkie_options options = transcript->options;
    options.selector = engine->selector;
    options.trigger = engine->trigger;
    struct selkie_server *server = selkie_server_new(&options);
    struct worker *worker = malloc(sizeof *worker);
    unsigned failed = 1;
    if (!server || !worker || routes_add(server) != 0 ||
        worker_open(worker, server, 0, &server->bell, -1) != 0) {
        printf("%s: %s: cannot make a server: %s\n", name, engine->selector,
               server ? selkie_server_error(server) : "no memory");
    } else {
        worker_stop_time(worker);
        failed = replay_all_cuts(worker, transcript, engine, name);
        worker_close(worker);
    }
    free(worker);
    selkie_server_free(server);
    return failed;
}

unsigned transcript_replay(const struct transcript *transcript, const struct replay_engine *engine,
                           const char *name)
{
    unsigned before = descriptors_open();
    unsigned failed = replay_with_server(transcript, engine, name);
    unsigned behind = descriptors_open();
    if (before == behind)
        return failed;
    printf("%s: %s, %s: %u descriptors were open before, %u are behind\n", name, engine->selector,
           engine->trigger_name, before, behind);
    return failed + 1;
}
