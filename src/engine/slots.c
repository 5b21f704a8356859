// SPDX-License-Identifier: MIT
/* See slots.h. */
#include "engine/slots.h"

#include <errno.h>
#include <stdlib.h>

enum { FIRST_CAPACITY = 64 };

static int slots_grow(struct slot_table *table, size_t least)
{
    size_t capacity = table->capacity ? table->capacity : FIRST_CAPACITY;
    while (capacity < least)
        capacity *= 2;
    struct slot_entry *entries = reallocarray(table->entries, capacity, sizeof *entries);
    if (!entries)
        return -ENOMEM;
    memset(entries + table->capacity, 0, (capacity - table->capacity) * sizeof *entries);
    table->entries = entries;
    table->capacity = capacity;
    return 0;
}

static void entry_empty(struct slot_entry *entry)
{
    entry->source = NULL;
    free(entry->late);
    entry->late = NULL;
}

int slots_take(struct slot_table *table, struct source *source)
{
    size_t slot = (size_t)source->fd;
    if (slot >= table->capacity && slots_grow(table, slot + 1) != 0)
        return -ENOMEM;
    struct slot_entry *entry = &table->entries[slot];
    entry_empty(entry);
    entry->source = source;
    entry->generation = (entry->generation + 1) & GENERATION_MASK;
    entry->sent_epoch = 0;
    return 0;
}

void slots_forget(struct slot_table *table, const struct source *source)
{
    struct slot_entry *entry = slots_of(table, source);
    if (entry->source == source)
        entry_empty(entry);
}

void slots_fini(struct slot_table *table)
{
    for (size_t i = 0; i < table->capacity; i++)
        free(table->entries[i].late);
    free(table->entries);
    *table = (struct slot_table){0};
}
