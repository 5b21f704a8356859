// SPDX-License-Identifier: MIT
/*
 * Where the decisions of a run come from: a seed, from which everything follows, or the bytes of a
 * script, which a fuzzer makes. Every part of the simulation asks here, and nobody else decides.
 */
#ifndef SIM_CHOICE_H
#define SIM_CHOICE_H

#include "base/span.h"

#include <stdbool.h>
#include <stdint.h>

struct choice {
    uint64_t state;
    bool is_scripted;
    struct span script; /* borrowed: what is left of it */
};

void choice_from_seed(struct choice *choice, uint64_t seed);
void choice_from_script(struct choice *choice, struct span script);

/* A number below `count`, which is at least 1; 0 when the script is over. */
uint32_t choose(struct choice *choice, uint32_t count);

/* A number from `least` to `most`. */
uint32_t choose_between(struct choice *choice, uint32_t least, uint32_t most);

/* True so many times in a thousand; false when the script is over. */
bool chance(struct choice *choice, uint32_t permille);

/* Up to `length` bytes of the script itself. */
struct span choice_take(struct choice *choice, size_t length);

#endif
