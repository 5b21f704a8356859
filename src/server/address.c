// SPDX-License-Identifier: MIT
/*
 * Parsing, resolving and showing addresses. Every refusal tells in one line what was wrong and what
 * to write, since it is what a person sees who mistyped --listen.
 */
#include "server/address.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <netdb.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

int address_fail(char *why, size_t size, int error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(why, size, format, arguments);
    va_end(arguments);
    return error;
}

/* Reads the decimal digits of `text`, all of them. Returns the number, or -1 when there are others,
 * none, or the number is above `most`. */
static int number_parse(const char *text, int most)
{
    long number = 0;
    if (*text == '\0')
        return -1;
    for (; *text != '\0'; text++) {
        if (*text < '0' || *text > '9')
            return -1;
        number = number * 10 + (*text - '0');
        if (number > most)
            return -1;
    }
    return (int)number;
}

static int unix_parse(const char *path, char *why, size_t size, struct address_name *out)
{
    size_t most = sizeof((struct sockaddr_un *)NULL)->sun_path - 1;
    if (*path == '\0')
        return address_fail(why, size, -EINVAL, "unix: has no path; write unix:/path/of/socket");
    if (*path == '@')
        return address_fail(why, size, -EINVAL,
                            "unix:%s is an abstract name, which is not supported; write a path",
                            path);
    if (strlen(path) > most)
        return address_fail(why, size, -EINVAL, "the path unix:%.40s... is longer than %zu bytes",
                            path, most);
    *out = (struct address_name){.kind = ADDRESS_UNIX, .path = path};
    return 0;
}

static int descriptor_parse(const char *digits, char *why, size_t size, struct address_name *out)
{
    int fd = number_parse(digits, 1 << 30);
    if (fd < 0)
        return address_fail(why, size, -EINVAL, "fd:%s is no descriptor; write fd:3 for number 3",
                            digits);
    *out = (struct address_name){.kind = ADDRESS_DESCRIPTOR, .fd = fd};
    return 0;
}

/* What is wrong with an address that has no place to cut it into host and port. */
static int colon_fail(const char *where, char *why, size_t size)
{
    if (number_parse(where, 65535) >= 0)
        return address_fail(why, size, -EINVAL,
                            "address \"%s\" has no host; write \":%s\" for every address of this "
                            "machine, or \"localhost:%s\"",
                            where, where, where);
    if (strchr(where, ':') == NULL)
        return address_fail(why, size, -EINVAL, "address \"%s\" has no port; write \"%s:8081\"",
                            where, where);
    return address_fail(why, size, -EINVAL,
                        "address \"%s\" is not host:port; write an IPv6 address in brackets, "
                        "\"[::1]:8081\"",
                        where);
}

/* Finds the host, without brackets, and the port of "host:port" or "[v6]:port". */
static bool inet_split(const char *where, const char **host, size_t *length, const char **port)
{
    const char *colon = strrchr(where, ':');
    *host = where;
    if (*where == '[') {
        const char *bracket = strchr(where, ']');
        if (bracket == NULL || bracket[1] != ':')
            return false;
        *host = where + 1;
        colon = bracket + 1;
        *length = (size_t)(bracket - *host);
        if (memchr(*host, ':', *length) == NULL)
            return false; /* a name, or an IPv4 address, stands without brackets */
    } else {
        if (colon == NULL || colon != strchr(where, ':'))
            return false;
        *length = (size_t)(colon - where);
    }
    *port = colon + 1;
    return true;
}

static int inet_parse(const char *where, char *why, size_t size, struct address_name *out)
{
    const char *host, *port;
    size_t length;
    if (strstr(where, "://") != NULL)
        return address_fail(why, size, -EINVAL,
                            "address \"%s\" is a URL; write host and port only, \"localhost:8081\"",
                            where);
    if (!inet_split(where, &host, &length, &port))
        return colon_fail(where, why, size);
    if (length >= ADDRESS_HOST_MAX)
        return address_fail(why, size, -EINVAL, "host %.40s... is longer than %d characters", host,
                            ADDRESS_HOST_MAX - 1);
    int number = number_parse(port, 65535);
    if (number < 0)
        return address_fail(why, size, -EINVAL, "port %s is not between 0 and 65535",
                            *port == '\0' ? "\"\"" : port);
    *out = (struct address_name){.kind = ADDRESS_INET, .port = (uint16_t)number};
    memcpy(out->host, host, length);
    out->is_v6 = *where == '[';
    return 0;
}

