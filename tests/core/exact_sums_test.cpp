#include "support/refused.hpp"

#include <algorithm>
#include <numeric>
#include <vector>

#include <doctest/doctest.h>

#include <shoal/core/exact_sums.hpp>
#include <shoal/core/random.hpp>

using namespace shoal;

namespace {

/// n addends of mixed signs and of magnitudes over `octaves` powers of two, of at most 1.
std::vector<double> addends(std::size_t n, double octaves, std::uint64_t seed) {
  const Philox random(seed, 0);
  std::vector<double> x;
  for (std::uint64_t i = 0; i < n; ++i)
    x.push_back((2 * random.uniform(2 * i) - 1) * std::exp2(-octaves * random.uniform(2 * i + 1)));
  return x;
}

void shuffle(std::vector<double>& x, std::uint64_t seed) {
  const Philox random(seed, 1);
  for (std::size_t i = x.size(); i > 1; --i)
    std::swap(x[i - 1], x[static_cast<std::size_t>(random.below(static_cast<Index>(i), i))]);
}

/// f(part) for each part of x, cut in `parts` at random places; parts may be empty.
template <class F> void each_part(std::span<const double> x, int parts, std::uint64_t seed, const F& f) {
  std::vector<std::size_t> cuts{0, x.size()};
  for (int p = 1; p < parts; ++p)
    cuts.push_back(static_cast<std::size_t>(
        Philox(seed, 2).below(static_cast<Index>(x.size()) + 1, static_cast<std::uint64_t>(p))));
  std::sort(cuts.begin(), cuts.end());
  for (std::size_t p = 0; p + 1 < cuts.size(); ++p) f(x.subspan(cuts[p], cuts[p + 1] - cuts[p]));
}

template <class Float> Float plain_sum(std::span<const double> x) {
  Float sum = 0;
  for (const double value : x) sum += static_cast<Float>(value);
  return sum;
}

}  // namespace

TEST_CASE("sums on a grid: any order and any cut give the same bits, within half a unit an addend") {
  for (const double octaves : {0.0, 20.0, 60.0})
    for (const std::size_t n : {std::size_t{1}, std::size_t{2}, std::size_t{1000}, std::size_t{30000}}) {
      std::vector<double> x = addends(n, octaves, n);
      const SumGrid grid(1, static_cast<double>(n));
      const auto units = [&](std::span<const double> part) {
        std::int64_t sum = 0;
        for (const double value : part) sum += grid.units(value);
        return sum;
      };
      const std::int64_t sum = units(x);
      CHECK(std::abs(
                static_cast<double>(static_cast<long double>(grid.value(sum)) - plain_sum<long double>(x))) <=
            0.51 * grid.unit() * static_cast<double>(n));
      CHECK(grid.unit() <= 2 * std::max(0x1p-51, static_cast<double>(n) * 2 * 0x1p-62));
      for (std::uint64_t seed = 0; seed < 5; ++seed) {
        shuffle(x, seed);
        std::int64_t merged = 0;
        each_part(x, 7, seed, [&](std::span<const double> part) { merged += units(part); });
        CHECK(merged == sum);
      }
    }
}

TEST_CASE("a grid holds as many addends of the largest magnitude as it was made for") {
  for (const double largest : {1.0, 0.75, 3e-300, 7e200})
    for (const double count : {1.0, 2.0, 2048.0, 2049.0, 1e6, 0x1p31, 0x1p40}) {
      const SumGrid grid(largest, count);
      const std::int64_t one = grid.units(largest);
      CHECK(std::abs(grid.value(one) - largest) <= grid.unit() / 2);
      CHECK(grid.units(-largest) == -one);
      __extension__ using wide = __int128;
      CHECK_UNARY(wide{one} * static_cast<wide>(count) < wide{1} << 63);
    }
  CHECK(SumGrid().units(-7) == -7);
  CHECK(SumGrid(0, 10).units(0) == 0);
  test::refused(Errc::too_large, "count", [] { SumGrid(1, 0x1p41); });
}

TEST_CASE("exact sums: whatever the magnitudes, any order and any cut give the same bits, the right ones") {
  for (const double octaves : {0.0, 60.0, 1000.0}) {
    std::vector<double> x = addends(5000, octaves, 3);
    std::vector<double> negated = x;  // a sum of 1 that cancels all but its last addend
    for (double& value : negated) value = -value;
    ExactSum sum;
    for (const double value : x) sum.add(value);
    CHECK(std::abs(static_cast<double>(static_cast<long double>(sum.value()) - plain_sum<long double>(x))) <=
          0x1p-50 * std::abs(plain_sum<double>(x)) + 5000 * 0x1p-63);
    for (std::uint64_t seed = 0; seed < 5; ++seed) {
      shuffle(x, seed);
      ExactSum merged;
      each_part(x, 7, seed, [&](std::span<const double> part) {
        ExactSum own;
        for (const double value : part) own.add(value);
        merged.add(own);
      });
      CHECK(merged.value() == sum.value());
    }
    sum.add(1.0);
    for (const double value : negated) sum.add(value);
    CHECK(sum.value() == 1.0);
  }
}

TEST_CASE("exact sums of extremes") {
  const auto sum = [](std::initializer_list<double> addends) {
    ExactSum all;
    for (const double x : addends) all.add(x);
    return all.value();
  };
  CHECK(sum({}) == 0);
  CHECK(sum({0x1p1000, 1e-300, -0x1p1000}) == 1e-300);
  CHECK(sum({-5e-324}) == -5e-324);
  CHECK(sum({1, -0x1p-60}) == 1);
  CHECK(sum({-1, 0x1p-53}) == -1 + 0x1p-53);
  CHECK(sum({0.1, 0.2, -0.3}) == 0x1p-55);
  CHECK(sum({0x1.fffffffffffffp1023, -0x1.fffffffffffffp1023}) == 0);
}
