// SPDX-License-Identifier: MIT
/*
 * Addresses as people write them, "localhost:8081", "unix:/path", "fd:3", and as the kernel has
 * them. listener.c parses and resolves with it; the connection shows its peer with it.
 * No socket is opened here.
 */
#ifndef SERVER_ADDRESS_H
#define SERVER_ADDRESS_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/un.h>

enum {
    /* A name of the DNS has at most 253 characters (RFC 1035, 2.3.4). */
    ADDRESS_HOST_MAX = 254,
    /* A host with more addresses than this is refused, not cut. */
    ADDRESS_COUNT_MAX = 32,
    /* "http://[...]:65535" with a scope name, or "unix:" and the longest path, and a NUL. */
    ADDRESS_URL_MAX = 128,
};

enum address_kind { ADDRESS_INET, ADDRESS_UNIX, ADDRESS_DESCRIPTOR };

/* An address as a person writes it, taken apart. */
struct address_name {
    enum address_kind kind;
    const char *path;            /* of unix:, borrowed from the text */
    int fd;                      /* of fd: */
    uint16_t port;               /* of the others; 0 asks for any */
    bool is_v6;                  /* the host stood in brackets: an IPv6 address, not a name */
    char host[ADDRESS_HOST_MAX]; /* "" is every address of this machine */
};

struct address {
    struct sockaddr_storage storage;
    socklen_t length;
};

struct address_list {
    struct address items[ADDRESS_COUNT_MAX];
    size_t count;
};

/* Writes one line to `why`, cut to `size`, and returns `error`, so that a failure is a return. */
__attribute__((format(printf, 4, 5))) int address_fail(char *why, size_t size, int error,
                                                       const char *format, ...);

/* Takes `where` apart. Returns 0 and *out, or -EINVAL and a line in `why` that tells what to write.
 */
int address_parse(const char *where, char *why, size_t size, struct address_name *out);

/* The socket addresses of a name of kind ADDRESS_INET, each once. This may ask the resolver, and
 * wait for it. Returns 0 and *out, or a negative errno and a line in `why`. */
int address_resolve(const struct address_name *name, char *why, size_t size,
                    struct address_list *out);

/* The port of an IPv4 or IPv6 address; 0 of any other. */
uint16_t address_port(const struct sockaddr_storage *address);
void address_set_port(struct sockaddr_storage *address, uint16_t port);

/* Whether a connection could be meant for either: the same family and port, and one host or a
 * wildcard. */
bool addresses_overlap(const struct address *one, const struct address *other);

/* Writes "192.0.2.1:4711", "[2001:db8::1]:4711" or "unix:" to `to` with a NUL; an IPv4 address in
 * IPv6 clothes is shown as IPv4. Returns its length, -ENOSPC, or -EAFNOSUPPORT. 64 bytes suffice.
 */
int address_format(const struct sockaddr_storage *address, socklen_t length, char *to, size_t size);

/* The same as a URL: "http://127.0.0.1:8081", or "unix:/path" ("unix:@name" for an abstract one).
 */
int address_url(const struct sockaddr_storage *address, socklen_t length, char *to, size_t size);

#endif
