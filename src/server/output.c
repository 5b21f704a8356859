// SPDX-License-Identifier: MIT
/*
 * See output.h. What is written goes to the arena; from there to the kernel, when the arena is full
 * or the connection's turn to send has come; and what the kernel would not take to the backlog.
 */
#include "server/output.h"

#include "server/connection.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

int backlog_append(struct backlog **backlog, struct span bytes)
{
    struct backlog *old = *backlog;
    size_t length = (old ? old->length : 0) + bytes.length;
    if (!old || length > old->capacity) {
        /* Exact the first time, since most backlogs are one response's end; then doubled. */
        size_t capacity = old ? length * 2 : length;
        struct backlog *grown = realloc(old, sizeof *grown + capacity);
        if (!grown)
            return -ENOMEM;
        if (!old)
            grown->length = grown->sent = 0;
        grown->capacity = capacity;
        *backlog = grown;
    }
    memcpy((*backlog)->bytes + (*backlog)->length, bytes.at, bytes.length);
    (*backlog)->length = length;
    return 0;
}

/* Keeps what the kernel would not take, and takes no input until it has. */
static void output_keep(struct worker *worker, struct connection *connection, struct span bytes)
{
    connection->may_drop = false; /* by the time this has gone, more input may have come */
    if (backlog_append(&connection->backlog, bytes) != 0)
        connection->is_broken = true;
    else
        engine_pause(worker->engine, &connection->source);
}

void output_send(struct worker *worker, struct connection *connection, struct span bytes)
{
    if (bytes.length == 0 || connection->is_broken)
        return;
    assert(!connection->backlog);
    ssize_t sent = engine_send(worker->engine, &connection->source, bytes);
    if (sent < 0)
        connection->is_broken = true;
    else if ((size_t)sent < bytes.length)
        output_keep(worker, connection, span_skip(bytes, (size_t)sent));
}

void output_flush(struct worker *worker, struct connection *connection)
{
    struct arena *output = &worker->output;
    struct span bytes = {output->bytes + output->segment_at, output->length - output->segment_at};
    output->length = output->segment_at;
    output_send(worker, connection, bytes);
}

char *output_reserve(struct worker *worker, struct connection *connection, size_t length)
{
    if (ARENA_SIZE - worker->output.length < length)
        output_flush(worker, connection);
    if (connection->backlog || ARENA_SIZE - worker->output.length < length)
        return NULL;
    return worker->output.bytes + worker->output.length;
}

void output_write(struct worker *worker, struct connection *connection, struct span bytes)
{
    while (bytes.length > 0 && !connection->is_broken) {
        if (connection->backlog) {
            output_keep(worker, connection, bytes);
            return;
        }
        size_t room = ARENA_SIZE - worker->output.length;
        size_t count = bytes.length < room ? bytes.length : room;
        memcpy(worker->output.bytes + worker->output.length, bytes.at, count);
        worker->output.length += count;
        bytes = span_skip(bytes, count);
        if (worker->output.length == ARENA_SIZE)
            output_flush(worker, connection);
    }
}
