// Numbers from repetitions, as tables print them: mean ± standard deviation.
#pragma once

#include <cmath>
#include <span>

#include <shoal/core/check.hpp>
#include <shoal/core/config.hpp>

namespace shoal {

/// The mean of some repetitions, and the standard deviation of one: over n − 1, and 0 for a single
/// repetition.
struct Spread {
  double mean = 0;
  double deviation = 0;
  Index count = 0;
};

[[nodiscard]] inline Spread spread(std::span<const double> values) {
  check(!values.empty(), Errc::invalid_argument, "spread: values (0 of them) must not be empty");
  const double n = static_cast<double>(values.size());
  double sum = 0, squares = 0;
  for (const double x : values) sum += x;
  for (const double x : values) squares += (x - sum / n) * (x - sum / n);
  return {sum / n, values.size() > 1 ? std::sqrt(squares / (n - 1)) : 0., static_cast<Index>(values.size())};
}

}  // namespace shoal
