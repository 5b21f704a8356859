// SPDX-License-Identifier: MIT
/*
 * sim [--tap] [--trace] [--twice] [--jobs N] [--from N] [--seeds N] [--file FILE] [SEED...]: plays
 * runs of the simulation. `make sim` calls it for many seeds, `meson test` for a few thousand, and
 * people with a seed in hand. --file takes seeds from a file, first of all; --twice plays each
 * seed twice and demands the same trace; --trace shows what happens. It ends with a line of
 * counts. The status is 0 when every run went well; else a line tells the seed that did not.
 */
#include "memory.h"
#include "run.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    JOBS_MAX = 64,
    PROGRESS = 10000, /* seeds of a job between two words about it */
};

struct options {
    bool tap, trace, twice;
    unsigned jobs;
    uint64_t from, seeds;
    const char *file;
};

/* What a job tells its parent. */
struct job {
    uint64_t seed; /* that it plays just now */
    struct counts counts;
};

static struct run sim_run;

int main(int argc, char **argv)
{
    struct counts counts = {0};
    uint64_t from = argc > 1 ? strtoull(argv[1], NULL, 0) : 1;
    uint64_t n = argc > 2 ? strtoull(argv[2], NULL, 0) : 1;
    for (uint64_t s = from; s < from + n; s++)
        run_play(&sim_run, s, n == 1 ? stdout : NULL, &counts);
    for (int i = 0; i < COUNTS; i++)
        printf("%llu ", (unsigned long long)counts.of[i]);
    puts("");
    return 0;
}
