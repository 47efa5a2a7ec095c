// Gather, and scatter-add in the order of the indices.

#include "perigee_named.h"

#include <string.h>

/// Position of the first index outside [0, limit), or -1.
static int64_t first_outside(const int64_t *idx, int64_t count, int64_t limit) {
  uint64_t outside = 0;
  for (int64_t i = 0; i < count; i++) outside |= (uint64_t)idx[i] >= (uint64_t)limit;
  if (!outside) return -1;
  for (int64_t i = 0; i < count; i++)
    if ((uint64_t)idx[i] >= (uint64_t)limit) return i;
  return -1;
}

#define PK_PICK(bytes, T) \
  static int64_t pick_##bytes( \
    const T *table, int64_t limit, const int64_t *idx, int64_t count, T *out) { \
    for (int64_t i = 0; i < count; i++) { \
      if ((uint64_t)idx[i] >= (uint64_t)limit) return i; \
      out[i] = table[idx[i]]; \
    } \
    return -1; \
  }
PK_PICK(1, uint8_t)
PK_PICK(4, uint32_t)
PK_PICK(8, uint64_t)

static int64_t pick(
  int size, const void *table, int64_t limit, const int64_t *idx, int64_t count, void *out) {
  if (size == 1) return pick_1(table, limit, idx, count, out);
  if (size == 4) return pick_4(table, limit, idx, count, out);
  return pick_8(table, limit, idx, count, out);
}

int64_t pk_gather_rows(
  int elem_size, const void *table, int64_t table_rows, const int64_t *idx, int64_t count,
  int64_t row_elems, void *out) {
  if (row_elems == 1) return pick(elem_size, table, table_rows, idx, count, out);
  const int64_t bytes = row_elems * elem_size;
  for (int64_t i = 0; i < count; i++) {
    if ((uint64_t)idx[i] >= (uint64_t)table_rows) return i;
    memcpy((char *)out + i * bytes, (const char *)table + idx[i] * bytes, (size_t)bytes);
  }
  return -1;
}

int64_t pk_gather_along(
  int elem_size, const void *in, int64_t in_cols, const int64_t *idx, int64_t rows,
  int64_t out_cols, void *out) {
  for (int64_t r = 0; r < rows; r++) {
    const int64_t bad = pick(
      elem_size, (const char *)in + r * in_cols * elem_size, in_cols, idx + r * out_cols,
      out_cols, (char *)out + r * out_cols * elem_size);
    if (bad >= 0) return r * out_cols + bad;
  }
  return -1;
}

#define PK_SCATTER(type, T) \
  static void scatter_rows_##type( \
    T *acc, const int64_t *idx, const T *src, int64_t count, int64_t row_elems) { \
    if (row_elems == 1) { \
      for (int64_t i = 0; i < count; i++) acc[idx[i]] += src[i]; \
      return; \
    } \
    for (int64_t i = 0; i < count; i++) { \
      T *to = acc + idx[i] * row_elems; \
      const T *from = src + i * row_elems; \
      for (int64_t c = 0; c < row_elems; c++) to[c] += from[c]; \
    } \
  } \
  static void scatter_along_##type( \
    T *acc, int64_t acc_cols, const int64_t *idx, const T *src, int64_t rows, int64_t cols) { \
    for (int64_t r = 0; r < rows; r++) \
      scatter_rows_##type(acc + r * acc_cols, idx + r * cols, src + r * cols, cols, 1); \
  }
PK_SCATTER(f32, float)
PK_SCATTER(f64, double)
PK_SCATTER(i64, uint64_t)

int64_t pk_scatter_add_rows(
  int dtype, void *acc, int64_t acc_rows, const int64_t *idx, const void *src, int64_t count,
  int64_t row_elems) {
  const int64_t bad = first_outside(idx, count, acc_rows);
  if (bad >= 0) return bad;
  if (dtype == PK_F32) scatter_rows_f32(acc, idx, src, count, row_elems);
  if (dtype == PK_F64) scatter_rows_f64(acc, idx, src, count, row_elems);
  if (dtype == PK_I64) scatter_rows_i64(acc, idx, src, count, row_elems);
  return -1;
}

int64_t pk_scatter_add_along(
  int dtype, void *acc, int64_t acc_cols, const int64_t *idx, const void *src, int64_t rows,
  int64_t src_cols) {
  const int64_t bad = first_outside(idx, rows * src_cols, acc_cols);
  if (bad >= 0) return bad;
  if (dtype == PK_F32) scatter_along_f32(acc, acc_cols, idx, src, rows, src_cols);
  if (dtype == PK_F64) scatter_along_f64(acc, acc_cols, idx, src, rows, src_cols);
  if (dtype == PK_I64) scatter_along_i64(acc, acc_cols, idx, src, rows, src_cols);
  return -1;
}
