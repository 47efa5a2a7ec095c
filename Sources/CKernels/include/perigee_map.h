#ifndef PERIGEE_MAP_H
#define PERIGEE_MAP_H

#include "perigee_types.h"

#ifdef __cplusplus
extern "C" {
#endif

// Elementwise operations, one line each: name, number of operands, float32 error bound in units
// in the last place (0: exact, 0.5: correctly rounded). The bounds are tested.
//
// Floats unless a note says otherwise.
//   ADD SUB MUL    also int64, wrapping.
//   DIV            also int64: floor division, x/0 is 0.
//   MOD            remainder with the sign of the divisor; also int64 (x mod 0 is 0).
//   FMOD           remainder with the sign of the dividend, as in C.
//   MIN MAX        also int64 and bool; a NaN operand gives NaN.
//   POW            as pow in C.
//   POLYGAMMA      operands n (a whole number >= 0) and x; n = 0 is DIGAMMA; NaN below -10000.
//   EQ NE LT LE    every type; the result is bool.
//   AND OR XOR NOT bool only.
//   SELECT         operands condition (bool), x, y; every type.
//   NEG ABS SIGN   also int64, wrapping; the sign of NaN is 0, as in PyTorch.
//   ROUND          half to even.
//   LGAMMA         log |gamma|, +inf at 0, -1, -2, ...
//   DIGAMMA        -inf at +0, +inf at -0, NaN at -1, -2, ...
//   I0E I1E        exp(-|x|) times the modified Bessel function of order 0, 1.
//   ISNAN ISFINITE the result is bool.
//   COPY           every type.
#define PK_MAP_OPS(X) \
  X(ADD, 2, 0.5f) \
  X(SUB, 2, 0.5f) \
  X(MUL, 2, 0.5f) \
  X(DIV, 2, 0.5f) \
  X(MOD, 2, 0.5f) \
  X(FMOD, 2, 0.0f) \
  X(MIN, 2, 0.0f) \
  X(MAX, 2, 0.0f) \
  X(POW, 2, 1.0f) \
  X(ATAN2, 2, 1.6f) \
  X(HYPOT, 2, 0.7f) \
  X(POLYGAMMA, 2, 0.6f) \
  X(EQ, 2, 0.0f) \
  X(NE, 2, 0.0f) \
  X(LT, 2, 0.0f) \
  X(LE, 2, 0.0f) \
  X(AND, 2, 0.0f) \
  X(OR, 2, 0.0f) \
  X(XOR, 2, 0.0f) \
  X(NOT, 1, 0.0f) \
  X(SELECT, 3, 0.0f) \
  X(FMA, 3, 0.5f) \
  X(NEG, 1, 0.0f) \
  X(ABS, 1, 0.0f) \
  X(SIGN, 1, 0.0f) \
  X(FLOOR, 1, 0.0f) \
  X(CEIL, 1, 0.0f) \
  X(ROUND, 1, 0.0f) \
  X(TRUNC, 1, 0.0f) \
  X(SQRT, 1, 0.5f) \
  X(RSQRT, 1, 1.5f) \
  X(RECIPROCAL, 1, 0.5f) \
  X(EXP, 1, 1.0f) \
  X(EXP2, 1, 1.0f) \
  X(EXPM1, 1, 1.5f) \
  X(LOG, 1, 1.0f) \
  X(LOG2, 1, 1.0f) \
  X(LOG10, 1, 1.0f) \
  X(LOG1P, 1, 1.5f) \
  X(SIN, 1, 1.0f) \
  X(COS, 1, 1.0f) \
  X(TAN, 1, 1.1f) \
  X(TANH, 1, 1.5f) \
  X(SINH, 1, 1.1f) \
  X(COSH, 1, 1.0f) \
  X(ASIN, 1, 1.0f) \
  X(ACOS, 1, 1.0f) \
  X(ATAN, 1, 1.0f) \
  X(ASINH, 1, 1.1f) \
  X(ACOSH, 1, 1.0f) \
  X(ATANH, 1, 1.1f) \
  X(ERF, 1, 1.5f) \
  X(ERFC, 1, 1.7f) \
  X(ERFINV, 1, 0.6f) \
  X(LGAMMA, 1, 0.6f) \
  X(DIGAMMA, 1, 0.6f) \
  X(I0E, 1, 0.6f) \
  X(I1E, 1, 0.6f) \
  X(ISNAN, 1, 0.0f) \
  X(ISFINITE, 1, 0.0f) \
  X(COPY, 1, 0.0f)

#define PK_MAP_ENUMERATOR(name, operands, ulp) PK_##name,
enum pk_map_op { PK_MAP_OPS(PK_MAP_ENUMERATOR) PK_MAP_COUNT };
#undef PK_MAP_ENUMERATOR

/// One elementwise loop: out[i] = op(a[i], b[i], c[i]) for i < n. Operands that the operation does
/// not take are ignored. `out` may be exactly `a`, `b` or `c` where the element sizes agree; it
/// must not overlap them in part. The bits of out[i] depend on the operands at i alone.
typedef void (*pk_map_fn)(
  void *out, const void *a, const void *b, const void *c, int64_t n);

/// Returns the loop of an operation for operands of `dtype` (for SELECT the type of x and y), or
/// NULL where the pair is not offered.
pk_map_fn pk_map(int op, int dtype);

/// As pk_map, of a given variant; NULL also where this processor cannot run that variant.
pk_map_fn pk_map_of_variant(int variant, int op, int dtype);

/// Returns the loop that converts elements (operand `a`): float to int64 truncates and saturates,
/// NaN becoming 0; anything to bool is "not equal 0". NULL for values that are no element type.
/// Not in place unless the sizes agree.
pk_map_fn pk_cast(int from, int to);

/// As pk_cast, of a given variant.
pk_map_fn pk_cast_of_variant(int variant, int from, int to);

/// Returns the number of operands, or 0 for a value that is no operation.
int pk_map_operands(int op);

/// Returns the name of an operation as in its enumerator ("LOG1P"), or NULL.
const char *pk_map_name(int op);

/// Returns the element type of the result for operands of `dtype`.
int pk_map_result(int op, int dtype);

/// Returns the float32 error bound of an operation in units in the last place.
float pk_map_ulp(int op);

#ifdef __cplusplus
}
#endif

#endif
