// SPDX-License-Identifier: MIT
/*
 * A library to be preloaded that makes the system calls of a server fail: board.c decides which,
 * and each other file stands before some of the calls. A fault is what a kernel could have brought
 * about at that moment, and nothing else: so a descriptor that was not closed is never called
 * closed, and what an edge-triggered selector has reported is reported again when a recv is said to
 * find nothing. Used by test/e2e/fault_board.py, which shares the board with it.
 */
#ifndef FAULTS_FAULTS_H
#define FAULTS_FAULTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* The calls that can fail, by the names that board.c gives them. */
enum call {
    CALL_ACCEPT4,
    CALL_ALIGNED_ALLOC,
    CALL_BIND,
    CALL_CALLOC,
    CALL_CLOSE,
    CALL_CONNECT,
    CALL_DUPFD,
    CALL_EPOLL_ADD,
    CALL_EPOLL_CREATE1,
    CALL_EPOLL_MODIFY,
    CALL_EPOLL_PWAIT2,
    CALL_EPOLL_WAIT,
    CALL_FLOCK,
    CALL_FOPEN,
    CALL_FORK,
    CALL_GETADDRINFO,
    CALL_GETPEERNAME,
    CALL_GETRLIMIT,
    CALL_GETSOCKNAME,
    CALL_LISTEN,
    CALL_LSTAT,
    CALL_MALLOC,
    CALL_MMAP,
    CALL_OPEN,
    CALL_PIPE2,
    CALL_POLL,
    CALL_PPOLL,
    CALL_PSELECT,
    CALL_READ,
    CALL_REALLOC,
    CALL_RECV,
    CALL_RING_ARMED,
    CALL_RING_BUFFERS,
    CALL_RING_CLOSE,
    CALL_RING_FD,
    CALL_RING_LOST,
    CALL_RING_POLL,
    CALL_RING_RECV,
    CALL_RING_SEND,
    CALL_RING_SETUP,
    CALL_RING_SUBMIT,
    CALL_RING_TORN,
    CALL_RING_WAIT,
    CALL_SCHED_GETAFFINITY,
    CALL_SEND,
    CALL_SETRLIMIT,
    CALL_SETSOCKOPT,
    CALL_SHUTDOWN,
    CALL_SOCKET,
    CALL_SOCKETPAIR,
    CALL_UNLINK,
    CALL_WRITE,
    CALL_COUNT,
};

/* What befalls a call: an errno, or it is done in part only, or nothing. */
enum { FAULT_NONE = 0, FAULT_SHORT = 1000 };

/* Counts a call, and draws what is to befall it. */
int fault_draw(enum call call);

/* Counts a fault that was drawn, once it has come to pass. */
void fault_count(enum call call, int fault);

/* For a call that does nothing when it fails: draws, and sets errno. Returns whether it fails. */
bool fault_strikes(enum call call);

/* A number at random, from the seed of the board and the number of the process. */
uint64_t fault_random(void);

/* Counts memory that was allocated, or given back (negative), for this process. */
void memory_count(int blocks);

/* A function that this library stands before: its name, and a pointer to the pointer to it. */
struct symbol {
    const char *name;
    void *to;
};

/* Finds them. */
void symbols_find(const struct symbol *symbols, size_t count);

/* What an edge-triggered selector was asked to report of a descriptor is reported once more, as if
 * it had become so behind the call that found nothing, or not all. */
void watch_renew(int fd);

/* The descriptor is closed. */
void watch_end(int fd);

/* send(2) itself. */
ssize_t true_send(int fd, const void *bytes, size_t length, int flags);

#endif
