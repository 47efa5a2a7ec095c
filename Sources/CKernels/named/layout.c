// Filling, expanding, and copies between strided spaces and contiguous blocks.

#include "perigee_layout.h"

#include <string.h>

#define PK_INDEPENDENT _Pragma("clang loop vectorize(assume_safety)")
#pragma clang diagnostic ignored "-Wpass-failed"

#define PK_FILL(bytes, T) \
  static void fill_##bytes(void *out, const void *scalar, int64_t n) { \
    T value, *o = out; \
    memcpy(&value, scalar, bytes); \
    for (int64_t i = 0; i < n; i++) o[i] = value; \
  }
PK_FILL(1, uint8_t)
PK_FILL(4, uint32_t)
PK_FILL(8, uint64_t)

static void fill(void *out, const void *scalar, int elem_size, int64_t n) {
  if (elem_size == 1) fill_1(out, scalar, n);
  if (elem_size == 4) fill_4(out, scalar, n);
  if (elem_size == 8) fill_8(out, scalar, n);
}

void pk_fill(void *out, int dtype, const void *scalar, int64_t n) {
  fill(out, scalar, pk_dtype_size(dtype), n);
}

// out[r * cols + c] = in[r * stride]. Narrow rows are written 32 bytes at a time, the next row
// covering what was too much; the last ones exactly.
#define PK_EXPAND(bytes, T) \
  static void expand_##bytes( \
    void *out, const void *in, int64_t stride, int64_t rows, int64_t cols) { \
    typedef T lanes __attribute__((vector_size(32), aligned(bytes))); \
    enum { width = 32 / bytes }; \
    T *o = out; \
    const T *p = in; \
    int64_t r = 0; \
    if (cols <= width) \
      for (const int64_t safe = rows - width; r < safe; r++, o += cols) \
        *(lanes *)o = (lanes){0} + p[r * stride]; \
    for (; r < rows; r++, o += cols) { \
      const T value = p[r * stride]; \
      for (int64_t c = 0; c < cols; c++) o[c] = value; \
    } \
  }
PK_EXPAND(1, uint8_t)
PK_EXPAND(4, uint32_t)
PK_EXPAND(8, uint64_t)

static void expand(
  void *out, const void *in, int size, int64_t stride, int64_t rows, int64_t cols) {
  if (cols <= 0) return;
  if (size == 1) expand_1(out, in, stride, rows, cols);
  if (size == 4) expand_4(out, in, stride, rows, cols);
  if (size == 8) expand_8(out, in, stride, rows, cols);
}

void pk_expand_rows(void *out, const void *in, int elem_size, int64_t rows, int64_t cols) {
  if (cols == 1)
    memcpy(out, in, (size_t)(rows * elem_size));
  else
    expand(out, in, elem_size, 1, rows, cols);
}

// Two-dimensional copies: to[r * to_row + c * to_col] = from[r * from_row + c * from_col].
#define PK_COPY2(bytes, T) \
  static void copy2_##bytes( \
    void *to, int64_t to_row, int64_t to_col, const void *from, int64_t from_row, \
    int64_t from_col, int64_t rows, int64_t cols) { \
    T *o = to; \
    const T *p = from; \
    for (int64_t r = 0; r < rows; r++) \
      PK_INDEPENDENT for (int64_t c = 0; c < cols; c++) \
        o[r * to_row + c * to_col] = p[r * from_row + c * from_col]; \
  }
PK_COPY2(1, uint8_t)
PK_COPY2(4, uint32_t)
PK_COPY2(8, uint64_t)

static void copy2(
  int elem_size, void *to, int64_t to_row, int64_t to_col, const void *from, int64_t from_row,
  int64_t from_col, int64_t rows, int64_t cols) {
  if (elem_size == 1) copy2_1(to, to_row, to_col, from, from_row, from_col, rows, cols);
  if (elem_size == 4) copy2_4(to, to_row, to_col, from, from_row, from_col, rows, cols);
  if (elem_size == 8) copy2_8(to, to_row, to_col, from, from_row, from_col, rows, cols);
}

/// A strided space with neighbouring dimensions merged where the strides allow it and dimensions
/// of size 1 removed; `index` is the current place.
struct walk {
  int rank;
  int64_t dims[PK_MAX_RANK], strides[PK_MAX_RANK], index[PK_MAX_RANK], offset;
};

