// SPDX-License-Identifier: MIT
/*
 * Counting the instructions that a piece of code runs, for parse.c: by the processor's own counter
 * (perf_event_open), where the machine has none by single-stepping a child (ptrace), and where
 * that is forbidden by valgrind, which runs this program once more.
 */
#ifndef BENCH_INSTRUCTIONS_H
#define BENCH_INSTRUCTIONS_H

/* Code that can be repeated. `run` does the work so many times; `arguments` are those with which
 * this program would do the same, in front of the number of times and up to a NULL. Borrowed. */
struct work {
    void (*run)(void *data, long times);
    void *data;
    const char *arguments[4];
};

/* The ways, as text for a person: "perf_event", "single-stepping", "callgrind". */
extern const char *const instructions_ways[];

/* The instructions of doing the work once, on average over some, without those of beginning and
 * ending to count. Returns the index of the way that could tell, or a negative errno of the last
 * that was tried, and then *out is untouched. */
int instructions_count(const struct work *work, double *out);

#endif
