// SPDX-License-Identifier: MIT
/*
 * Memory that is not to be had, and how many blocks a process holds: what is lost on the way of an
 * error shows there. See faults.h.
 */
#include "faults.h"

#include <errno.h>
#include <stdlib.h>

/* The allocator itself, under the names that glibc has for those who stand before it. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);
void *__libc_memalign(size_t alignment, size_t size);
void __libc_free(void *block);

static void *counted(void *block)
{
    memory_count(block ? 1 : 0);
    return block;
}

void *malloc(size_t size)
{
    return fault_strikes(CALL_MALLOC) ? NULL : counted(__libc_malloc(size));
}

void *calloc(size_t nmemb, size_t size)
{
    return fault_strikes(CALL_CALLOC) ? NULL : counted(__libc_calloc(nmemb, size));
}

void *realloc(void *ptr, size_t size)
{
    if (fault_strikes(CALL_REALLOC))
        return NULL;
    void *block = __libc_realloc(ptr, size);
    memory_count((block ? 1 : 0) - (ptr && (block || size == 0) ? 1 : 0));
    return block;
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
    return fault_strikes(CALL_ALIGNED_ALLOC) ? NULL : counted(__libc_memalign(alignment, size));
}

void free(void *ptr)
{
    memory_count(ptr ? -1 : 0);
    __libc_free(ptr);
}
