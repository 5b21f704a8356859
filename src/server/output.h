// SPDX-License-Identifier: MIT
/*
 * Output. A worker has one arena, in which the responses to one connection's input are written one
 * behind the other, as a segment that leaves in one send; the segments of several connections lie
 * there until the engine has delivered a batch. What the kernel would not take is the connection's
 * own: its backlog, which lives until the client has read it.
 */
#ifndef SERVER_OUTPUT_H
#define SERVER_OUTPUT_H

#include "base/span.h"

#include <stddef.h>

/* Several hundred small responses, the most that one pipelined input makes, and a size that an
 * empty loopback or LAN socket takes at once. */
enum { ARENA_SIZE = 128 * 1024 };

struct arena {
    char *bytes; /* owned, ARENA_SIZE */
    size_t length;
    size_t segment; /* where the segment that is being written begins */
};

struct connection;

/* A segment that is complete, and waits to be sent. */
struct segment_due {
    struct connection *connection;
    struct span bytes;
};

/* As many as an engine delivers in a batch; when there are more, the first ones leave earlier. */
enum { SEGMENTS_MAX = 64 };

/* The further fields of one response: as much as most clients and proxies take in a whole head. */
enum { FIELDS_SIZE = 8 * 1024 };

/* Bytes gathered for one request, in a buffer of fixed size that the worker owns. */
struct text {
    char *bytes;
    size_t length;
};

struct backlog {
    size_t capacity, length;
    size_t sent; /* of length: from the front */
    char bytes[];
};

/* Appends to *backlog, which may be NULL, and may move. Returns 0, or -ENOMEM and *backlog as
 * before. */
int backlog_append(struct backlog **backlog, struct span bytes);

static inline struct span backlog_left(const struct backlog *backlog)
{
    return (struct span){backlog->bytes + backlog->sent, backlog->length - backlog->sent};
}

#endif
