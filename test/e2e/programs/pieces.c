// SPDX-License-Identifier: MIT
/*
 * pieces head|body|again: parses what stands on stdin as it would if it came byte by byte, for
 * test_linear.py to count the instructions. `again` begins a head anew with each byte, as a parser
 * does that does not resume. Exits 0 when the bytes are one whole head, or body.
 */
#include "http/http.h"

#include <stdio.h>

enum { INPUT_MAX = 65536, LENGTH_MAX = 16384 };

static bool head_is_whole(struct span input, bool begins_anew)
{
    static struct http_head head;
    int result = 0;

    http_head_start(&head);
    for (size_t length = 1; length <= input.length && result == 0; length++) {
        if (begins_anew)
            http_head_start(&head);
        result = http_head_parse(&head, (struct span){input.at, length}, LENGTH_MAX);
    }
    return result > 0 && (size_t)result == input.length;
}

static bool body_is_whole(struct span input)
{
    struct http_chunked chunked = {.line_max = 256, .trailer_max = LENGTH_MAX};
    struct span run;

    for (size_t at = 0; at < input.length && !chunked.done; at++)
        if (http_chunked_decode(&chunked, (struct span){input.at + at, 1}, &run) != 1)
            return false;
    return chunked.done;
}

int main(int argc, char **argv)
{
    static char bytes[INPUT_MAX];
    struct span input = {bytes, fread(bytes, 1, sizeof bytes, stdin)};

    if (argc != 2)
        return 2;
    if (strcmp(argv[1], "body") == 0)
        return body_is_whole(input) ? 0 : 1;
    return head_is_whole(input, strcmp(argv[1], "again") == 0) ? 0 : 1;
}
