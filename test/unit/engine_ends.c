// SPDX-License-Identifier: MIT
/*
 * The two ends of a connection under test: what the owner asks of the engine, and what the peer
 * does. See engine_fixture.h.
 */
#include "engine_fixture.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* More than the buffers of any two sockets here take. */
enum {
    PATTERN_MAX = 16 * 1024 * 1024,
    /* Of a unix socket the kernel makes its least of this; TCP with a window of less than a segment
     * of loopback would wait for its timers. */
    SMALL_UNIX = 1,
    SMALL_TCP = 64 * 1024,
};

struct end *end_adopt(struct owner *owner, enum source_kind kind, int fd, int peer)
{
    struct end *end = calloc(1, sizeof *end);
    assert_non_null(end);
    assert_in_range(owner->end_count, 0, ENDS_MAX - 1);
    owner->ends[owner->end_count++] = end;
    end->source = (struct source){.fd = fd, .kind = (uint8_t)kind};
    end->peer = peer;
    if (kind != SOURCE_LISTENER)
        assert_int_equal(engine_watch(owner->engine, &end->source), 0);
    return end;
}

static void socket_make_small(int fd, int size)
{
    assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof size), 0);
    assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size), 0);
}

static struct end *end_open_unix(struct owner *owner, bool is_small)
{
    int pair[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair), 0);
    if (is_small) {
        socket_make_small(pair[0], SMALL_UNIX);
        socket_make_small(pair[1], SMALL_UNIX);
    }
    return end_adopt(owner, SOURCE_CONNECTION, pair[0], pair[1]);
}

struct end *end_open(struct owner *owner)
{
    return end_open_unix(owner, false);
}

struct end *end_open_small(struct owner *owner)
{
    return end_open_unix(owner, true);
}

static int listening_socket(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    assert_true(fd >= 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(fd, ACCEPTED_MAX), 0);
    return fd;
}

/* The window is agreed on by connect, so the buffers are made small before. */
static int connect_to(int listener, bool is_small)
{
    struct sockaddr_in address;
    socklen_t length = sizeof address;
    assert_int_equal(getsockname(listener, (struct sockaddr *)&address, &length), 0);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    if (is_small)
        socket_make_small(fd, SMALL_TCP);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, length), 0);
    return fd;
}

static struct end *end_open_inet(struct owner *owner, bool is_small)
{
    int listener = listening_socket();
    int peer = connect_to(listener, is_small);
    int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    assert_true(fd >= 0);
    if (is_small)
        socket_make_small(fd, SMALL_TCP);
    close(listener);
    return end_adopt(owner, SOURCE_CONNECTION, fd, peer);
}

struct end *end_open_tcp(struct owner *owner)
{
    return end_open_inet(owner, false);
}

struct end *end_open_small_tcp(struct owner *owner)
{
    return end_open_inet(owner, true);
}

struct end *listener_open(struct owner *owner)
{
    return end_adopt(owner, SOURCE_LISTENER, listening_socket(), -1);
}

int client_connect(const struct end *listener)
{
    return connect_to(listener->source.fd, false);
}

struct end *bell_open(struct owner *owner)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    return end_adopt(owner, SOURCE_BELL, ends[0], ends[1]);
}

void bell_ring(const struct end *bell)
{
    assert_int_equal(write(bell->peer, "x", 1), 1);
}

void peer_write(const struct end *end, struct span bytes)
{
    assert_int_equal(send(end->peer, bytes.at, bytes.length, MSG_NOSIGNAL), bytes.length);
}

void peer_end(const struct end *end)
{
    assert_int_equal(shutdown(end->peer, SHUT_WR), 0);
}

void peer_close(struct end *end)
{
    close(end->peer);
    end->peer = -1;
}

void peer_reset(struct end *end)
{
    struct linger linger = {.l_onoff = 1};
    (void)setsockopt(end->peer, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
    peer_close(end);
}

struct span pattern(size_t length)
{
    static char *bytes;
    assert_in_range(length, 0, PATTERN_MAX);
    if (!bytes) {
        uint32_t random = 1;
        bytes = malloc(PATTERN_MAX);
        assert_non_null(bytes);
        for (size_t i = 0; i < PATTERN_MAX; i++) {
            random = random * 1664525 + 1013904223; /* Numerical Recipes, 7.1 */
            bytes[i] = (char)(random >> 24);
        }
    }
    return (struct span){bytes, length};
}

/* As recv. */
static ssize_t peer_take(struct end *end, size_t most)
{
    static char bytes[64 * 1024];
    size_t size = most < sizeof bytes ? most : sizeof bytes;
    ssize_t count = recv(end->peer, bytes, size, MSG_DONTWAIT);
    if (count > 0) {
        struct span expected = span_skip(pattern(end->read + (size_t)count), end->read);
        assert_true(span_equal((struct span){bytes, (size_t)count}, expected));
        end->read += (size_t)count;
    }
    return count;
}

bool peer_read(struct end *end)
{
    ssize_t count;
    do
        count = peer_take(end, SIZE_MAX);
    while (count > 0);
    if (count < 0)
        assert_int_equal(errno, EAGAIN);
    return count == 0;
}

void peer_read_some(struct end *end, size_t most)
{
    (void)peer_take(end, most);
}

void end_expect_told(const struct end *end, struct span bytes)
{
    assert_int_equal(end->told_length, bytes.length);
    assert_true(span_equal((struct span){end->told, end->told_length}, bytes));
}

int end_send(struct owner *owner, struct end *end, struct span bytes)
{
    if (end->awaits_room) { /* the server would put it behind its backlog */
        assert_ptr_equal(end->left.at + end->left.length, bytes.at);
        end->left.length += bytes.length;
        return 0;
    }
    owner->inside |= CALLED_SEND;
    ssize_t taken = engine_send(owner->engine, &end->source, bytes);
    owner->inside &= ~(unsigned)CALLED_SEND;
    if (taken == -EBUSY) {
        owner_flush(owner);
        return end_send(owner, end, bytes);
    }
    if (taken < 0)
        return (int)taken;
    assert_in_range(taken, 0, bytes.length);
    end->awaits_room = (size_t)taken < bytes.length;
    end->left = end->awaits_room ? span_skip(bytes, (size_t)taken) : bytes;
    return 0;
}

bool end_has_sent(const struct end *end)
{
    return !end->awaits_room;
}

void end_drop(struct owner *owner, struct end *end)
{
    end->is_dropped = true;
    engine_drop(owner->engine, &end->source);
}

void end_hang_up(struct owner *owner, struct end *end)
{
    end->is_dropped = true;
    owner->inside |= CALLED_FLUSH; /* what it may do */
    engine_hang_up(owner->engine, &end->source);
    owner->inside &= ~(unsigned)CALLED_FLUSH;
}

void owner_turn_until_read(struct owner *owner, struct end *end, size_t length)
{
    while (end->read < length) {
        owner_turn(owner);
        assert_false(peer_read(end));
    }
    assert_int_equal(end->read, length);
}

void owner_turn_until_end(struct owner *owner, struct end *end)
{
    while (!peer_read(end))
        owner_turn(owner);
}

void owner_turn_until_released(struct owner *owner, const struct end *end)
{
    while (!end->is_released)
        owner_turn(owner);
}
