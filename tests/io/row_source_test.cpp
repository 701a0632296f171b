#include "laws/row_source.hpp"

#include <doctest/doctest.h>

#include <shoal/core/random.hpp>
#include <shoal/io/eigen_rows.hpp>
#include <shoal/io/generated_rows.hpp>
#include <shoal/io/side_by_side.hpp>

using namespace shoal;

// Rows of what is gone at the end of the statement are refused.
static_assert(std::constructible_from<Rows, const Matrix<float>&> &&
              !std::constructible_from<Rows, Matrix<float>>);
static_assert(std::constructible_from<SideBySide, std::initializer_list<BorrowedView<AnyRows>>>);
static_assert(std::convertible_to<const Rows&, BorrowedView<AnyRows>> &&
              std::convertible_to<AnyRows, BorrowedView<AnyRows>>);
static_assert(!std::convertible_to<Rows, BorrowedView<AnyRows>> &&
              !std::convertible_to<Matrix<float>, BorrowedView<AnyRows>>);
static_assert(std::convertible_to<Matrix<float>, AnyRows>);  // good for a call

namespace {
template <class M>
concept RowsOf = requires(M&& m) {
  rows_of<float>(std::forward<M>(m), 1);
};
static_assert(RowsOf<std::vector<float>&> && !RowsOf<std::vector<float>>);

template <class T> using RowMajor = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

template <class T> void eigen_follows_the_laws() {
  const RowMajor<T> m = RowMajor<float>::Random(9, 5).cast<T>();
  const Rows whole = rows_of(m), part = rows_of(m.block(2, 1, 4, 3));
  laws::row_source(whole);
  laws::row_source(part);
  laws::row_source(rows_of(std::span<const T>(m.data(), 45), 5));
  Matrix<float> x(4, 3);
  part.read(0, x);
  CHECK(x(3, 2) == static_cast<float>(m(5, 3)));
}
}  // namespace

TEST_CASE("Eigen's matrices of each dtype, and spans") {
  eigen_follows_the_laws<float>();
  eigen_follows_the_laws<Eigen::half>();
  eigen_follows_the_laws<Eigen::bfloat16>();
  const std::vector<float> seven(7);
  CHECK_THROWS_AS((void)rows_of(std::span<const float>(seven), 2), error);
}

TEST_CASE("a generator") {
  const GeneratedRows rows(11, 3, [](Index i, std::span<float> row) {
    const Philox random(1, static_cast<std::uint64_t>(i));
    for (std::size_t j = 0; j < row.size(); ++j) row[j] = static_cast<float>(random.normal(j));
  });
  laws::row_source(rows);
}

TEST_CASE("side by side") {
  Matrix<float> a(4, 2, 1.f), b(4, 3, 2.f), short_one(3, 1);
  const Rows left(a), right(b), wrong(short_one);
  const SideBySide both({left, right});
  laws::row_source(both);
  Matrix<float> x(4, 5);
  both.read(0, x);
  CHECK(x(3, 1) == 1.f);
  CHECK(x(3, 2) == 2.f);
  CHECK_THROWS_AS(SideBySide({left, wrong}), error);
  CHECK_THROWS_AS(SideBySide({}), error);
}

TEST_CASE("behind one type") {
  Matrix<float> a(6, 2, 3.f);
  const Rows rows(a);
  laws::row_source(AnyRows(rows));
}
