// SPDX-License-Identifier: MIT
// hammer PORT CONNS SECONDS DEPTH [PATH]: a closed-loop HTTP/1.1 load that costs less than the
// server under it. It learns the length of one response, then only counts bytes: a response of
// another length is an error. Prints: requests, requests/s, p50 us, p99 us, p99.9 us (of a batch of
// DEPTH pipelined requests), errors, response length.
#define _GNU_SOURCE
#include <errno.h>
#include <liburing.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum { BUFFERS = 8192, BUFFER_SIZE = 4096, MAX_US = 2000000, RECV = 2, SEND = 3 };
struct conn {
    int fd;
    long left, started;
};

static struct io_uring ring;
static struct conn *conns;
static char batch[1 << 17];
static int batch_length, depth;
static long reply_length;

static long now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000L + t.tv_nsec;
}
static struct io_uring_sqe *sqe(void)
{
    struct io_uring_sqe *s = io_uring_get_sqe(&ring);
    if (!s) {
        io_uring_submit(&ring);
        s = io_uring_get_sqe(&ring);
    }
    return s;
}
static void arm(int i)
{
    struct io_uring_sqe *s = sqe();
    io_uring_prep_recv_multishot(s, conns[i].fd, NULL, 0, 0);
    s->flags |= IOSQE_BUFFER_SELECT;
    s->buf_group = 1;
    s->user_data = (unsigned long)RECV << 32 | (unsigned)i;
}
static void fire(int i, long t)
{
    conns[i].left = reply_length * depth;
    conns[i].started = t;
    struct io_uring_sqe *s = sqe();
    io_uring_prep_send(s, conns[i].fd, batch, batch_length, MSG_NOSIGNAL | MSG_WAITALL);
    s->flags |= IOSQE_CQE_SKIP_SUCCESS;
    s->user_data = (unsigned long)SEND << 32 | (unsigned)i;
}
static int dial(int port, int i)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1;
    // several loopback source addresses, so that more than one port range of connections fits
    struct sockaddr_in from = {.sin_family = AF_INET,
                               .sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1 + i / 20000)};
    struct sockaddr_in a = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
    if (bind(fd, (void *)&from, sizeof from) || connect(fd, (void *)&a, sizeof a)) {
        perror("hammer: connect");
        exit(1);
    }
    return fd;
}

int main(int argc, char **argv)
{
    if (argc < 5)
        return 2;
    int port = atoi(argv[1]), n = atoi(argv[2]);
    double seconds = atof(argv[3]);
    depth = atoi(argv[4]);
    char one[1024];
    int one_length = snprintf(
        one, sizeof one,
        "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUser-Agent: hammer\r\nAccept: */*\r\n\r\n",
        argc > 5 ? argv[5] : "/", port);
    for (int i = 0; i < depth; i++, batch_length += one_length)
        memcpy(batch + batch_length, one, one_length);
    {
        int fd = dial(port, 0);
        struct timeval quiet = {0, 300000};
        static char buf[1 << 16];
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &quiet, sizeof quiet);
        if (write(fd, one, one_length) != one_length)
            return 1;
        for (ssize_t r; (r = recv(fd, buf, sizeof buf, 0)) > 0;)
            reply_length += r;
        close(fd);
    }
    conns = calloc(n, sizeof *conns);
    unsigned *histogram = calloc(MAX_US + 1, sizeof *histogram);
    struct io_uring_params p = {.flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN |
                                         IORING_SETUP_CQSIZE,
                                .cq_entries = 65536};
    if (io_uring_queue_init_params(8192, &ring, &p))
        return 1;
    struct io_uring_buf_ring *br =
        mmap(0, BUFFERS * sizeof(struct io_uring_buf), 3, MAP_ANONYMOUS | MAP_PRIVATE, -1, 0);
    struct io_uring_buf_reg reg = {
        .ring_addr = (unsigned long)br, .ring_entries = BUFFERS, .bgid = 1};
    io_uring_register_buf_ring(&ring, &reg, 0);
    io_uring_buf_ring_init(br);
    char *bufs = malloc((size_t)BUFFERS * BUFFER_SIZE);
    for (int i = 0; i < BUFFERS; i++)
        io_uring_buf_ring_add(br, bufs + (size_t)i * BUFFER_SIZE, BUFFER_SIZE, i, BUFFERS - 1, i);
    io_uring_buf_ring_advance(br, BUFFERS);
    for (int i = 0; i < n; i++) {
        conns[i].fd = dial(port, i);
        arm(i);
        fire(i, now());
    }
    long start = now(), end = start + (long)(seconds * 1e9), t = start, done = 0, batches = 0,
         errors = 0;
    while (t < end) {
        struct __kernel_timespec tick = {0, 100000000};
        struct io_uring_cqe *c;
        io_uring_submit_and_wait_timeout(&ring, &c, 1, &tick, NULL);
        unsigned head, seen = 0, back = 0;
        t = now();
        io_uring_for_each_cqe(&ring, head, c)
        {
            seen++;
            int i = (int)c->user_data, op = c->user_data >> 32;
            if (op != RECV) {
                errors += c->res < 0;
                continue;
            }
            if (c->flags & IORING_CQE_F_BUFFER) {
                int b = c->flags >> IORING_CQE_BUFFER_SHIFT;
                io_uring_buf_ring_add(br, bufs + (size_t)b * BUFFER_SIZE, BUFFER_SIZE, b,
                                      BUFFERS - 1, back++);
            }
            if (c->res == -ENOBUFS) {
                arm(i);
                continue;
            }
            if (c->res <= 0) {
                errors++;
                continue;
            }
            conns[i].left -= c->res;
            if (!(c->flags & IORING_CQE_F_MORE))
                arm(i);
            if (conns[i].left > 0)
                continue;
            errors += conns[i].left < 0;
            done += depth;
            batches++;
            long us = (t - conns[i].started) / 1000;
            histogram[us > MAX_US ? MAX_US : us]++;
            fire(i, t);
        }
        if (back)
            io_uring_buf_ring_advance(br, back);
        io_uring_cq_advance(&ring, seen);
    }
    double elapsed = (t - start) / 1e9;
    long seen = 0, quantile[3] = {0},
         want[3] = {batches / 2, batches * 99 / 100, batches * 999 / 1000};
    for (long us = 0, q = 0; us <= MAX_US && q < 3; us++)
        for (seen += histogram[us]; q < 3 && seen >= want[q]; q++)
            quantile[q] = us;
    printf("%ld %.0f %ld %ld %ld %ld %ld\n", done, done / elapsed, quantile[0], quantile[1],
           quantile[2], errors, reply_length);
}
