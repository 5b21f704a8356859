// SPDX-License-Identifier: MIT
/* See clock.h. On Linux both reads are answered by the vDSO, without a system call (vdso(7)). */
#include "base/clock.h"

#include <time.h>

static int64_t clock_ms(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int64_t clock_monotonic_ms(void)
{
    return clock_ms(CLOCK_MONOTONIC);
}

int64_t clock_unix_ms(void)
{
    return clock_ms(CLOCK_REALTIME);
}
