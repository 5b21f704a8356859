// SPDX-License-Identifier: MIT
/*
 * The table behind chars.h: the classes that each byte belongs to. Read by the scans there.
 * A row holds sixteen bytes. Visible ASCII that RFC 3986 leaves out of a target ("<>\\^`{|}) is let
 * through in path and query, since browsers and scripts send it raw; '#' never is, as a fragment
 * is not sent.
 */
#include "http/chars.h"

enum {
    V = CHAR_VALUE,                      /* SP, HT, obs-text */
    N = CHAR_TOKEN | V,                  /* '#' */
    Q = CHAR_QUERY | V,                  /* '?' */
    P = CHAR_TOKEN | CHAR_AUTHORITY | Q, /* '%' */
    R = CHAR_PATH | Q,                   /* of "\"/<>@\\{}" */
    T = CHAR_TOKEN | R,                  /* of "^`|" */
    C = CHAR_AUTHORITY | R,              /* of ":[]" */
    S = CHAR_HOST | C,                   /* of "(),;=" */
    L = CHAR_TOKEN | S,                  /* another letter; of "!$&'*+-._~" */
    X = CHAR_HEX | L,                    /* a hexadecimal digit */
};

const uint8_t http_char_classes[256] = {
    // clang-format off
    0, 0, 0, 0, 0, 0, 0, 0, 0, V, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    V, L, R, N, L, P, L, L, S, S, L, L, S, L, L, R,
    X, X, X, X, X, X, X, X, X, X, C, S, R, S, R, Q,
    R, X, X, X, X, X, X, L, L, L, L, L, L, L, L, L,
    L, L, L, L, L, L, L, L, L, L, L, C, R, C, T, L,
    T, X, X, X, X, X, X, L, L, L, L, L, L, L, L, L,
    L, L, L, L, L, L, L, L, L, L, L, R, T, R, L, 0,
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
