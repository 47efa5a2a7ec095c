#ifndef PERIGEE_LAYOUT_H
#define PERIGEE_LAYOUT_H

#include "perigee_types.h"

#ifdef __cplusplus
extern "C" {
#endif

/// Largest rank pk_load and pk_store accept.
#define PK_MAX_RANK 16

/// Writes `n` copies of `*scalar`.
void pk_fill(void *out, int dtype, const void *scalar, int64_t n);

/// Repeats each of `rows` elements `cols` times: out[r * cols + c] = in[r]. elem_size 1, 4 or 8.
void pk_expand_rows(void *out, const void *in, int elem_size, int64_t rows, int64_t cols);

/// Reads the flat elements [start, start + n) of the row-major space `dims` through `strides`.
///
/// out: n contiguous elements. base: the element at index (0, ..., 0). elem_size: 1, 4 or 8 bytes.
/// strides: in elements, may be 0 or negative. rank 0 is one element. The range must lie inside
/// the space; rank is at most PK_MAX_RANK.
void pk_load(
  void *out, const void *base, int elem_size, int rank, const int64_t *dims,
  const int64_t *strides, int64_t start, int64_t n);

/// The mirror image of pk_load: writes n contiguous elements of `in` to the flat elements
/// [start, start + n) of the strided space at `base`.
void pk_store(
  void *base, const void *in, int elem_size, int rank, const int64_t *dims,
  const int64_t *strides, int64_t start, int64_t n);

#ifdef __cplusplus
}
#endif

#endif
