// SPDX-License-Identifier: MIT
/*
 * The table behind chars.h: the classes that each byte belongs to. Read by the scans there.
 * A row holds sixteen bytes. Of the visible ASCII that RFC 3986 leaves out of a target, "[\\]^`{|}"
 * are let through in a query, where browsers leave them as they are (URL Standard, 1.3), and so is
 * a '%' alone. A path, by which a request is routed, is RFC 3986 to the letter.
 */
#include "http/chars.h"

enum {
    V = CHAR_VALUE,                      /* SP, HT, obs-text, and of "\"<>" */
    N = CHAR_TOKEN | V,                  /* '#' */
    Q = CHAR_QUERY | V,                  /* of "?\\{}" */
    T = CHAR_TOKEN | Q,                  /* of "^`|" */
    B = CHAR_AUTHORITY | Q,              /* of "[]" */
    P = CHAR_TOKEN | CHAR_AUTHORITY | Q, /* '%' */
    R = CHAR_PATH | Q,                   /* of "/@" */
    C = CHAR_AUTHORITY | R,              /* ':' */
    S = CHAR_HOST | C,                   /* of "(),;=" */
    L = CHAR_TOKEN | S,                  /* another letter; of "!$&'*+-._~" */
    X = CHAR_HEX | L,                    /* a hexadecimal digit */
};

const uint8_t http_char_classes[256] = {
    // clang-format off
    0, 0, 0, 0, 0, 0, 0, 0, 0, V, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    V, L, V, N, L, P, L, L, S, S, L, L, S, L, L, R,
    X, X, X, X, X, X, X, X, X, X, C, S, V, S, V, Q,
    R, X, X, X, X, X, X, L, L, L, L, L, L, L, L, L,
    L, L, L, L, L, L, L, L, L, L, L, B, Q, B, T, L,
    T, X, X, X, X, X, X, L, L, L, L, L, L, L, L, L,
    L, L, L, L, L, L, L, L, L, L, L, Q, T, Q, L, 0,
    V, V, V, V, V, V, V, V, V, V, V, V, V, V, V, V,
    V, V, V, V, V, V, V, V, V, V, V, V, V, V, V, V,
    V, V, V, V, V, V, V, V, V, V, V, V, V, V, V, V,
    V, V, V, V, V, V, V, V, V, V, V, V, V, V, V, V,
    V, V, V, V, V, V, V, V, V, V, V, V, V, V, V, V,
    V, V, V, V, V, V, V, V, V, V, V, V, V, V, V, V,
    V, V, V, V, V, V, V, V, V, V, V, V, V, V, V, V,
    V, V, V, V, V, V, V, V, V, V, V, V, V, V, V, V,
    // clang-format on
};
