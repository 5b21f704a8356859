// SPDX-License-Identifier: MIT
/*
 * The list of listeners. A name is opened as a whole or not at all: what it opened before a failure
 * is closed again, and an address family that the machine lacks is left out as long as another
 * address of the name works.
 */
#include "server/listener.h"

#include "server/socket.h"

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    /* The kernel finds a port that is free at one address, and another may have it taken; so many
     * failures in a row mean that ports have run out. */
    PORT_TRIES = 32,
};

/* What listener_list_open was asked for. */
struct opening {
    struct listener_list *list;
    unsigned copies;
    char *why;
    size_t why_size;
};

static void listener_close(struct listener *listener)
{
    /* First: a successor could bind the path once nobody listens, and then lose its file to us. */
    socket_file_remove(&listener->file);
    for (unsigned i = 0; i < listener->count; i++)
        close(listener->fds[i]);
    free(listener->fds);
}

/* Closes all listeners but the first `count`. */
static void list_truncate(struct listener_list *list, size_t count)
{
    while (list->count > count)
        listener_close(&list->items[--list->count]);
}

void listener_list_close(struct listener_list *list)
{
    list_truncate(list, 0);
    free(list->items);
    *list = (struct listener_list){0};
}

/* The analyzer of gcc takes for lost what only the list of the caller holds, from here on. */
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wanalyzer-malloc-leak"
#endif

/* Appends a listener without sockets, with room for `copies`. Returns NULL when memory is short. */
static struct listener *listener_add(struct listener_list *list, unsigned copies)
{
    struct listener *items = realloc(list->items, (list->count + 1) * sizeof *items);
    if (items == NULL)
        return NULL;
    list->items = items;
    struct listener *listener = &items[list->count];
    *listener = (struct listener){.fds = calloc(copies, sizeof(int)), .copies = copies};
    if (listener->fds == NULL)
        return NULL;
    list->count++;
    return listener;
}

static int memory_fail(const struct opening *opening)
{
    return address_fail(opening->why, opening->why_size, -ENOMEM,
                        "memory is short for another listener");
}

const char *listener_advice(int error)
{
    switch (error) {
    case -EADDRINUSE:
        return "it is in use; stop the program that listens there or choose another port";
    case -EACCES:
        return "this user may not; choose a port from 1024 up";
    case -EADDRNOTAVAIL:
        return "it is no address of this machine";
    case -EAFNOSUPPORT:
        return "this machine does not have IPv6";
    case -EMFILE:
        return "too many descriptors are open; raise the limit (ulimit -n)";
    default:
        return strerror(-error);
    }
}

/* Says in words why an address could not be opened. */
static int inet_fail(const struct opening *opening, const struct address *address, int error)
{
    char url[ADDRESS_URL_MAX];
    if (address_url(&address->storage, address->length, url, sizeof url) < 0)
        url[0] = '\0';
    return address_fail(opening->why, opening->why_size, error, "cannot listen on %s: %s", url,
                        listener_advice(error));
}

/* Binds the first socket of a listener, and learns the port that the kernel chose for port 0.
 * Returns 0 or a negative errno; what was bound is the listener's. */
static int listener_bind(struct listener *listener, struct address *address)
{
    struct address bound;
    int fd = socket_bind_inet(address, false);
    if (fd < 0)
        return fd;
    listener->fds[listener->count++] = fd;
    int error = socket_address(fd, &bound);
    if (error < 0)
        return error;
    address_set_port(&address->storage, address_port(&bound.storage));
    int length =
        address_url(&address->storage, address->length, listener->url, sizeof listener->url);
    return length < 0 ? length : 0;
}

static bool is_loopback_v6(const struct address *address)
{
    const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)&address->storage;
    return v6->sin6_family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr);
}

/* Whether a failure only means that the machine does not have the address's family. */
static bool family_is_missing(const struct address *address, int error)
{
    return error == -EAFNOSUPPORT || (error == -EADDRNOTAVAIL && is_loopback_v6(address));
}

/* Whether the address of the list's last listener is that of another too, or one is a wildcard that
 * takes in the other: two sockets may share one until they listen, when the kernel tells too late.
 * Returns the other, or NULL. */
static const struct listener *last_is_given_twice(const struct listener_list *list)
{
    const struct listener *last = &list->items[list->count - 1];
    struct address address, of_last;
    if (socket_address(last->fds[0], &of_last) < 0)
        return NULL;
    for (const struct listener *other = list->items; other < last; other++) {
        if (socket_address(other->fds[0], &address) == 0 && addresses_overlap(&address, &of_last))
            return other;
    }
    return NULL;
}

/* Says that the list's last listener and the other have one address. */
static int twice_fail(const struct opening *opening, const struct listener *other)
{
    const char *url = opening->list->items[opening->list->count - 1].url;
    if (strcmp(url, other->url) == 0)
        return address_fail(opening->why, opening->why_size, -EEXIST,
                            "%s is given twice; leave one out", url);
    return address_fail(opening->why, opening->why_size, -EEXIST,
                        "%s and %s overlap; leave one out", other->url, url);
}

