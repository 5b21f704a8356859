// SPDX-License-Identifier: MIT
/*
 * The slots of the io_uring engine: which source a completion is about. A request names its
 * descriptor and the generation that the slot of this descriptor had, never an address; so a
 * completion that comes after its source was dropped finds nothing, even when the descriptor's
 * number belongs to another connection by then.
 */
#ifndef ENGINE_SLOTS_H
#define ENGINE_SLOTS_H

#include "engine/engine.h"

#include <stddef.h>
#include <stdint.h>

/* Input that came for a connection which takes none, since its recv was on its way to be
 * cancelled. */
struct late_input {
    size_t length;
    char bytes[];
};

/* Of one descriptor; 24 bytes, since an idle connection has one too. */
struct slot_entry {
    struct source *source;   /* borrowed; NULL: nothing is to be told of this descriptor */
    struct late_input *late; /* owned, or NULL */
    uint32_t generation;     /* of 24 bits; another for each source */
    uint32_t sent_epoch;     /* when it sent last, see uring.h */
};

struct slot_table {
    struct slot_entry *entries; /* owned, indexed by descriptor */
    size_t capacity;
};

/* The kinds of requests, which a tag tells apart. */
enum tag_kind {
    TAG_NOTHING, /* a completion that says nothing */
    TAG_ACCEPT,
    TAG_RECV,
    TAG_RUNG,     /* a poll of a bell */
    TAG_WAITING,  /* a poll of a listener */
    TAG_WRITABLE, /* a poll for output */
    TAG_SENT,     /* the slot is the send's number, the generation its epoch */
    TAG_FAILED,   /* no completion: the engine tells itself of a connection that is broken */
};

enum { GENERATION_MASK = 0xffffff };

/* What a request is for: 8 bits kind, 24 bits generation, 32 bits slot. */
static inline uint64_t tag_make(enum tag_kind kind, uint32_t generation, uint32_t slot)
{
    return (uint64_t)kind << 56 | (uint64_t)(generation & GENERATION_MASK) << 32 | slot;
}

static inline enum tag_kind tag_kind(uint64_t tag)
{
    return (enum tag_kind)(tag >> 56);
}

static inline uint32_t tag_generation(uint64_t tag)
{
    return (uint32_t)(tag >> 32) & GENERATION_MASK;
}

static inline uint32_t tag_slot(uint64_t tag)
{
    return (uint32_t)tag;
}

/* Gives a source the slot of its descriptor, in a generation of its own. Returns 0 or -ENOMEM. */
int slots_take(struct slot_table *table, struct source *source);

/* Empties the slot of a source, unless it is another's by now: a descriptor may be closed, and its
 * number be taken again, before the source of it is forgotten. */
void slots_forget(struct slot_table *table, const struct source *source);

void slots_fini(struct slot_table *table);

/* The slot of a source that has one. */
static inline struct slot_entry *slots_of(const struct slot_table *table,
                                          const struct source *source)
{
    return &table->entries[source->fd];
}

/* The source that a tag is about, or NULL when it is another's by now, or nobody's. */
static inline struct source *slots_find(const struct slot_table *table, uint64_t tag)
{
    const struct slot_entry *entry = &table->entries[tag_slot(tag)];
    return entry->generation == tag_generation(tag) ? entry->source : NULL;
}

#endif
