// Rows around four far corners, for the tests of models.
#pragma once

#include <shoal/core/matrix.hpp>
#include <shoal/core/random.hpp>

namespace model_test {

using namespace shoal;

/// n × 6 around four far corners.
inline Matrix<float> corners(Index n) {
  Matrix<float> x(n, 6);
  const Philox random(3, 1);
  for (Index i = 0; i < n; ++i)
    for (Index j = 0; j < 6; ++j)
      x(i, j) =
          static_cast<float>(random.normal(static_cast<std::uint64_t>(i * 6 + j)) + (i % 4 == j ? 12. : 0.));
  return x;
}

}  // namespace model_test
