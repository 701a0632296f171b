#include <limits>
#include <vector>

#include <doctest/doctest.h>

#include <shoal/linalg/unit_row.hpp>

using namespace shoal;

TEST_CASE("a row becomes one long where it has a direction, and is left as it is where it has none") {
  std::vector<float> row{3e-30f, 4e-30f};
  CHECK(normalize(row.data(), 2));
  CHECK(squared_norm(row.data(), 2) == doctest::Approx(1));
  CHECK(row[0] == doctest::Approx(0.6));
  for (const float bad : {0.f, std::numeric_limits<float>::infinity()}) {
    row = {0, bad};
    CHECK(!normalize(row.data(), 2));
    CHECK(row == std::vector<float>{0, bad});
  }
}

TEST_CASE("sums in double take every term, whatever their number") {
  for (const Index count : {0, 1, 7, 8, 9, 100})
    CHECK(sum_in_double(count, [](Index j) { return static_cast<double>(j); }) ==
          static_cast<double>(count * (count - 1) / 2));
}
