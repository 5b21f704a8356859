// SPDX-License-Identifier: MIT
// limit ENGINE PORT [SIZE [close]]: the physical limit that the project is held against.
// It answers every "\r\n\r\n" that it sees with one canned response and does no HTTP at all:
// no parsing, no time-outs, no Date, no partial sends. ENGINE is epoll (the floor of every
// readiness server) or uring (multishot accept and recv, provided buffers, one send a recv).
// SIZE is the length of the body, by default 2: "ok". With `close` it closes after each response,
// and a connection waits in the kernel until its request is there (TCP_DEFER_ACCEPT).
// One thread, one listening socket.
#define _GNU_SOURCE
#include <errno.h>
#include <liburing.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    MAX_PIPELINE = 512, // more than the load sends in one read
    BUFFERS = 4096,
    BUFFER_SIZE = 4096,
    HEAD_MAX = 256,     // more than any head that is written here
    BODY_MAX = 1 << 20, // what one send can be expected to take
};

static char *replies; // `copies` times the same, so that a batch leaves with one send
static size_t one_length;
static int copies, closing;

// Writes the response once, then copies it; `body` is "ok", or so many letters.
static void replies_make(size_t size)
{
    char head[HEAD_MAX];
    int length = snprintf(head, sizeof head,
                          "HTTP/1.1 200 OK\r\nServer: limit\r\nDate: Sun, 22 Nov 2026 12:00:00 "
                          "GMT\r\n%sContent-Type: text/plain\r\nContent-Length: %zu\r\n\r\n",
                          closing ? "Connection: close\r\n" : "", size);
    one_length = (size_t)length + size;
    copies = size > BUFFER_SIZE ? 1 : MAX_PIPELINE; // large ones are not pipelined
    replies = malloc(copies * one_length);
    if (!replies) {
        fprintf(stderr, "limit: out of memory\n");
        exit(1);
    }
    for (int i = 0; i < copies; i++) {
        char *at = replies + i * one_length;
        memcpy(at, head, length);
        memset(at + length, 'x', size);
        if (size == 2)
            memcpy(at + length, "ok", 2);
    }
}

static int listen_on(int port)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), one = 1;
    // Room for one response of BODY_MAX and what the kernel adds, as far as net.core.wmem_max lets.
    int room = (int)one_length * 2;
    struct sockaddr_in a = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    // Smaller ones fit anyway, and the default is what the servers beside this one have.
    if (one_length > BUFFER_SIZE)
        setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
    if (closing)
        setsockopt(fd, IPPROTO_TCP, TCP_DEFER_ACCEPT, &one, sizeof one);
    if (bind(fd, (void *)&a, sizeof a) || listen(fd, 4096)) {
        perror("limit: bind");
        exit(1);
    }
    return fd;
}

static int heads(const char *p, size_t n)
{
    int count = 0;
    for (const char *end = p + n; (p = memmem(p, end - p, "\r\n\r\n", 4)); p += 4)
        count++;
    if (count <= copies)
        return count;
    fprintf(stderr, "limit: %d requests in one read, at most %d\n", count, copies);
    exit(1);
}

static size_t reply_length(int count)
{
    return closing ? one_length : count * one_length;
}

// A peer that has gone is nothing to tell; a response that was cut would falsify what is measured.
static void sent_all(ssize_t sent, size_t length)
{
    if (sent < 0 || (size_t)sent == length)
        return;
    fprintf(stderr, "limit: the socket took %zd of %zu bytes\n", sent, length);
    exit(1);
}

static void run_epoll(int port)
{
    int l = listen_on(port), ep = epoll_create1(0);
    struct epoll_event ev = {.events = EPOLLIN, .data.fd = l}, evs[256];
    static char buf[65536];
    epoll_ctl(ep, EPOLL_CTL_ADD, l, &ev);
    for (;;) {
        int n = epoll_wait(ep, evs, 256, -1);
        for (int i = 0; i < n; i++) {
            int fd = evs[i].data.fd;
            if (fd == l) {
                for (int s; (s = accept4(l, 0, 0, SOCK_NONBLOCK)) >= 0;) {
                    ev.events = EPOLLIN | EPOLLET | EPOLLRDHUP;
                    ev.data.fd = s;
                    epoll_ctl(ep, EPOLL_CTL_ADD, s, &ev);
                }
                continue;
            }
            ssize_t r = recv(fd, buf, sizeof buf, 0);
            if (r <= 0) {
                if (r == 0 || errno != EAGAIN)
                    close(fd);
                continue;
            }
            int count = heads(buf, r);
            if (count)
                sent_all(send(fd, replies, reply_length(count), MSG_NOSIGNAL), reply_length(count));
            if (closing)
                close(fd);
        }
    }
}

static struct io_uring ring;
static struct io_uring_sqe *sqe(unsigned long op, int fd)
{
    struct io_uring_sqe *s = io_uring_get_sqe(&ring);
    if (!s) {
        io_uring_submit(&ring);
        s = io_uring_get_sqe(&ring);
    }
    s->user_data = op << 32 | (unsigned)fd;
    return s;
}
enum { ACCEPT = 1, RECV, QUIET };

