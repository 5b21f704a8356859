// SPDX-License-Identifier: MIT
/* Bytes that grow while a script is written. */
#ifndef SIM_WRITER_H
#define SIM_WRITER_H

#include "base/span.h"

#include <stddef.h>

struct writer {
    char *bytes; /* owned */
    size_t length, capacity;
};

void writer_put(struct writer *writer, struct span bytes);
void writer_put_text(struct writer *writer, const char *text);
__attribute__((format(printf, 2, 3))) void writer_print(struct writer *writer, const char *format,
                                                        ...);

/* Puts `length` bytes that stand for a body: none of them is alike its neighbours. */
void writer_fill(struct writer *writer, size_t length);

#endif
