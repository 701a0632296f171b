// Mean and standard deviation over repetitions, as tables report them (mean ± deviation).
#pragma once

#include <cmath>
#include <span>

#include <shoal/core/check.hpp>
#include <shoal/core/config.hpp>

namespace shoal {

/// The mean and the standard deviation of repeated measurements. The deviation divides by n − 1; it is 0 for
/// a single value.
struct Spread {
  double mean = 0;
  double deviation = 0;
  Index count = 0;  ///< number of values
};

/// The mean and standard deviation of the values. Throws invalid_argument if there are none.
[[nodiscard]] inline Spread spread(std::span<const double> values) {
  check(!values.empty(), Errc::invalid_argument, "spread: values (0 of them) must not be empty");
  const double n = static_cast<double>(values.size());
  double sum = 0, squares = 0;
  for (const double x : values) sum += x;
  for (const double x : values) squares += (x - sum / n) * (x - sum / n);
  return {sum / n, values.size() > 1 ? std::sqrt(squares / (n - 1)) : 0., static_cast<Index>(values.size())};
}

}  // namespace shoal
