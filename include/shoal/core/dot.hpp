// Inner products and differences of single rows, in orders of summation that never depend on who asks.
#pragma once

#include <shoal/core/lane.hpp>

namespace shoal {

/// Σ x y_k for four vectors y_k at a time: each sum runs along lanes in order, so that its bits depend on its
/// own two vectors only.
inline void dot4(const float* x, const float* const (&y)[4], Index count, float (&out)[4]) {
  Lane sum[4] = {};
  Index j = 0;
  for (; j + lane_width <= count; j += lane_width) {
    const Lane xs = load<Lane>(x + j);
    for (int k = 0; k < 4; ++k) sum[k] += xs * load<Lane>(y[k] + j);
  }
  for (int k = 0; k < 4; ++k) out[k] = reduce_sum(sum[k]);
  for (; j < count; ++j)
    for (int k = 0; k < 4; ++k) out[k] += x[j] * y[k][j];
}

/// Σ x y, the same bits as by dot4.
inline float dot(const float* x, const float* y, Index count) {
  Lane sum{};
  Index j = 0;
  for (; j + lane_width <= count; j += lane_width) sum += load<Lane>(x + j) * load<Lane>(y + j);
  float total = reduce_sum(sum);
  for (; j < count; ++j) total += x[j] * y[j];
  return total;
}

/// Σ x y in order, as a register tile sums (tile.hpp): the same bits as its sums.
inline float dot_in_order(const float* x, const float* y, Index count) {
  float sum = 0;
  for (Index j = 0; j < count; ++j) sum += x[j] * y[j];
  return sum;
}

/// out ← x − y.
inline void subtract(const float* x, const float* y, Index count, float* out) {
  for (Index j = 0; j < count; ++j) out[j] = x[j] - y[j];
}

}  // namespace shoal
