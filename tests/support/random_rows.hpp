// Random matrices for tests.
#pragma once

#include <shoal/core/matrix.hpp>
#include <shoal/core/random.hpp>

namespace test {

/// Standard normal entries, a pure function of the shape and the seed.
inline shoal::Matrix<float> random_rows(shoal::Index rows, shoal::Index cols, std::uint64_t seed) {
  shoal::Matrix<float> m(rows, cols);
  const shoal::Philox random(seed, 7);
  for (shoal::Index i = 0; i < m.size(); ++i)
    m.data()[i] = static_cast<float>(random.normal(static_cast<std::uint64_t>(i)));
  return m;
}

}  // namespace test
