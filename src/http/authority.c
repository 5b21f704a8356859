// SPDX-License-Identifier: MIT
/*
 * The authority of a request: uri-host [ ":" port ], of the Host field or of the target (RFC 9110,
 * 4.2 and 7.2; RFC 3986, 3.2.2). Called by request_line.c and field.c.
 * User information is never accepted, and neither are zone identifiers or IPvFuture.
 */
#include "base/hot_assert.h"
#include "http/chars.h"
#include "http/head.h"

#include <arpa/inet.h>

/* Where the IPv6 address in brackets at the beginning of `text` ends, or 0. Never inlined, as its
 * buffer would make the check of every name guard the stack. */
static __attribute__((noinline)) size_t literal_length(struct span text)
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

/* Where the reg-name or IPv4 address ends of which the first `plain` bytes are CHAR_HOST. */
static size_t name_length(struct span text, size_t plain)
{
    const char *end = text.at + text.length;
    const char *at = text.at + plain;

    while (end - at >= 3 && *at == '%' && char_is(at[1], CHAR_HEX) && char_is(at[2], CHAR_HEX))
        at = scan_class(at + 3, end, CHAR_HOST);
    return (size_t)(at - text.at);
}

/* ":" *DIGIT, up to 65535. */
static bool is_port(struct span text)
{
    unsigned port = 0;

    for (size_t i = 1; i < text.length && port <= 65535; i++) {
        if (!char_is_digit(text.at[i]))
            return false;
        port = port * 10 + char_hex(text.at[i]);
    }
    return text.at[0] == ':' && port <= 65535;
}

/* Where the port of an authority begins, with its colon, or where the text ends; 0 when the text is
 * no authority. */
static __attribute__((noinline)) size_t host_length(struct span text, size_t plain)
{
    if (text.length == 0)
        return 0;
    size_t length = text.at[0] == '[' ? literal_length(text) : name_length(text, plain);
    return length == text.length || is_port(span_skip(text, length)) ? length : 0;
}

/* Whether the `length` bytes before `end`, up to five, are a port. All eight before it become a
 * number in base 256, of digits without their '0', which compares as the port does. */
static inline bool is_short_port(const char *end, size_t length)
{
    const uint64_t ones = 0x0101010101010101U;
    uint64_t word;

    memcpy(&word, end - sizeof(word), sizeof(word));
    word = (be64toh(word) ^ ones * '0') & (((uint64_t)1 << 8 * length) - 1);
    /* What is above 9 reaches the top bit of its byte, or has it. */
    return ((word | (word + ones * (0x80 - 10))) & ones * 0x80) == 0 && word <= 0x0605050305U;
}

/* Of the usual hosts only what is behind their name is left to look at: nothing, or a port of up to
 * five digits. */
bool http_is_host(struct span text, size_t plain)
{
    size_t behind = text.length - plain;

    hot_assert(plain <= text.length);
    if (plain == 0 || behind > 6 || (behind > 0 && text.at[plain] != ':'))
        return host_length(text, plain) > 0;
    return behind <= 1 || is_short_port(text.at + text.length, behind - 1);
}

bool http_is_authority(struct span text, bool *out_has_port)
{
    size_t plain = (size_t)(scan_class(text.at, text.at + text.length, CHAR_HOST) - text.at);
    size_t length = host_length(text, plain);
    if (length > 0)
        *out_has_port = text.length - length > 1;
    return length > 0;
}
