// SPDX-License-Identifier: MIT
/*
 * sim [--tap] [--jobs N] [--file FILE] [--from N] [--seeds N] [SEED...]
 * sim --twice [--tap] ...
 * sim --trace SEED
 * Plays runs of the simulation: the seeds of a file first, then those named, then N from N on.
 * `make sim` calls it for many seeds, `meson test` for a few thousand, and people with a seed in
 * hand. --trace shows what happens in a run, --twice demands that it is the same a second time. It
 * ends with a line of counts. The status is 0 when every run went well; else the line before tells
 * the seed that did not, and how to see it.
 */
#include "memory.h"
#include "run.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    JOBS_MAX = 16,
    LISTED_MAX = 10000, /* seeds that are named */
    PROGRESS = 20000,   /* seeds of a job between two words about it */
};

/* What the jobs share. */
struct job {
    uint64_t seed; /* that it plays just now */
    struct counts counts;
};

struct sim {
    const char *program;
    bool tap, trace, twice;
    unsigned jobs;
    uint64_t from, seeds;
    uint64_t listed[LISTED_MAX];
    unsigned listed_count;
    struct job *job; /* `jobs` of them, in shared memory */
};

static struct sim sim;
static struct run sim_run;

static bool sim_list(uint64_t seed)
{
    if (sim.listed_count == LISTED_MAX)
        return false;
    sim.listed[sim.listed_count++] = seed;
    return true;
}

/* A seed a line, and behind it or alone behind a '#' what it is about. */
static bool sim_list_file(const char *path)
{
    char line[512];
    FILE *file = fopen(path, "r");
    bool is_right = file != NULL;
    while (is_right && fgets(line, sizeof line, file)) {
        char *end;
        uint64_t seed = strtoull(line, &end, 10);
        if (end > line)
            is_right = sim_list(seed);
        else
            is_right = line[0] == '#' || line[0] == '\n';
    }
    if (file)
        (void)fclose(file);
    return is_right;
}

static bool text_is_number(const char *text, uint64_t *out)
{
    char *end;
    errno = 0;
    uint64_t number = strtoull(text, &end, 10);
    if (end == text || *end != '\0' || errno)
        return false;
    *out = number;
    return true;
}

static bool sim_take_number(const char *name, const char *value)
{
    uint64_t number;
    if (!value || !text_is_number(value, &number))
        return false;
    if (strcmp(name, "--from") == 0)
        sim.from = number;
    else if (strcmp(name, "--seeds") == 0)
        sim.seeds = number;
    else if (strcmp(name, "--jobs") == 0 && number > 0 && number <= JOBS_MAX)
        sim.jobs = (unsigned)number;
    else
        return false;
    return true;
}

/* Takes one option. Returns how many arguments it was, 0 for none that is known. */
static int sim_take_option(char **arguments)
{
    const char *name = arguments[0];
    uint64_t seed;
    if (strcmp(name, "--tap") == 0)
        return sim.tap = true;
    if (strcmp(name, "--twice") == 0)
        return sim.twice = true;
    if (strcmp(name, "--trace") == 0)
        return sim.trace = true;
    if (strcmp(name, "--file") == 0)
        return arguments[1] && sim_list_file(arguments[1]) ? 2 : 0;
    if (text_is_number(name, &seed))
        return sim_list(seed);
    return sim_take_number(name, arguments[1]) ? 2 : 0;
}

static bool sim_take_options(char **arguments)
{
    sim = (struct sim){.program = arguments[0], .jobs = 1, .from = 1};
    arguments++;
    while (*arguments) {
        int taken = sim_take_option(arguments);
        if (taken == 0)
            return false;
        arguments += taken;
    }
    return sim.listed_count + sim.seeds > 0;
}

/* Plays a seed with a trace that is kept. */
static char *sim_record(uint64_t seed, struct counts *counts)
{
    char *text = NULL;
    size_t size;
    FILE *trace = open_memstream(&text, &size);
    if (!trace)
        abort();
    run_play(&sim_run, seed, trace, counts);
    if (fclose(trace) != 0)
        abort();
    return text;
}

