#include "support/random_rows.hpp"
#include "support/refused.hpp"

#include <doctest/doctest.h>

#include <shoal/io/memory_rows.hpp>
#include <shoal/io/row_range.hpp>
#include <shoal/laws/row_source.hpp>

using namespace shoal;

TEST_CASE("a range of rows is a row source; parts are even and cover all rows") {
  const Matrix<float> all = test::random_rows(23, 4, 1);
  const Rows source(all);
  Matrix<float> some(5, 4);
  source.read(7, some);
  const RowRange range(source, 7, 5);
  laws::row_source(range);
  Matrix<float> read(5, 4);
  range.read(0, read);
  CHECK(std::equal(read.data(), read.data() + 20, some.data()));
  for (const Index parts : {1, 3, 23, 40}) {
    Index next = 0;
    for (Index p = 0; p < parts; ++p) {
      const RowRange part = RowRange::part(source, p, parts);
      CHECK(part.rows() >= 23 / parts);
      CHECK(part.rows() <= 23 / parts + 1);
      if (part.rows() > 0) CHECK(part.in_place().row(0) == all.row(next));
      next += part.rows();
    }
    CHECK(next == 23);
  }
  test::refused(Errc::invalid_argument, "RowRange", [&] { RowRange(source, 20, 4); });
  test::refused(Errc::invalid_argument, "part", [&] { (void)RowRange::part(source, 2, 2); });
}
