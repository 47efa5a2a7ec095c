// Philox one block at a time, and its words; numbers drawn from it are in variants/.

#include "perigee_random.h"

void pk_philox4x32_10(const uint32_t ctr[4], const uint32_t key[2], uint32_t out[4]) {
  uint32_t c0 = ctr[0], c1 = ctr[1], c2 = ctr[2], c3 = ctr[3], k0 = key[0], k1 = key[1];
  for (int round = 0; round < 10; round++) {
    const uint64_t p0 = (uint64_t)c0 * 0xD2511F53u, p1 = (uint64_t)c2 * 0xCD9E8D57u;
    c0 = (uint32_t)(p1 >> 32) ^ c1 ^ k0;
    c2 = (uint32_t)(p0 >> 32) ^ c3 ^ k1;
    c1 = (uint32_t)p1;
    c3 = (uint32_t)p0;
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
  out[0] = c0, out[1] = c1, out[2] = c2, out[3] = c3;
}

/// The two 64-bit words of block j (the counter layout is in perigee_random.h).
static void block_words(uint64_t j, uint64_t key, uint64_t site, uint64_t step, uint64_t out[2]) {
  const uint32_t high_step = (uint32_t)(step >> 32), high_site = (uint32_t)(site >> 32);
  const uint32_t mix = (high_step << 11 | high_step >> 21) ^ (high_site << 22 | high_site >> 10);
  const uint32_t ctr[4] = {(uint32_t)j, (uint32_t)step, (uint32_t)site, (uint32_t)(j >> 32) ^ mix};
  const uint32_t keys[2] = {(uint32_t)key, (uint32_t)(key >> 32)};
  uint32_t words[4];
  pk_philox4x32_10(ctr, keys, words);
  out[0] = (uint64_t)words[1] << 32 | words[0];
  out[1] = (uint64_t)words[3] << 32 | words[2];
}

void pk_fill_bits(
  uint64_t *out, int64_t n, uint64_t key, uint64_t site, uint64_t step, uint64_t offset) {
  uint64_t words[2];
  for (int64_t i = 0; i < n; i++) {
    const uint64_t e = offset + (uint64_t)i;
    if (i == 0 || (e & 1) == 0) block_words(e / 2, key, site, step, words);
    out[i] = words[e & 1];
  }
}