static void merge(struct walk *w, int rank, const int64_t *dims, const int64_t *strides) {
  w->rank = 0;
  for (int d = 0; d < rank; d++) {
    if (dims[d] == 1) continue;
    const int last = w->rank - 1;
    if (last >= 0 && w->strides[last] == strides[d] * dims[d]) {
      w->dims[last] *= dims[d];
      w->strides[last] = strides[d];
    } else {
      w->dims[w->rank] = dims[d];
      w->strides[w->rank++] = strides[d];
    }
  }
  if (w->rank == 0) {
    w->dims[0] = w->strides[0] = 1;
    w->rank = 1;
  }
}

/// Moves to flat element `flat`.
static void seek(struct walk *w, int64_t flat) {
  w->offset = 0;
  for (int d = w->rank - 1; d >= 0; d--) {
    w->index[d] = flat % w->dims[d];
    w->offset += w->index[d] * w->strides[d];
    flat /= w->dims[d];
  }
}

/// Moves `steps` along dimension d, at most to its end, and carries into the outer dimensions.
static void advance(struct walk *w, int d, int64_t steps) {
  w->index[d] += steps;
  w->offset += steps * w->strides[d];
  for (; d > 0 && w->index[d] == w->dims[d]; d--) {
    w->offset += w->strides[d - 1] - w->dims[d] * w->strides[d];
    w->index[d] = 0;
    w->index[d - 1]++;
  }
}

/// One run inside the innermost dimension.
static void move_run(
  char *block, char *base, int size, const struct walk *w, int64_t run, int storing) {
  const int64_t stride = w->strides[w->rank - 1];
  char *place = base + w->offset * size;
  if (stride == 1)
    memcpy(storing ? place : block, storing ? block : place, (size_t)(run * size));
  else if (stride == 0 && !storing)
    fill(block, place, size, run);
  else if (storing)
    copy2(size, place, 0, stride, block, 0, 1, 1, run);
  else
    copy2(size, block, 0, 1, place, 0, stride, 1, run);
}

/// Repeats the first `bytes` of a block up to `total` bytes.
static void repeat(char *block, int64_t bytes, int64_t total) {
  while (bytes < total) {
    const int64_t more = bytes < total - bytes ? bytes : total - bytes;
    memcpy(block + bytes, block, (size_t)more);
    bytes += more;
  }
}

// Short rows of a fixed number of bytes, each contiguous on both sides.
#define PK_ROW_COPY(bytes) \
  case bytes: \
    for (int64_t r = 0; r < rows; r++, to += to_step, from += from_step) memcpy(to, from, bytes); \
    return

static void copy_rows(
  char *to, int64_t to_step, const char *from, int64_t from_step, int64_t rows, int64_t bytes) {
  switch (bytes) {
    PK_ROW_COPY(8);
    PK_ROW_COPY(16);
    PK_ROW_COPY(32);
    PK_ROW_COPY(64);
    PK_ROW_COPY(128);
    default:
      for (int64_t r = 0; r < rows; r++, to += to_step, from += from_step)
        memcpy(to, from, (size_t)bytes);
  }
}

typedef uint32_t quad __attribute__((vector_size(16), aligned(4)));

/// to[j * to_step + i] = from[i * from_step + j] for i, j < 4.
static void turn_4x4(uint32_t *to, int64_t to_step, const uint32_t *from, int64_t from_step) {
  const quad a = *(const quad *)from, b = *(const quad *)(from + from_step);
  const quad c = *(const quad *)(from + 2 * from_step), d = *(const quad *)(from + 3 * from_step);
  const quad ab = __builtin_shufflevector(a, b, 0, 4, 1, 5);
  const quad cd = __builtin_shufflevector(c, d, 0, 4, 1, 5);
  const quad ab2 = __builtin_shufflevector(a, b, 2, 6, 3, 7);
  const quad cd2 = __builtin_shufflevector(c, d, 2, 6, 3, 7);
  *(quad *)to = __builtin_shufflevector(ab, cd, 0, 1, 4, 5);
  *(quad *)(to + to_step) = __builtin_shufflevector(ab, cd, 2, 3, 6, 7);
  *(quad *)(to + 2 * to_step) = __builtin_shufflevector(ab2, cd2, 0, 1, 4, 5);
  *(quad *)(to + 3 * to_step) = __builtin_shufflevector(ab2, cd2, 2, 3, 6, 7);
}

