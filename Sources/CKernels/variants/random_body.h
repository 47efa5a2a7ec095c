// Random numbers, eight Philox blocks at a time. Integer work, and float work without fused
// operations, so that every variant gives the same bits.

typedef uint32_t pk_w8 __attribute__((vector_size(32)));
typedef uint64_t pk_q4 __attribute__((vector_size(32)));
typedef uint64_t pk_q8 __attribute__((vector_size(64)));
typedef int64_t pk_l8 __attribute__((vector_size(64)));
typedef float pk_f8 __attribute__((vector_size(32)));
typedef double pk_d8 __attribute__((vector_size(64)));

struct philox8 {
  pk_w8 word[4];
};

/// High and low words of x m; products of even and odd lanes apart.
PK_INLINE void multiply_words(pk_w8 x, uint32_t m, pk_w8 *high, pk_w8 *low) {
  const pk_q4 mask = (pk_q4){0} + 0xffffffffu;
  const pk_q4 even = ((pk_q4)x & mask) * m, odd = ((pk_q4)x >> 32) * m;
  *high = (pk_w8)(even >> 32 | (odd & ~mask));
  *low = (pk_w8)((even & mask) | odd << 32);
}

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
    pk_w8 high0, low0, high1, low1;
    multiply_words(c0, 0xD2511F53u, &high0, &low0);
    multiply_words(c2, 0xCD9E8D57u, &high1, &low1);
    c0 = high1 ^ c1 ^ k0;
    c2 = high0 ^ c3 ^ k1;
    c1 = low1;
    c3 = low0;
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
  return (struct philox8){{c0, c1, c2, c3}};
}

/// The first (half 0) or second (half 1) 64-bit words of eight blocks.
PK_INLINE pk_q8 wide_words(struct philox8 p, int half) {
  const pk_q8 low = __builtin_convertvector(p.word[2 * half], pk_q8);
  return low | __builtin_convertvector(p.word[2 * half + 1], pk_q8) << 32;
}

/// 24 bits of a word as a number in [0, 1).
PK_INLINE pk_f8 unit_f32(pk_w8 word) {
  typedef int32_t pk_i8 __attribute__((vector_size(32)));
  return __builtin_convertvector((pk_i8)(word >> 8), pk_f8) * 0x1p-24f;
}

/// 53 bits of a word as a number in [0, 1): the upper 52 by their place behind the binary point
/// of a number in [1, 2), the last one added.
PK_INLINE pk_d8 unit_f64(pk_q8 word) {
  const pk_d8 upper = (pk_d8)(word >> 12 | 0x3ff0000000000000) - 1.0;
  const pk_q8 last = -(word >> 11 & 1) & 0x3ca0000000000000;
  return upper + (pk_d8)last;
}

#define PK_INTERLEAVE(x, y) \
  __builtin_shufflevector(x, y, 0, 8, 1, 9, 2, 10, 3, 11, 4, 12, 5, 13, 6, 14, 7, 15)

