// SPDX-License-Identifier: MIT
/* See writer.h. */
#include "writer.h"

#include "memory.h"

#include <stdarg.h>
#include <stdio.h>

static void writer_reserve(struct writer *writer, size_t length)
{
    if (writer->capacity - writer->length >= length)
        return;
    writer->capacity = (writer->length + length) * 2;
    writer->bytes = own_resize(writer->bytes, writer->capacity);
}

void writer_put(struct writer *writer, struct span bytes)
{
    writer_reserve(writer, bytes.length + 1);
    if (bytes.length > 0)
        memcpy(writer->bytes + writer->length, bytes.at, bytes.length);
    writer->length += bytes.length;
}

void writer_put_text(struct writer *writer, const char *text)
{
    writer_put(writer, span_of(text));
}

void writer_print(struct writer *writer, const char *format, ...)
{
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    writer_put(writer, (struct span){text, (size_t)length});
}

void writer_fill(struct writer *writer, size_t length)
{
    writer_reserve(writer, length + 1);
    for (size_t i = 0; i < length; i++)
        writer->bytes[writer->length + i] = (char)(i * 37 + 11);
    writer->length += length;
}
