// The length of a row, and rows scaled to length one, for cosines.
#pragma once

#include <cmath>
#include <span>

#include <shoal/core/config.hpp>
#include <shoal/core/finite.hpp>

namespace shoal {

/// Σ term(j) over j in [0, count), in double precision, by eight running sums that are merged in order.
template <class Term> double sum_in_double(Index count, const Term& term) {
  double sum[8] = {};
  Index j = 0;
  for (; j + 8 <= count; j += 8)
    for (Index u = 0; u < 8; ++u) sum[u] += term(j + u);
  for (; j < count; ++j) sum[0] += term(j);
  return ((sum[0] + sum[1]) + (sum[2] + sum[3])) + ((sum[4] + sum[5]) + (sum[6] + sum[7]));
}

inline double squared_norm(const float* x, Index count) {
  return sum_in_double(count, [x](Index j) { return static_cast<double>(x[j]) * x[j]; });
}

/// Scales x to unit length. Returns false and leaves x unchanged if its length is 0 or not finite.
inline bool normalize(float* x, Index count) {
  const double square = squared_norm(x, count);
  if (!is_finite(square) || square == 0) return false;
  const double inverse = 1 / std::sqrt(square);
  for (Index j = 0; j < count; ++j) x[j] = static_cast<float>(x[j] * inverse);
  return true;
}

}  // namespace shoal
