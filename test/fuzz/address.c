// SPDX-License-Identifier: MIT
/*
 * Fuzz target: addresses as people write them, and as the kernel has them. What address_parse
 * accepts is put together again from its parts, a host in numbers is resolved and shown; a socket
 * address of any bytes is shown in any room. The resolver, which could ask the network, is never
 * asked for a name. The last byte bounds the text of a refusal.
 */
#include "server/address.h"

#include "grammar.h"
#include "input.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>

/* Text in a block of its own, with its NUL. */
static void claim_text(const char *text, size_t size)
{
    assert(memchr(text, '\0', size) != NULL);
}

/* Shows an address in every room up to one that suffices. */
static void claim_shown(const struct address *address)
{
    char *whole = block_new(ADDRESS_URL_MAX);
    int length = address_url(&address->storage, address->length, whole, ADDRESS_URL_MAX);

    if (length < 0) {
        assert(length == -EAFNOSUPPORT);
    } else {
        assert((size_t)length == strlen(whole));
        for (size_t size = 0; size <= (size_t)length + 1; size++) {
            char *text = block_new(size);
            int again = address_url(&address->storage, address->length, text, size);
            assert(again == (size > (size_t)length ? length : -ENOSPC));
            assert(again < 0 || strcmp(text, whole) == 0);
            free(text);
        }
    }
    free(whole);
}

/* A text that address_format gives is an address again, and the same one. Left out is what it
 * shows as something else: IPv4 in IPv6 clothes, and a scope. */
static void claim_round_trip(const struct address *address)
{
    const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)&address->storage;
    struct address_name name;
    struct address_list list;
    char text[64], why[128];
    int length = address_format(&address->storage, address->length, text, sizeof(text));

    assert(length > 0);
    if (address->storage.ss_family == AF_INET6 &&
        (IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr) || v6->sin6_scope_id != 0))
        return;
    assert(address_parse(text, why, sizeof(why), &name) == 0);
    assert(address_resolve(&name, why, sizeof(why), &list) == 0 && list.count == 1);
    assert(list.items[0].length == address->length);
    assert(memcmp(&list.items[0].storage, &address->storage, address->length) == 0);
    assert(addresses_overlap(address, &list.items[0]));
    assert(address_port(&address->storage) == name.port);
}

/* Whether the resolver knows the host without asking anybody. */
static bool is_numeric(const struct address_name *name)
{
    struct in_addr ignored;

    return name->is_v6 || *name->host == '\0' || strcasecmp(name->host, "localhost") == 0 ||
           inet_pton(AF_INET, name->host, &ignored) == 1;
}

static void claim_resolved(const struct address_name *name)
{
    static struct address_list list;
    char why[128];
    int error = address_resolve(name, why, sizeof(why), &list);

    if (error < 0) {
        claim_text(why, sizeof(why));
        return;
    }
    assert(list.count >= 1 && list.count <= ADDRESS_COUNT_MAX);
    for (size_t i = 0; i < list.count; i++) {
        assert(address_port(&list.items[i].storage) == name->port);
        claim_shown(&list.items[i]);
        claim_round_trip(&list.items[i]);
    }
}

/* The host and the port, in their places, are what was written. */
static void claim_inet(const struct address_name *name, const char *text)
{
    size_t length = strlen(name->host);
    const char *port = text + length + (name->is_v6 ? 2 : 0);

    assert(length < ADDRESS_HOST_MAX);
    assert((*text == '[') == name->is_v6);
    assert(memcmp(text + name->is_v6, name->host, length) == 0);
    assert(!name->is_v6 || port[-1] == ']');
    assert((strchr(name->host, ':') != NULL) == name->is_v6);
    assert(*port == ':' && grammar_is_digit(port[1]));
    assert(port[1 + strspn(port + 1, "0123456789")] == '\0');
    assert(strtoul(port + 1, NULL, 10) == name->port);
    if (is_numeric(name))
        claim_resolved(name);
}

static void claim_parsed(const struct address_name *name, const char *text)
{
    switch (name->kind) {
    case ADDRESS_INET:
        claim_inet(name, text);
        break;
    case ADDRESS_UNIX:
        assert(strncmp(text, "unix:", 5) == 0 && name->path == text + 5 && *name->path != '\0');
        assert(strlen(name->path) < sizeof(((struct sockaddr_un *)NULL)->sun_path));
        break;
    case ADDRESS_DESCRIPTOR:
        assert(strncmp(text, "fd:", 3) == 0 && name->fd >= 0);
        assert(strtol(text + 3, NULL, 10) == name->fd);
        break;
    }
}

static void claim_parse(const char *text, size_t room)
{
    struct address_name name = {.kind = ADDRESS_DESCRIPTOR, .fd = -1};
    char *why = block_new(room);

    int result = address_parse(text, why, room, &name);
    if (result == 0) {
        claim_parsed(&name, text);
    } else {
        assert(result == -EINVAL && name.kind == ADDRESS_DESCRIPTOR && name.fd == -1);
        claim_text(why, room);
        assert(room == 1 || *why != '\0');
    }
    free(why);
}

/* The bytes of a socket address, as the kernel gives one: a path ends at the latest behind the
 * struct. */
static void claim_kernel(struct span bytes)
{
    static const sa_family_t families[] = {AF_INET, AF_INET6, AF_UNIX};
    struct address address = {.length = 0};

    if (bytes.length > sizeof(address.storage))
        return;
    memcpy(&address.storage, bytes.at, bytes.length);
    address.length = (socklen_t)bytes.length;
    if (address.storage.ss_family % 4 < 3)
        address.storage.ss_family = families[address.storage.ss_family % 4];
    if (address.storage.ss_family == AF_UNIX && bytes.length > sizeof(struct sockaddr_un)) {
        address.length = sizeof(struct sockaddr_un) + 1;
        ((char *)&address.storage)[sizeof(struct sockaddr_un)] = '\0';
    }
    claim_shown(&address);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span input = input_of(data, size);
    size_t room = input_byte(&input) + 1;
    char *text = text_of(input);

    claim_parse(text, room);
    claim_kernel(input);
    free(text);
    return 0;
}
