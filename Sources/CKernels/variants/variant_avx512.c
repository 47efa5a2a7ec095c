// The kernels for x86-64 processors with AVX-512 (F, BW, DQ and VL).
#if defined(__x86_64__)
#include "variant.h"

#include <math.h>
#include <string.h>

#define PK_VECTOR_BYTES 64
#define PK_HAS_FMA 1
#define PK_TABLE pk_avx512_table
#define PK_SLEEF_F32(name, bound) Sleef_##name##f16_##bound##avx512f
#define PK_SLEEF_F64(name, bound) Sleef_##name##d8_##bound##avx512f
#pragma clang attribute push( \
  __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma"))), apply_to = function)
#include "variant_body.h"
#pragma clang attribute pop
#endif
