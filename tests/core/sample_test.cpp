#include <algorithm>
#include <cmath>
#include <set>

#include <doctest/doctest.h>

#include <shoal/core/sample.hpp>

using namespace shoal;

TEST_CASE("a sample is ascending, without repeats, and each number comes equally often") {
  std::vector<Index> times(30, 0);
  for (std::uint64_t seed = 0; seed < 3000; ++seed) {
    const std::vector<Index> ids = sample_rows(30, 12, seed);
    CHECK(std::set<Index>(ids.begin(), ids.end()).size() == 12);
    CHECK(std::ranges::is_sorted(ids));
    for (const Index id : ids) ++times[static_cast<std::size_t>(id)];
  }
  const double mean = 3000 * 0.4, deviation = std::sqrt(3000 * 0.4 * 0.6);
  for (const Index count : times) CHECK(std::abs(static_cast<double>(count) - mean) < 5 * deviation);
}

TEST_CASE("as many as there are, or more, are all; none are none") {
  CHECK(sample_rows(4, 4, 1) == std::vector<Index>{0, 1, 2, 3});
  CHECK(sample_rows(4, 9, 1) == std::vector<Index>{0, 1, 2, 3});
  CHECK(sample_rows(4, 0, 1).empty());
  CHECK(sample_rows(0, 3, 1).empty());
  CHECK(sample_rows(100, 10, 1) != sample_rows(100, 10, 2));
}

TEST_CASE("rows that are spread begin at the first and lie evenly") {
  CHECK(spread_rows(10, 4) == std::vector<Index>{0, 2, 5, 7});
  CHECK(spread_rows(3, 3) == std::vector<Index>{0, 1, 2});
  CHECK(spread_rows(2, 4) == std::vector<Index>{0, 0, 1, 1});
  CHECK(spread_rows(5, 0).empty());
}
