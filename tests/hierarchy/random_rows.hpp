// Random features for tests.
#pragma once

#include <shoal/core/matrix.hpp>
#include <shoal/core/random.hpp>

namespace shoal {

inline Matrix<float> random_rows(std::uint64_t seed, Index rows, Index cols) {
  Matrix<float> m(rows, cols);
  for (Index i = 0; i < m.size(); ++i)
    m.data()[i] = static_cast<float>(Philox(seed, 3).normal(static_cast<std::uint64_t>(i)));
  return m;
}

/// Cosine in float64.
inline double cosine(const Matrix<float>& a, Index i, const Matrix<float>& b, Index j) {
  double ab = 0, aa = 0, bb = 0;
  for (Index k = 0; k < a.cols(); ++k) {
    const double x = a(i, k), y = b(j, k);
    ab += x * y;
    aa += x * x;
    bb += y * y;
  }
  return ab / std::sqrt(aa * bb);
}

}  // namespace shoal
