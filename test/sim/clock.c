// SPDX-License-Identifier: MIT
/* The clock of a run in place of base/clock.c: it moves when the simulation says so. */
#include "base/clock.h"

#include "run.h"

static struct run *clock_run;

void clock_begin(struct run *run)
{
    clock_run = run;
}

int64_t clock_monotonic_ms(void)
{
    clock_run->seen_ms = clock_run->now_ms;
    return clock_run->now_ms;
}

int64_t clock_unix_ms(void)
{
    return clock_run->epoch_ms + clock_run->now_ms;
}
