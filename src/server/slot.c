// SPDX-License-Identifier: MIT
/* See slot.h. */
#include "server/slot.h"

#include <sys/mman.h>

struct slot *slots_map(unsigned count)
{
    void *page = mmap(NULL, count * sizeof(struct slot), PROT_READ | PROT_WRITE,
                      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return page == MAP_FAILED ? NULL : page;
}

void slots_unmap(struct slot *slots, unsigned count)
{
    if (slots)
        munmap(slots, count * sizeof(struct slot));
}
