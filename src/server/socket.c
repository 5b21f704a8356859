// SPDX-License-Identifier: MIT
/*
 * Binding and adopting the sockets of listeners. The options are set here and nowhere else, so
 * that every listener behaves alike however it came to be.
 */
#include "server/socket.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int option_set(int fd, int level, int option)
{
    int on = 1;
    return setsockopt(fd, level, option, &on, sizeof on) < 0 ? -errno : 0;
}

/* SO_REUSEADDR: connections of the last run in TIME_WAIT do not hinder this one. TCP_NODELAY: Linux
 * hands it on to accepted sockets, which saves a system call for each. */
static int inet_options_set(int fd, int family)
{
    int error = option_set(fd, SOL_SOCKET, SO_REUSEADDR);
    if (error == 0)
        error = option_set(fd, IPPROTO_TCP, TCP_NODELAY);
    if (error == 0 && family == AF_INET6)
        error = option_set(fd, IPPROTO_IPV6, IPV6_V6ONLY);
    return error;
}

int socket_defer_accept(int fd)
{
#ifdef TCP_DEFER_ACCEPT
    /* One second, which the kernel takes for one more SYN-ACK: a client that is silent for longer
     * is accepted with its answer to that (tcp(7), net/ipv4/tcp_minisocks.c). */
    int error = option_set(fd, IPPROTO_TCP, TCP_DEFER_ACCEPT);
    return error == -EOPNOTSUPP || error == -ENOPROTOOPT ? -ENOTSUP : error;
#else
    (void)fd;
    return -ENOTSUP;
#endif
}

int socket_bind_inet(const struct address *address, bool shared_port)
{
    int family = address->storage.ss_family;
    int fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -errno;
    int error = inet_options_set(fd, family);
    if (error == 0 && shared_port)
        error = socket_share_port(fd);
    if (error == 0 && bind(fd, (const struct sockaddr *)&address->storage, address->length) < 0)
        error = -errno;
    if (error < 0) {
        close(fd);
        return error;
    }
    return fd;
}

int socket_share_port(int fd)
{
    return option_set(fd, SOL_SOCKET, SO_REUSEPORT);
}

int socket_address(int fd, struct address *out)
{
    struct address address = {.length = sizeof address.storage};
    if (getsockname(fd, (struct sockaddr *)&address.storage, &address.length) < 0)
        return -errno;
    *out = address;
    return 0;
}

static int integer_option(int fd, int option)
{
    int value;
    socklen_t length = sizeof value;
    return getsockopt(fd, SOL_SOCKET, option, &value, &length) < 0 ? -errno : value;
}

/* Whether a socket can accept, or can after listen(2): it has a name, and no peer. */
static bool socket_is_bound(int fd, const struct address *address)
{
    struct sockaddr_storage peer;
    socklen_t length = sizeof peer;
    if (integer_option(fd, SO_ACCEPTCONN) == 1)
        return true;
    if (getpeername(fd, (struct sockaddr *)&peer, &length) == 0)
        return false;
    if (address->storage.ss_family == AF_UNIX)
        return address->length > offsetof(struct sockaddr_un, sun_path);
    return address_port(&address->storage) != 0;
}

/* Returns NULL, or what keeps the descriptor from being a listener; the errno goes to *error. */
static const char *adoption_check(int fd, int *error)
{
    struct address address = {.length = 0};
    *error = -EINVAL;
    int type = integer_option(fd, SO_TYPE);
    if (type == -EBADF) {
        *error = type;
        return "is not open";
    }
    if (type < 0)
        return "is not a socket";
    if (type != SOCK_STREAM)
        return "is not a stream socket";
    *error = socket_address(fd, &address);
    if (*error < 0)
        return "has no address";
    *error = -EINVAL;
    int family = address.storage.ss_family;
    if (family != AF_INET && family != AF_INET6 && family != AF_UNIX)
        return "is neither a TCP nor a Unix socket";
    return socket_is_bound(fd, &address) ? NULL : "is not a listening socket";
}

int socket_adopt(int fd, char *why, size_t why_size)
{
    int error;
    const char *flaw = adoption_check(fd, &error);
    if (flaw != NULL)
        return address_fail(why, why_size, error,
                            "fd:%d %s; pass the listening socket as this descriptor", fd, flaw);
    int flags = fcntl(fd, F_GETFL);
    if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0 ||
        fcntl(fd, F_SETFD, FD_CLOEXEC) < 0) {
        error = -errno;
        return address_fail(why, why_size, error, "cannot set the flags of fd:%d: %s", fd,
                            strerror(-error));
    }
    /* It saves time only, so a socket that refuses it, as one of AF_UNIX does, serves as well. */
    (void)option_set(fd, IPPROTO_TCP, TCP_NODELAY);
    return 0;
}
