// SPDX-License-Identifier: MIT
/* The calls on sockets. See faults.h. */
#include "faults.h"

#include <errno.h>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

static struct {
    __typeof__(accept4) *accept4;
    __typeof__(bind) *bind;
    __typeof__(close) *close;
    __typeof__(connect) *connect;
    __typeof__(getaddrinfo) *getaddrinfo;
    __typeof__(getpeername) *getpeername;
    __typeof__(getsockname) *getsockname;
    __typeof__(listen) *listen;
    __typeof__(recv) *recv;
    __typeof__(send) *send;
    __typeof__(setsockopt) *setsockopt;
    __typeof__(shutdown) *shutdown;
    __typeof__(socket) *socket;
    __typeof__(socketpair) *socketpair;
} original;

static __attribute__((constructor)) void originals_find(void)
{
    static const struct symbol symbols[] = {
        {"accept4", &original.accept4},
        {"bind", &original.bind},
        {"close", &original.close},
        {"connect", &original.connect},
        {"getaddrinfo", &original.getaddrinfo},
        {"getpeername", &original.getpeername},
        {"getsockname", &original.getsockname},
        {"listen", &original.listen},
        {"recv", &original.recv},
        {"send", &original.send},
        {"setsockopt", &original.setsockopt},
        {"shutdown", &original.shutdown},
        {"socket", &original.socket},
        {"socketpair", &original.socketpair},
    };
    symbols_find(symbols, sizeof symbols / sizeof *symbols);
}

ssize_t true_send(int fd, const void *bytes, size_t length, int flags)
{
    return original.send(fd, bytes, length, flags);
}

/* The connection stays where it is, as another one that comes later would. */
int accept4(int fd, __SOCKADDR_ARG addr, socklen_t *addr_len, int flags)
{
    return fault_strikes(CALL_ACCEPT4) ? -1 : original.accept4(fd, addr, addr_len, flags);
}

int bind(int fd, __CONST_SOCKADDR_ARG addr, socklen_t len)
{
    return fault_strikes(CALL_BIND) ? -1 : original.bind(fd, addr, len);
}

/* Whatever Linux returns, the descriptor is closed (close(2), "Dealing with error returns"). */
int close(int fd)
{
    watch_end(fd);
    int result = original.close(fd);
    return result == 0 && fault_strikes(CALL_CLOSE) ? -1 : result;
}

int connect(int fd, __CONST_SOCKADDR_ARG addr, socklen_t len)
{
    return fault_strikes(CALL_CONNECT) ? -1 : original.connect(fd, addr, len);
}

/* It returns what has failed, and leaves errno alone. */
int getaddrinfo(const char *name, const char *service, const struct addrinfo *req,
                struct addrinfo **pai)
{
    int fault = fault_draw(CALL_GETADDRINFO);
    if (fault == FAULT_NONE)
        return original.getaddrinfo(name, service, req, pai);
    fault_count(CALL_GETADDRINFO, fault);
    return fault;
}

int getpeername(int fd, __SOCKADDR_ARG addr, socklen_t *len)
{
    return fault_strikes(CALL_GETPEERNAME) ? -1 : original.getpeername(fd, addr, len);
}

int getsockname(int fd, __SOCKADDR_ARG addr, socklen_t *len)
{
    return fault_strikes(CALL_GETSOCKNAME) ? -1 : original.getsockname(fd, addr, len);
}

int listen(int fd, int n)
{
    return fault_strikes(CALL_LISTEN) ? -1 : original.listen(fd, n);
}

/* Some of what has come, or nothing: the rest is as if it had come a moment later. */
ssize_t recv(int fd, void *buf, size_t n, int flags)
{
    int fault = n > 1 ? fault_draw(CALL_RECV) : FAULT_NONE;
    if (fault == FAULT_NONE)
        return original.recv(fd, buf, n, flags);
    if (fault != FAULT_SHORT) {
        fault_count(CALL_RECV, fault);
        watch_renew(fd);
        errno = fault;
        return -1;
    }
    size_t some = 1 + fault_random() % (n - 1 < 100 ? n - 1 : 100);
    ssize_t count = original.recv(fd, buf, some, flags);
    if (count == (ssize_t)some)
        fault_count(CALL_RECV, FAULT_SHORT);
    watch_renew(fd);
    return count;
}

ssize_t send(int fd, const void *buf, size_t n, int flags)
{
    int fault = n > 1 ? fault_draw(CALL_SEND) : FAULT_NONE;
    if (fault == FAULT_NONE)
        return original.send(fd, buf, n, flags);
    ssize_t count = -1;
    if (fault == FAULT_SHORT)
        count = original.send(fd, buf, 1 + fault_random() % (n - 1), flags);
    else
        errno = fault;
    if (count > 0 || fault != FAULT_SHORT)
        fault_count(CALL_SEND, fault);
    watch_renew(fd);
    return count;
}

int setsockopt(int fd, int level, int optname, const void *optval, socklen_t optlen)
{
    if (fault_strikes(CALL_SETSOCKOPT))
        return -1;
    return original.setsockopt(fd, level, optname, optval, optlen);
}

/* Not connected: the peer has reset the connection, so nothing comes or goes any more. */
int shutdown(int fd, int how)
{
    if (!fault_strikes(CALL_SHUTDOWN))
        return original.shutdown(fd, how);
    int saved = errno;
    original.shutdown(fd, SHUT_RDWR);
    errno = saved;
    return -1;
}

int socket(int domain, int type, int protocol)
{
    return fault_strikes(CALL_SOCKET) ? -1 : original.socket(domain, type, protocol);
}

int socketpair(int domain, int type, int protocol, int fds[2])
{
    return fault_strikes(CALL_SOCKETPAIR) ? -1 : original.socketpair(domain, type, protocol, fds);
}
