#include "reference_loops.h"

#include <math.h>
#include <string.h>

#if defined(__x86_64__)
#define WIDE __attribute__((target("avx2,fma")))
#define HAS_WIDE (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
#else
#define WIDE
#define HAS_WIDE 1
#endif

// e to the x for x <= 0: halves of a power of two beside a polynomial on [-ln 2 / 2, ln 2 / 2].
static inline __attribute__((always_inline)) float exponential(float x) {
  x = x < -87.0f ? -87.0f : x;
  float turns = rintf(x * 1.44269504f);
  float rest = x - turns * 0.693359375f + turns * 2.12194440e-4f;
  float series = 1.3981999507e-3f;
  series = series * rest + 8.3334519073e-3f;
  series = series * rest + 4.1665795894e-2f;
  series = series * rest + 1.6666665459e-1f;
  series = series * rest + 5.0000001201e-1f;
  series = series * rest * rest + rest + 1.0f;
  int32_t bits = ((int32_t)turns + 127) << 23;
  float power;
  memcpy(&power, &bits, sizeof power);
  return series * power;
}

// log(1 + t) for t in [0, 1]: twice the inverse hyperbolic tangent of t / (2 + t).
static inline __attribute__((always_inline)) float logarithm_of_one_plus(float t) {
  float s = t / (2.0f + t);
  float q = s * s;
  float series = 0.11111111f * q + 0.14285714f;
  series = series * q + 0.2f;
  series = series * q + 0.33333333f;
  series = series * q + 1.0f;
  series += 0.09090909f * q * q * q * q * q;
  return 2.0f * s * series;
}

// The pairs from `start` on, at most a block of them, so that the sum stays exact enough.
#define BLOCK 4096
#define DPO_BODY                                                                          \
  double total = 0;                                                                       \
  float slope = -beta / (float)count;                                                     \
  for (int64_t start = 0; start < count; start += BLOCK) {                                \
    int64_t end = start + BLOCK < count ? start + BLOCK : count;                          \
    float sum = 0;                                                                        \
    for (int64_t i = start; i < end; i++) {                                               \
      float z = beta * ((chosen[i] - reference_chosen[i])                                 \
                        - (rejected[i] - reference_rejected[i]));                         \
      float t = exponential(-fabsf(z));                                                   \
      float below = z < 0 ? -z : 0.0f;                                                    \
      sum += below + logarithm_of_one_plus(t);                                            \
      float gradient = slope * ((z < 0 ? 1.0f : t) / (1.0f + t));                         \
      by_chosen[i] = gradient;                                                            \
      by_rejected[i] = -gradient;                                                         \
    }                                                                                     \
    total += sum;                                                                         \
  }                                                                                       \
  return total / (double)count;

WIDE static double dpo_wide(
  const float *restrict chosen, const float *restrict rejected,
  const float *restrict reference_chosen, const float *restrict reference_rejected, float beta,
  int64_t count, float *restrict by_chosen, float *restrict by_rejected) {
  DPO_BODY
}

static double dpo_plain(
  const float *restrict chosen, const float *restrict rejected,
  const float *restrict reference_chosen, const float *restrict reference_rejected, float beta,
  int64_t count, float *restrict by_chosen, float *restrict by_rejected) {
  DPO_BODY
}

double rl_dpo(
  const float *chosen, const float *rejected, const float *reference_chosen,
  const float *reference_rejected, float beta, int64_t count, float *by_chosen,
  float *by_rejected) {
  double (*loop)(
    const float *, const float *, const float *, const float *, float, int64_t, float *,
    float *) = HAS_WIDE ? dpo_wide : dpo_plain;
  return loop(
    chosen, rejected, reference_chosen, reference_rejected, beta, count, by_chosen, by_rejected);
}

void rl_accumulate(float *a, const float *b, float scale, int64_t count) {
  for (int64_t i = 0; i < count; i++) a[i] += scale * b[i];
}
