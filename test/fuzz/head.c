// SPDX-License-Identifier: MIT
/*
 * Fuzz target: the parser of request heads, on the whole input. What must hold of every parse
 * holds (head_claims.c); and the short way through a head says the same in each instruction set
 * that this processor has, in plain C, and when it is not taken at all. The last two bytes bound
 * the head.
 */
#include "http/head.h"
#include "head_claims.h"
#include "input.h"

/* The default of the server, for most inputs; all else is rare by itself. */
enum { LENGTH_MAX = 16384, BOUNDED_BELOW = 8192 };

/* Leaves every line to the phases. */
static int take_nothing(struct http_head *head, struct span bytes)
{
    (void)head;
    (void)bytes;
    return 0;
}

/* What this processor can run. Returns how many there are. */
static size_t ways_list(lines_fn **to)
{
    size_t count = 0;

    to[count++] = http_lines_plain;
#if defined(__x86_64__)
    if (__builtin_cpu_supports("ssse3"))
        to[count++] = http_lines_ssse3;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi"))
        to[count++] = http_lines_avx2;
#elif defined(__aarch64__)
    to[count++] = http_lines_neon;
#endif
    return count;
}

static int parse_by(lines_fn *way, struct http_head *head, struct span bytes, size_t length_max)
{
    memset(head, 0xa5, sizeof(*head));
    http_head_start(head);
    return http_head_parse_by(way, head, bytes, length_max);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct http_head head, other;
    struct span input = input_of(data, size);
    size_t bound = input_number(&input);
    size_t length_max = bound > 0 && bound < BOUNDED_BELOW ? bound : LENGTH_MAX;
    struct span bytes = {block_of(input), input.length};
    lines_fn *ways[4];
    size_t count = ways_list(ways);

    int result = parse_by(take_nothing, &head, bytes, length_max);
    claim_head(&head, result, bytes, length_max);
    for (size_t i = 0; i < count; i++) {
        int again = parse_by(ways[i], &other, bytes, length_max);
        claim_same_head(&head, result, &other, again);
    }
    memset(&other, 0xa5, sizeof(other));
    http_head_start(&other);
    claim_same_head(&head, result, &other, http_head_parse(&other, bytes, length_max));
    free((char *)bytes.at);
    return 0;
}
