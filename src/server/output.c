// SPDX-License-Identifier: MIT
/*
 * See output.h. What is written goes to the arena; from there to the kernel, when the arena is full
 * or the connection's turn to send has come; and what the kernel would not take to the backlog.
 */
#include "server/output.h"

#include "server/connection.h"
#include "server/pace.h"

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

void output_keep(struct worker *worker, struct connection *connection, struct span bytes)
{
    connection->may_drop = false; /* by the time this has gone, more input may have come */
    bool is_first = !connection->backlog;
    if (backlog_append(&connection->backlog, bytes) != 0) {
        connection->is_broken = true;
        return;
    }
    if (!is_first)
        return;
    pace_reader_begin(worker, connection);
    engine_pause(worker->engine, &connection->source);
}

void output_send(struct worker *worker, struct connection *connection, struct span bytes)
{
    if (bytes.length == 0 || connection->is_broken)
        return;
    ssize_t sent =
        connection->backlog ? 0 : engine_send(worker->engine, &connection->source, bytes);
    if (sent == -EBUSY) {
        engine_flush(worker->engine); /* which may bring a backlog */
        output_send(worker, connection, bytes);
    } else if (sent < 0) {
        connection->is_broken = true;
    } else if ((size_t)sent < bytes.length) {
        output_keep(worker, connection, span_skip(bytes, (size_t)sent));
    }
}

void output_flush(struct worker *worker, struct connection *connection)
{
    struct arena *output = &worker->output;
    struct span bytes = {output->bytes + output->segment_at, output->length - output->segment_at};
    output_begin(output);
    output_send(worker, connection, bytes);
}

/* The arena is full: sends what this connection has in it, and makes all but the segments of others
 * free. */
static void output_make_room(struct worker *worker, struct connection *connection)
{
    struct arena *output = &worker->output;
    output_flush(worker, connection);
    engine_flush(worker->engine);
    output->length = output->segment_count > 0 ? output->kept : 0;
    output_begin(output);
}

void output_reset(struct worker *worker)
{
    struct arena *output = &worker->output;
    if (output->segment_count == 0 && !engine_holds_output(worker->engine))
        output->length = output->segment_at = output->kept = 0;
}

char *output_reserve(struct worker *worker, struct connection *connection, size_t length)
{
    if (ARENA_SIZE - worker->output.length < length)
        output_make_room(worker, connection);
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
            output_make_room(worker, connection);
    }
}
