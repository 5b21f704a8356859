// SPDX-License-Identifier: MIT
/*
 * What the fuzz targets share: the input, of which the choices are taken from the end, so that its
 * beginning stays as a person would write it; and blocks of memory of exactly the length that is
 * asked for, so that AddressSanitizer sees a look at the byte before or behind.
 * What must hold is asserted: the fuzzer reports the input for which it does not.
 */
#ifndef FUZZ_INPUT_H
#define FUZZ_INPUT_H

#include "base/span.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>

#ifdef NDEBUG
#error "without assert a fuzz target finds nothing"
#endif

/* What libFuzzer calls for each input. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline struct span input_of(const uint8_t *data, size_t size)
{
    return (struct span){(const char *)data, size};
}

/* Takes the last byte; 0 when there is none. */
static inline unsigned input_byte(struct span *input)
{
    return input->length == 0 ? 0 : (unsigned char)input->at[--input->length];
}

/* Takes a number up to 65535. */
static inline unsigned input_number(struct span *input)
{
    unsigned high = input_byte(input);

    return high << 8 | input_byte(input);
}

/* Takes the first line, without its LF. Returns false when there is none left. */
static inline bool input_line(struct span *input, struct span *out)
{
    if (input->length == 0)
        return false;
    const char *end = memchr(input->at, '\n', input->length);
    size_t length = end == NULL ? input->length : (size_t)(end - input->at);
    *out = (struct span){input->at, length};
    *input = span_skip(*input, end == NULL ? length : length + 1);
    return true;
}

static inline struct span span_first(struct span bytes, size_t length)
{
    return (struct span){bytes.at, length};
}

/* A block of `length` bytes, or one, to be freed. */
static inline char *block_new(size_t length)
{
    char *block = malloc(length > 0 ? length : 1);

    if (block == NULL)
        abort();
    return block;
}

/* A copy of `bytes` in a block of its own, to be freed. */
static inline char *block_of(struct span bytes)
{
    char *block = block_new(bytes.length);

    if (bytes.length > 0)
        memcpy(block, bytes.at, bytes.length);
    return block;
}

/* The same with a NUL behind it: a C string, shorter when `bytes` hold a NUL. */
static inline char *text_of(struct span bytes)
{
    char *text = block_new(bytes.length + 1);

    if (bytes.length > 0)
        memcpy(text, bytes.at, bytes.length);
    text[bytes.length] = '\0';
    return text;
}

#endif
