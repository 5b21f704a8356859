// SPDX-License-Identifier: MIT
/* Files, pipes, processes and limits. See faults.h. */
#include "faults.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static struct {
    __typeof__(fcntl) *fcntl;
    __typeof__(flock) *flock;
    __typeof__(fopen) *fopen;
    __typeof__(fork) *fork;
    __typeof__(getrlimit) *getrlimit;
    __typeof__(lstat) *lstat;
    __typeof__(mmap) *mmap;
    __typeof__(open) *open;
    __typeof__(pipe2) *pipe2;
    __typeof__(read) *read;
    __typeof__(sched_getaffinity) *sched_getaffinity;
    __typeof__(setrlimit) *setrlimit;
    __typeof__(unlink) *unlink;
    __typeof__(write) *write;
} original;

static __attribute__((constructor)) void originals_find(void)
{
    static const struct symbol symbols[] = {
        {"fcntl", &original.fcntl},
        {"flock", &original.flock},
        {"fopen", &original.fopen},
        {"fork", &original.fork},
        {"getrlimit", &original.getrlimit},
        {"lstat", &original.lstat},
        {"mmap", &original.mmap},
        {"open", &original.open},
        {"pipe2", &original.pipe2},
        {"read", &original.read},
        {"sched_getaffinity", &original.sched_getaffinity},
        {"setrlimit", &original.setrlimit},
        {"unlink", &original.unlink},
        {"write", &original.write},
    };
    symbols_find(symbols, sizeof symbols / sizeof *symbols);
}

/* To ask for flags, or set them, needs nothing that can be short. */
int fcntl(int fd, int cmd, ...)
{
    va_list list;
    va_start(list, cmd);
    long argument = va_arg(list, long);
    va_end(list);
    if (cmd == F_DUPFD_CLOEXEC && fault_strikes(CALL_DUPFD))
        return -1;
    return original.fcntl(fd, cmd, argument);
}

int flock(int fd, int operation)
{
    if (operation != LOCK_UN && fault_strikes(CALL_FLOCK))
        return -1;
    return original.flock(fd, operation);
}

FILE *fopen(const char *filename, const char *modes)
{
    return fault_strikes(CALL_FOPEN) ? NULL : original.fopen(filename, modes);
}

pid_t fork(void)
{
    return fault_strikes(CALL_FORK) ? -1 : original.fork();
}

int getrlimit(__rlimit_resource_t resource, struct rlimit *rlimits)
{
    return fault_strikes(CALL_GETRLIMIT) ? -1 : original.getrlimit(resource, rlimits);
}

int lstat(const char *file, struct stat *buf)
{
    return fault_strikes(CALL_LSTAT) ? -1 : original.lstat(file, buf);
}

/* NOLINTNEXTLINE(readability-function-size): the system's own parameters */
void *mmap(void *addr, size_t len, int prot, int flags, int fd, off_t offset)
{
    if (fault_strikes(CALL_MMAP))
        return MAP_FAILED;
    return original.mmap(addr, len, prot, flags, fd, offset);
}

/* The server creates no file, so that there is no mode. */
int open(const char *file, int oflag, ...)
{
    return fault_strikes(CALL_OPEN) ? -1 : original.open(file, oflag);
}

int pipe2(int pipedes[2], int flags)
{
    return fault_strikes(CALL_PIPE2) ? -1 : original.pipe2(pipedes, flags);
}

/* Of bells: what is not read now is there the next time. */
ssize_t read(int fd, void *buf, size_t nbytes)
{
    int fault = fault_draw(CALL_READ);
    if (fault != FAULT_NONE)
        fault_count(CALL_READ, fault);
    if (fault == FAULT_NONE || fault == FAULT_SHORT)
        return original.read(fd, buf, fault == FAULT_SHORT ? 1 : nbytes);
    errno = fault;
    return -1;
}

int sched_getaffinity(pid_t pid, size_t cpusetsize, cpu_set_t *cpuset)
{
    if (fault_strikes(CALL_SCHED_GETAFFINITY))
        return -1;
    return original.sched_getaffinity(pid, cpusetsize, cpuset);
}

int setrlimit(__rlimit_resource_t resource, const struct rlimit *rlimits)
{
    return fault_strikes(CALL_SETRLIMIT) ? -1 : original.setrlimit(resource, rlimits);
}

int unlink(const char *name)
{
    return fault_strikes(CALL_UNLINK) ? -1 : original.unlink(name);
}

/* What is said on standard error is what the test goes by: it is never lost. */
ssize_t write(int fd, const void *buf, size_t n)
{
    bool is_said = fd <= STDERR_FILENO;
    return !is_said && fault_strikes(CALL_WRITE) ? -1 : original.write(fd, buf, n);
}
