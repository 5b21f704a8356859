// SPDX-License-Identifier: MIT
/*
 * parse FILE...: what the head parser of src/http costs, in instructions and nanoseconds, for the
 * request in each file: as the server calls it (auto), and by each variant of lines.c that this
 * processor can run. Both count http_head_start too, without which no request is parsed.
 * parse --run PARSER FILE TIMES only parses, for a tool that watches. Run by bench/parse.
 */
#include "http/head.h"
#include "instructions.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum {
    REQUEST_MAX = 65536,
    LENGTH_MAX = 16384, /* the server's default --max-head */
    ROUNDS = 101,       /* odd, so that the median is one of them */
    ROUND_NS = 1000000, /* far above the clock's own 30 ns, and shorter than a time slice */
    PARSERS_MAX = 4,
};

struct parser {
    const char *name;
    lines_fn *lines; /* NULL: whatever http_head_parse chooses */
};

/* A request and one way to parse it. */
struct task {
    struct parser parser;
    struct span bytes;
    const char *path;
    long times;        /* a round */
    double ns[ROUNDS]; /* a request, in each round */
};

static struct http_head head; /* of all tasks, as a worker has one for all connections */

static int parse_once(const struct task *task)
{
    http_head_start(&head);
    if (!task->parser.lines)
        return http_head_parse(&head, task->bytes, LENGTH_MAX);
    return http_head_parse_by(task->parser.lines, &head, task->bytes, LENGTH_MAX);
}

static void parse_times(void *data, long times)
{
    const struct task *task = data;
    for (long i = 0; i < times; i++) {
        parse_once(task);
        __asm__ volatile("" ::: "memory"); /* or the compiler keeps the last round only */
    }
}

/* Fills `to` with the parsers that this processor can run. Returns how many. */
static int parsers_list(struct parser *to)
{
    int count = 0;
    to[count++] = (struct parser){"auto", NULL};
    to[count++] = (struct parser){"plain", http_lines_plain};
#if defined(__x86_64__)
    if (__builtin_cpu_supports("ssse3"))
        to[count++] = (struct parser){"ssse3", http_lines_ssse3};
    if (__builtin_cpu_supports("avx2"))
        to[count++] = (struct parser){"avx2", http_lines_avx2};
#elif defined(__aarch64__)
    to[count++] = (struct parser){"neon", http_lines_neon};
#endif
    return count;
}

/* Returns the bytes of a file, lent until the next call, or length 0 after saying why. */
static struct span file_read(const char *path)
{
    static char bytes[REQUEST_MAX];
    FILE *file = fopen(path, "rb");
    if (!file) {
        (void)fprintf(stderr, "parse: %s: %s\n", path, strerror(errno));
        return (struct span){0};
    }
    size_t length = fread(bytes, 1, sizeof bytes, file);
    (void)fclose(file);
    return (struct span){bytes, length};
}

static bool task_is_parsed(const struct task *task)
{
    int result = parse_once(task);
    if (result > 0 && (size_t)result == task->bytes.length)
        return true;
    (void)fprintf(stderr, "parse: %s: not one whole request head: %d\n", task->path, result);
    return false;
}

static double clock_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static double task_time(struct task *task)
{
    double start = clock_ns();
    parse_times(task, task->times);
    return clock_ns() - start;
}

/* Finds how often the task fits into a round. */
static void task_calibrate(struct task *task)
{
    for (task->times = 1; task_time(task) < ROUND_NS; task->times *= 2)
        ;
}

static int ns_compare(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

static double task_median(struct task *task)
{
    qsort(task->ns, ROUNDS, sizeof *task->ns, ns_compare);
    return task->ns[ROUNDS / 2];
}

/* Prints the row of a task. Returns which way its instructions were counted, or a negative errno.
 */
static int task_print(struct task *task)
{
    const struct work work = {parse_times, task, {"--run", task->parser.name, task->path, NULL}};
    const char *name = strrchr(task->path, '/');
    double instructions = 0;
    char text[32] = "-";
    int way = instructions_count(&work, &instructions);
    if (way >= 0)
        (void)snprintf(text, sizeof text, "%.0f", instructions);
    printf("%-14s %5zu  %-6s %12s %8.1f\n", name ? name + 1 : task->path, task->bytes.length,
           task->parser.name, text, task_median(task));
    return way;
}

/* Measures one request by all parsers, in turn in each round. Returns as task_print. */
static int request_measure(const char *path)
{
    static struct task tasks[PARSERS_MAX];
    struct parser parsers[PARSERS_MAX];
    int count = parsers_list(parsers), way = -EINVAL;
    struct span bytes = file_read(path);
    for (int i = 0; i < count; i++) {
        tasks[i] = (struct task){.parser = parsers[i], .bytes = bytes, .path = path};
        if (!bytes.at || !task_is_parsed(&tasks[i]))
            exit(1);
        task_calibrate(&tasks[i]);
    }
    for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < count; i++)
            tasks[i].ns[round] = task_time(&tasks[i]) / (double)tasks[i].times;
    }
    for (int i = 0; i < count; i++)
        way = task_print(&tasks[i]);
    return way;
}

/* parse --run PARSER FILE TIMES */
static int only_run(char **arguments)
{
    struct parser parsers[PARSERS_MAX];
    int count = parsers_list(parsers);
    struct task task = {.bytes = file_read(arguments[1]), .path = arguments[1]};
    for (int i = 0; i < count; i++) {
        if (strcmp(parsers[i].name, arguments[0]) == 0)
            task.parser = parsers[i];
    }
    if (!task.parser.name || !task.bytes.at || !task_is_parsed(&task))
        return 1;
    parse_times(&task, strtol(arguments[2], NULL, 10));
    return 0;
}

int main(int argc, char **argv)
{
    int way = -EINVAL;
    if (argc == 5 && strcmp(argv[1], "--run") == 0)
        return only_run(argv + 2);
    if (argc < 2 || argv[1][0] == '-') {
        (void)fprintf(stderr, "usage: parse FILE...\n");
        return 2;
    }
    printf("%-14s %5s  %-6s %12s %8s\n", "request", "bytes", "parser", "instructions", "ns");
    for (int i = 1; i < argc; i++)
        way = request_measure(argv[i]);
    printf("instructions: %s%s; ns: median of %d rounds of %d us or more by CLOCK_MONOTONIC\n",
           way >= 0 ? "by " : "not counted: ", way >= 0 ? instructions_ways[way] : strerror(-way),
           ROUNDS, ROUND_NS / 1000);
    return way >= 0 ? 0 : 1;
}
