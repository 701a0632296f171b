#include "support/random_rows.hpp"
#include "support/refused.hpp"

#include <vector>

#include <doctest/doctest.h>

#include <shoal/graph/joined_views.hpp>

using namespace shoal;

TEST_CASE("joined views are each row of each view at length one, side by side") {
  const Matrix<float> a = test::random_rows(5, 3, 1), b = test::random_rows(5, 2, 2);
  const std::vector<BorrowedView<AnyRows>> views{a, b};
  const JoinedViews joined(views);
  REQUIRE(joined.rows() == 5);
  REQUIRE(joined.cols() == 5);
  Matrix<float> all(5, 5), some(2, 5);
  joined.read(0, all);
  const Index ids[] = {4, 1};
  joined.gather(ids, some);
  for (Index j = 0; j < 5; ++j) CHECK(some(0, j) == all(4, j));
  for (Index i = 0; i < 5; ++i) {
    CHECK(squared_norm(all.row(i), 3) == doctest::Approx(1));
    CHECK(squared_norm(all.row(i) + 3, 2) == doctest::Approx(1));
    CHECK(all(i, 0) * a(i, 1) == doctest::Approx(all(i, 1) * a(i, 0)));
  }
}

TEST_CASE("views of different rows, none, and rows without a direction are refused") {
  const Matrix<float> a = test::random_rows(5, 3, 1), b = test::random_rows(4, 2, 2);
  const std::vector<BorrowedView<AnyRows>> views{a, b};
  test::refused(Errc::invalid_argument, "4 rows", [&] { (void)JoinedViews(views); });
  test::refused(Errc::invalid_argument, "at least one",
                [] { (void)JoinedViews(std::span<const BorrowedView<AnyRows>>()); });
  Matrix<float> zero = test::random_rows(5, 2, 3), out(5, 5);
  zero(2, 0) = zero(2, 1) = 0;
  const std::vector<BorrowedView<AnyRows>> with_zero{a, zero};
  test::refused(Errc::bad_data, "row 2", [&] { JoinedViews(with_zero).read(0, out); });
}
