/// Loops written by hand for one computation each: what the benchmarks compare compiled plans
/// with. Nothing else uses them.
#pragma once
#include <stdint.h>

/// DPO on `count` pairs: the mean of -log sigmoid(beta * margin), and its derivatives by the
/// policy's log-probabilities of both sides, in one pass.
double rl_dpo(
  const float *chosen, const float *rejected, const float *reference_chosen,
  const float *reference_rejected, float beta, int64_t count, float *by_chosen,
  float *by_rejected);

/// a += scale * b: two streams read and one written, for the bandwidth of memory.
void rl_accumulate(float *a, const float *b, float scale, int64_t count);
