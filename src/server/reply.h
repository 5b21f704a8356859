// SPDX-License-Identifier: MIT
/*
 * How the last response of a worker began, kept for the next: most say the same, from the status
 * line to the Content-Type, until the second of their Date is over. Filled and read by reply.c.
 */
#ifndef SERVER_REPLY_H
#define SERVER_REPLY_H

#include "http/http.h"

#include <stddef.h>
#include <stdint.h>

enum {
    REPLY_TYPE_SIZE = 64,   /* of the types that are kept, with the NUL; most have 10 to 30 bytes */
    REPLY_START_SIZE = 224, /* of any start with such a type */
    /* Of the usual ones: with status 200 and "text/html; charset=utf-8" it has 112 bytes. They are
     * copied in this length, which takes eight vector registers and no call. */
    REPLY_START_USUAL = 128,
};

/* All zero begins no response. */
struct reply_start {
    int status;
    enum http_connection_option connection;
    int64_t date_until_ms;      /* the worker's: tells one Date from another */
    char type[REPLY_TYPE_SIZE]; /* as the handler gave it, or "" when it stands in the fields */
    size_t length;
    char bytes[REPLY_START_SIZE];
};

#endif
