#include <cmath>

#include <doctest/doctest.h>

#include <shoal/core/matrix.hpp>
#include <shoal/core/random.hpp>
#include <shoal/simd/dot.hpp>

using namespace shoal;

TEST_CASE("inner products agree with double precision; by fours they have the bits of one") {
  const Philox random(9, 0);
  for (const Index d : {0, 1, 15, 16, 33, 130, 384}) {
    Matrix<float> x(4, d), y(4, d);
    for (Index i = 0; i < x.size(); ++i) {
      x.data()[i] = static_cast<float>(random.uniform(static_cast<std::uint64_t>(2 * i)) - 0.5);
      y.data()[i] = static_cast<float>(random.uniform(static_cast<std::uint64_t>(2 * i + 1)) - 0.5);
    }
    float four[4];
    dot4(x.row(0), {y.row(0), y.row(1), y.row(2), y.row(3)}, d, four);
    for (Index i = 0; i < 4; ++i) {
      double exact = 0, absolute = 0;
      for (Index k = 0; k < d; ++k) {
        exact += double{x(i, k)} * double{y(i, k)};
        absolute += std::abs(double{x(i, k)} * double{y(i, k)});
      }
      const double allowed = static_cast<double>(d) * 0x1p-24 * absolute;
      CHECK(std::abs(double{dot(x.row(i), y.row(i), d)} - exact) <= allowed);
      CHECK(std::abs(double{dot_interleaved(x.row(i), y.row(i), d)} - exact) <= allowed);
      CHECK(four[i] == dot(x.row(0), y.row(i), d));
    }
    Matrix<float> gap(1, d);
    subtract(x.row(0), y.row(0), d, gap.row(0));
    for (Index k = 0; k < d; ++k) CHECK(gap(0, k) == x(0, k) - y(0, k));
  }
}
