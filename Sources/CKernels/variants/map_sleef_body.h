// Transcendental operations on SLEEF's vector functions. Its header hides the AVX2 prototypes from
// code that is not compiled for AVX2 as a whole, so they are declared here.

#define PK_SLEEF_UNARY(X) \
  X(exp, u10) \
  X(exp2, u10) \
  X(expm1, u10) \
  X(log, u10) \
  X(log2, u10) \
  X(log10, u10) \
  X(log1p, u10) \
  X(sin, u10) \
  X(cos, u10) \
  X(tan, u10) \
  X(tanh, u10) \
  X(sinh, u10) \
  X(cosh, u10) \
  X(asin, u10) \
  X(acos, u10) \
  X(atan, u10) \
  X(asinh, u10) \
  X(acosh, u10) \
  X(atanh, u10) \
  X(erf, u10) \
  X(erfc, u15)

#define PK_SLEEF_BINARY(X) X(pow, u10) X(atan2, u10) X(hypot, u05)

#define PK_DECLARE1(name, bound) \
  extern pk_vf PK_SLEEF_F32(name, bound)(pk_vf); \
  extern pk_vd PK_SLEEF_F64(name, bound)(pk_vd); \
  PK_INLINE pk_vf sleef_##name##_f(pk_vf x) { return PK_SLEEF_F32(name, bound)(x); } \
  PK_INLINE pk_vd sleef_##name##_d(pk_vd x) { return PK_SLEEF_F64(name, bound)(x); }
#define PK_DECLARE2(name, bound) \
  extern pk_vf PK_SLEEF_F32(name, bound)(pk_vf, pk_vf); \
  extern pk_vd PK_SLEEF_F64(name, bound)(pk_vd, pk_vd); \
  PK_INLINE pk_vf sleef_##name##_f(pk_vf x, pk_vf y) { return PK_SLEEF_F32(name, bound)(x, y); } \
  PK_INLINE pk_vd sleef_##name##_d(pk_vd x, pk_vd y) { return PK_SLEEF_F64(name, bound)(x, y); }
PK_SLEEF_UNARY(PK_DECLARE1)
PK_SLEEF_BINARY(PK_DECLARE2)

// SLEEF reduces a whole vector by the method its largest lane needs. Each range of arguments goes
// through its own call here, so that a lane's bits do not depend on its neighbours.
#define PK_BY_RANGE(name) \
  PK_INLINE pk_vf ranged_##name##_f(pk_vf x) { \
    const pk_vi near = abs_f(x) < 125.0f; \
    const pk_vf y = sleef_##name##_f(select_f(near, x, (pk_vf){0})); \
    if (!any_f(~near)) return y; \
    return select_f(near, y, sleef_##name##_f(select_f(near, splat_f(1000.0f), x))); \
  } \
  PK_INLINE pk_vd ranged_##name##_d(pk_vd x) { \
    const pk_vl near = abs_d(x) < 15.0; \
    pk_vd y = sleef_##name##_d(select_d(near, x, (pk_vd){0})); \
    if (!any_d(~near)) return y; \
    const pk_vl middle = ~near & (abs_d(x) < 1e14); \
    y = select_d(middle, sleef_##name##_d(select_d(middle, x, splat_d(16.0))), y); \
    const pk_vl far = ~(near | middle); \
    if (!any_d(far)) return y; \
    return select_d(far, sleef_##name##_d(select_d(far, x, splat_d(1e15))), y); \
  }
PK_BY_RANGE(sin)
PK_BY_RANGE(cos)
PK_BY_RANGE(tan)

// Near the ends of the range, where SLEEF promises nothing.

/// log(1 + x) is log(x) to rounding from 2^54 on.
PK_INLINE pk_vf wide_log1p_f(pk_vf x) {
  const pk_vi large = x > 1e20f;
  const pk_vf y = sleef_log1p_f(x);
  return any_f(large) ? select_f(large, sleef_log_f(x), y) : y;
}

PK_INLINE pk_vd wide_log1p_d(pk_vd x) {
  const pk_vl large = x > 1e20;
  const pk_vd y = sleef_log1p_d(x);
  return any_d(large) ? select_d(large, sleef_log_d(x), y) : y;
}

// log(2 x) for large x, where squares overflow.
#define PK_WIDE_LOG2X(name) \
  PK_INLINE pk_vf wide_##name##_f(pk_vf x) { \
    const pk_vi large = abs_f(x) > 1e10f & abs_f(x) < INFINITY; \
    const pk_vf y = sleef_##name##_f(x); \
    if (!any_f(large)) return y; \
    const pk_vf z = sleef_log_f(abs_f(x)) + 0.693147182464599609375f; \
    return select_f(large & (y == y), sign_f(z, x), y); \
  } \
  PK_INLINE pk_vd wide_##name##_d(pk_vd x) { \
    const pk_vl large = abs_d(x) > 1e20 & abs_d(x) < (double)INFINITY; \
    const pk_vd y = sleef_##name##_d(x); \
    if (!any_d(large)) return y; \
    const pk_vd z = sleef_log_d(abs_d(x)) + 0.693147180559945309417; \
    return select_d(large & (y == y), sign_d(z, x), y); \
  }
PK_WIDE_LOG2X(asinh)
PK_WIDE_LOG2X(acosh)

