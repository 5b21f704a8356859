// SPDX-License-Identifier: MIT
/*
 * The questions that a vector of bytes answers at once: which of them a set of ASCII holds, and
 * which it does not. One implementation an instruction set, chosen by VECTOR_BYTES, which the build
 * defines; read by wide.h alone.
 * A set is a table of sixteen: bit h of entry l tells whether it holds the byte h << 4 | l. The
 * lower half of a byte looks up the entry, the upper half the bit, and both meet: so any set costs
 * the same two shuffles. No set holds a byte above 0x7f.
 */
#ifndef HTTP_VECTOR_H
#define HTTP_VECTOR_H

#include <stddef.h>
#include <stdint.h>

#ifndef VECTOR_BYTES
#define VECTOR_BYTES 0 /* none: plain C */
#endif

#if VECTOR_BYTES == 32
#include <immintrin.h>

/* The bits that the set and the byte's upper half have in common. *out_row is the latter alone: all
 * above 0x7f, which have no entry, since a shuffle gives 0 where the top bit of the index is set.
 * Each half of the vector has a table of its own. */
static inline __m256i vector_meet(const char *at, const uint8_t *set, __m256i *out_row)
{
    const __m256i rows =
        _mm256_setr_epi8(1, 2, 4, 8, 16, 32, 64, -128, -1, -1, -1, -1, -1, -1, -1, -1, 1, 2, 4, 8,
                         16, 32, 64, -128, -1, -1, -1, -1, -1, -1, -1, -1);
    /* Of an index only the top bit and the lower four count. One byte differs so that gcc keeps
     * this in memory, and does not build it from an immediate for each scan. */
    const __m256i lower =
        _mm256_setr_epi8(127, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15,
                         15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15);
    __m256i bytes = _mm256_loadu_si256((const __m256i *)at);
    __m256i upper = _mm256_and_si256(_mm256_srli_epi16(bytes, 4), lower);

    *out_row = _mm256_shuffle_epi8(rows, upper);
    return _mm256_and_si256(_mm256_shuffle_epi8(_mm256_load_si256((const __m256i *)set), bytes),
                            *out_row);
}

static inline uint64_t vector_outside(const char *at, const uint8_t *set)
{
    __m256i row;
    __m256i meet = vector_meet(at, set, &row);
    return (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(meet, _mm256_setzero_si256()));
}

static inline uint64_t vector_inside(const char *at, const uint8_t *set)
{
    __m256i row;
    __m256i meet = vector_meet(at, set, &row);
    return (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(meet, row));
}

#elif VECTOR_BYTES == 16 && defined(__SSSE3__)
#include <tmmintrin.h>

static inline __m128i vector_meet(const char *at, const uint8_t *set, __m128i *out_row)
{
    const __m128i rows =
        _mm_setr_epi8(1, 2, 4, 8, 16, 32, 64, -128, -1, -1, -1, -1, -1, -1, -1, -1);
    __m128i entries = _mm_load_si128((const __m128i *)set);
    __m128i bytes = _mm_loadu_si128((const __m128i *)at);
    __m128i upper = _mm_and_si128(_mm_srli_epi16(bytes, 4), _mm_set1_epi8(15));

    *out_row = _mm_shuffle_epi8(rows, upper);
    return _mm_and_si128(_mm_shuffle_epi8(entries, bytes), *out_row);
}

static inline uint64_t vector_outside(const char *at, const uint8_t *set)
{
    __m128i row;
    __m128i meet = vector_meet(at, set, &row);
    return (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(meet, _mm_setzero_si128()));
}

static inline uint64_t vector_inside(const char *at, const uint8_t *set)
{
    __m128i row;
    __m128i meet = vector_meet(at, set, &row);
    return (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(meet, row));
}

#elif VECTOR_BYTES == 16 && defined(__ARM_NEON)
#include <arm_neon.h>

/* 0xff for each byte that the set holds: a table gives 0 where the index is above 15. */
static inline uint8x16_t vector_members(const char *at, const uint8_t *set)
{
    static const uint8_t rows[16] = {1, 2, 4, 8, 16, 32, 64, 128};
    uint8x16_t bytes = vld1q_u8((const uint8_t *)at);
    uint8x16_t entry = vqtbl1q_u8(vld1q_u8(set), vandq_u8(bytes, vdupq_n_u8(15)));
    return vtstq_u8(entry, vqtbl1q_u8(vld1q_u8(rows), vshrq_n_u8(bytes, 4)));
}

/* Narrows each byte to four bits, as NEON cannot gather one bit of each. */
static inline uint64_t vector_narrow(uint8x16_t members)
{
    uint8x8_t narrow = vshrn_n_u16(vreinterpretq_u16_u8(members), 4);
    return vget_lane_u64(vreinterpret_u64_u8(narrow), 0);
}

static inline uint64_t vector_outside(const char *at, const uint8_t *set)
{
    return ~vector_narrow(vector_members(at, set));
}

static inline uint64_t vector_inside(const char *at, const uint8_t *set)
{
    return vector_narrow(vector_members(at, set));
}

static inline size_t vector_first(uint64_t answer)
{
    return (unsigned)__builtin_ctzll(answer) / 4;
}

static inline size_t vector_first_behind(uint64_t answer, size_t skip)
{
    uint64_t rest = skip < VECTOR_BYTES ? answer >> 4 * skip : 0;
    return rest == 0 ? VECTOR_BYTES - skip : vector_first(rest);
}

#endif

#if VECTOR_BYTES > 0 && !defined(__ARM_NEON)
/* The first byte of an answer that has one. */
static inline size_t vector_first(uint64_t answer)
{
#ifdef __BMI__
    return _tzcnt_u64(answer); /* unlike the builtin, of an unsigned type: nothing to extend */
#else
    return (unsigned)__builtin_ctz((unsigned)answer);
#endif
}

/* How many bytes behind `skip` the first of an answer is, or the end. */
static inline size_t vector_first_behind(uint64_t answer, size_t skip)
{
    return (unsigned)__builtin_ctzll((answer | (uint64_t)1 << VECTOR_BYTES) >> skip);
}
#endif
#endif
