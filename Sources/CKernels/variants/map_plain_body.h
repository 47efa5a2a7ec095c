// Elementwise operations the compiler vectorises by itself, one line each.

#define PK_MAP1_FLOATS(name, e32, e64) \
  PK_MAP1(name##_f32, float, float, e32) PK_MAP1(name##_f64, double, double, e64)
#define PK_MAP2_FLOATS(name, e32, e64) \
  PK_MAP2(name##_f32, float, float, e32) PK_MAP2(name##_f64, double, double, e64)
#define PK_COMPARE(name, e) \
  PK_MAP2(name##_f32, float, uint8_t, e) \
  PK_MAP2(name##_f64, double, uint8_t, e) \
  PK_MAP2(name##_i64, int64_t, uint8_t, e) \
  PK_MAP2(name##_bool, uint8_t, uint8_t, e)

/// Floor division; x / 0 is 0 and INT64_MIN / -1 wraps.
static int64_t divide_i64(int64_t x, int64_t y) {
  if (y == 0) return 0;
  if (y == -1) return (int64_t)(0 - (uint64_t)x);
  const int64_t q = x / y;
  return q - (x % y != 0 && (x < 0) != (y < 0));
}

/// Remainder with the sign of y; x mod 0 is 0.
static int64_t remainder_i64(int64_t x, int64_t y) {
  if (y == 0 || y == -1) return 0;
  const int64_t r = x % y;
  return r + ((r != 0 && (r < 0) != (y < 0)) ? y : 0);
}

static float remainder_f32(float x, float y) {
  const float r = fmodf(x, y);
  return r != 0 && (r < 0) != (y < 0) ? r + y : r;
}

static double remainder_f64(double x, double y) {
  const double r = fmod(x, y);
  return r != 0 && (r < 0) != (y < 0) ? r + y : r;
}

PK_MAP2_FLOATS(add, x + y, x + y)
PK_MAP2_FLOATS(sub, x - y, x - y)
PK_MAP2_FLOATS(mul, x * y, x * y)
PK_MAP2_FLOATS(div, x / y, x / y)
PK_MAP2_FLOATS(mod, remainder_f32(x, y), remainder_f64(x, y))
PK_MAP2_FLOATS(fmod, fmodf(x, y), fmod(x, y))
PK_MAP2_FLOATS(min, (x < y || x != x) ? x : y, (x < y || x != x) ? x : y)
PK_MAP2_FLOATS(max, (x > y || x != x) ? x : y, (x > y || x != x) ? x : y)

PK_MAP2(add_i64, uint64_t, uint64_t, x + y)
PK_MAP2(sub_i64, uint64_t, uint64_t, x - y)
PK_MAP2(mul_i64, uint64_t, uint64_t, x * y)
PK_MAP2(div_i64, int64_t, int64_t, divide_i64(x, y))
PK_MAP2(mod_i64, int64_t, int64_t, remainder_i64(x, y))
PK_MAP2(min_i64, int64_t, int64_t, x < y ? x : y)
PK_MAP2(max_i64, int64_t, int64_t, x > y ? x : y)
PK_MAP1(neg_i64, uint64_t, uint64_t, 0 - x)
PK_MAP1(abs_i64, int64_t, uint64_t, x < 0 ? 0 - (uint64_t)x : (uint64_t)x)
PK_MAP1(sign_i64, int64_t, int64_t, (x > 0) - (x < 0))

PK_COMPARE(eq, x == y)
PK_COMPARE(ne, x != y)
PK_COMPARE(lt, x < y)
PK_COMPARE(le, x <= y)
PK_MAP2(and_bool, uint8_t, uint8_t, x & y)
PK_MAP2(or_bool, uint8_t, uint8_t, x | y)
PK_MAP2(xor_bool, uint8_t, uint8_t, x ^ y)
PK_MAP1(not_bool, uint8_t, uint8_t, x ^ 1)

// Conditions are 0 or 1, elements travel as bits.
PK_MAP3(select_4, uint8_t, uint32_t, uint32_t, x ? y : z)
PK_MAP3(select_8, uint8_t, uint64_t, uint64_t, x ? y : z)
PK_MAP3(select_1, uint8_t, uint8_t, uint8_t, x ? y : z)

PK_MAP3(fma_f32, float, float, float, __builtin_fmaf(x, y, z))
PK_MAP3(fma_f64, double, double, double, __builtin_fma(x, y, z))

PK_MAP1_FLOATS(neg, -x, -x)
PK_MAP1_FLOATS(abs, __builtin_fabsf(x), __builtin_fabs(x))
PK_MAP1_FLOATS(sign, (x > 0) - (x < 0), (x > 0) - (x < 0))
PK_MAP1_FLOATS(floor, __builtin_floorf(x), __builtin_floor(x))
PK_MAP1_FLOATS(ceil, __builtin_ceilf(x), __builtin_ceil(x))
PK_MAP1_FLOATS(round, __builtin_rintf(x), __builtin_rint(x))
PK_MAP1_FLOATS(trunc, __builtin_truncf(x), __builtin_trunc(x))
PK_MAP1_FLOATS(sqrt, __builtin_sqrtf(x), __builtin_sqrt(x))
PK_MAP1_FLOATS(rsqrt, 1.0f / __builtin_sqrtf(x), 1.0 / __builtin_sqrt(x))
PK_MAP1_FLOATS(reciprocal, 1.0f / x, 1.0 / x)
PK_MAP1(isnan_f32, float, uint8_t, x != x)
PK_MAP1(isnan_f64, double, uint8_t, x != x)
PK_MAP1(isfinite_f32, float, uint8_t, __builtin_fabsf(x) <= 3.4028234663852886e38f)
PK_MAP1(isfinite_f64, double, uint8_t, __builtin_fabs(x) <= 1.7976931348623157e308)

#define PK_COPY(name, bytes) \
  static void name(void *o, const void *a, const void *b, const void *c, int64_t n) { \
    PK_UNUSED(b), PK_UNUSED(c); \
    if (o != a) memcpy(o, a, (size_t)n * bytes); \
  }
PK_COPY(copy_1, 1)
PK_COPY(copy_4, 4)
PK_COPY(copy_8, 8)

/// Truncation towards 0, saturating; NaN gives 0.
PK_INLINE int64_t truncate_i64(double x) {
  if (x != x) return 0;
  if (x >= 9223372036854775808.0) return INT64_MAX;
  if (x < -9223372036854775808.0) return INT64_MIN;
  return (int64_t)x;
}

PK_MAP1(cast_f32_f64, float, double, x)
PK_MAP1(cast_f32_i64, float, int64_t, truncate_i64(x))
PK_MAP1(cast_f32_bool, float, uint8_t, x != 0)
PK_MAP1(cast_f64_f32, double, float, x)
PK_MAP1(cast_f64_i64, double, int64_t, truncate_i64(x))
PK_MAP1(cast_f64_bool, double, uint8_t, x != 0)
PK_MAP1(cast_i64_f32, int64_t, float, x)
PK_MAP1(cast_i64_f64, int64_t, double, x)
PK_MAP1(cast_i64_bool, int64_t, uint8_t, x != 0)
PK_MAP1(cast_bool_f32, uint8_t, float, x)
PK_MAP1(cast_bool_f64, uint8_t, double, x)
PK_MAP1(cast_bool_i64, uint8_t, int64_t, x)
