// SPDX-License-Identifier: MIT
/*
 * The authority of a request: uri-host [ ":" port ], of the Host field or of the target (RFC 9110,
 * 4.2 and 7.2; RFC 3986, 3.2.2). Called by request_line.c and field.c.
 * User information is never accepted, and neither are zone identifiers or IPvFuture.
 */
#include "http/chars.h"
#include "http/head.h"

#include <arpa/inet.h>

/* Where the IPv6 address in brackets at the beginning of `text` ends, or 0. */
static size_t literal_length(struct span text)
{
    const char *bracket = memchr(text.at, ']', text.length);
    size_t length = bracket == NULL ? 0 : (size_t)(bracket - text.at - 1);
    char address[INET6_ADDRSTRLEN];
    struct in6_addr ignored;

    if (length == 0 || length >= sizeof(address))
        return 0;
    memcpy(address, text.at + 1, length);
    address[length] = '\0';
    return inet_pton(AF_INET6, address, &ignored) == 1 ? length + 2 : 0;
}

/* Where the reg-name or IPv4 address at the beginning of `text` ends. */
static size_t name_length(struct span text)
{
    const char *end = text.at + text.length;
    const char *at = scan_class(text.at, end, CHAR_HOST);

    while (end - at >= 3 && *at == '%' && char_is(at[1], CHAR_HEX) && char_is(at[2], CHAR_HEX))
        at = scan_class(at + 3, end, CHAR_HOST);
    return (size_t)(at - text.at);
}

/* ":" *DIGIT, up to 65535. */
static bool is_port(struct span text)
{
    unsigned port = 0;

    for (size_t i = 1; i < text.length && port <= 65535; i++) {
        unsigned digit = (unsigned)text.at[i] - '0';
        if (digit > 9)
            return false;
        port = port * 10 + digit;
    }
    return text.at[0] == ':' && port <= 65535;
}

bool http_is_authority(struct span text, bool *out_has_port)
{
    if (text.length == 0)
        return false;
    size_t length = text.at[0] == '[' ? literal_length(text) : name_length(text);
    struct span rest = span_skip(text, length);
    if (length == 0 || (rest.length > 0 && !is_port(rest)))
        return false;
    *out_has_port = rest.length > 1;
    return true;
}
