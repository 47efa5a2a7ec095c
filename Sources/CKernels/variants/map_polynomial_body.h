// float32 exp, expm1, log, log1p, tanh and erf as polynomials inlined in the loop, for variants
// with fused multiply-add. Coefficients are minimax fits of our own; the error bounds, in
// perigee_map.h, are tested. The rare arguments are repaired behind a branch that changes only
// their lanes.

PK_INLINE pk_vf fma_v(pk_vf x, pk_vf y, pk_vf z) { return __builtin_elementwise_fma(x, y, z); }

#define PK_K(x) splat_f(x)

/// x = n log 2 + (r + c), n a whole number, |r| <= 0.347; `high` is x less most of n log 2.
struct reduced {
  pk_vf n, r, c, high;
  pk_vi whole;
};

PK_INLINE struct reduced reduce_log2(pk_vf x) {
  const pk_vf shift = PK_K(0x1.8p23f);
  const pk_vf rounded = fma_v(x, PK_K(1.44269504088896341f), shift);
  const pk_vf n = rounded - shift;
  // The high part has 15 bits, so that its product with n is exact.
  const pk_vf high = fma_v(n, PK_K(-0x1.62e4p-1f), x);
  const pk_vf low = n * PK_K(-0x1.7f7d1cp-20f);
  const pk_vf r = high + low;
  return (struct reduced){n, r, (high - r) + low, high, (pk_vi)rounded - (pk_vi)shift};
}

/// 2^k for -126 <= k <= 127.
PK_INLINE pk_vf power_of_two(pk_vi k) { return (pk_vf)((k + 127) << 23); }

#if PK_VECTOR_BYTES == 64
/// y 2^n, rounded once.
PK_INLINE pk_vf scaled(pk_vf y, struct reduced v) {
  return __builtin_ia32_scalefps512_mask(y, v.n, y, (uint16_t)-1, 4);
}

/// x within [-104, 89], beyond which exp is 0 and infinite; NaN stays.
PK_INLINE pk_vf bounded(pk_vf x) {
  // Of a NaN and a number these give the second operand.
  return __builtin_ia32_minps512(
    PK_K(89.0f), __builtin_ia32_maxps512(PK_K(-104.0f), x, 4), 4);
}
#endif

/// exp(r) on the reduced range.
PK_INLINE pk_vf exp_of_reduced(struct reduced v) {
  const pk_vf r = fma_v(v.n, PK_K(-0x1.7f7d1cp-20f), v.high);
  pk_vf q = fma_v(PK_K(0x1.6a2250p-10f), r, PK_K(0x1.123b02p-7f));
  q = fma_v(q, r, PK_K(0x1.5558f8p-5f));
  q = fma_v(q, r, PK_K(0x1.555490p-3f));
  q = fma_v(q, r, PK_K(0x1.fffffcp-2f));
  return fma_v(r * r, q, r) + 1.0f;
}

PK_INLINE pk_vf poly_exp_f(pk_vf x) {
#if PK_VECTOR_BYTES == 64
  const struct reduced v = reduce_log2(bounded(x));
  return scaled(exp_of_reduced(v), v);
#else
  const pk_vi unusual = ~(abs_f(x) < 87.0f);
  const pk_vf near = any_f(unusual) ? select_f(x > 89.0f, PK_K(89.0f),
                                               select_f(x < -104.0f, PK_K(-104.0f), x))
                                    : x;
  const struct reduced v = reduce_log2(near);
  const pk_vf y = exp_of_reduced(v);
  if (!any_f(unusual)) return (pk_vf)((pk_vi)y + (v.whole << 23));
  // In two steps where 2^n is out of range; exact where it is not.
  const pk_vi half = v.whole >> 1;
  return y * power_of_two(half) * power_of_two(v.whole - half);
#endif
}

PK_INLINE pk_vf poly_expm1_f(pk_vf x) {
  const pk_vi unusual = ~(abs_f(x) < 87.0f);
  const pk_vf near = any_f(unusual) ? select_f(abs_f(x) < 87.0f, x, sign_f(PK_K(87.0f), x)) : x;
  const struct reduced v = reduce_log2(near);
  pk_vf q = fma_v(PK_K(0x1.a1a2e0p-13f), v.r, PK_K(0x1.6d75dap-10f));
  q = fma_v(q, v.r, PK_K(0x1.11108ep-7f));
  q = fma_v(q, v.r, PK_K(0x1.5554acp-5f));
  q = fma_v(q, v.r, PK_K(0x1.555556p-3f));
  q = fma_v(q, v.r, PK_K(0.5f));
  const pk_vf tail = fma_v(v.r * v.r, q, v.c), scale = power_of_two(v.whole);
  const pk_vf y = fma_v(scale, tail, fma_v(scale, v.r, scale - 1.0f));
  // The sign survives, also that of zero.
  const pk_vf signed_y = (pk_vf)((pk_vi)y | ((pk_vi)x & (int32_t)0x80000000));
  if (!any_f(unusual)) return signed_y;
  return select_f(abs_f(x) < 87.0f, signed_y, select_f(x < 0.0f, PK_K(-1.0f), poly_exp_f(x)));
}

