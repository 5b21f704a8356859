// SPDX-License-Identifier: MIT
/*
 * A kernel that knows less of io_uring than the running one, or falls on hard times: uring_mock.c
 * stands between the engine and liburing, whose functions it defines, and calls the true ones. A
 * program that is linked with it is such a kernel from the start by what $URING_MOCK says, in words
 * of enum mock_trait, and in the middle by what a test sets in `mock`. A close of a descriptor that
 * is none any more aborts the program: it might have been another's by then.
 */
#ifndef URING_MOCK_H
#define URING_MOCK_H

#include <stdbool.h>
#include <stdint.h>

/* Bits. The words are their names in lower case, with dashes: "no-defer". */
enum mock_trait {
    MOCK_NO_DEFER = 1,      /* it does not know IORING_SETUP_DEFER_TASKRUN (Linux 6.1) */
    MOCK_NO_SINGLE = 2,     /* nor IORING_SETUP_SINGLE_ISSUER (Linux 6.0) */
    MOCK_NO_COOP = 4,       /* nor IORING_SETUP_COOP_TASKRUN (Linux 5.19) */
    MOCK_NO_SUBMIT_ALL = 8, /* nor IORING_SETUP_SUBMIT_ALL (Linux 5.18) */
    MOCK_NO_SKIP = 16,      /* nor a completion that is not posted (Linux 5.17) */
    MOCK_NO_MULTISHOT = 32, /* nor recv that goes on (Linux 6.0) */
    MOCK_NO_BUFFERS = 64,   /* nor a ring of provided buffers (Linux 5.19) */
    MOCK_NO_RING_FD = 128,  /* nor a ring that is registered (Linux 5.18) */
    MOCK_LOUD = 256,        /* sends that succeed post a completion all the same */
    MOCK_CANCELS = 512,     /* requests that go on are cancelled at once */
};

struct mock {
    unsigned traits;
    int setup_error;  /* io_uring_setup is refused with this */
    int enter_error;  /* so is io_uring_enter, */
    int enter_errors; /* so many times; -1: for ever */
    unsigned takes;   /* of what is submitted the next time, it takes so much; 0: all */
    int breaks;       /* the next request of this kind (enum io_uring_op) fails; 0: none does */

    /* What the kernel was asked for, and what it said. */
    unsigned flags;      /* that the ring was set up with */
    unsigned entries;    /* of its submission queue */
    unsigned sends;      /* requests to send; */
    unsigned sends_told; /* those that have posted a completion */
    unsigned cancelled;  /* requests that the mock has cancelled */
    unsigned overflows;  /* times that the queue of completions was too small */
    unsigned starved;    /* requests that found no buffer */
};

extern struct mock mock;

#endif
