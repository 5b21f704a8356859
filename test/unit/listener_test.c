// SPDX-License-Identifier: MIT
/*
 * Listeners over real sockets: what a name opens, who notices whom at an address, what is left
 * behind after a failure and at the end. Ports are free ones that the kernel chose. Each test's
 * list and folder come in *state; its end counts the descriptors.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server/listen_backlog.h"
#include "server/listener.h"

struct fixture {
    struct listener_list list;
    struct listener_list other; /* of a second server */
    char folder[32];
    char why[256];
    size_t descriptors;
};

static size_t descriptors_open(void)
{
    size_t count = 0;
    for (int fd = 0; fd < 1024; fd++)
        count += fcntl(fd, F_GETFD) >= 0;
    return count;
}

static int fixture_init(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    if (fixture == NULL)
        return -1;
    snprintf(fixture->folder, sizeof fixture->folder, "/tmp/listener_test.XXXXXX");
    fixture->descriptors = descriptors_open();
    *state = fixture;
    return mkdtemp(fixture->folder) == NULL ? -1 : 0;
}

/* The folder must be empty: what a listener makes there, it removes. */
static int fixture_fini(void **state)
{
    struct fixture *fixture = *state;
    listener_list_close(&fixture->list);
    listener_list_close(&fixture->other);
    bool clean = rmdir(fixture->folder) == 0 && descriptors_open() == fixture->descriptors;
    free(fixture);
    return clean ? 0 : -1;
}

static int list_open(struct fixture *fixture, const char *where, unsigned copies)
{
    fixture->why[0] = '\0';
    return listener_list_open(&fixture->list, where, copies, fixture->why, sizeof fixture->why);
}

static void open_well(struct fixture *fixture, const char *where, unsigned copies)
{
    int error = list_open(fixture, where, copies);
    if (error != 0)
        fail_msg("%s: %d %s", where, error, fixture->why);
}

/* Opens what must be refused: the list stays as it is, and the reason holds `part`. */
static void open_badly(struct fixture *fixture, const char *where, unsigned copies, int error,
                       const char *part)
{
    size_t count = fixture->list.count;
    size_t descriptors = descriptors_open();
    int got = list_open(fixture, where, copies);
    if (got != error || strstr(fixture->why, part) == NULL || strchr(fixture->why, '\n') != NULL)
        fail_msg("%s: %d %s", where, got, fixture->why);
    assert_int_equal(fixture->list.count, count);
    assert_int_equal(descriptors_open(), descriptors);
}

static struct listener *last_of(struct fixture *fixture)
{
    assert_true(fixture->list.count > 0);
    return &fixture->list.items[fixture->list.count - 1];
}

/* "127.0.0.1:port" of a listener there. */
static const char *host_of(const struct listener *listener)
{
    return listener->url + strlen("http://");
}

/* The path of `name` in the test's folder, behind "unix:"; lent until the next call. */
static const char *unix_name(const struct fixture *fixture, const char *name)
{
    static char text[128];
    snprintf(text, sizeof text, "unix:%s/%s", fixture->folder, name);
    return text;
}

/* Tells the other server of the fixture to open what the first has. */
static int other_open(struct fixture *fixture, const char *where, unsigned copies)
{
    return listener_list_open(&fixture->other, where, copies, fixture->why, sizeof fixture->why);
}

static int option_of(int fd, int level, int option)
{
    int value = -1;
    socklen_t length = sizeof value;
    assert_int_equal(getsockopt(fd, level, option, &value, &length), 0);
    return value;
}

static void assert_connects(const struct sockaddr_storage *address, socklen_t length, bool expected)
{
    int fd = socket(address->ss_family, SOCK_STREAM, 0);
    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (const struct sockaddr *)address, length) == 0, expected);
    close(fd);
}

/* Whether clients reach the listener's first socket. */
static void assert_reachable(const struct listener *listener, bool expected)
{
    struct sockaddr_storage address = {0};
    socklen_t length = sizeof address;
    assert_int_equal(getsockname(listener->fds[0], (struct sockaddr *)&address, &length), 0);
    assert_connects(&address, length, expected);
}

