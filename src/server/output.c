// SPDX-License-Identifier: MIT
/* See output.h. */
#include "server/output.h"

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
