// The kernels for x86-64 processors with AVX2 and fused multiply-add.
#if defined(__x86_64__)
#include "variant.h"

#include <math.h>
#include <string.h>

#define PK_VECTOR_BYTES 32
#define PK_HAS_FMA 1
#define PK_TABLE pk_avx2_table
#define PK_SLEEF_F32(name, bound) Sleef_##name##f8_##bound##avx2
#define PK_SLEEF_F64(name, bound) Sleef_##name##d4_##bound##avx2
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#include "variant_body.h"
#pragma clang attribute pop
#endif
