// Rows scaled to length one, for cosines.
#pragma once

#include <cmath>
#include <span>

#include <shoal/core/check.hpp>
#include <shoal/core/config.hpp>

namespace shoal {

/// Divides the row by its length; the sum of squares is in float64. `name` is the row's number, for messages
/// that start with `function`. Throws bad_data for a row of zeros, and for NaN and infinity.
inline void to_unit_row(const char* function, Index name, std::span<float> row) {
  double square = 0;
  for (const float x : row) square += static_cast<double>(x) * static_cast<double>(x);
  check(std::isfinite(square), Errc::bad_data, function, ": row ", name, " holds NaN or infinity");
  check(square > 0, Errc::bad_data, function, ": row ", name, " is zero, so it has no direction");
  const double scale = 1 / std::sqrt(square);
  for (float& x : row) x = static_cast<float>(static_cast<double>(x) * scale);
}

}  // namespace shoal