static void test_a_port_of_its_own(void **state)
{
    struct fixture *fixture = *state;
    open_well(fixture, "127.0.0.1:0", 1);
    struct listener *listener = last_of(fixture);
    unsigned port = 0;
    assert_int_equal(sscanf(listener->url, "http://127.0.0.1:%u", &port), 1);
    assert_true(port > 0);
    assert_int_equal(listener->count, 1);
    assert_true(fcntl(listener->fds[0], F_GETFL) & O_NONBLOCK);
    assert_true(fcntl(listener->fds[0], F_GETFD) & FD_CLOEXEC);
    assert_int_equal(option_of(listener->fds[0], SOL_SOCKET, SO_REUSEPORT), 0);
}

static void test_bound_before_it_listens(void **state)
{
    struct fixture *fixture = *state;
    open_well(fixture, "127.0.0.1:0", 1);
    struct listener *listener = last_of(fixture);
    assert_reachable(listener, false);
    assert_int_equal(listener_listen(listener, 0, 16), 0);
    assert_reachable(listener, true);
    int fd = accept(listener->fds[0], NULL, NULL);
    assert_true(fd >= 0);
    assert_int_equal(option_of(fd, IPPROTO_TCP, TCP_NODELAY) != 0, 1);
    close(fd);
    assert_int_equal(accept(listener->fds[0], NULL, NULL), -1);
    assert_int_equal(errno, EAGAIN);
}

/* Each machine has 127.0.0.1; where there is ::1 too, both must share the port. */
static void test_localhost_is_one_port(void **state)
{
    struct fixture *fixture = *state;
    unsigned port, other;
    open_well(fixture, "localhost:0", 1);
    assert_in_range(fixture->list.count, 1, 2);
    assert_int_equal(sscanf(fixture->list.items[0].url, "http://127.0.0.1:%u", &port), 1);
    if (fixture->list.count == 2) {
        assert_int_equal(sscanf(fixture->list.items[1].url, "http://[::1]:%u", &other), 1);
        assert_int_equal(port, other);
        assert_int_equal(option_of(fixture->list.items[1].fds[0], IPPROTO_IPV6, IPV6_V6ONLY), 1);
    }
    for (size_t i = 0; i < fixture->list.count; i++)
        assert_int_equal(listener_listen(&fixture->list.items[i], 0, 16), 0);
}

static void test_every_address(void **state)
{
    struct fixture *fixture = *state;
    open_well(fixture, ":0", 1);
    assert_int_equal(strncmp(fixture->list.items[0].url, "http://0.0.0.0:", 15), 0);
    for (size_t i = 0; i < fixture->list.count; i++)
        assert_int_equal(listener_listen(&fixture->list.items[i], 0, 16), 0);
}

static void test_an_address_in_use(void **state)
{
    struct fixture *fixture = *state;
    open_well(fixture, "127.0.0.1:0", 1);
    const char *where = host_of(last_of(fixture));
    assert_int_equal(listener_listen(last_of(fixture), 0, 16), 0);
    assert_int_equal(other_open(fixture, where, 1), -EADDRINUSE);
    assert_non_null(strstr(fixture->why, where));
    assert_non_null(strstr(fixture->why, "in use"));
    assert_int_equal(other_open(fixture, where, 2), -EADDRINUSE);
    assert_int_equal(fixture->other.count, 0);
}

