// Row reductions and column accumulations. The shape of a sum is fixed by cols alone: short rows
// run in order; longer ones over four vectors of partial results in pieces of sixteen rounds,
// combined pairwise. Vectors have 32 bytes in every variant, so that all variants agree in bits.

typedef float pk_rf __attribute__((vector_size(32)));
typedef double pk_rd __attribute__((vector_size(32)));
typedef int32_t pk_ri __attribute__((vector_size(32)));
typedef int64_t pk_rl __attribute__((vector_size(32)));

#define PK_PICK(V, M, mask, x, y) ((V)(((M)(mask) & (M)(x)) | (~(M)(mask) & (M)(y))))

// The reductions on scalars (s) and vectors (v); a NaN, once taken, stays.
#define PK_SUM_S(acc, x) ((acc) + (x))
#define PK_PROD_S(acc, x) ((acc) * (x))
#define PK_MAX_S(acc, x) (((x) > (acc) || (x) != (x)) ? (x) : (acc))
#define PK_MIN_S(acc, x) (((x) < (acc) || (x) != (x)) ? (x) : (acc))
#define PK_SUM_V(V, M, acc, x) ((acc) + (x))
#define PK_PROD_V(V, M, acc, x) ((acc) * (x))
#define PK_MAX_V(V, M, acc, x) PK_PICK(V, M, ((x) > (acc)) | ((x) != (x)), x, acc)
#define PK_MIN_V(V, M, acc, x) PK_PICK(V, M, ((x) < (acc)) | ((x) != (x)), x, acc)

// 32 bytes from `k` on: the last k are all ones.
static const uint8_t tail_mask[64] __attribute__((aligned(32))) = {
  [32 ... 63] = 0xff,
};

// piece: one piece of at least four vectors. long: a row in pieces. short: rows of fewer elements,
// eight at a time. rows: all of them. columns: down columns.
#define PK_REDUCE_FLOAT(name, type, T, V, M, S_OP, V_OP, identity) \
  static T name##_piece_##type(const T *p, int64_t n) { \
    enum { lanes = sizeof(V) / sizeof(T), width = 4 * lanes }; \
    V acc[4], x[4]; \
    memcpy(acc, p, sizeof acc); \
    int64_t i = width; \
    for (; i + width <= n; i += width) { \
      memcpy(x, p + i, sizeof x); \
      for (int k = 0; k < 4; k++) acc[k] = V_OP(V, M, acc[k], x[k]); \
    } \
    for (int k = 0; k < 3 && i + lanes <= n; k++, i += lanes) { \
      memcpy(x, p + i, sizeof x[0]); \
      acc[k] = V_OP(V, M, acc[k], x[0]); \
    } \
    if (i < n) { \
      /* The last vector of the piece, without the elements already taken. */ \
      M fresh; \
      memcpy(&fresh, tail_mask + (size_t)(n - i) * sizeof(T), sizeof fresh); \
      memcpy(x, p + n - lanes, sizeof x[0]); \
      const V rest = PK_PICK(V, M, fresh, x[0], (V){0} + (T)(identity)); \
      acc[3] = V_OP(V, M, acc[3], rest); \
    } \
    acc[0] = V_OP(V, M, acc[0], acc[1]); \
    acc[2] = V_OP(V, M, acc[2], acc[3]); \
    acc[0] = V_OP(V, M, acc[0], acc[2]); \
    T lane[lanes]; \
    memcpy(lane, acc, sizeof lane); \
    for (int half = lanes / 2; half > 0; half /= 2) \
      for (int k = 0; k < half; k++) lane[k] = S_OP(lane[k], lane[k + half]); \
    return lane[0]; \
  } \
  static T name##_long_##type(const T *p, int64_t cols) { \
    enum { width = 4 * sizeof(V) / sizeof(T), piece = 16 * width }; \
    T partial[64]; \
    int depth = 0; \
    int64_t i = 0; \
    for (int64_t index = 0; i + width <= cols; index++) { \
      int64_t n = cols - i < piece + width ? cols - i : piece; \
      T value = name##_piece_##type(p + i, n); \
      for (int64_t m = index; m & 1; m >>= 1, depth--) \
        value = S_OP(partial[depth - 1], value); \
      partial[depth++] = value; \
      i += n; \
    } \
    T value = partial[--depth]; \
    while (depth > 0) { \
      depth--; \
      value = S_OP(partial[depth], value); \
    } \
    return value; \
  } \
  static void name##_short_##type(T *out, const T *p, int64_t rows, int64_t cols) { \
    int64_t r = 0; \
    T acc[8]; \
    for (; r + 8 <= rows; r += 8, p += 8 * cols) { \
      for (int k = 0; k < 8; k++) acc[k] = p[k * cols]; \
      for (int64_t c = 1; c < cols; c++) \
        for (int k = 0; k < 8; k++) acc[k] = S_OP(acc[k], p[k * cols + c]); \
      memcpy(out + r, acc, sizeof acc); \
    } \
    for (; r < rows; r++, p += cols) { \
      T value = p[0]; \
      for (int64_t c = 1; c < cols; c++) value = S_OP(value, p[c]); \
      out[r] = value; \
    } \
  } \
  static void name##_rows_##type(void *out, const void *in, int64_t rows, int64_t cols) { \
    enum { width = 4 * sizeof(V) / sizeof(T) }; \
    T *o = out; \
    const T *p = in; \
    if (cols <= 0) \
      for (int64_t r = 0; r < rows; r++) o[r] = (T)(identity); \
    else if (cols < width) \
      name##_short_##type(o, p, rows, cols); \
    else \
      for (int64_t r = 0; r < rows; r++) o[r] = name##_long_##type(p + r * cols, cols); \
  } \
  PK_COLUMNS(name##_wide_columns_##type, T, S_OP) \
  /* Up to `lanes` columns from `from` on; full loads where memory lasts, excess lanes unused. */ \
  static void name##_strip_##type(T *o, const T *p, int64_t rows, int64_t cols, int64_t from) { \
    enum { lanes = sizeof(V) / sizeof(T) }; \
    const size_t bytes = (size_t)(cols - from < lanes ? cols - from : lanes) * sizeof(T); \
    V acc = {0}, x = {0}; \
    memcpy(&acc, o + from, bytes); \
    int64_t r = 0; \
    for (int64_t at = from; at + lanes <= rows * cols && r < rows; at += cols, r++) { \
      memcpy(&x, p + at, sizeof x); \
      acc = V_OP(V, M, acc, x); \
    } \
    for (; r < rows; r++) { \
      memcpy(&x, p + r * cols + from, bytes); \
      acc = V_OP(V, M, acc, x); \
    } \
    memcpy(o + from, &acc, bytes); \
  } \
  static void name##_columns_##type(void *acc, const void *in, int64_t rows, int64_t cols) { \
    enum { lanes = sizeof(V) / sizeof(T) }; \
    if (cols > 2 * lanes) \
      name##_wide_columns_##type(acc, in, rows, cols); \
    else \
      for (int64_t from = 0; from < cols; from += lanes) \
        name##_strip_##type(acc, in, rows, cols, from); \
  }

