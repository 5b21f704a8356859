// SPDX-License-Identifier: MIT
// hammer PORT CONNECTIONS SECONDS DEPTH [PATH [RATE]]: an HTTP/1.1 load that costs less than the
// server under it. It learns the length of one response, then only counts bytes: a response of
// another length is an error. Without RATE the loop is closed: each connection sends its next batch
// of DEPTH pipelined requests when the last is answered. With RATE it is open: so many requests a
// second (DEPTH is 1) are due at even distances, whatever the server does, and a time counts from
// when a request was due, not from when a connection was free for it: coordinated omission is
// corrected. It waits for events without sleeping then, so that no wake-up of its own counts.
//
// After WARM_UP_S it prints "counting", and at the end one line: requests, requests/s, p50, p99 and
// p99.9 in us (of a batch), errors, length of a response, requests with those of the warm-up.
// LINGER_US later it ends: who measures the server reads its clock at the two lines.
//
// hammer probe: only tells by its status, and in words, whether io_uring works here.
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

enum {
    RECV = 2,
    SEND = 3,
    REQUEST_MAX = 1024,
    BATCH_MAX = 1 << 17,
    BUFFER_SMALL = 4096,       // takes any response without a body, and a batch of them
    BUFFER_LARGE = 65536,      // fewer completions for each large response
    BUFFERS_LENGTH = 32 << 20, // of all buffers, of either size
    QUEUE = 8192,              // submissions that may wait
    COMPLETIONS = 65536,       // two for each of 32,768 connections
    MAX_US = 2000000,          // what takes longer counts as this
    QUIET_US = 300000,         // no server pauses so long in the middle of one response
    LINGER_US = 100000,        // a scheduling delay of whoever reads the lines
    PORTS_A_SOURCE = 20000,    // of the 28,000 that net.ipv4.ip_local_port_range grants
    TICK_NS = 100000000,       // how late the end of a stalled run may be seen
};
static const double WARM_UP_S = 0.4; // in which the slowest server here answers every connection

struct connection {
    int fd;
    long left, started; // bytes of the running batch; when it began, or was due
};

struct load {
    int port, count, depth;
    double seconds, rate; // rate: 0 for a closed loop
    const char *path;
};

static struct load load;
static struct io_uring ring;
static struct io_uring_buf_ring *buffer_ring;
static char *buffers, batch[BATCH_MAX];
static unsigned buffer_count, buffer_size;
static struct connection *connections;
static int batch_length;
static long reply_length;

// Of the run so far.
static long answered, batches, errors;
static unsigned histogram[MAX_US + 1];

// The open loop: connections without a request, the longest idle first, and requests sent so far.
static int *idle;
static long idle_taken, idle_put, paced, pace_start;

static void fail(const char *what)
{
    fprintf(stderr, "hammer: %s: %s\n", what, strerror(errno));
    exit(1);
}

static long now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000L + t.tv_nsec;
}

static struct io_uring_sqe *submission(void)
{
    struct io_uring_sqe *entry = io_uring_get_sqe(&ring);
    if (!entry) {
        io_uring_submit(&ring);
        entry = io_uring_get_sqe(&ring);
    }
    return entry;
}

static void arm(int i)
{
    struct io_uring_sqe *entry = submission();
    io_uring_prep_recv_multishot(entry, connections[i].fd, NULL, 0, 0);
    entry->flags |= IOSQE_BUFFER_SELECT;
    entry->buf_group = 1;
    entry->user_data = (unsigned long)RECV << 32 | (unsigned)i;
}

static void fire(int i, long started)
{
    connections[i].left = reply_length * load.depth;
    connections[i].started = started;
    struct io_uring_sqe *entry = submission();
    io_uring_prep_send(entry, connections[i].fd, batch, batch_length, MSG_NOSIGNAL | MSG_WAITALL);
    entry->flags |= IOSQE_CQE_SKIP_SUCCESS;
    entry->user_data = (unsigned long)SEND << 32 | (unsigned)i;
}

static long due(long request)
{
    return pace_start + (long)((double)request * 1e9 / load.rate);
}

// Sends what is due, as long as there are connections for it.
static void pace(long t)
{
    while (idle_taken < idle_put && due(paced) <= t)
        fire(idle[idle_taken++ % load.count], due(paced++));
}

static void rest(int i)
{
    connections[i].started = 0;
    idle[idle_put++ % load.count] = i;
}