// prep_* clear user_data in some liburing versions, so it is set after them.
static void tag(struct io_uring_sqe *s, unsigned long op, int fd)
{
    s->user_data = op << 32 | (unsigned)fd;
}
static void arm_recv(int fd)
{
    struct io_uring_sqe *s = sqe(RECV, fd);
    if (closing)
        io_uring_prep_recv(s, fd, NULL, 0, 0);
    else
        io_uring_prep_recv_multishot(s, fd, NULL, 0, 0);
    s->flags |= IOSQE_BUFFER_SELECT;
    s->buf_group = 1;
    tag(s, RECV, fd);
}
static void arm_accept(int l)
{
    struct io_uring_sqe *s = sqe(ACCEPT, l);
    io_uring_prep_multishot_accept(s, l, 0, 0, 0);
    tag(s, ACCEPT, l);
}

static void run_uring(int port)
{
    int l = listen_on(port);
    struct io_uring_params p = {.flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN |
                                         IORING_SETUP_CQSIZE,
                                .cq_entries = 32768};
    if (io_uring_queue_init_params(4096, &ring, &p)) {
        fprintf(stderr, "limit: no io_uring\n");
        exit(1);
    }
    io_uring_register_ring_fd(&ring);
    struct io_uring_buf_ring *br = mmap(0, BUFFERS * sizeof(struct io_uring_buf),
                                        PROT_READ | PROT_WRITE, MAP_ANONYMOUS | MAP_PRIVATE, -1, 0);
    struct io_uring_buf_reg reg = {
        .ring_addr = (unsigned long)br, .ring_entries = BUFFERS, .bgid = 1};
    io_uring_register_buf_ring(&ring, &reg, 0);
    io_uring_buf_ring_init(br);
    char *bufs = malloc((size_t)BUFFERS * BUFFER_SIZE);
    for (int i = 0; i < BUFFERS; i++)
        io_uring_buf_ring_add(br, bufs + (size_t)i * BUFFER_SIZE, BUFFER_SIZE, i, BUFFERS - 1, i);
    io_uring_buf_ring_advance(br, BUFFERS);
    arm_accept(l);
    for (;;) {
        io_uring_submit_and_wait(&ring, 1);
        unsigned head, seen = 0, back = 0;
        struct io_uring_cqe *c;
        io_uring_for_each_cqe(&ring, head, c)
        {
            seen++;
            int fd = (int)c->user_data, op = c->user_data >> 32, count = 0;
            if (op == ACCEPT) {
                if (c->res >= 0)
                    arm_recv(c->res);
                if (!(c->flags & IORING_CQE_F_MORE))
                    arm_accept(l);
                continue;
            }
            if (op != RECV)
                continue;
            if (c->flags & IORING_CQE_F_BUFFER) {
                int b = c->flags >> IORING_CQE_BUFFER_SHIFT;
                if (c->res > 0)
                    count = heads(bufs + (size_t)b * BUFFER_SIZE, c->res);
                io_uring_buf_ring_add(br, bufs + (size_t)b * BUFFER_SIZE, BUFFER_SIZE, b,
                                      BUFFERS - 1, back++);
            }
            if (c->res == -ENOBUFS) {
                arm_recv(fd);
                continue;
            }
            if (count) {
                struct io_uring_sqe *s = sqe(QUIET, fd);
                io_uring_prep_send(s, fd, replies, reply_length(count), MSG_NOSIGNAL | MSG_WAITALL);
                s->flags |= IOSQE_CQE_SKIP_SUCCESS | (closing ? IOSQE_IO_LINK : 0);
                tag(s, QUIET, fd);
            }
            if (c->res <= 0 || closing) {
                struct io_uring_sqe *s = sqe(QUIET, fd);
                io_uring_prep_close(s, fd);
                s->flags |= IOSQE_CQE_SKIP_SUCCESS;
                tag(s, QUIET, fd);
            } else if (!(c->flags & IORING_CQE_F_MORE))
                arm_recv(fd);
        }
        if (back)
            io_uring_buf_ring_advance(br, back);
        io_uring_cq_advance(&ring, seen);
    }
}

int main(int argc, char **argv)
{
    int is_uring = argc > 1 && strcmp(argv[1], "uring") == 0;
    long size = argc > 3 ? atol(argv[3]) : 2;
    closing = argc > 4 && strcmp(argv[4], "close") == 0;
    if (argc < 3 || argc > 5 || (argc == 5 && !closing) || size < 0 || size > BODY_MAX ||
        (!is_uring && strcmp(argv[1], "epoll") != 0)) {
        fprintf(stderr, "usage: limit epoll|uring PORT [SIZE [close]]\n");
        return 2;
    }
    replies_make((size_t)size);
    (is_uring ? run_uring : run_epoll)(atoi(argv[2]));
}
