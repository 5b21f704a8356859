// SPDX-License-Identifier: MIT
/*
 * See instructions.h. Each way counts two runs of different length; their difference is free of
 * what beginning, ending and the first time cost.
 */
#include "instructions.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    TIMES = 11,        /* single-stepping takes microseconds an instruction */
    TIMES_LONG = 1001, /* where a run is quick, to even out what differs between runs */
};

/* All instructions of doing the work so many times, or a negative errno. */
typedef long count_fn(const struct work *work, long times);

static long count_by_perf_event(const struct work *work, long times)
{
    struct perf_event_attr attributes = {
        .type = PERF_TYPE_HARDWARE,
        .size = sizeof attributes,
        .config = PERF_COUNT_HW_INSTRUCTIONS,
        .disabled = 1,
        .exclude_kernel = 1,
        .exclude_hv = 1,
    };
    uint64_t count = 0;
    int counter = (int)syscall(SYS_perf_event_open, &attributes, 0, -1, -1, 0);
    if (counter < 0)
        return -errno;
    ioctl(counter, PERF_EVENT_IOC_ENABLE, 0);
    work->run(work->data, times);
    ioctl(counter, PERF_EVENT_IOC_DISABLE, 0);
    ssize_t length = read(counter, &count, sizeof count);
    close(counter);
    return length == (ssize_t)sizeof count ? (long)count : -EIO;
}

/* The child of count_by_stepping: stops where counting begins and where it ends. */
static _Noreturn void stepped_run(const struct work *work, long times)
{
    if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0)
        _exit(1);
    (void)raise(SIGSTOP);
    work->run(work->data, times);
    (void)raise(SIGSTOP);
    _exit(0);
}

/* Lets the stopped child go on by one instruction. Returns the signal it stopped with, or 0 when
 * it is gone. */
static int step(pid_t child)
{
    int status = 0;
    if (ptrace(PTRACE_SINGLESTEP, child, NULL, NULL) != 0 || waitpid(child, &status, 0) != child)
        return 0;
    return WIFSTOPPED(status) ? WSTOPSIG(status) : 0;
}

static long count_by_stepping(const struct work *work, long times)
{
    int status = 0, stopped;
    long count = 0;
    pid_t child = fork();
    if (child < 0)
        return -errno;
    if (child == 0)
        stepped_run(work, times);
    if (waitpid(child, &status, 0) != child || !WIFSTOPPED(status))
        return -EPERM;
    while ((stopped = step(child)) == SIGTRAP)
        count++;
    kill(child, SIGKILL);
    waitpid(child, &status, 0);
    return stopped == SIGSTOP ? count : -EIO;
}

static long collected_read(FILE *output)
{
    char line[256];
    long count = -ENOENT;
    while (fgets(line, sizeof line, output)) {
        char *end = line;
        /* "==4711== Collected : 1234" */
        while (*end && *end != ' ')
            end++;
        (void)sscanf(end, " Collected : %ld", &count); // NOLINT(cert-err34-c): or it stays
    }
    return count;
}

/* The words reach the shell in its environment, so that none of them can be taken for syntax. */
static long count_by_callgrind(const struct work *work, long times)
{
    static const char *const names[] = {"WORK_1", "WORK_2", "WORK_3"};
    char program[4096], times_text[32];
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    if (length < 0)
        return -errno;
    program[length] = '\0';
    (void)snprintf(times_text, sizeof times_text, "%ld", times);
    setenv("WORK_PROGRAM", program, 1);
    setenv("WORK_TIMES", times_text, 1);
    for (int i = 0; i < 3; i++)
        setenv(names[i], work->arguments[i], 1);
    FILE *output = popen("exec valgrind --tool=callgrind --callgrind-out-file=/dev/null "
                         "\"$WORK_PROGRAM\" \"$WORK_1\" \"$WORK_2\" \"$WORK_3\" \"$WORK_TIMES\" "
                         "2>&1",
                         "r");
    if (!output)
        return -errno;
    long count = collected_read(output);
    return pclose(output) == 0 ? count : -ENOENT;
}

const char *const instructions_ways[] = {"perf_event", "single-stepping", "callgrind"};

int instructions_count(const struct work *work, double *out)
{
    static count_fn *const ways[] = {count_by_perf_event, count_by_stepping, count_by_callgrind};
    static const long times[] = {TIMES_LONG, TIMES, TIMES_LONG};
    long error = -ENOSYS;

    for (int i = 0; i < 3; i++) {
        long once = ways[i](work, 1);
        long often = once < 0 ? once : ways[i](work, times[i]);
        if (often >= 0) {
            *out = (double)(often - once) / (double)(times[i] - 1);
            return i;
        }
        error = often;
    }
    return (int)error;
}