static void test_one_socket_per_worker(void **state)
{
    struct fixture *fixture = *state;
    open_well(fixture, "127.0.0.1:0", 3);
    struct listener *listener = last_of(fixture);
    assert_int_equal(fixture->list.count, 1);
    assert_int_equal(listener->count, 1);
    assert_reachable(listener, false);
    assert_int_equal(listener_spread(listener, 16), 0);
    assert_int_equal(listener->count, 3);
    assert_reachable(listener, true);
    for (unsigned i = 0; i < 3; i++) {
        struct sockaddr_in address = {0};
        socklen_t length = sizeof address;
        assert_int_equal(option_of(listener->fds[i], SOL_SOCKET, SO_REUSEPORT), 1);
        assert_int_equal(listener_listen(listener, i, 16), 0);
        assert_int_equal(getsockname(listener->fds[i], (struct sockaddr *)&address, &length), 0);
        assert_int_equal(ntohs(address.sin_port), atoi(strrchr(listener->url, ':') + 1));
    }
}

/* The first socket is bound and listens before the others exist: the kernel spreads over all of
 * them nevertheless. */
static void test_every_socket_gets_connections(void **state)
{
    enum { COPIES = 3, CLIENTS = 128 };
    struct fixture *fixture = *state;
    open_well(fixture, "127.0.0.1:0", COPIES);
    struct listener *listener = last_of(fixture);
    assert_int_equal(listener_spread(listener, CLIENTS), 0);
    for (unsigned i = 0; i < COPIES; i++)
        assert_int_equal(listener_listen(listener, i, CLIENTS), 0);
    for (unsigned i = 0; i < CLIENTS; i++)
        assert_reachable(listener, true);
    unsigned accepted = 0;
    for (unsigned i = 0; i < COPIES; i++) {
        unsigned before = accepted;
        for (int fd; (fd = accept(listener->fds[i], NULL, NULL)) >= 0; accepted++)
            close(fd);
        assert_true(accepted > before);
    }
    assert_int_equal(accepted, CLIENTS);
}

static void test_servers_per_worker_notice_each_other(void **state)
{
    struct fixture *fixture = *state;
    open_well(fixture, "127.0.0.1:0", 2);
    const char *where = host_of(last_of(fixture));
    assert_int_equal(listener_spread(last_of(fixture), 16), 0);
    for (unsigned copies = 1; copies < 3; copies++)
        assert_int_equal(other_open(fixture, where, copies), -EADDRINUSE);
}

/* Begins to listen as a server does before the fork. */
static int listen_first(struct listener *listener)
{
    return listener->copies > 1 ? listener_spread(listener, 16) : listener_listen(listener, 0, 16);
}

/* Both have bound before either listens: whatever the modes of the two, one is told. */
static void test_servers_that_start_together_notice_each_other(void **state)
{
    struct fixture *fixture = *state;
    for (unsigned copies = 1; copies < 5; copies++) {
        open_well(fixture, "127.0.0.1:0", 1 + copies % 2);
        struct listener *one = last_of(fixture);
        assert_int_equal(other_open(fixture, host_of(one), 1 + copies / 2 % 2), 0);
        struct listener *other = &fixture->other.items[0];
        assert_int_equal(listen_first(one), 0);
        assert_int_equal(listen_first(other), -EADDRINUSE);
        for (unsigned i = 0; i < one->copies; i++)
            assert_int_equal(listener_listen(one, i, 16), 0);
        assert_int_equal(listen_first(other), -EADDRINUSE);
        listener_list_close(&fixture->other);
    }
}

/* Connections of the last run in TIME_WAIT hinder neither way to bind. */
static void test_a_restart_at_once(void **state)
{
    struct fixture *fixture = *state;
    char where[ADDRESS_URL_MAX];
    for (unsigned copies = 1; copies < 3; copies++) {
        open_well(fixture, "127.0.0.1:0", copies);
        struct listener *listener = last_of(fixture);
        struct sockaddr_in address = {0};
        socklen_t length = sizeof address;
        snprintf(where, sizeof where, "%s", host_of(listener));
        assert_int_equal(listen_first(listener), 0);
        assert_int_equal(getsockname(listener->fds[0], (struct sockaddr *)&address, &length), 0);
        int client = socket(AF_INET, SOCK_STREAM, 0);
        assert_int_equal(connect(client, (struct sockaddr *)&address, length), 0);
        int accepted = accept(listener->fds[0], NULL, NULL);
        assert_true(accepted >= 0);
        close(accepted);
        close(client);
        listener_list_close(&fixture->list);
        open_well(fixture, where, copies);
        assert_int_equal(listen_first(last_of(fixture)), 0);
    }
}

