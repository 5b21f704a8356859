// SPDX-License-Identifier: MIT
/*
 * The parser of a request head, as message.c of the server sees it: where it begins, how far it
 * may go, and what it says about the connection.
 * Each byte passes one phase, and a refusal depends on the bytes before it only, so that a head
 * cut anywhere ends the same way.
 */
#include "http/head.h"
#include "base/hot_assert.h"

#include <limits.h>

void http_head_start(struct http_head *head)
{
    /* Not the fields: 1,600 bytes of which a request uses a tenth. What lies before `reason` makes
     * 80 bytes, the most that compilers clear without a loop. */
    memset(head, 0, offsetof(struct http_head, reason));
    head->reason = NULL;
    head->field_count = 0;
}

static lines_fn *lines_widest = http_lines_plain;

/* Once, before main: asking the processor would cost every head as much as a short field line. */
static __attribute__((constructor)) void lines_choose(void)
{
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi"))
        lines_widest = http_lines_avx2;
    else if (__builtin_cpu_supports("ssse3"))
        lines_widest = http_lines_ssse3;
#elif defined(__aarch64__)
    lines_widest = http_lines_neon;
#endif
}

static int head_exceeds(struct http_head *head)
{
    if (head->phase == PHASE_METHOD) { /* RFC 9112, 3 */
        head->reason = "The method is longer than any that this server knows.";
        return -501;
    }
    if (head->phase < PHASE_LINE) {
        head->reason = "The request line is too long.";
        return -414;
    }
    head->reason = "The request head is too long.";
    return -431;
}

/* The phases, up to where a line ends, or the bytes do. */
static int line_parse(struct http_head *head, struct span bytes)
{
    struct head_parse parse = {head, bytes.at, bytes.at + bytes.length, 0};
    const char *at = bytes.at + head->at;

    at = head->phase < PHASE_LINE ? http_request_line_parse(&parse, at)
                                  : http_field_line_parse(&parse, at);
    head->at = parse.status > 0 ? (uint32_t)parse.status : head_offset(&parse, at);
    return parse.status;
}

/* What `lines` has left, line by line: its first is for the phases. */
static __attribute__((noinline)) int head_parse_rest(lines_fn *lines, struct http_head *head,
                                                     struct span bytes)
{
    int result = 0;

    while (result == 0 && head->at < bytes.length) {
        result = line_parse(head, bytes);
        if (result == 0 && (head->phase == PHASE_START || head->phase == PHASE_LINE))
            result = lines(head, bytes);
    }
    return result;
}

int http_head_parse_by(lines_fn *lines, struct http_head *head, struct span bytes,
                       size_t length_max)
{
    /* The length is returned as an int. */
    size_t max = length_max < INT_MAX ? length_max : INT_MAX;
    struct span first = {bytes.at, bytes.length < max ? bytes.length : max};
    int result = 0;

    hot_assert(head->at <= bytes.length && head->reason == NULL);
    if (head->phase == PHASE_START || head->phase == PHASE_LINE)
        result = lines(head, first);
    if (result == 0)
        result = head_parse_rest(lines, head, first);
    return result == 0 && first.length == max ? head_exceeds(head) : result;
}

int http_head_parse(struct http_head *head, struct span bytes, size_t length_max)
{
    return http_head_parse_by(lines_widest, head, bytes, length_max);
}

bool http_head_is_blank(const struct http_head *head)
{
    return head->phase <= PHASE_START_LF;
}

bool http_head_persists(const struct http_head *head)
{
    return !head->asks_close && (head->minor > 0 || head->asks_keep_alive);
}
