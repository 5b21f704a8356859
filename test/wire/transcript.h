// SPDX-License-Identifier: MIT
/*
 * A transcript: what a client sends over one connection, and what the server must answer. It is
 * read from a plain file, NAME.t, by the runner, and played by replay.c. Below stand its
 * directives, one a line; text.h has the syntax of the text in them. Bytes are only those that are
 * written out: the end of a line is none.
 */
#ifndef WIRE_TRANSCRIPT_H
#define WIRE_TRANSCRIPT_H

#include "selkie/server.h"
#include "text.h"

/*
 * # words            a comment
 * set NAME VALUE     an option of the server: keep-alive off, or a bound by its name: max-head N
 * > TEXT             the client sends; lines that follow each other are one block
 * < TEXT             so much has come, and no more, when the server is at rest; maybe nothing
 * eof                the client ends its side
 * timeout            the connection's running time-out is over
 * open, closed       the last line: whether the server has ended its side; it reads on all the same
 * dropped            the same as closed, but it may take no more input: the client has said itself
 * that it would send none
 */
enum step_kind { STEP_SEND, STEP_EXPECT, STEP_EOF, STEP_TIMEOUT };

struct step {
    enum step_kind kind;
    struct text_symbols expected; /* of STEP_EXPECT */
    char *input;                  /* of STEP_SEND; owned */
    size_t input_length;
};

struct transcript {
    struct selkie_options options;
    struct step *steps; /* owned */
    size_t step_count;
    size_t input_length; /* of all steps */
    bool has_end;        /* the last line was read */
    bool ends_closed;
    bool may_drop; /* and the server may close without waiting for the client's end */
};

/* Reads a file. Returns 0 and a transcript that the caller owns, or a negative errno: -EINVAL for a
 * line that is none of the above, or a file without end; *out_line is the line that it failed at.
 */
int transcript_read(const char *path, struct transcript *out, unsigned *out_line);

void transcript_fini(struct transcript *transcript);

#endif