int address_parse(const char *where, char *why, size_t size, struct address_name *out)
{
    assert(size > 0);
    if (strncmp(where, "unix:", 5) == 0)
        return unix_parse(where + 5, why, size, out);
    if (strncmp(where, "fd:", 3) == 0)
        return descriptor_parse(where + 3, why, size, out);
    return inet_parse(where, why, size, out);
}

static bool list_has(const struct address_list *list, const struct addrinfo *info)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct address *known = &list->items[i];
        if (known->length == info->ai_addrlen &&
            memcmp(&known->storage, info->ai_addr, known->length) == 0)
            return true;
    }
    return false;
}

/* Appends addresses that the list does not have. Returns false when it is full. */
static bool list_append(struct address_list *list, const struct addrinfo *info)
{
    for (; info != NULL; info = info->ai_next) {
        if (list_has(list, info))
            continue;
        if (list->count == ADDRESS_COUNT_MAX)
            return false;
        struct address *address = &list->items[list->count++];
        memset(address, 0, sizeof *address);
        memcpy(&address->storage, info->ai_addr, info->ai_addrlen);
        address->length = info->ai_addrlen;
    }
    return true;
}

/* The errno that comes nearest to a failure of getaddrinfo. */
static int resolver_errno(int code, int system_error)
{
    if (code == EAI_SYSTEM)
        return -system_error;
    if (code == EAI_MEMORY)
        return -ENOMEM;
    return code == EAI_AGAIN ? -EAGAIN : -EADDRNOTAVAIL;
}

/* Appends what the resolver says of `host`, with `flags` for getaddrinfo(3). */
static int host_resolve(const char *host, int flags, char *why, size_t size,
                        struct address_list *list)
{
    /* No AI_ADDRCONFIG: it hides ::1 on a machine without an IPv6 address of its own. */
    struct addrinfo hints = {.ai_flags = flags, .ai_socktype = SOCK_STREAM};
    struct addrinfo *found;
    int code = getaddrinfo(host, NULL, &hints, &found);
    int system_error = errno;
    if (code != 0)
        return address_fail(why, size, resolver_errno(code, system_error),
                            "host \"%s\" has no address: %s", host,
                            code == EAI_SYSTEM ? strerror(system_error) : gai_strerror(code));
    bool fits = list_append(list, found);
    freeaddrinfo(found);
    if (!fits)
        return address_fail(why, size, -E2BIG, "host \"%s\" has more than %d addresses", host,
                            ADDRESS_COUNT_MAX);
    return 0;
}

/* Both families of a name that is not the resolver's to answer. */
static int pair_resolve(const char *v4, const char *v6, char *why, size_t size,
                        struct address_list *list)
{
    int error = host_resolve(v4, AI_NUMERICHOST, why, size, list);
    return error < 0 ? error : host_resolve(v6, AI_NUMERICHOST, why, size, list);
}

int address_resolve(const struct address_name *name, char *why, size_t size,
                    struct address_list *out)
{
    struct address_list list = {.count = 0};
    int error;
    assert(name->kind == ADDRESS_INET);
    if (*name->host == '\0')
        error = pair_resolve("0.0.0.0", "::", why, size, &list);
    else if (strcasecmp(name->host, "localhost") == 0)
        error = pair_resolve("127.0.0.1", "::1", why, size, &list);
    else
        error = host_resolve(name->host, name->is_v6 ? AI_NUMERICHOST : 0, why, size, &list);
    if (error < 0)
        return error;
    for (size_t i = 0; i < list.count; i++)
        address_set_port(&list.items[i].storage, name->port);
    *out = list;
    return 0;
}

uint16_t address_port(const struct sockaddr_storage *address)
{
    if (address->ss_family == AF_INET)
        return ntohs(((const struct sockaddr_in *)address)->sin_port);
    if (address->ss_family == AF_INET6)
        return ntohs(((const struct sockaddr_in6 *)address)->sin6_port);
    return 0;
}

void address_set_port(struct sockaddr_storage *address, uint16_t port)
{
    if (address->ss_family == AF_INET)
        ((struct sockaddr_in *)address)->sin_port = htons(port);
    else if (address->ss_family == AF_INET6)
        ((struct sockaddr_in6 *)address)->sin6_port = htons(port);
}