static void test_an_address_given_twice(void **state)
{
    struct fixture *fixture = *state;
    char where[ADDRESS_URL_MAX];
    for (unsigned copies = 1; copies < 3; copies++) {
        open_well(fixture, "127.0.0.1:0", copies);
        snprintf(where, sizeof where, "%s", host_of(last_of(fixture)));
        open_badly(fixture, where, copies, -EEXIST, "given twice");
    }
    open_well(fixture, unix_name(fixture, "s"), 1);
    open_badly(fixture, unix_name(fixture, "s"), 1, -EEXIST, "twice");
}

/* A wildcard takes in every address of its family, whichever is given first. */
static void test_addresses_that_overlap(void **state)
{
    struct fixture *fixture = *state;
    char where[ADDRESS_URL_MAX];
    unsigned port;
    open_well(fixture, "127.0.0.1:0", 1);
    assert_int_equal(sscanf(last_of(fixture)->url, "http://127.0.0.1:%u", &port), 1);
    snprintf(where, sizeof where, "127.0.0.2:%u", port);
    open_well(fixture, where, 1);
    snprintf(where, sizeof where, "0.0.0.0:%u", port);
    open_badly(fixture, where, 1, -EEXIST, "overlap; leave one out");
    listener_list_close(&fixture->list);
    open_well(fixture, where, 1);
    snprintf(where, sizeof where, "127.0.0.1:%u", port);
    open_badly(fixture, where, 1, -EEXIST, "overlap; leave one out");
}

static void test_refused_addresses(void **state)
{
    struct fixture *fixture = *state;
    open_badly(fixture, "8081", 1, -EINVAL, ":8081");
    open_badly(fixture, "localhost:99999", 1, -EINVAL, "port 99999 is not between 0 and 65535");
    /* 192.0.2.0/24 is for documentation (RFC 5737): no machine has it. */
    open_badly(fixture, "192.0.2.1:0", 1, -EADDRNOTAVAIL, "http://192.0.2.1:0");
    open_badly(fixture, "192.0.2.1:0", 2, -EADDRNOTAVAIL, "no address of this machine");
    open_badly(fixture, unix_name(fixture, "s"), 2, -ENOTSUP, "cannot be opened per-worker");
    open_badly(fixture, "fd:0", 2, -ENOTSUP, "cannot be opened per-worker");
}

static void test_a_socket_file(void **state)
{
    struct fixture *fixture = *state;
    const char *where = unix_name(fixture, "s");
    open_well(fixture, where, 1);
    assert_string_equal(last_of(fixture)->url, where);
    assert_reachable(last_of(fixture), true);
    assert_int_equal(other_open(fixture, where, 1), -EADDRINUSE);
    assert_int_equal(listener_listen(last_of(fixture), 0, 16), 0);
    assert_reachable(last_of(fixture), true);
    assert_int_equal(other_open(fixture, where, 1), -EADDRINUSE);
    assert_reachable(last_of(fixture), true);
    assert_int_equal(access(where + 5, F_OK), 0);
    listener_list_close(&fixture->list);
    assert_int_equal(access(where + 5, F_OK), -1);
}

/* Leaves a socket file that nobody listens on. */
static void stale_make(const char *where)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s", where + 5);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_true(fd >= 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    close(fd);
}

/* The life of a server that starts when `start` ends, says what came of it, and ends when `stop`
 * does. */
static _Noreturn void starter_main(struct fixture *fixture, const char *where, const int *ends)
{
    char byte;
    int start = ends[0], said = ends[1], stop = ends[2];
    ssize_t nothing = read(start, &byte, 1);
    int error = other_open(fixture, where, 1);
    byte = error == 0 ? 'o' : error == -EADDRINUSE ? 'r' : '?';
    bool is_well = nothing == 0 && write(said, &byte, 1) == 1 && read(stop, &byte, 1) == 0;
    listener_list_close(&fixture->other);
    _exit(is_well ? 0 : 1);
}