static void sim_play_twice(uint64_t seed, struct counts *counts)
{
    char *first = sim_record(seed, counts);
    char *second = sim_record(seed, counts);
    if (strcmp(first, second) != 0) {
        fprintf(stderr, "seed %llu: another run the second time\n", (unsigned long long)seed);
        abort();
    }
    own_free(first);
    own_free(second);
}

static void sim_play_job(unsigned index)
{
    struct job *job = &sim.job[index];
    uint64_t played = 0;
    for (uint64_t i = index; i < sim.listed_count + sim.seeds; i += sim.jobs) {
        job->seed = i < sim.listed_count ? sim.listed[i] : sim.from + i - sim.listed_count;
        if (sim.twice)
            sim_play_twice(job->seed, &job->counts);
        else
            run_play(&sim_run, job->seed, NULL, &job->counts);
        if (++played % PROGRESS == 0 && index == 0 && !sim.tap)
            fprintf(stderr, "%llu seeds\n", (unsigned long long)(played * sim.jobs));
    }
}

static pid_t sim_fork(unsigned index)
{
    (void)fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        sim_play_job(index);
        exit(0); /* so that leaks are looked for */
    }
    return pid;
}

/* Tells of a job that has ended. Returns whether it went well. */
static bool sim_judge(unsigned index, int status)
{
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return true;
    unsigned long long seed = sim.job[index].seed;
    printf("seed %llu went wrong; %s --trace %llu shows it\n", seed, sim.program, seed);
    return false;
}

/* Plays everything, each job in a process of its own, which may die. Returns how many did. */
static unsigned sim_play(void)
{
    pid_t pids[JOBS_MAX];
    unsigned failed = 0;
    for (unsigned i = 0; i < sim.jobs; i++)
        pids[i] = sim_fork(i);
    for (unsigned i = 0; i < sim.jobs; i++) {
        int status = -1;
        if (pids[i] > 0)
            (void)waitpid(pids[i], &status, 0);
        failed += !sim_judge(i, status);
    }
    return failed;
}

static void sim_print_counts(void)
{
    static const char *const names[COUNTS] = {
        [COUNT_SEEDS] = "seeds",
        [COUNT_TURNS] = "turns",
        [COUNT_CONNECTIONS] = "connections",
        [COUNT_REQUESTS] = "requests",
        [COUNT_RESPONSES] = "responses",
        [COUNT_TIMEOUTS] = "timed out",
        [COUNT_CUT_OFF] = "cut off",
        [COUNT_RESETS] = "resets",
        [COUNT_SHORTS] = "short sends",
        [COUNT_STARVED] = "allocations failed",
        [COUNT_UNACCEPTED] = "accepts failed",
        [COUNT_DRAINS] = "drains",
    };
    for (int i = 0; i < COUNTS; i++) {
        uint64_t total = 0;
        for (unsigned j = 0; j < sim.jobs; j++)
            total += sim.job[j].counts.of[i];
        printf("%s%llu %s", i > 0 ? ", " : "", (unsigned long long)total, names[i]);
    }
    putchar('\n');
}

int main(int count, char **arguments)
{
    (void)count;
    if (!sim_take_options(arguments)) {
        fprintf(stderr,
                "usage: %s [--tap] [--twice] [--jobs N] [--file FILE] [--from N] [--seeds N] "
                "[SEED...]\n"
                "       %s --trace SEED\n",
                arguments[0], arguments[0]);
        return 2;
    }
    if (sim.trace) {
        struct counts counts = {0};
        run_play(&sim_run, sim.listed[0], stdout, &counts);
        return 0;
    }
    sim.job = mmap(NULL, sim.jobs * sizeof *sim.job, PROT_READ | PROT_WRITE,
                   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (sim.job == MAP_FAILED)
        return 1;
    unsigned failed = sim_play();
    if (sim.tap)
        printf("%s 1 - %s\n", failed ? "not ok" : "ok", sim.twice ? "twice the same" : "all seeds");
    sim_print_counts();
    return failed ? 1 : 0;
}
