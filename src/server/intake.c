// SPDX-License-Identifier: MIT
/* See intake.h. */
#include "server/intake.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

enum {
    /* Holds the heads that browsers send, and makes an intake a little less than two pages. */
    INTAKE_SIZE = 4096,
    /* As many as are needed at once when a burst of requests arrives in pieces. */
    STORE_MAX = 32,
};

struct intake *intake_lend(struct intake_store *store)
{
    struct intake *intake = store->free;
    if (intake) {
        store->free = intake->next;
        store->count--;
    } else {
        intake = malloc(sizeof *intake + INTAKE_SIZE);
        if (!intake)
            return NULL;
        intake->capacity = INTAKE_SIZE;
    }
    intake->length = intake->head_length = 0;
    list_init(&intake->held);
    return intake;
}

static int intake_grow(struct intake **intake, size_t length)
{
    size_t capacity = (*intake)->capacity;
    assert(list_is_empty(&(*intake)->held)); /* what waits does not grow */
    while (capacity < length)
        capacity *= 2;
    struct intake *grown = realloc(*intake, sizeof *grown + capacity);
    if (!grown)
        return -ENOMEM;
    grown->capacity = capacity;
    list_init(&grown->held);
    *intake = grown;
    return 0;
}

int intake_append(struct intake **intake, struct span bytes)
{
    size_t length = (*intake)->length + bytes.length;
    if (length > (*intake)->capacity && intake_grow(intake, length) != 0)
        return -ENOMEM;
    memcpy((*intake)->bytes + (*intake)->length, bytes.at, bytes.length);
    (*intake)->length = length;
    return 0;
}

void intake_return(struct intake_store *store, struct intake *intake)
{
    if (!intake)
        return;
    list_remove(&intake->held);
    if (intake->capacity != INTAKE_SIZE || store->count == STORE_MAX) {
        free(intake);
        return;
    }
    intake->next = store->free;
    store->free = intake;
    store->count++;
}

void intake_store_fini(struct intake_store *store)
{
    for (struct intake *intake = store->free, *next; intake; intake = next) {
        next = intake->next;
        free(intake);
    }
    *store = (struct intake_store){0};
}