static int dial(int i)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1;
    // Several loopback source addresses, so that more than one port range of connections fits.
    struct sockaddr_in from = {.sin_family = AF_INET,
                               .sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1 + i / PORTS_A_SOURCE)};
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons(load.port),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (fd < 0)
        fail("socket");
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
    if (bind(fd, (void *)&from, sizeof from) || connect(fd, (void *)&to, sizeof to))
        fail("connect");
    return fd;
}

static void batch_write(void)
{
    char one[REQUEST_MAX];
    int length = snprintf(
        one, sizeof one,
        "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUser-Agent: hammer\r\nAccept: */*\r\n\r\n",
        load.path, load.port);
    if (length >= REQUEST_MAX || length * load.depth > BATCH_MAX) {
        fprintf(stderr, "hammer: the path is too long for this depth\n");
        exit(2);
    }
    for (int i = 0; i < load.depth; i++, batch_length += length)
        memcpy(batch + batch_length, one, length);
}

// The length of the whole response of which these bytes are the beginning, or 0 when they do not
// tell.
static long reply_announced(const char *bytes)
{
    const char *head_end = strstr(bytes, "\r\n\r\n");
    const char *field = strcasestr(bytes, "\r\nContent-Length:");
    if (!head_end || !field || field > head_end)
        return 0;
    return head_end + 4 - bytes + atol(strchr(field, ':') + 1);
}

// One request, and its response: as long as announced, else all that comes until it is quiet.
static void reply_learn(void)
{
    static char bytes[BUFFER_LARGE + 1];
    int fd = dial(0), length = batch_length / load.depth;
    long announced = 0;
    struct timeval quiet = {0, QUIET_US};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &quiet, sizeof quiet);
    if (write(fd, batch, length) != length)
        fail("write");
    while (announced == 0 || reply_length < announced) {
        ssize_t count = recv(fd, bytes, BUFFER_LARGE, 0);
        if (count <= 0)
            break;
        bytes[count] = '\0';
        announced = announced > 0 ? announced : reply_announced(bytes);
        reply_length += count;
    }
    close(fd);
    if (reply_length == 0 || reply_length < announced) {
        fprintf(stderr, "hammer: no whole response\n");
        exit(1);
    }
}

static void buffer_return(unsigned i, int offset)
{
    io_uring_buf_ring_add(buffer_ring, buffers + (size_t)i * buffer_size, buffer_size, i,
                          io_uring_buf_ring_mask(buffer_count), offset);
}

static void ring_open(void)
{
    struct io_uring_params parameters = {.flags = IORING_SETUP_SINGLE_ISSUER |
                                                  IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_CQSIZE,
                                         .cq_entries = COMPLETIONS};
    int error = io_uring_queue_init_params(QUEUE, &ring, &parameters);
    if (error) {
        errno = -error;
        fail("io_uring");
    }
    buffer_size = reply_length * load.depth > BUFFER_SMALL ? BUFFER_LARGE : BUFFER_SMALL;
    buffer_count = BUFFERS_LENGTH / buffer_size;
    buffers = malloc(BUFFERS_LENGTH);
    buffer_ring = mmap(0, buffer_count * sizeof(struct io_uring_buf), PROT_READ | PROT_WRITE,
                       MAP_ANONYMOUS | MAP_PRIVATE, -1, 0);
    struct io_uring_buf_reg registration = {
        .ring_addr = (unsigned long)buffer_ring, .ring_entries = buffer_count, .bgid = 1};
    if (!buffers || buffer_ring == MAP_FAILED)
        fail("buffers");
    error = io_uring_register_buf_ring(&ring, &registration, 0);
    if (error) {
        errno = -error;
        fail("io_uring buffers");
    }
    io_uring_buf_ring_init(buffer_ring);
    for (unsigned i = 0; i < buffer_count; i++)
        buffer_return(i, (int)i);
    io_uring_buf_ring_advance(buffer_ring, (int)buffer_count);
}

static void connections_open(void)
{
    connections = calloc(load.count, sizeof *connections);
    idle = calloc(load.count, sizeof *idle);
    if (!connections || !idle)
        fail("connections");
    for (int i = 0; i < load.count; i++) {
        connections[i].fd = dial(i);
        arm(i);
        if (load.rate > 0)
            rest(i);
        else
            fire(i, now());
    }
    pace_start = now();
}

static void time_record(long ns)
{
    long us = ns / 1000;
    histogram[us > MAX_US ? MAX_US : us]++;
    batches++;
}

