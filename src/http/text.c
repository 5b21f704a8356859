// SPDX-License-Identifier: MIT
/*
 * Questions about whole pieces of text: is it a token, a field value, equal to another, and what
 * does it say decoded. The server asks them of what handlers hand in, field.c of what clients send.
 */
#include "http/chars.h"
#include "http/http.h"

#include <errno.h>

bool http_is_token(struct span text)
{
    return text.length > 0 && scan_token(text.at, text.at + text.length) == text.at + text.length;
}

/* The span of an empty value may have no address, to which not even 0 can be added. */
bool http_is_field_value(struct span text)
{
    return text.length == 0 || scan_value(text.at, text.at + text.length) == text.at + text.length;
}

bool http_equal_ignoring_case(struct span a, struct span b)
{
    if (a.length != b.length)
        return false;
    for (size_t i = 0; i < a.length; i++) {
        if (a.at[i] != b.at[i] && char_lower(a.at[i]) != char_lower(b.at[i]))
            return false;
    }
    return true;
}

ssize_t http_percent_decode(struct span text, char *to)
{
    char *out = to;

    for (size_t i = 0; i < text.length; i++) {
        if (text.at[i] != '%') {
            *out++ = text.at[i];
            continue;
        }
        if (text.length - i < 3 || !char_is(text.at[i + 1], CHAR_HEX) ||
            !char_is(text.at[i + 2], CHAR_HEX))
            return -EINVAL;
        *out++ = (char)(char_hex(text.at[i + 1]) << 4 | char_hex(text.at[i + 2]));
        i += 2;
    }
    return out - to;
}