/// The 32 elements of eight blocks, in order.
PK_INLINE void uniform_group_f32(float *group, struct philox8 p) {
  typedef float pk_f16 __attribute__((vector_size(64)));
  const pk_f16 x = PK_INTERLEAVE(unit_f32(p.word[0]), unit_f32(p.word[2]));
  const pk_f16 y = PK_INTERLEAVE(unit_f32(p.word[1]), unit_f32(p.word[3]));
  const pk_f16 low = __builtin_shufflevector(
    x, y, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
  const pk_f16 high = __builtin_shufflevector(
    x, y, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
  memcpy(group, &low, sizeof low);
  memcpy(group + 16, &high, sizeof high);
}

/// The 16 elements of eight blocks, in order.
PK_INLINE void uniform_group_f64(double *group, struct philox8 p) {
  typedef double pk_d16 __attribute__((vector_size(128)));
  const pk_d16 all = PK_INTERLEAVE(unit_f64(wide_words(p, 0)), unit_f64(wide_words(p, 1)));
  memcpy(group, &all, sizeof all);
}

/// log(u) for normal u in (0, 1]: u = m 2^e, log m = 2 atanh(s) with s = (m - 1) / (m + 1).
PK_INLINE pk_d8 log_unit(pk_d8 u) {
  const pk_l8 e = ((pk_l8)u - 0x3fe6a09e667f3bcd) >> 52;
  const pk_d8 m = (pk_d8)((pk_l8)u - (e << 52));
  const pk_d8 shift = (pk_d8){0} + 0x1.8p52;
  const pk_d8 exponent = (pk_d8)(e + (pk_l8)shift) - shift;
  const pk_d8 f = m - 1.0, s = f / (m + 1.0), z = s * s;
  pk_d8 r = 0x1.2f12fa2f07775p-3 * z + 0x1.39a07310d3d5dp-3;
  r = r * z + 0x1.74664ae362240p-3;
  r = r * z + 0x1.c71c51d2b0fafp-3;
  r = r * z + 0x1.249249422f7b3p-2;
  r = r * z + 0x1.999999997f9b3p-2;
  r = r * z + 0x1.5555555555593p-1;
  // 2 s = f - s f, so that the largest part of log m is exact.
  const pk_d8 rest = s * (f - z * r);
  return exponent * 0x1.62e42fee00000p-1 + (f - (rest - exponent * 0x1.a39ef35793c76p-33));
}

/// cos(2 pi v) and sin(2 pi v) for v in [0, 1), from the nearest quarter turn.
PK_INLINE void turn_unit(pk_d8 v, pk_d8 *cosine, pk_d8 *sine) {
  const pk_d8 shift = (pk_d8){0} + 0x1.8p52, shifted = 4.0 * v + shift;
  const pk_l8 quarter = (pk_l8)shifted;
  const pk_d8 r = v - (shifted - shift) * 0.25, z = r * r;
  pk_d8 s = 0x1.e3f39e2345e33p+1 * z - 0x1.e30071ff5bafcp+3;
  s = s * z + 0x1.50782fda6c5b1p+5;
  s = s * z - 0x1.32d2cce2e60e6p+6;
  s = s * z + 0x1.466bc677587fdp+6;
  s = s * z - 0x1.4abbce625be41p+5;
  s = s * z * r + r * 0x1.921fb54442d18p+2;
  pk_d8 c = 0x1.f3ef423fa9455p+2 * z - 0x1.a6ca0096492fap+4;
  c = c * z + 0x1.e1f4fbfc016a2p+5;
  c = c * z - 0x1.55d3c7dcb5f5ap+6;
  c = c * z + 0x1.03c1f081b14bep+6;
  c = c * z - 0x1.3bd3cc9be45a5p+4;
  c = c * z + 1.0;
  const pk_l8 odd = -(quarter & 1);
  const pk_l8 x = (odd & (pk_l8)s) | (~odd & (pk_l8)c), y = (odd & (pk_l8)c) | (~odd & (pk_l8)s);
  *cosine = (pk_d8)(x ^ ((quarter + 1) << 62 & INT64_MIN));
  *sine = (pk_d8)(y ^ (quarter << 62 & INT64_MIN));
}

/// The 16 elements of eight blocks, in order (Box and Muller).
PK_INLINE void normal_group_f64(double *group, struct philox8 p) {
  typedef double pk_d16 __attribute__((vector_size(128)));
  const pk_d8 u = 2.0 - (pk_d8)(wide_words(p, 0) >> 12 | 0x3ff0000000000000);
  const pk_d8 v = (pk_d8)(wide_words(p, 1) >> 12 | 0x3ff0000000000000) - 1.0;
  const pk_d8 radius = __builtin_elementwise_sqrt(-2.0 * log_unit(u));
  pk_d8 cosine, sine;
  turn_unit(v, &cosine, &sine);
  const pk_d16 all = PK_INTERLEAVE(radius * cosine, radius * sine);
  memcpy(group, &all, sizeof all);
}

PK_INLINE void normal_group_f32(float *group, struct philox8 p) {
  double wide[16];
  normal_group_f64(wide, p);
  for (int i = 0; i < 16; i++) group[i] = (float)wide[i];
}

// out[i] is element offset + i; groups of eight blocks of `per_block` elements start at the block
// that holds the first one.
#define PK_RANDOM(name, T, per_block, group_function) \
  static void name( \
    void *o, int64_t n, uint64_t key, uint64_t site, uint64_t step, uint64_t offset) { \
    enum { size = 8 * per_block }; \
    T *out = o, group[size]; \
    for (int64_t i = -(int64_t)(offset % per_block); i < n; i += size) { \
      const struct philox8 p = \
        philox_blocks((offset + (uint64_t)i) / per_block, key, site, step); \
      if (i >= 0 && i + size <= n) { \
        group_function(out + i, p); \
        continue; \
      } \
      group_function(group, p); \
      const int64_t from = i < 0 ? -i : 0, to = n - i < size ? n - i : size; \
      memcpy(out + i + from, group + from, (size_t)(to - from) * sizeof(T)); \
    } \
  }
PK_RANDOM(uniform_f32, float, 4, uniform_group_f32)
PK_RANDOM(uniform_f64, double, 2, uniform_group_f64)
PK_RANDOM(normal_f32, float, 2, normal_group_f32)
PK_RANDOM(normal_f64, double, 2, normal_group_f64)