/// to[j * to_step + i] = from[i * from_step + j] for i < rows, j < cols.
static void turn_tile(
  uint32_t *to, int64_t to_step, const uint32_t *from, int64_t from_step, int64_t rows,
  int64_t cols) {
  const int64_t whole_rows = rows & ~3, whole_cols = cols & ~3;
  for (int64_t i = 0; i < whole_rows; i += 4)
    for (int64_t j = 0; j < whole_cols; j += 4)
      turn_4x4(to + j * to_step + i, to_step, from + i * from_step + j, from_step);
  for (int64_t i = 0; i < rows; i++)
    for (int64_t j = i < whole_rows ? whole_cols : 0; j < cols; j++)
      to[j * to_step + i] = from[i * from_step + j];
}

/// Tile by tile, the shorter stride inside.
static void turn_plane(
  char *block, char *base, int size, const struct walk *w, int64_t rows, int storing) {
  enum { row_tile = 16, col_tile = 16 };
  const int64_t row = w->strides[w->rank - 2], col = w->strides[w->rank - 1];
  const int64_t cols = w->dims[w->rank - 1];
  for (int64_t r = 0; r < rows; r += row_tile)
    for (int64_t c = 0; c < cols; c += col_tile) {
      const int64_t nr = rows - r < row_tile ? rows - r : row_tile;
      const int64_t nc = cols - c < col_tile ? cols - c : col_tile;
      char *place = base + (w->offset + r * row + c * col) * size;
      char *part = block + (r * cols + c) * size;
      if (size == 4 && row == 1 && storing)
        turn_tile((uint32_t *)place, col, (const uint32_t *)part, cols, nr, nc);
      else if (size == 4 && row == 1)
        turn_tile((uint32_t *)part, cols, (const uint32_t *)place, col, nc, nr);
      else if (storing)
        copy2(size, place, col, row, part, 1, cols, nc, nr);
      else
        copy2(size, part, 1, cols, place, col, row, nc, nr);
    }
}

/// Whole rows of the two innermost dimensions.
static void move_plane(
  char *block, char *base, int size, const struct walk *w, int64_t rows, int storing) {
  const int64_t row = w->strides[w->rank - 2], col = w->strides[w->rank - 1];
  const int64_t cols = w->dims[w->rank - 1], bytes = cols * size;
  char *place = base + w->offset * size;
  if (row == 0 && !storing) {
    move_run(block, base, size, w, cols, storing);
    repeat(block, bytes, rows * bytes);
  } else if (col == 0 && !storing) {
    expand(block, place, size, row, rows, cols);
  } else if (col == 1) {
    if (storing)
      copy_rows(place, row * size, block, bytes, rows, bytes);
    else
      copy_rows(block, bytes, place, row * size, rows, bytes);
  } else {
    turn_plane(block, base, size, w, rows, storing);
  }
}

/// The common walk of pk_load and pk_store.
static void move(
  char *block, char *base, int size, int rank, const int64_t *dims, const int64_t *strides,
  int64_t start, int64_t n, int storing) {
  struct walk w;
  if (n <= 0) return;
  merge(&w, rank, dims, strides);
  seek(&w, start);
  const int last = w.rank - 1;
  while (n > 0) {
    int64_t rows = 0, run = w.dims[last] - w.index[last];
    if (w.rank >= 2 && w.index[last] == 0) {
      rows = n / w.dims[last];
      const int64_t left = w.dims[last - 1] - w.index[last - 1];
      if (rows > left) rows = left;
    }
    if (rows > 1) {
      move_plane(block, base, size, &w, rows, storing);
      run = rows * w.dims[last];
      advance(&w, last - 1, rows);
    } else {
      if (run > n) run = n;
      move_run(block, base, size, &w, run, storing);
      advance(&w, last, run);
    }
    block += run * size;
    n -= run;
  }
}

void pk_load(
  void *out, const void *base, int elem_size, int rank, const int64_t *dims,
  const int64_t *strides, int64_t start, int64_t n) {
  move(out, (char *)base, elem_size, rank, dims, strides, start, n, 0);
}

void pk_store(
  void *base, const void *in, int elem_size, int rank, const int64_t *dims,
  const int64_t *strides, int64_t start, int64_t n) {
  move((char *)in, base, elem_size, rank, dims, strides, start, n, 1);
}
