// The distance of two rows, in double: what blocks and sums of distances are tested against.
#pragma once

#include <cmath>

#include <shoal/core/matrix.hpp>
#include <shoal/metrics/distance_block.hpp>

namespace shoal {

inline double distance_oracle(const Matrix<float>& x, Index i, Index j, Distance kind) {
  double gap = 0, dot = 0, own = 0, other = 0;
  for (Index k = 0; k < x.cols(); ++k) {
    const auto a = static_cast<double>(x(i, k)), b = static_cast<double>(x(j, k));
    gap += (a - b) * (a - b), dot += a * b, own += a * a, other += b * b;
  }
  return kind == Distance::euclidean ? std::sqrt(gap) : 1 - dot / std::sqrt(own * other);
}

}  // namespace shoal
