// SPDX-License-Identifier: MIT
/*
 * The known statuses, each with the first bytes of its responses ready-made, so that response.c
 * copies one block where it would put together six pieces.
 */
#ifndef HTTP_STATUS_H
#define HTTP_STATUS_H

#include <stdint.h>

/* What stands between the reason phrase and the date. */
#define STATUS_BLOCK_END "\r\nServer: selkie\r\nDate: "

/* The longest block is that of 511, 69 bytes. All are copied in this length, which takes five
 * vector registers and no call; what is behind the block is overwritten. */
enum { STATUS_BLOCK_SIZE = 80 };

struct http_status {
    const char *reason;
    uint8_t length;                /* of the block */
    char block[STATUS_BLOCK_SIZE]; /* "HTTP/1.1 200 OK" and STATUS_BLOCK_END */
};

/* The entry of a status, or NULL for one that is not known. It lives as long as the program. */
const struct http_status *http_status_find(int status);

#endif
