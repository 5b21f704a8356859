// SPDX-License-Identifier: MIT
/*
 * What must hold of every parse of a request head, whatever the input: asserted by the fuzz targets
 * head.c and pieces.c.
 */
#ifndef FUZZ_HEAD_CLAIMS_H
#define FUZZ_HEAD_CLAIMS_H

#include "http/http.h"

/* The outcome `result` of parsing `bytes` within `length_max`. */
void claim_head(const struct http_head *head, int result, struct span bytes, size_t length_max);

/* The same outcome twice: result, reason, and all that the head says. */
void claim_same_head(const struct http_head *a, int a_result, const struct http_head *b,
                     int b_result);

#endif
