// Uniform random numbers: eight Philox blocks at a time. Integer work only, so that every variant
// gives the same bits.

typedef uint32_t pk_w8 __attribute__((vector_size(32)));
typedef uint64_t pk_q8 __attribute__((vector_size(64)));

struct philox8 {
  pk_w8 word[4];
};

/// Philox4x32-10 of blocks j ... j + 7; the counter layout is in perigee_random.h.
PK_INLINE struct philox8 philox_blocks(uint64_t j, uint64_t key, uint64_t site, uint64_t step) {
  const uint32_t high_step = (uint32_t)(step >> 32), high_site = (uint32_t)(site >> 32);
  const uint32_t mix = (high_step << 11 | high_step >> 21) ^ (high_site << 22 | high_site >> 10);
  const pk_q8 block = j + (pk_q8){0, 1, 2, 3, 4, 5, 6, 7};
  pk_w8 c0 = __builtin_convertvector(block, pk_w8);
  pk_w8 c1 = (pk_w8){0} + (uint32_t)step, c2 = (pk_w8){0} + (uint32_t)site;
  pk_w8 c3 = __builtin_convertvector(block >> 32, pk_w8) ^ mix;
  uint32_t k0 = (uint32_t)key, k1 = (uint32_t)(key >> 32);
  for (int round = 0; round < 10; round++) {
    const pk_q8 p0 = __builtin_convertvector(c0, pk_q8) * 0xD2511F53u;
    const pk_q8 p1 = __builtin_convertvector(c2, pk_q8) * 0xCD9E8D57u;
    c0 = __builtin_convertvector(p1 >> 32, pk_w8) ^ c1 ^ k0;
    c2 = __builtin_convertvector(p0 >> 32, pk_w8) ^ c3 ^ k1;
    c1 = __builtin_convertvector(p1, pk_w8);
    c3 = __builtin_convertvector(p0, pk_w8);
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
  return (struct philox8){{c0, c1, c2, c3}};
}

static void uniform_f32(
  void *o, int64_t n, uint64_t key, uint64_t site, uint64_t step, uint64_t offset) {
  float *out = o, group[32];
  const int64_t skip = (int64_t)(offset & 3);
  for (int64_t i = -skip; i < n; i += 32) {
    const struct philox8 p = philox_blocks((offset + (uint64_t)i) / 4, key, site, step);
    for (int j = 0; j < 8; j++)
      for (int w = 0; w < 4; w++)
        group[4 * j + w] = (float)(int32_t)(p.word[w][j] >> 8) * 0x1p-24f;
    const int64_t from = i < 0 ? -i : 0, to = n - i < 32 ? n - i : 32;
    memcpy(out + i + from, group + from, (size_t)(to - from) * sizeof(float));
  }
}

static void uniform_f64(
  void *o, int64_t n, uint64_t key, uint64_t site, uint64_t step, uint64_t offset) {
  double *out = o, group[16];
  const int64_t skip = (int64_t)(offset & 1);
  for (int64_t i = -skip; i < n; i += 16) {
    const struct philox8 p = philox_blocks((offset + (uint64_t)i) / 2, key, site, step);
    for (int j = 0; j < 8; j++)
      for (int w = 0; w < 2; w++) {
        const uint64_t bits = (uint64_t)p.word[2 * w + 1][j] << 32 | p.word[2 * w][j];
        group[2 * j + w] = (double)(int64_t)(bits >> 11) * 0x1p-53;
      }
    const int64_t from = i < 0 ? -i : 0, to = n - i < 16 ? n - i : 16;
    memcpy(out + i + from, group + from, (size_t)(to - from) * sizeof(double));
  }
}
