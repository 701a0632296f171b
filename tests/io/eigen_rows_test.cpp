#include "support/refused.hpp"

#include <doctest/doctest.h>

#include <shoal/io/eigen_rows.hpp>
#include <shoal/laws/row_source.hpp>

using namespace shoal;

namespace {
template <class T> using RowMajor = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

template <class M>
concept EigenRowsOf = requires(M&& m) {
  rows_of(std::forward<M>(m));
};
static_assert(EigenRowsOf<const RowMajor<float>&> &&
              !EigenRowsOf<RowMajor<float>>);  // gone before it is read

template <class T> void eigen_follows_the_laws() {
  const RowMajor<T> m = RowMajor<float>::Random(9, 5).cast<T>();
  const Rows whole = rows_of(m), part = rows_of(m.block(2, 1, 4, 3));
  laws::row_source(whole);
  laws::row_source(part);
  laws::row_source(rows_of(std::span<const T>(m.data(), 45), 5));
  Matrix<float> x(4, 3);
  part.read(0, x);
  for (Index i = 0; i < 4; ++i)
    for (Index j = 0; j < 3; ++j) CHECK(x(i, j) == static_cast<float>(m(2 + i, 1 + j)));
}
}  // namespace

TEST_CASE("Eigen's matrices and blocks of each dtype") {
  eigen_follows_the_laws<float>();
  eigen_follows_the_laws<Eigen::half>();
  eigen_follows_the_laws<Eigen::bfloat16>();
}

TEST_CASE("a map that skips rows is followed; one that skips columns is refused") {
  const RowMajor<float> m = RowMajor<float>::Random(6, 4);
  using Apart = Eigen::Stride<Eigen::Dynamic, Eigen::Dynamic>;
  const Eigen::Map<const RowMajor<float>, 0, Apart> every_other_row(m.data(), 3, 4, Apart(8, 1));
  Matrix<float> row(1, 4);
  rows_of(every_other_row).read(2, row);
  for (Index j = 0; j < 4; ++j) CHECK(row(0, j) == m(4, j));
  const Eigen::Map<const RowMajor<float>, 0, Apart> every_other_column(m.data(), 6, 2, Apart(4, 2));
  test::refused(Errc::invalid_argument, "stride is 2", [&] { (void)rows_of(every_other_column); });
}
