// SPDX-License-Identifier: MIT
/*
 * A run: a whole server with one worker, its clients, the kernel between them and the time, in one
 * process and without a socket or a clock. Everything that happens follows from the decisions in
 * `choice`. The parts, each a file of its own:
 *     kernel.c    descriptors, connections, what they hold
 *     clock.c     the time
 *     engine.c    the scripted engine, which tells the worker what has happened
 *     client.c    the clients
 *     model.c     what the server owes to each, and when
 *     run.c       the run from its beginning to its end
 */
#ifndef SIM_RUN_H
#define SIM_RUN_H

#include "choice.h"
#include "model.h"
#include "script.h"
#include "selkie/server.h"
#include "server/worker.h"

#include <stdio.h>

enum {
    PEERS_MAX = 160,
    LISTENERS_MAX = 4,
    PIECE_MAX = 32 * 1024, /* of input that is told at once */
    /* Descriptors of the simulation, far from those of this process. */
    FD_FIRST = 200,
    FDS_MAX = 256, /* all of them below the usual limit */
    FD_LIFELINE = FD_FIRST + FDS_MAX,
};

/* How often a thing happens, in a thousand. Drawn at the beginning, so that most runs are calm in
 * most ways and wild in some. */
struct settings {
    bool is_lent;          /* the engine keeps output until it is flushed, as io_uring does */
    bool is_fuzzed;        /* the clients send what a fuzzer likes */
    uint32_t shorts;       /* sends that are cut though there is room */
    uint32_t busy;         /* sends that have to wait for a flush, or that go at once */
    uint32_t defers;       /* events that are left for a later turn */
    uint32_t splits;       /* input that is told in pieces */
    uint32_t stirs;        /* the clients act between two events */
    uint32_t spurious;     /* waits that end early, or are interrupted */
    uint32_t overslept;    /* waits that end late */
    uint32_t starved;      /* allocations that fail */
    bool starves_at_birth; /* and while the worker is opened */
    uint32_t unaccepted;   /* accepts that fail */
    uint32_t unwatched;    /* connections that cannot be watched */
    uint32_t resets;       /* clients that reset */
    uint32_t slow;         /* clients that read slowly, or never */
};

enum wire_state {
    WIRE_NONE,    /* the client has not connected */
    WIRE_PENDING, /* it waits at a listener */
    WIRE_OPEN,    /* the server has it */
    WIRE_CLOSED,  /* the server has closed it */
    WIRE_REFUSED, /* nobody listened, or another worker has it */
};

/* A connection as the kernel has it. */
struct wire {
    enum wire_state state;
    unsigned listener;
    int fd;            /* the server's end */
    size_t sent;       /* by the client */
    size_t told;       /* of that, to the server */
    bool has_ended;    /* the client's side */
    bool is_abandoned; /* the client has closed: what it is sent is answered with a reset */
    bool is_reset;
    size_t taken;     /* output that the kernel has */
    size_t unread;    /* of that: the client has not */
    size_t capacity;  /* how much may be unread */
    bool is_finished; /* the server's side has ended */
    bool was_cut;     /* the server has closed with input unread */
};

/* The engine's side of a connection. */
struct watch {
    struct source *source; /* borrowed, until it is released; NULL: not watched */
    size_t due;            /* input up to here was there when the wait ended */
    bool end_is_due;
    bool is_paused;
    bool has_told_end, has_told_error;
    bool awaits_room;
    bool finishes; /* once what was sent is flushed */
    bool is_near;  /* the server may be busy with it, whoever it was told of */
    bool is_told;  /* something, and it is not settled; or input, and nobody has said so by
                      `delivered` */
    int error;     /* to be told */
    size_t lent;   /* bytes sent and not flushed */
    size_t told_in_turn;
    size_t known; /* input that was there when it was last told of any */
};

enum client_end {
    END_HALF,  /* it ends its side and reads on */
    END_STAY,  /* it says nothing any more */
    END_CLOSE, /* it closes when it has all its answers */
    END_LEAVE, /* it closes at once */
    END_RESET,
};

enum client_reading { READS_ALL, READS_SLOWLY, READS_NOTHING };

struct client {
    int64_t next_ms; /* when it acts next */
    uint32_t piece_max, pause_max_ms;
    bool awaits_answers;  /* before its next request */
    bool awaits_continue; /* before a body */
    bool is_polite;       /* closes when the server has ended */
    bool is_done;
    enum client_reading reading;
    enum client_end end;
    size_t reset_at; /* of the script, or NEVER */
};

