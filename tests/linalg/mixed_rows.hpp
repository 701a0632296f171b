// Vectors for the tests of codes, and their products in double precision.
#pragma once

#include <cmath>
#include <utility>

#include <shoal/core/matrix.hpp>
#include <shoal/core/random.hpp>

namespace shoal {

/// Rows of several sizes, a zero row and one with a single large element among them.
inline Matrix<float> mixed_rows(Index rows, Index cols, std::uint64_t seed) {
  Matrix<float> z(rows, cols);
  const Philox random(seed, 0);
  for (Index i = 0; i < rows; ++i)
    for (Index k = 0; k < cols; ++k)
      z(i, k) = static_cast<float>(2 * random.uniform(static_cast<std::uint64_t>(i * cols + k)) - 1) *
                std::pow(10.f, static_cast<float>(i % 5 - 2));
  for (Index k = 0; k < cols; ++k) z(1, k) = 0;
  z(2, cols / 2) = 1e4f;
  return z;
}

/// x·y in double, and ‖x‖ ‖y‖.
inline std::pair<double, double> product(const float* x, const float* y, Index d) {
  double sum = 0, xx = 0, yy = 0;
  for (Index k = 0; k < d; ++k) {
    sum += double{x[k]} * double{y[k]};
    xx += double{x[k]} * double{x[k]};
    yy += double{y[k]} * double{y[k]};
  }
  return {sum, std::sqrt(xx * yy)};
}

}  // namespace shoal