/* Starts so many servers at one path together. Returns how many opened it; the others were
 * refused. */
static unsigned starters_run(struct fixture *fixture, const char *where, unsigned count)
{
    int start[2], said[2], stop[2];
    char bytes[16] = {0};
    unsigned opened = 0;
    assert_int_equal(pipe(start) | pipe(said) | pipe(stop), 0);
    for (unsigned i = 0; i < count; i++) {
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            close(start[1]);
            close(stop[1]);
            starter_main(fixture, where, (int[]){start[0], said[1], stop[0]});
        }
    }
    close(start[1]);
    for (unsigned i = 0; i < count; i++) {
        assert_int_equal(read(said[0], &bytes[i], 1), 1);
        assert_true(bytes[i] == 'o' || bytes[i] == 'r');
        opened += bytes[i] == 'o';
    }
    close(stop[1]);
    for (unsigned i = 0; i < count; i++) {
        int status;
        assert_true(wait(&status) > 0);
        assert_int_equal(status, 0);
    }
    const int rest[] = {start[0], said[0], said[1], stop[0]};
    for (unsigned i = 0; i < 4; i++)
        close(rest[i]);
    return opened;
}

static void test_servers_that_start_together_at_a_socket_file(void **state)
{
    struct fixture *fixture = *state;
    const char *where = unix_name(fixture, "s");
    for (unsigned round = 0; round < 200; round++) {
        stale_make(where);
        assert_int_equal(starters_run(fixture, where, 4), 1);
        assert_int_equal(access(where + 5, F_OK), -1);
    }
}

static void test_a_stale_socket_file_is_replaced(void **state)
{
    struct fixture *fixture = *state;
    const char *where = unix_name(fixture, "s");
    stale_make(where);
    open_well(fixture, where, 1);
    assert_int_equal(listener_listen(last_of(fixture), 0, 16), 0);
    assert_reachable(last_of(fixture), true);
}

static void test_other_files_are_left_alone(void **state)
{
    struct fixture *fixture = *state;
    const char *where = unix_name(fixture, "file");
    int fd = open(where + 5, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    close(fd);
    open_badly(fixture, where, 1, -EINVAL, "is not a socket; remove it");
    assert_int_equal(unlink(where + 5), 0);
    open_badly(fixture, unix_name(fixture, "none/s"), 1, -ENOENT, "it does not exist");
    char folder[64];
    snprintf(folder, sizeof folder, "unix:%s", fixture->folder);
    open_badly(fixture, folder, 1, -EINVAL, "is not a socket");
}

static void test_a_child_does_not_unlink(void **state)
{
    struct fixture *fixture = *state;
    const char *where = unix_name(fixture, "s");
    open_well(fixture, where, 1);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        listener_list_close(&fixture->list);
        _exit(0);
    }
    assert_int_equal(waitpid(child, NULL, 0), child);
    assert_int_equal(access(where + 5, F_OK), 0);
}

static void test_a_file_that_took_the_place_stays(void **state)
{
    struct fixture *fixture = *state;
    const char *where = unix_name(fixture, "s");
    char aside[128];
    snprintf(aside, sizeof aside, "%s.aside", where + 5);
    open_well(fixture, where, 1);
    /* Renamed, not removed: a file system may give a removed file's inode to the next. */
    assert_int_equal(rename(where + 5, aside), 0);
    assert_int_equal(other_open(fixture, where, 1), 0);
    listener_list_close(&fixture->list);
    assert_int_equal(access(where + 5, F_OK), 0);
    assert_int_equal(unlink(aside), 0);
}

