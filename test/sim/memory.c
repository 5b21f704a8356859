// SPDX-License-Identifier: MIT
/* See memory.h. The names are those that ld(1) gives to what --wrap has replaced. */
#include "memory.h"

#include <errno.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *block, size_t size);
void *__real_aligned_alloc(size_t alignment, size_t size);
void __real_free(void *block);

void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *block, size_t size);
void *__wrap_aligned_alloc(size_t alignment, size_t size);
void __wrap_free(void *block);
char *__wrap_strdup(const char *text);

static struct {
    size_t blocks, bytes;
    bool (*fails)(void *data);
    void *data;
} memory;

void memory_watch(bool (*fails)(void *data), void *data)
{
    memory.fails = fails;
    memory.data = data;
}

size_t memory_blocks(void)
{
    return memory.blocks;
}

size_t memory_bytes(void)
{
    return memory.bytes;
}

void memory_forget(void)
{
    memory.blocks = memory.bytes = 0;
}

static bool memory_fails(void)
{
    if (!memory.fails || !memory.fails(memory.data))
        return false;
    errno = ENOMEM;
    return true;
}

static void *memory_count(void *block)
{
    memory.blocks += block != NULL;
    memory.bytes += malloc_usable_size(block);
    return block;
}

void *__wrap_malloc(size_t size)
{
    return memory_fails() ? NULL : memory_count(__real_malloc(size));
}

void *__wrap_calloc(size_t count, size_t size)
{
    return memory_fails() ? NULL : memory_count(__real_calloc(count, size));
}

void *__wrap_realloc(void *block, size_t size)
{
    if (memory_fails())
        return NULL;
    size_t before = malloc_usable_size(block);
    void *moved = __real_realloc(block, size);
    if (!block || !moved)
        return memory_count(moved);
    memory.bytes += malloc_usable_size(moved) - before;
    return moved;
}

void *__wrap_aligned_alloc(size_t alignment, size_t size)
{
    return memory_fails() ? NULL : memory_count(__real_aligned_alloc(alignment, size));
}

void __wrap_free(void *block)
{
    memory.blocks -= block != NULL;
    memory.bytes -= malloc_usable_size(block);
    __real_free(block);
}

char *__wrap_strdup(const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = __wrap_malloc(size);
    return copy ? memcpy(copy, text, size) : NULL;
}

void *own_resize(void *block, size_t size)
{
    void *moved = __real_realloc(block, size);
    if (!moved)
        abort();
    return moved;
}

void own_free(void *block)
{
    __real_free(block);
}