// Down columns, in strips whose partial results stay in the first cache.
#define PK_COLUMNS(name, T, S_OP) \
  static void name(void *acc, const void *in, int64_t rows, int64_t cols) { \
    for (int64_t from = 0; from < cols; from += 1024) { \
      const int64_t n = cols - from < 1024 ? cols - from : 1024; \
      T *o = (T *)acc + from; \
      for (int64_t r = 0; r < rows; r++) { \
        const T *p = (const T *)in + r * cols + from; \
        PK_INDEPENDENT for (int64_t c = 0; c < n; c++) o[c] = (T)S_OP(o[c], p[c]); \
      } \
    } \
  }

// Integers and bools, where order does not matter.
#define PK_REDUCE_WHOLE(name, type, T, S_OP, identity) \
  static void name##_rows_##type(void *out, const void *in, int64_t rows, int64_t cols) { \
    T *o = out; \
    const T *p = in; \
    for (int64_t r = 0; r < rows; r++, p += cols) { \
      T value = (T)(identity); \
      for (int64_t c = 0; c < cols; c++) value = (T)S_OP(value, p[c]); \
      o[r] = value; \
    } \
  } \
  PK_COLUMNS(name##_columns_##type, T, S_OP)

#define PK_REDUCE_FLOATS(name, S_OP, V_OP, identity) \
  PK_REDUCE_FLOAT(name, f32, float, pk_rf, pk_ri, S_OP, V_OP, identity) \
  PK_REDUCE_FLOAT(name, f64, double, pk_rd, pk_rl, S_OP, V_OP, identity)

PK_REDUCE_FLOATS(sum, PK_SUM_S, PK_SUM_V, 0)
PK_REDUCE_FLOATS(prod, PK_PROD_S, PK_PROD_V, 1)
PK_REDUCE_FLOATS(max, PK_MAX_S, PK_MAX_V, -INFINITY)
PK_REDUCE_FLOATS(min, PK_MIN_S, PK_MIN_V, INFINITY)

#define PK_ANY_S(acc, x) ((acc) | (x))
#define PK_ALL_S(acc, x) ((acc) & (x))
#define PK_LARGER_S(acc, x) ((x) > (acc) ? (x) : (acc))
#define PK_SMALLER_S(acc, x) ((x) < (acc) ? (x) : (acc))
PK_REDUCE_WHOLE(sum, i64, uint64_t, PK_SUM_S, 0)
PK_REDUCE_WHOLE(prod, i64, uint64_t, PK_PROD_S, 1)
PK_REDUCE_WHOLE(max, i64, int64_t, PK_LARGER_S, INT64_MIN)
PK_REDUCE_WHOLE(min, i64, int64_t, PK_SMALLER_S, INT64_MAX)
PK_REDUCE_WHOLE(max, bool, uint8_t, PK_ANY_S, 0)
PK_REDUCE_WHOLE(min, bool, uint8_t, PK_ALL_S, 1)
