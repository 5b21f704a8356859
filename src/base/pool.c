// SPDX-License-Identifier: MIT
/* See pool.h. Free things form a stack, so that the one used last, still in the cache, goes first.
 */
#include "base/pool.h"

#include <stdlib.h>

/* Enough to make malloc's own overhead vanish, few enough that a quiet worker stays small. */
enum { CHUNK_ITEMS = 64 };

struct pool_chunk {
    struct pool_chunk *next;
    _Alignas(64) char items[];
};

struct pool_free {
    struct pool_free *next;
};

void pool_init(struct pool *pool, size_t item_size)
{
    size_t align = _Alignof(max_align_t);
    *pool = (struct pool){.item_size = (item_size + align - 1) / align * align};
}

static struct pool_chunk *pool_grow(struct pool *pool)
{
    size_t size = sizeof(struct pool_chunk) + CHUNK_ITEMS * pool->item_size;
    struct pool_chunk *chunk = aligned_alloc(64, (size + 63) / 64 * 64);
    if (!chunk)
        return NULL;
    chunk->next = pool->chunks;
    pool->chunks = chunk;
    for (size_t i = CHUNK_ITEMS; i > 0; i--)
        pool_return(pool, chunk->items + (i - 1) * pool->item_size);
    return chunk;
}

void *pool_lend(struct pool *pool)
{
    if (!pool->free && !pool_grow(pool))
        return NULL;
    struct pool_free *item = pool->free;
    pool->free = item->next;
    return item;
}

void pool_return(struct pool *pool, void *item)
{
    struct pool_free *freed = item;
    freed->next = pool->free;
    pool->free = freed;
}

void pool_fini(struct pool *pool)
{
    for (struct pool_chunk *chunk = pool->chunks, *next; chunk; chunk = next) {
        next = chunk->next;
        free(chunk);
    }
    *pool = (struct pool){.item_size = pool->item_size};
}
