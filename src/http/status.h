// SPDX-License-Identifier: MIT
/*
 * The known statuses, each with the first bytes of its responses ready-made, so that response.c
 * copies one block where it would put together six pieces.
 */
#ifndef HTTP_STATUS_H
#define HTTP_STATUS_H

#include "base/span.h"

/* What stands between the reason phrase and the date. */
#define STATUS_BLOCK_END "\r\nServer: selkie\r\nDate: "

struct http_status {
    const char *reason;
    struct span block; /* "HTTP/1.1 200 OK" and STATUS_BLOCK_END */
};

/* The entry of a status, or NULL for one that is not known. It lives as long as the program. */
const struct http_status *http_status_find(int status);

#endif
