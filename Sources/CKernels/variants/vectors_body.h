// Vector types of the variant's width, and the few helpers the compiler has no operator for.

typedef float pk_vf __attribute__((vector_size(PK_VECTOR_BYTES)));
typedef double pk_vd __attribute__((vector_size(PK_VECTOR_BYTES)));
typedef int32_t pk_vi __attribute__((vector_size(PK_VECTOR_BYTES)));
typedef int64_t pk_vl __attribute__((vector_size(PK_VECTOR_BYTES)));

#define PK_INLINE static inline __attribute__((always_inline))

/// mask ? x : y per lane; mask lanes are 0 or all ones.
PK_INLINE pk_vf select_f(pk_vi mask, pk_vf x, pk_vf y) {
  return (pk_vf)((mask & (pk_vi)x) | (~mask & (pk_vi)y));
}

PK_INLINE pk_vd select_d(pk_vl mask, pk_vd x, pk_vd y) {
  return (pk_vd)((mask & (pk_vl)x) | (~mask & (pk_vl)y));
}

// Less zero, which keeps the sign of zero.
PK_INLINE pk_vf splat_f(float x) { return x - (pk_vf){0}; }

PK_INLINE pk_vd splat_d(double x) { return x - (pk_vd){0}; }

PK_INLINE pk_vf abs_f(pk_vf x) { return (pk_vf)((pk_vi)x & 0x7fffffff); }

PK_INLINE pk_vd abs_d(pk_vd x) { return (pk_vd)((pk_vl)x & 0x7fffffffffffffff); }

/// |x| with the sign of s.
PK_INLINE pk_vf sign_f(pk_vf x, pk_vf s) {
  return (pk_vf)(((pk_vi)x & 0x7fffffff) | ((pk_vi)s & (int32_t)0x80000000));
}

PK_INLINE pk_vd sign_d(pk_vd x, pk_vd s) {
  return (pk_vd)(((pk_vl)x & INT64_MAX) | ((pk_vl)s & INT64_MIN));
}

PK_INLINE int any_f(pk_vi mask) { return __builtin_reduce_or(mask) != 0; }

PK_INLINE int any_d(pk_vl mask) { return __builtin_reduce_or(mask) != 0; }
