// SPDX-License-Identifier: MIT
/* The two clocks: one that never jumps, for time-outs, and the time of day, for the Date field. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

/* Milliseconds since some moment in the past; never goes back (CLOCK_MONOTONIC). */
int64_t clock_monotonic_ms(void);

/* Milliseconds since 1970-01-01 00:00 UTC; an operator may set it (CLOCK_REALTIME). */
int64_t clock_unix_ms(void);

#endif