// Bytes of a response. A whole batch begins the next, or lets the connection rest.
static void input_take(int i, int length, long t)
{
    struct connection *connection = &connections[i];
    connection->left -= length;
    if (connection->left > 0)
        return;
    errors += connection->left < 0;
    answered += load.depth;
    time_record(t - connection->started);
    if (load.rate > 0)
        rest(i);
    else
        fire(i, t);
}

// One completion. Returns how many buffers go back to the ring.
static int completion_take(const struct io_uring_cqe *completion, int returned, long t)
{
    int i = (int)completion->user_data, result = completion->res, had_buffer = 0;
    if (completion->user_data >> 32 != RECV) {
        errors += result < 0;
        return 0;
    }
    if (completion->flags & IORING_CQE_F_BUFFER) {
        buffer_return(completion->flags >> IORING_CQE_BUFFER_SHIFT, returned);
        had_buffer = 1;
    }
    if (result == -ENOBUFS) {
        arm(i);
    } else if (result <= 0) {
        errors++; // the connection has ended, and stays so
    } else {
        if (!(completion->flags & IORING_CQE_F_MORE))
            arm(i);
        input_take(i, result, t);
    }
    return had_buffer;
}

static void completions_wait(void)
{
    struct __kernel_timespec tick = {0, TICK_NS};
    struct io_uring_cqe *first;
    if (load.rate > 0)
        io_uring_submit_and_get_events(&ring);
    else
        io_uring_submit_and_wait_timeout(&ring, &first, 1, &tick, NULL);
}

// Runs the load until `end`; returns when it stopped.
static long run(long end)
{
    long t = now();
    while (t < end) {
        struct io_uring_cqe *completion;
        unsigned head, seen = 0;
        int returned = 0;
        completions_wait();
        t = now();
        io_uring_for_each_cqe(&ring, head, completion)
        {
            seen++;
            returned += completion_take(completion, returned, t);
        }
        if (returned)
            io_uring_buf_ring_advance(buffer_ring, returned);
        io_uring_cq_advance(&ring, seen);
        if (load.rate > 0)
            pace(t);
    }
    return t;
}

// What was due and has no answer counts with the time that it has waited so far.
static void unanswered_record(long t)
{
    for (int i = 0; i < load.count; i++) {
        if (connections[i].started)
            time_record(t - connections[i].started);
    }
    for (; due(paced) <= t; paced++)
        time_record(t - due(paced));
}

static void report(double seconds, long before)
{
    long seen = 0, quantile[3] = {0};
    long want[3] = {batches / 2, batches * 99 / 100, batches * 999 / 1000};
    for (long us = 0, q = 0; us <= MAX_US && q < 3; us++) {
        for (seen += histogram[us]; q < 3 && seen >= want[q]; q++)
            quantile[q] = us;
    }
    printf("%ld %.0f %ld %ld %ld %ld %ld %ld\n", answered, (double)answered / seconds, quantile[0],
           quantile[1], quantile[2], errors, reply_length, before + answered);
}

static void load_read(int argc, char **argv)
{
    if (argc >= 5 && argc <= 7)
        load = (struct load){atoi(argv[1]),
                             atoi(argv[2]),
                             atoi(argv[4]),
                             atof(argv[3]),
                             argc > 6 ? atof(argv[6]) : 0,
                             argc > 5 ? argv[5] : "/"};
    if (load.port < 1 || load.port > 65535 || load.count < 1 || load.count > COMPLETIONS / 2 ||
        load.seconds <= 0 || load.depth < 1 || load.rate < 0 ||
        (load.rate > 0 && load.depth != 1)) {
        fprintf(stderr, "usage: hammer PORT CONNECTIONS SECONDS DEPTH [PATH [RATE]]\n");
        exit(2);
    }
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "probe") == 0) {
        load.depth = 1;
        ring_open();
        return 0;
    }
    load_read(argc, argv);
    batch_write();
    reply_learn();
    ring_open();
    connections_open();
    long start = run(now() + (long)(WARM_UP_S * 1e9)), before = answered;
    answered = batches = 0;
    memset(histogram, 0, sizeof histogram);
    puts("counting");
    fflush(stdout);
    long end = run(start + (long)(load.seconds * 1e9));
    if (load.rate > 0)
        unanswered_record(end);
    report((double)(end - start) / 1e9, before);
    fflush(stdout);
    usleep(LINGER_US);
}
