#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include <shoal/core/random.hpp>

using namespace shoal;

TEST_CASE("Philox gives the published test vectors") {
  // Random123's known answers for philox4x32-10; counter = (position, stream), key = seed.
  const auto zero = Philox(0, 0).words(0);
  CHECK(zero.w[0] == 0x6627e8d5u);
  CHECK(zero.w[1] == 0xe169c58du);
  CHECK(zero.w[2] == 0xbc57ac4cu);
  CHECK(zero.w[3] == 0x9b00dbd8u);
  const std::uint64_t ones = ~std::uint64_t{0};
  const auto all = Philox(ones, ones).words(ones);
  CHECK(all.w[0] == 0x408f276du);
  CHECK(all.w[1] == 0x41c83b0eu);
  CHECK(all.w[2] == 0xa20bc7c6u);
  CHECK(all.w[3] == 0x6d5451fdu);
}

TEST_CASE("uniform, bounded and normal numbers have their moments") {
  const Philox random(7, 1);
  const int n = 200000;
  double mean = 0, square = 0, normal = 0, normal_square = 0;
  std::vector<int> hits(7);
  for (int i = 0; i < n; ++i) {
    const auto p = static_cast<std::uint64_t>(i);
    const double u = random.uniform(p), z = random.normal(p);
    CHECK_UNARY(u >= 0 && u < 1);
    mean += u / n, square += u * u / n, normal += z / n, normal_square += z * z / n;
    ++hits[static_cast<std::size_t>(random.below(7, p))];
  }
  // Five standard errors.
  CHECK(std::abs(mean - 0.5) < 5 * std::sqrt(1. / 12 / n));
  CHECK(std::abs(square - 1. / 3) < 5 * std::sqrt(4. / 45 / n));
  CHECK(std::abs(normal) < 5 / std::sqrt(n));
  CHECK(std::abs(normal_square - 1) < 5 * std::sqrt(2. / n));
  for (const int h : hits) CHECK(std::abs(h - n / 7.) < 5 * std::sqrt(n / 7.));
}

TEST_CASE("below covers bounds beyond 32 bits and the bound of one") {
  const Philox random(1, 2);
  const Index bound = Index{1} << 40;
  Index top = 0;
  for (std::uint64_t p = 0; p < 1000; ++p) {
    CHECK(random.below(1, p) == 0);
    const Index v = random.below(bound, p);
    CHECK_UNARY(v >= 0 && v < bound);
    top = std::max(top, v);
  }
  CHECK(top > bound / 100 * 98);
}
