// SPDX-License-Identifier: MIT
/*
 * An assert for what runs several times a request: it says what callers guarantee, and is checked
 * where a sanitizer or the fuzzer looks for our mistakes. One assert in the parser of heads costs a
 * request of 40 bytes 30 instructions of 348, since the compiler then keeps more in memory.
 */
#ifndef BASE_HOT_ASSERT_H
#define BASE_HOT_ASSERT_H

#include <assert.h>

#ifdef HOT_ASSERTS
#define hot_assert(condition) assert(condition)
#else
#define hot_assert(condition) ((void)0)
#endif

#endif
