// SPDX-License-Identifier: MIT
/*
 * kqueue(2) played by epoll(7), as far as src/selector/kqueue.c asks: the selector tests link it.
 * One epoll set per filter, since the two filters of a descriptor come and are cleared apart, and
 * the queue is an epoll set of both. Closing the queue leaves its two sets behind until its number
 * comes again.
 *
 * Unlike the BSDs it reports a closed file that lives on in a duplicate, and refuses regular files.
 */
#include <errno.h>
#include <poll.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <sys/event.h>

enum { QUEUE_MAX = 64, FILTERS = 2, BATCH_MAX = 4096 };

/* Indexed by the descriptor of the queue; the sets of EVFILT_READ and EVFILT_WRITE, 0 for none. */
static int filter_sets[QUEUE_MAX][FILTERS];

static int set_open(int queue)
{
    int set = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event event = {.events = EPOLLIN};
    epoll_ctl(queue, EPOLL_CTL_ADD, set, &event);
    return set;
}

int kqueue(void)
{
    int queue = epoll_create1(0);
    if (queue < 0)
        return -1;
    if (queue >= QUEUE_MAX) {
        close(queue);
        errno = EMFILE;
        return -1;
    }
    for (int i = 0; i < FILTERS; i++) {
        if (filter_sets[queue][i] > 0)
            close(filter_sets[queue][i]);
        filter_sets[queue][i] = set_open(queue);
    }
    return queue;
}

static int change_one(int queue, const struct kevent *change)
{
    int set = filter_sets[queue][change->filter == EVFILT_WRITE];
    int fd = (int)change->ident;
    if (change->flags & EV_DELETE)
        return epoll_ctl(set, EPOLL_CTL_DEL, fd, NULL);
    struct epoll_event event = {.events = change->filter == EVFILT_READ ? EPOLLIN | EPOLLRDHUP
                                                                        : EPOLLOUT};
    if (change->flags & EV_CLEAR)
        event.events |= EPOLLET;
    event.data.fd = fd;
    int result = epoll_ctl(set, EPOLL_CTL_ADD, fd, &event);
    return result < 0 && errno == EEXIST ? 0 : result;
}

static struct kevent event_of(const struct epoll_event *ready, short filter)
{
    struct kevent event = {.ident = (uintptr_t)ready->data.fd, .filter = filter};
    uint32_t ended = filter == EVFILT_READ ? EPOLLRDHUP | EPOLLHUP | EPOLLERR : EPOLLHUP | EPOLLERR;
    if (ready->events & ended)
        event.flags = EV_EOF;
    return event;
}

/* What does not fit `events` stays in its set for the next kevent. */
static int collect(int queue, struct kevent *events, int event_count)
{
    int count = 0;
    for (int i = 0; i < FILTERS; i++) {
        struct epoll_event ready[BATCH_MAX];
        int room = event_count - count < BATCH_MAX ? event_count - count : BATCH_MAX;
        int found = room > 0 ? epoll_wait(filter_sets[queue][i], ready, room, 0) : 0;
        for (int j = 0; j < found; j++)
            events[count++] = event_of(&ready[j], i == 0 ? EVFILT_READ : EVFILT_WRITE);
    }
    return count;
}

// NOLINTNEXTLINE(readability-function-size): the six parameters are those of kevent(2)
int kevent(int queue, const struct kevent *changes, int change_count, struct kevent *events,
           int event_count, const struct timespec *timeout)
{
    for (int i = 0; i < change_count; i++) {
        if (change_one(queue, &changes[i]) < 0)
            return -1;
    }
    if (event_count == 0)
        return 0;
    struct pollfd slot = {.fd = queue, .events = POLLIN};
    int found = ppoll(&slot, 1, timeout, NULL);
    return found <= 0 ? found : collect(queue, events, event_count);
}