static bool hosts_overlap_v6(const struct sockaddr_in6 *one, const struct sockaddr_in6 *other)
{
    return IN6_IS_ADDR_UNSPECIFIED(&one->sin6_addr) || IN6_IS_ADDR_UNSPECIFIED(&other->sin6_addr) ||
           (IN6_ARE_ADDR_EQUAL(&one->sin6_addr, &other->sin6_addr) &&
            one->sin6_scope_id == other->sin6_scope_id);
}

static bool hosts_overlap_v4(in_addr_t one, in_addr_t other)
{
    return one == INADDR_ANY || other == INADDR_ANY || one == other;
}

bool addresses_overlap(const struct address *one, const struct address *other)
{
    const void *at = &one->storage;
    const void *other_at = &other->storage;
    if (one->storage.ss_family != other->storage.ss_family ||
        address_port(&one->storage) != address_port(&other->storage))
        return false;
    if (one->storage.ss_family == AF_INET6)
        return hosts_overlap_v6(at, other_at);
    return one->storage.ss_family == AF_INET &&
           hosts_overlap_v4(((const struct sockaddr_in *)at)->sin_addr.s_addr,
                            ((const struct sockaddr_in *)other_at)->sin_addr.s_addr);
}

/* Hands out `written` bytes of text and a NUL. Returns the length, or -ENOSPC and nothing written.
 */
static int text_copy(const char *text, int written, char *to, size_t size)
{
    if ((size_t)written >= size)
        return -ENOSPC;
    memcpy(to, text, (size_t)written + 1);
    return written;
}

static int inet6_format(const struct sockaddr_in6 *address, char *to, size_t size)
{
    char host[INET6_ADDRSTRLEN];
    unsigned port = ntohs(address->sin6_port);
    const struct in6_addr *bytes = &address->sin6_addr;
    if (IN6_IS_ADDR_V4MAPPED(bytes)) {
        inet_ntop(AF_INET, &bytes->s6_addr[12], host, sizeof host);
        return snprintf(to, size, "%s:%u", host, port);
    }
    inet_ntop(AF_INET6, bytes, host, sizeof host);
    return snprintf(to, size, "[%s]:%u", host, port);
}

int address_format(const struct sockaddr_storage *address, socklen_t length, char *to, size_t size)
{
    char text[INET6_ADDRSTRLEN + sizeof "[]:65535"];
    int written;
    if (length < sizeof address->ss_family)
        return -EAFNOSUPPORT;
    if (address->ss_family == AF_INET6) {
        written = inet6_format((const struct sockaddr_in6 *)address, text, sizeof text);
    } else if (address->ss_family == AF_INET) {
        const struct sockaddr_in *v4 = (const struct sockaddr_in *)address;
        char host[INET_ADDRSTRLEN];
        inet_ntop(AF_INET, &v4->sin_addr, host, sizeof host);
        written = snprintf(text, sizeof text, "%s:%u", host, (unsigned)ntohs(v4->sin_port));
    } else if (address->ss_family == AF_UNIX) {
        written = snprintf(text, sizeof text, "unix:");
    } else {
        return -EAFNOSUPPORT;
    }
    return text_copy(text, written, to, size);
}

/* "unix:/path", or "unix:@name" for an abstract name. */
static int unix_url(const struct sockaddr_un *address, size_t length, char *to, size_t size)
{
    /* The kernel counts the bytes of a name. Behind a path it puts a NUL, which it counts too, and
     * which lies behind the struct when the path fills that (unix_mkname_bsd). */
    size_t room = length - offsetof(struct sockaddr_un, sun_path);
    assert(length >= sizeof address->sun_family && length <= sizeof *address + 1);
    bool abstract = room > 0 && address->sun_path[0] == '\0';
    return snprintf(to, size, "unix:%s%.*s", abstract ? "@" : "", (int)(room - abstract),
                    address->sun_path + abstract);
}

int address_url(const struct sockaddr_storage *address, socklen_t length, char *to, size_t size)
{
    char text[ADDRESS_URL_MAX] = "http://";
    int scheme = (int)strlen(text);
    if (length >= sizeof address->ss_family && address->ss_family == AF_UNIX) {
        int written = unix_url((const struct sockaddr_un *)address, length, text, sizeof text);
        return text_copy(text, written, to, size);
    }
    int written = address_format(address, length, text + scheme, sizeof text - (size_t)scheme);
    return written < 0 ? written : text_copy(text, scheme + written, to, size);
}