// exp(|x|) / 2 where exp(|x|) may overflow and the result does not: exp(|x| - k log 2) 2^(k-1),
// with k log 2 in two parts.
#define PK_WIDE_EXP(name, odd) \
  PK_INLINE pk_vf wide_##name##_f(pk_vf x) { \
    const pk_vi large = abs_f(x) > 87.5f; \
    const pk_vf y = sleef_##name##_f(x); \
    if (!any_f(large)) return y; \
    const pk_vf r = (abs_f(x) - 87.3359375f) - 0.0006072505531089866f; \
    const pk_vf z = sleef_exp_f(r) * 0x1p125f; \
    return select_f(large, (odd) ? sign_f(z, x) : z, y); \
  } \
  PK_INLINE pk_vd wide_##name##_d(pk_vd x) { \
    const pk_vl large = abs_d(x) > 708.5; \
    const pk_vd y = sleef_##name##_d(x); \
    if (!any_d(large)) return y; \
    const pk_vd r = (abs_d(x) - 708.3964176177979) - 9.144662546619112e-07; \
    const pk_vd z = sleef_exp_d(r) * 0x1p1021; \
    return select_d(large, (odd) ? sign_d(z, x) : z, y); \
  }
PK_WIDE_EXP(sinh, 1)
PK_WIDE_EXP(cosh, 0)

// erf(x) is 2 x / sqrt(pi) to rounding near 0, where SLEEF's baseline loses bits to underflow.
PK_INLINE pk_vf wide_erf_f(pk_vf x) {
  const pk_vf tiny = x + x * 0.1283791670955126f;
  return select_f(abs_f(x) < 1e-5f, tiny, sleef_erf_f(x));
}

PK_INLINE pk_vd wide_erf_d(pk_vd x) {
  const pk_vd tiny = x + x * 0.1283791670955126;
  return select_d(abs_d(x) < 1e-10, tiny, sleef_erf_d(x));
}

#define PK_VECTOR1_FLOATS(name, function) \
  PK_VECTOR1(name##_f32, float, pk_vf, function##_f) \
  PK_VECTOR1(name##_f64, double, pk_vd, function##_d)
#define PK_VECTOR2_FLOATS(name, function) \
  PK_VECTOR2(name##_f32, float, pk_vf, function##_f) \
  PK_VECTOR2(name##_f64, double, pk_vd, function##_d)

#if PK_HAS_FMA
PK_VECTOR1(exp_f32, float, pk_vf, poly_exp_f)
PK_VECTOR1(expm1_f32, float, pk_vf, poly_expm1_f)
PK_VECTOR1(log_f32, float, pk_vf, poly_log_f)
PK_VECTOR1(log1p_f32, float, pk_vf, poly_log1p_f)
PK_VECTOR1(tanh_f32, float, pk_vf, poly_tanh_f)
PK_VECTOR1(erf_f32, float, pk_vf, poly_erf_f)
#else
PK_VECTOR1(exp_f32, float, pk_vf, sleef_exp_f)
PK_VECTOR1(expm1_f32, float, pk_vf, sleef_expm1_f)
PK_VECTOR1(log_f32, float, pk_vf, sleef_log_f)
PK_VECTOR1(log1p_f32, float, pk_vf, wide_log1p_f)
PK_VECTOR1(tanh_f32, float, pk_vf, sleef_tanh_f)
PK_VECTOR1(erf_f32, float, pk_vf, wide_erf_f)
#endif
PK_VECTOR1(exp_f64, double, pk_vd, sleef_exp_d)
PK_VECTOR1(expm1_f64, double, pk_vd, sleef_expm1_d)
PK_VECTOR1(log_f64, double, pk_vd, sleef_log_d)
PK_VECTOR1(log1p_f64, double, pk_vd, wide_log1p_d)
PK_VECTOR1(tanh_f64, double, pk_vd, sleef_tanh_d)
PK_VECTOR1(erf_f64, double, pk_vd, wide_erf_d)
PK_VECTOR1_FLOATS(exp2, sleef_exp2)
PK_VECTOR1_FLOATS(log2, sleef_log2)
PK_VECTOR1_FLOATS(log10, sleef_log10)
PK_VECTOR1_FLOATS(sin, ranged_sin)
PK_VECTOR1_FLOATS(cos, ranged_cos)
PK_VECTOR1_FLOATS(tan, ranged_tan)
PK_VECTOR1_FLOATS(sinh, wide_sinh)
PK_VECTOR1_FLOATS(cosh, wide_cosh)
PK_VECTOR1_FLOATS(asin, sleef_asin)
PK_VECTOR1_FLOATS(acos, sleef_acos)
PK_VECTOR1_FLOATS(atan, sleef_atan)
PK_VECTOR1_FLOATS(asinh, wide_asinh)
PK_VECTOR1_FLOATS(acosh, wide_acosh)
PK_VECTOR1_FLOATS(atanh, sleef_atanh)
PK_VECTOR1_FLOATS(erfc, sleef_erfc)
PK_VECTOR2_FLOATS(pow, sleef_pow)
PK_VECTOR2_FLOATS(atan2, sleef_atan2)
PK_VECTOR2_FLOATS(hypot, sleef_hypot)
