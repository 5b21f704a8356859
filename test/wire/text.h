// SPDX-License-Identifier: MIT
/*
 * The text of a transcript: bytes of the wire, and symbols for what may differ from run to run. The
 * transcript reader makes it, the replay compares what the server has sent with it. The syntax:
 *     \r \n \t \\ \xHH     one byte
 *     {repeat N TEXT}      TEXT so many times
 *     {server}             the fields Server and Date, which begin every response
 *     {continue?}          "HTTP/1.1 100 Continue" and its empty line, or nothing
 *     {length}             a number of bytes; {body} is then so many bytes of words for people
 */
#ifndef WIRE_TEXT_H
#define WIRE_TEXT_H

#include "base/span.h"

#include <stdint.h>
#include <stdio.h>

/* Symbols below 256 are bytes. */
enum { SYMBOL_SERVER = 256, SYMBOL_CONTINUE, SYMBOL_LENGTH, SYMBOL_BODY };

/* All zero is the empty text. */
struct text_symbols {
    uint16_t *at; /* owned */
    size_t length, capacity;
};

/* Where what came parts from what was expected. */
struct difference {
    size_t symbol, byte;
};

/* Appends what `source` says. Returns 0, -EINVAL for something that is not of the syntax, -ENOMEM.
 */
int text_parse(struct text_symbols *text, struct span source);

/* Whether `got` is anything else than the whole text; then *out tells where. */
bool text_differs(const struct text_symbols *text, struct span got, struct difference *out);

/* Print the surroundings of a position, in the syntax above. */
void text_print(FILE *file, const struct text_symbols *text, size_t symbol);
void bytes_print(FILE *file, struct span bytes, size_t at);

void text_fini(struct text_symbols *text);

#endif