/// log(1 + f) + e log 2 for f in [-0.293, 0.415].
PK_INLINE pk_vf log_of_reduced(pk_vf f, pk_vf e) {
  const pk_vf t = f * f;
  pk_vf p = fma_v(PK_K(-0x1.42338ep-4f), f, PK_K(0x1.08015cp-3f));
  p = fma_v(p, f, PK_K(-0x1.0ce990p-3f));
  p = fma_v(p, f, PK_K(0x1.22681cp-3f));
  p = fma_v(p, f, PK_K(-0x1.547718p-3f));
  p = fma_v(p, f, PK_K(0x1.99a5d2p-3f));
  p = fma_v(p, f, PK_K(-0x1.000226p-2f));
  p = fma_v(p, f, PK_K(0x1.55554ap-2f));
  pk_vf y = fma_v(e, PK_K(-1.904654300e-09f), (t * f) * p);
  y = fma_v(t, PK_K(-0.5f), y);
  return fma_v(e, PK_K(0.693147182464599609375f), f + y);
}

/// The exponent e that brings x 2^-e into [0.707, 1.414).
PK_INLINE pk_vi log_exponent(pk_vf x) { return ((pk_vi)x - 0x3f3504f3) >> 23; }

PK_INLINE pk_vf poly_log_f(pk_vf x) {
  const pk_vi usual = (x >= 0x1p-126f) & (x < INFINITY);
  pk_vf lifted = x, bias = (pk_vf){0};
  if (any_f(~usual)) {
    const pk_vi low = x < 0x1p-126f;
    lifted = select_f(low, x * 0x1p23f, x);
    bias = select_f(low, PK_K(-23.0f), bias);
  }
  const pk_vi e = log_exponent(lifted);
  const pk_vf f = (pk_vf)((pk_vi)lifted - (e << 23)) - 1.0f;
  const pk_vf y = log_of_reduced(f, __builtin_convertvector(e, pk_vf) + bias);
  if (!any_f(~usual)) return y;
  const pk_vf rest = select_f(x == 0.0f, PK_K(-INFINITY), select_f(x > 0.0f, x, PK_K(NAN)));
  return select_f((x > 0.0f) & (x < INFINITY), y, rest);
}

PK_INLINE pk_vf poly_log1p_f(pk_vf x) {
  const pk_vi usual = (x > -1.0f) & (x < 0x1p60f);
  const pk_vi e = log_exponent(x + 1.0f);
  const pk_vf scale = (pk_vf)(0x3f800000 - (e << 23));
  const pk_vf f = fma_v(x, scale, scale - 1.0f);
  const pk_vf y = log_of_reduced(f, __builtin_convertvector(e, pk_vf));
  const pk_vf signed_y = (pk_vf)((pk_vi)y | ((pk_vi)x & (int32_t)0x80000000));
  if (!any_f(~usual)) return signed_y;
  // log(-1 + 1) is -inf and log of less is NaN; for large x, log(1 + x) is log(x).
  const pk_vf other = poly_log_f(select_f(x > 1.0f, x, x + 1.0f));
  return select_f(usual, signed_y, other);
}

PK_INLINE pk_vf poly_tanh_f(pk_vf x) {
  const pk_vf a = abs_f(x), z = x * x;
  pk_vf p = fma_v(PK_K(-0x1.96cf62p-8f), z, PK_K(0x1.58828cp-6f));
  p = fma_v(p, z, PK_K(-0x1.b91370p-5f));
  p = fma_v(p, z, PK_K(0x1.110cb2p-3f));
  p = fma_v(p, z, PK_K(-0x1.55554ap-2f));
  const pk_vf near = fma_v(x * z, p, x);
  // 1 - 2 / (exp(2 |x|) + 1), which is 1 from 10 on.
  const pk_vf bounded = select_f(a > 10.0f, PK_K(10.0f), a);
  const pk_vf far = 1.0f - 2.0f / (poly_exp_f(bounded + bounded) + 1.0f);
  return sign_f(select_f(a < 0.56f, near, far), x);
}

PK_INLINE pk_vf poly_erf_f(pk_vf x) {
  const pk_vf a = abs_f(x), z = x * x;
  pk_vf p = fma_v(PK_K(0x1.60bcdcp-14f), z, PK_K(-0x1.ab6ebap-11f));
  p = fma_v(p, z, PK_K(0x1.54ea6ap-8f));
  p = fma_v(p, z, PK_K(-0x1.b8122ap-6f));
  p = fma_v(p, z, PK_K(0x1.ce2e34p-4f));
  p = fma_v(p, z, PK_K(-0x1.812744p-2f));
  p = fma_v(p, z, PK_K(0x1.06eba8p-3f));
  const pk_vf near = fma_v(x, p, x);
  // 1 - exp(log erfc), the logarithm as a polynomial; 1 to rounding from 3.95 on.
  const pk_vf b = select_f(a > 3.95f, PK_K(3.95f), a);
  pk_vf g = fma_v(PK_K(0x1.9d50f8p-13f), b, PK_K(-0x1.905a04p-9f));
  g = fma_v(g, b, PK_K(0x1.6ce58cp-6f));
  g = fma_v(g, b, PK_K(-0x1.aa14e8p-4f));
  g = fma_v(g, b, PK_K(-0x1.462f06p-1f));
  g = fma_v(g, b, PK_K(-0x1.20b36ap+0f));
  g = fma_v(g, b, PK_K(-0x1.7b03d4p-13f));
  return select_f(a < 0.92f, near, sign_f(1.0f - poly_exp_f(g), x));
}
