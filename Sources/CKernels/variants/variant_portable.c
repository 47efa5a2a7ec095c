// The kernels for any processor: 128-bit vectors, SLEEF's baseline functions.
#define PK_VECTOR_BYTES 16
#define PK_HAS_FMA 0
#define PK_TABLE pk_portable_table
#if defined(__x86_64__)
#define PK_SLEEF_F32(name, bound) Sleef_##name##f4_##bound##sse2
#define PK_SLEEF_F64(name, bound) Sleef_##name##d2_##bound##sse2
#else
#define PK_SLEEF_F32(name, bound) Sleef_##name##f4_##bound##advsimd
#define PK_SLEEF_F64(name, bound) Sleef_##name##d2_##bound##advsimd
#endif
#include "variant_body.h"
