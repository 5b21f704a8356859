// SPDX-License-Identifier: MIT
/*
 * What the engine tests share: an owner that opens the engine named by $ENGINE ("io_uring", "epoll
 * edge", ...), drives it through engine/engine.h alone and records what it is told; and the two
 * ends of a connection, one in the engine's care, the other in the test's hand. The owner checks by
 * itself what holds for every engine: from where it is called, that nothing is told of what was
 * dropped, that each dropped source is released once, and that no descriptor is left.
 */
#ifndef ENGINE_FIXTURE_H
#define ENGINE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sys/socket.h>

#include "engine/engine.h"

enum { ENDS_MAX = 1024, ACCEPTED_MAX = 256 };

struct owner;
struct end;

typedef void end_fn(struct owner *owner, struct end *end);

/* A connection, a listener or a bell. */
struct end {
    struct source source; /* the engine's; is_dropped: forgotten by the owner */
    bool is_dropped, is_released;
    int peer; /* the other descriptor, or -1 */

    char *told; /* all input, in order */
    size_t told_length, told_in_turn;
    unsigned ended, writables, unsents, rung;
    int error; /* that it ended with */
    end_fn *on_input, *on_ended, *on_rung;

    struct span left; /* what the kernel has not taken of what was to be sent */
    bool awaits_room; /* so `writable` is to come */
    int unsent_result;
    size_t read; /* by the peer */
};

/* Where the engine may call from. */
enum { CALLED_NOWHERE, CALLED_WAIT = 1, CALLED_DISPATCH = 2, CALLED_FLUSH = 4, CALLED_SEND = 8 };

struct owner {
    struct engine *engine;
    unsigned inside; /* of the above: which calls are running */
    unsigned undelivered;
    struct end *ends[ENDS_MAX];
    size_t end_count;
    int allowed; /* what `acceptable` grants; taken off by `accepted` */
    bool grants_all;
    unsigned asked;
    int accepted[ACCEPTED_MAX]; /* owned */
    size_t accepted_count;
    int accept_error;
    unsigned accept_errors, missed;
    bool is_dead;       /* the engine cannot go on: what was dropped may not have been released */
    bool closes_early;  /* nothing is dropped or awaited before the engine is closed */
    size_t descriptors; /* open before the engine was */
    long deadline_ms;
    void *data; /* the test's own */
};

/* Setup and teardown of each test; *state is the owner. */
int owner_open(void **state);
int owner_close(void **state);

/* Runs a group of tests, or reports it as skipped where this machine forbids io_uring. */
int owner_run(const char *name, const struct CMUnitTest *tests, size_t count);
#define OWNER_TEST(function) cmocka_unit_test_setup_teardown(function, owner_open, owner_close)
#define OWNER_RUN(tests) owner_run(__FILE__, (tests), sizeof(tests) / sizeof *(tests))

/* Whether the engine under test is of this name and trigger (or NULL). */
bool owner_runs_on(const struct owner *owner, const char *name, const char *trigger);

/* One turn, and its halves. A test that goes on for a minute has failed. */
void owner_turn(struct owner *owner);
void owner_wait(struct owner *owner);
void owner_dispatch(struct owner *owner);
void owner_flush(struct owner *owner);

/* Turns until all that the kernel had to tell before is told: a bell was rung behind it. */
void owner_catch_up(struct owner *owner);

/* How many descriptors this process has open. */
size_t descriptors_count(void);

/* A new end, watched, and its peer: of a pair of unix sockets, or of TCP over loopback. */
struct end *end_open(struct owner *owner);
struct end *end_open_tcp(struct owner *owner);

/* The same with small buffers. */
struct end *end_open_small(struct owner *owner);
struct end *end_open_small_tcp(struct owner *owner);

/* The same for descriptors that are there; of either kind. */
struct end *end_adopt(struct owner *owner, enum source_kind kind, int fd, int peer);

/* A listener on loopback, not listened to by the engine yet; and a client of it. */
struct end *listener_open(struct owner *owner);
int client_connect(const struct end *listener);

/* A pipe whose reading end rings. */
struct end *bell_open(struct owner *owner);
void bell_ring(const struct end *bell);

/* The peer's part. */
void peer_write(const struct end *end, struct span bytes);
void peer_end(const struct end *end);
void peer_close(struct end *end);
void peer_reset(struct end *end); /* the unread input of a unix socket has to do it */

/* Reads what is there, which must be the pattern. Returns whether the end has come. */
bool peer_read(struct end *end);

/* Reads a single piece of at most `most` bytes. */
void peer_read_some(struct end *end, size_t most);

/* `length` bytes of a text in which no piece is like another; the same each time. */
struct span pattern(size_t length);

/* Demands that exactly this was told. */
void end_expect_told(const struct end *end, struct span bytes);

/* Sends as the server does: flushes when the engine wants that, and keeps what is not taken in
 * `left`. Returns 0, or the negative errno of a connection that is broken. */
int end_send(struct owner *owner, struct end *end, struct span bytes);

/* The recorder sends what is left by itself, when `writable` comes. */
bool end_has_sent(const struct end *end);

void end_drop(struct owner *owner, struct end *end);
void end_hang_up(struct owner *owner, struct end *end);

/* Turns until the peer has read `length` bytes of the pattern, or the end. */
void owner_turn_until_read(struct owner *owner, struct end *end, size_t length);
void owner_turn_until_end(struct owner *owner, struct end *end);

/* Turns until a dropped connection is forgotten. */
void owner_turn_until_released(struct owner *owner, const struct end *end);

#endif