/* Opens a listener for each address, all with one port, which the first chooses when it is 0. */
static int addresses_open(const struct opening *opening, struct address_list addresses)
{
    size_t first = opening->list->count;
    int missing = 0;
    for (size_t i = 0; i < addresses.count; i++) {
        struct address *address = &addresses.items[i];
        struct listener *listener = listener_add(opening->list, opening->copies);
        if (listener == NULL)
            return memory_fail(opening);
        int error = listener_bind(listener, address);
        const struct listener *other = error == 0 ? last_is_given_twice(opening->list) : NULL;
        if (other != NULL)
            return twice_fail(opening, other);
        if (error < 0) {
            inet_fail(opening, address, error);
            if (!family_is_missing(address, error))
                return error;
            missing = error;
            list_truncate(opening->list, opening->list->count - 1);
            continue;
        }
        for (size_t k = i + 1; k < addresses.count; k++)
            address_set_port(&addresses.items[k].storage, address_port(&address->storage));
    }
    return opening->list->count > first ? 0 : missing;
}

static int inet_open(const struct opening *opening, const struct address_name *name)
{
    struct address_list addresses;
    size_t first = opening->list->count;
    int error = address_resolve(name, opening->why, opening->why_size, &addresses);
    if (error < 0)
        return error;
    int tries = name->port == 0 ? PORT_TRIES : 1;
    do {
        list_truncate(opening->list, first);
        error = addresses_open(opening, addresses);
    } while ((error == -EADDRINUSE || error == -EEXIST) && --tries > 0);
    return error;
}

/* Whether the list has made this socket file, which a look from outside finds in use. */
static bool list_has_file(const struct listener_list *list, const char *path)
{
    for (size_t i = 0; i < list->count; i++) {
        if (socket_file_is_at(&list->items[i].file, path))
            return true;
    }
    return false;
}

static int unix_open(const struct opening *opening, const char *path)
{
    if (list_has_file(opening->list, path))
        return address_fail(opening->why, opening->why_size, -EEXIST,
                            "unix:%s is given twice; leave one out", path);
    struct listener *listener = listener_add(opening->list, 1);
    if (listener == NULL)
        return memory_fail(opening);
    int fd = socket_file_bind(path, opening->why, opening->why_size, &listener->file);
    if (fd < 0)
        return fd;
    listener->fds[listener->count++] = fd;
    snprintf(listener->url, sizeof listener->url, "unix:%s", path);
    return 0;
}

static bool list_has_descriptor(const struct listener_list *list, int fd)
{
    for (size_t i = 0; i < list->count; i++) {
        for (unsigned k = 0; k < list->items[i].count; k++) {
            if (list->items[i].fds[k] == fd)
                return true;
        }
    }
    return false;
}

static int descriptor_open(const struct opening *opening, int fd)
{
    if (list_has_descriptor(opening->list, fd))
        return address_fail(opening->why, opening->why_size, -EEXIST,
                            "fd:%d is a listener already; leave one out", fd);
    struct listener *listener = listener_add(opening->list, 1);
    if (listener == NULL)
        return memory_fail(opening);
    struct address address;
    int error = socket_adopt(fd, opening->why, opening->why_size);
    if (error < 0)
        return error;
    error = socket_address(fd, &address);
    if (error < 0)
        return address_fail(opening->why, opening->why_size, error, "fd:%d has no address", fd);
    address_url(&address.storage, address.length, listener->url, sizeof listener->url);
    listener->fds[listener->count++] = fd;
    return 0;
}

static int name_open(const struct opening *opening, const struct address_name *name)
{
    switch (name->kind) {
    case ADDRESS_UNIX:
        return unix_open(opening, name->path);
    case ADDRESS_DESCRIPTOR:
        return descriptor_open(opening, name->fd);
    case ADDRESS_INET:
        break;
    }
    return inet_open(opening, name);
}

int listener_list_open(struct listener_list *list, const char *where, unsigned copies, char *why,
                       size_t why_size)
{
    struct opening opening = {list, copies, why, why_size};
    struct address_name name;
    size_t count = list->count;
    assert(copies > 0);
    int error = address_parse(where, why, why_size, &name);
    if (error < 0)
        return error;
    if (copies > 1 && name.kind != ADDRESS_INET)
        return address_fail(why, why_size, -ENOTSUP,
                            "%s is one socket and cannot be opened per-worker; share it among the "
                            "workers",
                            where);
    error = name_open(&opening, &name);
    if (error < 0)
        list_truncate(list, count);
    return error;
}

int listener_listen(struct listener *listener, unsigned copy, int backlog)
{
    assert(copy < listener->count);
    return listen(listener->fds[copy], backlog) < 0 ? -errno : 0;
}

int listener_spread(struct listener *listener, int backlog)
{
    struct address address;
    int error = listener_listen(listener, 0, backlog);
    if (error == 0)
        error = socket_address(listener->fds[0], &address);
    if (error == 0)
        error = socket_share_port(listener->fds[0]);
    while (error == 0 && listener->count < listener->copies) {
        int fd = socket_bind_inet(&address, true);
        if (fd < 0)
            return fd;
        listener->fds[listener->count++] = fd;
    }
    return error;
}

int listener_defer_accept(const struct listener *listener)
{
    int error = 0;
    for (unsigned i = 0; i < listener->count && error == 0; i++)
        error = socket_defer_accept(listener->fds[i]);
    return error;
}
