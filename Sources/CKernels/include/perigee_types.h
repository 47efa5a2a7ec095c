#ifndef PERIGEE_TYPES_H
#define PERIGEE_TYPES_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Number of elements a fused block holds; every kernel accepts any count.
#define PK_BLOCK 512

/// Element types. A bool is one byte, 0 or 1.
enum pk_dtype { PK_F32 = 0, PK_F64 = 1, PK_I64 = 2, PK_BOOL = 3, PK_DTYPE_COUNT = 4 };

/// Compiled variants of the kernels, the faster ones last. PK_PORTABLE runs everywhere.
enum pk_variant { PK_PORTABLE = 0, PK_AVX2 = 1, PK_AVX512 = 2, PK_VARIANT_COUNT = 3 };

/// Returns the variant this processor runs (the same answer for the life of the process).
int pk_variant_chosen(void);

/// Returns a short name of a variant ("portable", "avx2+fma"), or "unknown".
const char *pk_variant_name(int variant);

/// Returns the bytes of one element, or 0 for a value that is no element type.
int pk_dtype_size(int dtype);

#ifdef __cplusplus
}
#endif

#endif
