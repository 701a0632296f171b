#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include <doctest/doctest.h>

#include <shoal/core/random.hpp>
#include <shoal/io/checked_rows.hpp>

using namespace shoal;

namespace {

Matrix<float> random_rows(Index rows, Index cols) {
  Matrix<float> x(rows, cols);
  const Philox random(5, 0);
  for (Index i = 0; i < x.size(); ++i)
    x.data()[i] = static_cast<float>(random.uniform(static_cast<std::uint64_t>(i)) - 0.3);
  return x;
}

}  // namespace

TEST_CASE(
    "rows are the same by read, block, each and sample; in place only once unchecked, and as they are") {
  const Matrix<float> x = random_rows(50, 7);
  const Rows source(x);
  for (const bool unit : {false, true})
    for (const bool unchecked : {false, true}) {
      CheckedRows rows(source, unit, "test");
      if (unchecked) rows.skip_checks();
      CHECK((rows.in_place().data == x.data()) == (unchecked && !unit));
      Matrix<float> all(50, 7);
      rows.read(0, all);
      for (Index i = 0; i < 50; ++i) {
        const double length = std::sqrt(squared_norm(x.row(i), 7));
        for (Index k = 0; k < 7; ++k)
          CHECK(all(i, k) == doctest::Approx(double{x(i, k)} / (unit ? length : 1)).epsilon(1e-6));
      }
      const auto same = [&](const float* row, Index id) { CHECK(std::equal(row, row + 7, all.row(id))); };
      Buffer<float> room;
      const auto block = rows.block(20, 9, room);
      REQUIRE(block.rows == 9);
      for (Index i = 0; i < 9; ++i) same(block.row(i), 20 + i);
      const std::vector<Index> ids{3, 4, 31, 49};
      std::vector<Index> seen;
      rows.each(ids, room, [&](Index id, const float* row) {
        seen.push_back(id);
        same(row, id);
      });
      CHECK(seen == ids);
      rows.each({}, room, [&](Index, const float*) { FAIL("no rows were asked for"); });
      const Matrix<float> some = rows.sample(5), every = rows.sample(1000);
      REQUIRE((some.rows() == 5 && every.rows() == 50));
      for (Index i = 0; i < 5; ++i) same(some.row(i), i * 10);
      for (Index i = 0; i < 50; ++i) same(every.row(i), i);
    }
}

TEST_CASE("a row that is not finite, or has no direction, is named") {
  Matrix<float> x = random_rows(6, 3);
  const Rows source(x);
  std::fill_n(x.row(2), 3, 0.f);
  Matrix<float> out(6, 3);
  CHECK_NOTHROW(CheckedRows(source, false, "f").read(0, out));
  CHECK_THROWS_WITH_AS(CheckedRows(source, true, "f").read(0, out), doctest::Contains("row 2"), error);
  x(4, 1) = std::numeric_limits<float>::infinity();
  CHECK_THROWS_WITH_AS(CheckedRows(source, false, "f").read(0, out), doctest::Contains("row 4"), error);
}
