// SPDX-License-Identifier: MIT
/*
 * The memory of the server under simulation: the program is linked so that malloc and its kin come
 * here from every file of it. What is taken is counted, and fails when it is to. The simulation's
 * own memory goes by the functions below, which count nothing and never fail.
 */
#ifndef SIM_MEMORY_H
#define SIM_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

/* Asks `fails`, which may be NULL, about every allocation from here on. `data` is borrowed. */
void memory_watch(bool (*fails)(void *data), void *data);

/* How many blocks the server holds, and how many bytes these have. */
size_t memory_blocks(void);
size_t memory_bytes(void);

/* Forgets what is held: the run that holds it was given up. */
void memory_forget(void);

/* realloc and free for the simulation itself. */
void *own_resize(void *block, size_t size);
void own_free(void *block);

#endif
