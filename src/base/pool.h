// SPDX-License-Identifier: MIT
/*
 * A pool of things of one size, allocated some at a time and kept for reuse: memory follows the
 * greatest number ever held, and taking one costs no allocation once that is reached.
 */
#ifndef BASE_POOL_H
#define BASE_POOL_H

#include <stddef.h>

struct pool_chunk;
struct pool_free;

struct pool {
    size_t item_size;
    struct pool_chunk *chunks;
    struct pool_free *free;
};

/* Makes an empty pool of things of `item_size` bytes. */
void pool_init(struct pool *pool, size_t item_size);

/* Lends a thing, its bytes not set, until pool_return. NULL when there is no memory. */
void *pool_lend(struct pool *pool);

void pool_return(struct pool *pool, void *item);

/* Frees all chunks, also under things that are still lent. */
void pool_fini(struct pool *pool);

#endif
