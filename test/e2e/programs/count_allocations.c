// SPDX-License-Identifier: MIT
/*
 * A library to be preloaded that counts the allocations of each process. They stand in the file
 * that ALLOCATIONS names: 64-bit numbers, of which the first is how many processes were counted,
 * and behind it a pair of each, its pid and its allocations. Read by test_allocations.py.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum { PROCESSES_MAX = 64 };

struct process {
    _Atomic uint64_t pid, allocations;
};

struct counts {
    _Atomic uint64_t process_count;
    struct process processes[PROCESSES_MAX];
};

/* The allocator itself, under the names that glibc has for those who stand before it. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

static struct counts *counts;
static struct process *self; /* in counts; NULL before main, when nothing is counted */

/* Gives this process its own place. */
static void process_begin(void)
{
    uint64_t place = atomic_fetch_add(&counts->process_count, 1);
    if (place >= PROCESSES_MAX)
        abort();
    self = &counts->processes[place];
    self->pid = (uint64_t)getpid();
}

static __attribute__((constructor)) void counts_open(void)
{
    const char *path = getenv("ALLOCATIONS");
    int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
    if (fd < 0 || ftruncate(fd, sizeof *counts) != 0)
        abort();
    void *map = mmap(NULL, sizeof *counts, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    if (map == MAP_FAILED || pthread_atfork(NULL, NULL, process_begin) != 0)
        abort();
    counts = map;
    process_begin();
}

static void count(void)
{
    if (self)
        self->allocations++;
}

void *malloc(size_t size)
{
    count();
    return __libc_malloc(size);
}

void *calloc(size_t nmemb, size_t size)
{
    count();
    return __libc_calloc(nmemb, size);
}

void *realloc(void *ptr, size_t size)
{
    count();
    return __libc_realloc(ptr, size);
}

void *reallocarray(void *ptr, size_t nmemb, size_t size)
{
    size_t product;
    if (__builtin_mul_overflow(nmemb, size, &product)) {
        errno = ENOMEM;
        return NULL;
    }
    return realloc(ptr, product);
}

void *aligned_alloc(size_t alignment, size_t size)
{
    count();
    return __libc_memalign(alignment, size);
}

int posix_memalign(void **memptr, size_t alignment, size_t size)
{
    void *memory = aligned_alloc(alignment, size);
    if (!memory)
        return ENOMEM;
    *memptr = memory;
    return 0;
}