struct peer {
    unsigned number;
    unsigned address; /* clients may share one */
    struct script script;
    struct client client;
    struct wire wire;
    struct watch watch;
    struct model model;
};

/* Connections that wait to be accepted. */
struct queue {
    int fd; /* -1: closed */
    unsigned waiting[PEERS_MAX];
    unsigned count;
};

/* What a run counts, for people who want to know how much was tried. */
enum count {
    COUNT_SEEDS,
    COUNT_TURNS,
    COUNT_CONNECTIONS,
    COUNT_REQUESTS,
    COUNT_RESPONSES,
    COUNT_TIMEOUTS,   /* answered with 408 */
    COUNT_CUT_OFF,    /* connections that the server has closed at once */
    COUNT_RESETS,     /* by clients */
    COUNT_SHORTS,     /* sends that were cut */
    COUNT_STARVED,    /* allocations that have failed */
    COUNT_UNACCEPTED, /* accepts that have failed */
    COUNT_DRAINS,
    COUNTS,
};

struct counts {
    uint64_t of[COUNTS];
};

struct run {
    uint64_t seed;
    FILE *trace; /* or NULL */
    struct choice choice;

    struct settings settings; /* from here on all is drawn, or begins as zero */
    struct selkie_options options;
    struct counts counts;

    int64_t now_ms;
    int64_t seen_ms;  /* what the worker has read last */
    int64_t epoch_ms; /* the time of day when now_ms was 0 */
    bool is_idle;     /* nothing will happen any more */

    struct selkie_server *server;
    struct worker *worker; /* NULL while it is opened, and behind its end */
    struct engine *engine;
    int64_t no_accept_until_ms, accept_failed_ms, crowded_ms;
    unsigned accepts_failed; /* in that millisecond */
    struct peer *current;    /* of whom the server is told just now */
    size_t blocks, bytes;    /* of memory, when the worker was open */
    unsigned turn, quiet_turns, crowded_turns;

    unsigned bell_turn, quit_turn, close_turn; /* when that is to happen */
    char note;                                 /* that the bell rings */
    bool bell_rings, has_lifeline, lifeline_ends;
    bool is_stopping; /* it has been served enough */
    bool is_draining, was_quit, is_closing;
    int64_t drain_until_ms;

    int16_t fds[FDS_MAX]; /* who has it: a peer, or a listener behind all peers; -1: nobody */
    struct queue queues[LISTENERS_MAX];
    unsigned queue_count;
    unsigned peer_count;
    struct peer peers[PEERS_MAX];
};

/* run.c */

/* Plays a run from its beginning to its end. `choice` decides; what was counted is added to
 * *counts. A fault of the server ends the process. */
void run_play(struct run *run, uint64_t seed, FILE *trace, struct counts *counts);
void run_play_script(struct run *run, struct span script);

/* Says what is wrong and ends the process. */
_Noreturn __attribute__((format(printf, 2, 3))) void run_fail(const struct run *run,
                                                              const char *format, ...);

/* Writes a line to the trace, if there is one. */
__attribute__((format(printf, 2, 3))) void run_trace(const struct run *run, const char *format,
                                                     ...);

/* A number that tells bytes apart, where there is a trace. */
uint32_t trace_hash(const struct run *run, struct span bytes);

/* Whether a client waits to be accepted. */
bool run_has_waiting(const struct run *run);

/* kernel.c */

/* Takes over the run's descriptors: close(2) comes here. */
void kernel_begin(struct run *run);
struct run *kernel_current(void);
int kernel_open(struct run *run, unsigned owner);
void kernel_close(struct run *run, int fd);
struct peer *kernel_peer(struct run *run, int fd);
unsigned kernel_count_open(const struct run *run);

/* How much output the kernel takes now. */
size_t wire_room(const struct wire *wire);

/* Gives output to the client. */
void wire_take(struct peer *peer, size_t length);
void wire_reset(struct run *run, struct peer *peer);

/* clock.c */

/* The server reads this run's time. */
void clock_begin(struct run *run);

/* client.c */

void clients_draw(struct run *run);

/* Lets those act whose time has come. */
void clients_act(struct run *run);

/* When the next of them acts by itself, or INT64_MAX. */
int64_t clients_next_ms(const struct run *run);
bool clients_are_done(const struct run *run);

/* engine.c */

/* The engine that the server will open. */
void engine_begin(struct run *run);

#endif
