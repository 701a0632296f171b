#include <initializer_list>
#include <limits>
#include <vector>

#include <doctest/doctest.h>

#include <shoal/linalg/row_check.hpp>

using namespace shoal;

TEST_CASE("rows become one long, whatever their length") {
  for (const float scale : {1e-20f, 1.f, 1e18f}) {
    std::vector<float> row{3 * scale, -4 * scale, 0};
    to_unit_row("test", 0, row);
    CHECK(row[0] == doctest::Approx(0.6));
    CHECK(row[1] == doctest::Approx(-0.8));
    CHECK(row[2] == 0);
  }
}

TEST_CASE("a row without a direction is refused, by its number") {
  std::vector<float> row{0, 0};
  CHECK_THROWS_WITH_AS(to_unit_row("f", 7, row), "f: row 7 is zero, so it has no direction", error);
  for (const float bad : {std::numeric_limits<float>::infinity(), std::numeric_limits<float>::quiet_NaN()}) {
    row = {1, bad};
    CHECK_THROWS_WITH_AS(to_unit_row("f", 7, row), "f: row 7 holds NaN or infinity", error);
  }
}

TEST_CASE("one rule says which rows are good, by what is needed of them") {
  const auto good = [](std::vector<float> row, RowNeed need) {
    try {
      check_row("f", 3, row.data(), static_cast<Index>(row.size()), need);
    } catch (const error& e) {
      CHECK(e.code() == Errc::bad_data);
      CHECK(std::string(e.what()).find("f: row 3 ") == 0);
      return false;
    }
    return true;
  };
  for (const RowNeed need : {RowNeed::finite, RowNeed::bounded, RowNeed::direction}) {
    CHECK(good({1, 2}, need));
    CHECK(good({1e-45f, 0}, need));
    CHECK(good({1e18f, 1e18f}, need));
    CHECK(!good({1, std::numeric_limits<float>::quiet_NaN()}, need));
    CHECK(!good({-std::numeric_limits<float>::infinity(), 1}, need));
    CHECK(good({0, 0}, need) == (need != RowNeed::direction));
    CHECK(good({std::numeric_limits<float>::max(), 1}, need) == (need != RowNeed::bounded));
  }
}
