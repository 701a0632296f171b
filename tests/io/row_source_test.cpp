#include "support/refused.hpp"

#include <doctest/doctest.h>

#include <shoal/io/row_source.hpp>
#include <shoal/laws/row_source.hpp>

using namespace shoal;

// Rows of what is gone at the end of the statement are refused.
static_assert(std::constructible_from<Rows, const Matrix<float>&> &&
              !std::constructible_from<Rows, Matrix<float>>);
static_assert(std::convertible_to<const Rows&, BorrowedView<AnyRows>> &&
              std::convertible_to<AnyRows, BorrowedView<AnyRows>>);
static_assert(!std::convertible_to<Rows, BorrowedView<AnyRows>> &&
              !std::convertible_to<Matrix<float>, BorrowedView<AnyRows>>);
static_assert(std::convertible_to<Matrix<float>, AnyRows>);  // good for a call

TEST_CASE("rows in memory, and behind one type") {
  Matrix<float> a(6, 2, 3.f);
  for (Index i = 0; i < a.size(); ++i) a.data()[i] = static_cast<float>(i);
  const Rows rows(a), apart(a.data(), Dtype::float32, 3, 2, 4);
  laws::row_source(rows);
  laws::row_source(AnyRows(rows));
  laws::row_source(AnyRows(a));
  laws::row_source(apart);
  Matrix<float> third(1, 2);
  apart.read(2, third);
  CHECK(third(0, 1) == a(4, 1));
  CHECK(AnyRows(rows).in_place().data == a.data());
  CHECK(Rows(a.data(), Dtype::float16, 6, 2, 2).in_place().data == nullptr);
}

TEST_CASE("ids that are no rows never reach a source") {
  const Matrix<float> a(6, 2, 3.f);
  const Rows rows(a);
  Matrix<float> out(2, 2);
  for (const Index bad : {Index{-1}, Index{6}, Index{1} << 62, -(Index{1} << 62)}) {
    const std::vector<Index> ids{0, bad};
    test::refused(Errc::invalid_argument, "there are rows 0 to 5", [&] { AnyRows(rows).gather(ids, out); });
    test::refused(Errc::invalid_argument, "there are rows 0 to 5", [&] { AnyRows(a).gather(ids, out); });
  }
}
