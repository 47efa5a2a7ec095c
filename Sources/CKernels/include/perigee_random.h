#ifndef PERIGEE_RANDOM_H
#define PERIGEE_RANDOM_H

#include "perigee_types.h"

#ifdef __cplusplus
extern "C" {
#endif

/// Philox4x32-10 (Salmon et al. 2011): ten rounds of the counter under the key.
void pk_philox4x32_10(const uint32_t ctr[4], const uint32_t key[2], uint32_t out[4]);

// Random streams. The 64-bit key is the Philox key (low word first). Block j of draw site `site` at
// step `step` is the Philox output for the counter
//   { lo(j), lo(step), lo(site), hi(j) ^ rotl(hi(step), 11) ^ rotl(hi(site), 22) }.
// `offset` is the logical index of out[0]: element e = offset + i takes the same value however the
// array is cut. Every variant gives the same bits.

/// Uniform numbers in [0, 1). F32: 24 bits, element e is word e % 4 of block e / 4. F64: 53 bits,
/// element e is words 2 (e % 2) (low) and 2 (e % 2) + 1 (high) of block e / 2. Other types: none.
void pk_fill_uniform(
  int dtype, void *out, int64_t n, uint64_t key, uint64_t site, uint64_t step, uint64_t offset);

/// As pk_fill_uniform, of a given variant; returns 0, or -1 where this processor cannot run it.
int pk_fill_uniform_of_variant(
  int variant, int dtype, void *out, int64_t n, uint64_t key, uint64_t site, uint64_t step,
  uint64_t offset);

/// Standard normal numbers (Box and Muller in double; a float32 is the rounded double). Elements
/// 2 j and 2 j + 1 are r cos(2 pi v) and r sin(2 pi v) with r = sqrt(-2 log(1 - u)), u and v the
/// upper 52 bits of the words {1, 0} and {3, 2} of block j as numbers in [0, 1). Other types than
/// F32 and F64: nothing.
void pk_fill_normal(
  int dtype, void *out, int64_t n, uint64_t key, uint64_t site, uint64_t step, uint64_t offset);

/// As pk_fill_normal, of a given variant; returns 0, or -1 where this processor cannot run it.
int pk_fill_normal_of_variant(
  int variant, int dtype, void *out, int64_t n, uint64_t key, uint64_t site, uint64_t step,
  uint64_t offset);

/// n 64-bit words: element e is words 2 (e % 2) (low) and 2 (e % 2) + 1 (high) of block e / 2.
void pk_fill_bits(
  uint64_t *out, int64_t n, uint64_t key, uint64_t site, uint64_t step, uint64_t offset);

#ifdef __cplusplus
}
#endif

#endif
