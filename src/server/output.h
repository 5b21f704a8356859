// SPDX-License-Identifier: MIT
/*
 * Output. A worker has one arena, in which the responses to one connection's input are written one
 * behind the other, as a segment that leaves in one send; the segments of several connections lie
 * there until the engine has delivered a batch, and as sent bytes until the engine has flushed
 * them. What the kernel would not take is the connection's own: its backlog, which lives until the
 * client has read it. Called by reply.c to write, and by connection.c to send.
 */
#ifndef SERVER_OUTPUT_H
#define SERVER_OUTPUT_H

#include "base/span.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Several hundred small responses, the most that one pipelined input makes, and a size that an
 * empty loopback or LAN socket takes at once. */
enum { ARENA_SIZE = 128 * 1024 };

/* At least as many as an engine delivers in a batch; when there are more, the first ones leave
 * earlier. */
enum { SEGMENTS_MAX = 64 };

struct connection;
struct worker;

/* A segment that is complete, and waits to be sent. */
struct segment {
    struct connection *connection;
    struct span bytes;
};

struct arena {
    char *bytes; /* owned, ARENA_SIZE */
    size_t length;
    size_t kept;       /* up to here are the segments below, where there are any */
    size_t segment_at; /* where the segment that is being written begins */
    unsigned segment_count;
    struct segment segments[SEGMENTS_MAX];
};

/* The further fields of one response: as much as most clients and proxies take in a whole head. */
enum { FIELDS_SIZE = 8 * 1024 };

/* Bytes gathered for one request, in a buffer of fixed size that the worker owns. */
struct text {
    char *bytes;
    size_t length;
};

struct backlog {
    size_t capacity, length;
    size_t sent;          /* of length: from the front */
    uint64_t taken;       /* what pace.h has seen of that, and of sent_before, at the client */
    uint32_t sent_before; /* bytes that the kernel held when the backlog began */
    uint32_t began_ms;    /* when that was */
    char bytes[];
};

/* Appends to *backlog, which may be NULL, and may move. Returns 0, or -ENOMEM and *backlog as
 * before. */
int backlog_append(struct backlog **backlog, struct span bytes);

/* Writes bytes of a response: to the arena, by way of it to the kernel when it is full, and to the
 * backlog what the kernel would not take. */
void output_write(struct worker *worker, struct connection *connection, struct span bytes);

/* Lends room for `length` bytes in a row behind what is in the arena; the caller adds what it has
 * written to worker->output.length. NULL when there is a backlog or `length` is more than the arena
 * holds: then output_write has to be used. */
char *output_reserve(struct worker *worker, struct connection *connection, size_t length);

/* Hands a segment to the kernel, and keeps what it will not take. */
void output_send(struct worker *worker, struct connection *connection, struct span bytes);

/* Keeps what the kernel would not take, and takes no input until it has. Sets is_broken when there
 * is no memory for it. */
void output_keep(struct worker *worker, struct connection *connection, struct span bytes);

/* Sends the segment that is being written, and begins another. */
void output_flush(struct worker *worker, struct connection *connection);

/* Empties the arena, where nothing waits to be sent, as far as the engine has flushed it. */
void output_reset(struct worker *worker);

/* Begins a segment. */
static inline void output_begin(struct arena *arena)
{
    arena->segment_at = arena->length;
}

/* Whether another connection's segment can begin, with at least half of the arena before it. */
static inline bool output_has_room(const struct arena *arena)
{
    return arena->length <= ARENA_SIZE / 2 && arena->segment_count < SEGMENTS_MAX;
}

/* Completes the segment that is being written: it leaves with its batch. */
static inline void output_complete(struct arena *arena, struct connection *connection)
{
    struct span bytes = {arena->bytes + arena->segment_at, arena->length - arena->segment_at};
    arena->segments[arena->segment_count++] = (struct segment){connection, bytes};
    arena->kept = arena->length;
}

static inline struct span backlog_left(const struct backlog *backlog)
{
    return (struct span){backlog->bytes + backlog->sent, backlog->length - backlog->sent};
}

#endif
