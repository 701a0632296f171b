// Inner products and differences of single rows, with fixed orders of summation. Sums are of vectors to the
// last element: of a loop over floats compilers may make what rounds products before they are added, here and
// not there.
#pragma once

#include <shoal/simd/vector.hpp>

namespace shoal {

/// out[k] ← Σ x y_k for four vectors y_k at a time. Each sum runs along its vectors in a fixed order, so that
/// its bits depend on its own two vectors only.
inline void dot4(const float* x, const float* const (&y)[4], Index count, float (&out)[4]) {
  FloatVector sum[4] = {};
  Index j = 0;
  for (; j + vector_width <= count; j += vector_width) {
    const FloatVector xs = load<FloatVector>(x + j);
    for (int k = 0; k < 4; ++k) sum[k] += xs * load<FloatVector>(y[k] + j);
  }
  if (j < count) {
    const FloatVector xs = load_first(x + j, count - j);
    for (int k = 0; k < 4; ++k) sum[k] += xs * load_first(y[k] + j, count - j);
  }
  for (int k = 0; k < 4; ++k) out[k] = reduce_sum(sum[k]);
}

/// Σ x y, with the same bits as dot4.
inline float dot(const float* x, const float* y, Index count) {
  FloatVector sum{};
  Index j = 0;
  for (; j + vector_width <= count; j += vector_width)
    sum += load<FloatVector>(x + j) * load<FloatVector>(y + j);
  if (j < count) sum += load_first(x + j, count - j) * load_first(y + j, count - j);
  return reduce_sum(sum);
}

/// Σ x y by four running sums that don't wait for each other: in another order than dot, and sooner.
inline float dot_interleaved(const float* x, const float* y, Index count) {
  constexpr Index step = 4 * vector_width;
  FloatVector sum[4] = {};
  Index j = 0;
  for (; j + step <= count; j += step)
    for (int k = 0; k < 4; ++k)
      sum[k] += load<FloatVector>(x + j + k * vector_width) * load<FloatVector>(y + j + k * vector_width);
  for (; j + vector_width <= count; j += vector_width)
    sum[0] += load<FloatVector>(x + j) * load<FloatVector>(y + j);
  if (j < count) sum[1] += load_first(x + j, count - j) * load_first(y + j, count - j);
  return reduce_sum((sum[0] + sum[1]) + (sum[2] + sum[3]));
}

/// out ← x − y.
inline void subtract(const float* x, const float* y, Index count, float* out) {
  for (Index j = 0; j < count; ++j) out[j] = x[j] - y[j];
}

}  // namespace shoal
