#include "support/random_rows.hpp"
#include "support/refused.hpp"

#include <doctest/doctest.h>

#include <shoal/io/side_by_side.hpp>
#include <shoal/laws/row_source.hpp>

using namespace shoal;

// Sources that are gone at the end of the statement are refused.
static_assert(std::constructible_from<SideBySide, std::initializer_list<BorrowedView<AnyRows>>>);

TEST_CASE("side by side: the columns of each source, in their order") {
  const Matrix<float> a = test::random_rows(4, 2, 1), b = test::random_rows(4, 3, 2),
                      c = test::random_rows(4, 1, 3);
  const Rows first(a), second(b), third(c);
  const SideBySide all({first, second, third});
  REQUIRE(all.cols() == 6);
  laws::row_source(all);
  Matrix<float> x(4, 6);
  all.read(0, x);
  for (Index i = 0; i < 4; ++i) {
    CHECK(x(i, 0) == a(i, 0));
    CHECK(x(i, 1) == a(i, 1));
    CHECK(x(i, 2) == b(i, 0));
    CHECK(x(i, 4) == b(i, 2));
    CHECK(x(i, 5) == c(i, 0));
  }
}

TEST_CASE("one source alone, and sources of sources") {
  const Matrix<float> a = test::random_rows(5, 2, 1);
  const Rows rows(a);
  const SideBySide alone({rows});
  const SideBySide twice({alone, rows});
  laws::row_source(alone);
  laws::row_source(twice);
  Matrix<float> x(5, 4);
  twice.read(0, x);
  for (Index i = 0; i < 5; ++i) CHECK(x(i, 1) == x(i, 3));
}

TEST_CASE("no source, and sources of other lengths, are refused") {
  const Matrix<float> a(4, 2), b(3, 2), none(0, 2);
  const Rows rows(a), shorter(b), empty(none);
  test::refused(Errc::invalid_argument, "at least one", [] { (void)SideBySide({}); });
  test::refused(Errc::invalid_argument, "has 3 rows where the first has 4", [&] {
    (void)SideBySide({rows, shorter});
  });
  test::refused(Errc::invalid_argument, "has 0 rows", [&] { (void)SideBySide({rows, empty}); });
}
