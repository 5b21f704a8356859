// SPDX-License-Identifier: MIT
/*
 * The page that master and workers share: one slot for each worker, whoever fills it at the time.
 * The worker alone writes the counters of its slot; everyone may read them. A successor goes on
 * counting where a dead worker stopped, but for the connections that died with it.
 */
#ifndef SERVER_SLOT_H
#define SERVER_SLOT_H

#include "base/span.h"
#include "selkie/server.h"

#include <stdatomic.h>
#include <stdint.h>

enum slot_state {
    SLOT_EMPTY,     /* no worker */
    SLOT_STARTING,  /* forked, and does not accept yet */
    SLOT_ACCEPTING, /* takes new connections */
    SLOT_FULL,      /* lives, but takes no more for the time being */
    SLOT_DRAINING,  /* takes no more connections at all */
    SLOT_FAILED,    /* could not start: `error` and `why` tell */
};

/* Begins on a pair of cache lines, which Intel's prefetcher fetches together, so that one worker's
 * counting does not slow another's. */
struct slot {
    _Alignas(128) _Atomic int state;
    _Atomic bool is_asked;        /* to accept what a sibling has left: one ring at a time */
    _Atomic uint32_t active;      /* open connections */
    _Atomic uint64_t connections; /* accepted */
    _Atomic uint64_t responses;
    _Atomic uint64_t reached[SELKIE_BOUND_COUNT];
    int error;     /* negative errno of SLOT_FAILED */
    char why[256]; /* one line */
};

/* For counters with a single writer: no locked instruction is needed. */
#define SLOT_ADD(counter, amount)                                                                  \
    atomic_store_explicit(&(counter),                                                              \
                          atomic_load_explicit(&(counter), memory_order_relaxed) + (amount),       \
                          memory_order_relaxed)

#define SLOT_READ(counter) atomic_load_explicit(&(counter), memory_order_relaxed)

/* Maps `count` zeroed slots, shared with the processes forked later. NULL and errno on failure. */
struct slot *slots_map(unsigned count);
void slots_unmap(struct slot *slots, unsigned count);

#endif