/* A TCP socket of 127.0.0.1, bound to a free port, blocking. */
static int socket_bound(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_true(fd >= 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

static void test_an_inherited_descriptor(void **state)
{
    struct fixture *fixture = *state;
    for (int listens = 0; listens < 2; listens++) {
        char where[16];
        int fd = socket_bound();
        if (listens)
            assert_int_equal(listen(fd, 1), 0);
        snprintf(where, sizeof where, "fd:%d", fd);
        open_well(fixture, where, 1);
        struct listener *listener = last_of(fixture);
        assert_int_equal(listener->fds[0], fd);
        assert_int_equal(strncmp(listener->url, "http://127.0.0.1:", 17), 0);
        assert_true(fcntl(fd, F_GETFL) & O_NONBLOCK);
        assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
        assert_int_equal(listener_listen(listener, 0, 16), 0);
        assert_reachable(listener, true);
        open_badly(fixture, where, 1, -EEXIST, "listener already");
    }
}

static void test_an_inherited_socket_file_is_not_unlinked(void **state)
{
    struct fixture *fixture = *state;
    const char *name = unix_name(fixture, "s");
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    char where[16];
    snprintf(address.sun_path, sizeof address.sun_path, "%s", name + 5);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    snprintf(where, sizeof where, "fd:%d", fd);
    open_well(fixture, where, 1);
    assert_string_equal(last_of(fixture)->url, name);
    listener_list_close(&fixture->list);
    assert_int_equal(unlink(name + 5), 0);
}

/* Offers a descriptor that is no listener, which must stay open and as it was. */
static void offer_badly(struct fixture *fixture, int fd, const char *part)
{
    char where[16];
    assert_true(fd >= 0);
    int flags = fcntl(fd, F_GETFL);
    snprintf(where, sizeof where, "fd:%d", fd);
    open_badly(fixture, where, 1, -EINVAL, part);
    assert_int_equal(fcntl(fd, F_GETFL), flags);
    assert_int_equal(close(fd), 0);
}

static void test_descriptors_that_cannot_listen(void **state)
{
    struct fixture *fixture = *state;
    int pair[2];
    open_badly(fixture, "fd:1000000", 1, -EBADF, "fd:1000000 is not open");
    offer_badly(fixture, open("/dev/null", O_RDONLY), "is not a socket");
    offer_badly(fixture, socket(AF_INET, SOCK_DGRAM, 0), "is not a stream socket");
    offer_badly(fixture, socket(AF_INET, SOCK_STREAM, 0), "is not a listening socket");
    offer_badly(fixture, socket(AF_UNIX, SOCK_STREAM, 0), "is not a listening socket");
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    offer_badly(fixture, pair[0], "is not a listening socket");
    offer_badly(fixture, pair[1], "is not a listening socket");
}

static void test_the_backlog(void **state)
{
    (void)state;
    assert_in_range(listen_backlog_default(), 1, 4096);
    assert_true(listen_backlog_default() <= listen_backlog_most());
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_init, fixture_fini)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_port_of_its_own),
        TEST(test_bound_before_it_listens),
        TEST(test_localhost_is_one_port),
        TEST(test_every_address),
        TEST(test_an_address_in_use),
        TEST(test_one_socket_per_worker),
        TEST(test_every_socket_gets_connections),
        TEST(test_servers_per_worker_notice_each_other),
        TEST(test_servers_that_start_together_notice_each_other),
        TEST(test_a_restart_at_once),
        TEST(test_an_address_given_twice),
        TEST(test_addresses_that_overlap),
        TEST(test_refused_addresses),
        TEST(test_a_socket_file),
        TEST(test_a_stale_socket_file_is_replaced),
        TEST(test_servers_that_start_together_at_a_socket_file),
        TEST(test_other_files_are_left_alone),
        TEST(test_a_child_does_not_unlink),
        TEST(test_a_file_that_took_the_place_stays),
        TEST(test_an_inherited_descriptor),
        TEST(test_an_inherited_socket_file_is_not_unlinked),
        TEST(test_descriptors_that_cannot_listen),
        cmocka_unit_test(test_the_backlog),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
