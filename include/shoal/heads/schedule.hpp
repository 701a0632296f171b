// The schedule of the learning rate.
#pragma once

#include <algorithm>
#include <cmath>
#include <numbers>

#include <shoal/core/config.hpp>

namespace shoal {

/// A linear warm-up from 0 to `peak` over the first `warmup` of `steps` steps, followed by half a cosine from
/// `peak` towards `floor`, which it would reach at step `steps`.
struct WarmupCosine {
  double peak;
  double floor;
  Index warmup;
  Index steps;

  /// The rate of a step in [0, steps).
  [[nodiscard]] double operator()(Index step) const {
    if (step < warmup)
      return peak * static_cast<double>(step) / static_cast<double>(std::max<Index>(warmup - 1, 1));
    const double done = static_cast<double>(step - warmup) / static_cast<double>(steps - warmup);
    return floor + 0.5 * (peak - floor) * (1 + std::cos(std::numbers::pi * done));
  }
};

}  // namespace shoal
