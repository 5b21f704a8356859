// SPDX-License-Identifier: MIT
/*
 * The request methods by name (RFC 9110, 9; RFC 5789). Called by the head parser, and by the server
 * for its routes and its Allow field. Methods are case-sensitive.
 */
#include "http/http.h"

static const struct span method_names[] = {
    [HTTP_GET] = {"GET", 3},         [HTTP_HEAD] = {"HEAD", 4},     [HTTP_POST] = {"POST", 4},
    [HTTP_PUT] = {"PUT", 3},         [HTTP_DELETE] = {"DELETE", 6}, [HTTP_CONNECT] = {"CONNECT", 7},
    [HTTP_OPTIONS] = {"OPTIONS", 7}, [HTTP_TRACE] = {"TRACE", 5},   [HTTP_PATCH] = {"PATCH", 5},
    [HTTP_METHOD_OTHER] = {"", 0},
};

enum http_method http_method_find(struct span name)
{
    /* Nearly every request; with the length known, the comparison needs no call. */
    if (name.length == 3 && memcmp(name.at, "GET", 3) == 0)
        return HTTP_GET;
    for (int method = HTTP_GET + 1; method < HTTP_METHOD_OTHER; method++) {
        if (span_equal(name, method_names[method]))
            return (enum http_method)method;
    }
    return HTTP_METHOD_OTHER;
}

const char *http_method_name(enum http_method method)
{
    return method_names[method].at;
}
