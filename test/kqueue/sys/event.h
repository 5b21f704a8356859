// SPDX-License-Identifier: MIT
/*
 * As much of the BSDs' <sys/event.h> as src/selector/kqueue.c uses, so that the selector tests also
 * run over kqueue.c on Linux: with this folder in the include path and fake_kqueue.c linked. For
 * tests only. Names, types and meanings are those of kqueue(2) of FreeBSD.
 */
#ifndef FAKE_SYS_EVENT_H
#define FAKE_SYS_EVENT_H

#include <stdint.h>
#include <time.h>

enum { EVFILT_READ = -1, EVFILT_WRITE = -2 };
enum { EV_ADD = 0x0001, EV_DELETE = 0x0002, EV_CLEAR = 0x0020, EV_EOF = 0x8000 };

struct kevent {
    uintptr_t ident;
    short filter;
    unsigned short flags;
    unsigned int fflags;
    int64_t data;
    void *udata;
};

#define EV_SET(event, a, b, c, d, e, f)                                                            \
    (*(event) = (struct kevent){                                                                   \
         .ident = (a), .filter = (b), .flags = (c), .fflags = (d), .data = (e), .udata = (f)})

int kqueue(void);
int kevent(int queue, const struct kevent *changes, int change_count, struct kevent *events,
           int event_count, const struct timespec *timeout);

#endif
