#include <cstdint>

#include <doctest/doctest.h>

#include <shoal/core/matrix.hpp>

using namespace shoal;

TEST_CASE("views share, owners copy") {
  Matrix<float> m(3, 4, 1.f);
  const MatrixView<float> inner = m.view().block(1, 2).columns(1, 2);
  CHECK(inner.rows == 2);
  CHECK(inner.cols == 2);
  inner(1, 1) = 5.f;
  CHECK(m(2, 2) == 5.f);
  const Matrix<float> copy = m;
  m(2, 2) = 6.f;
  CHECK(copy(2, 2) == 5.f);
  const MatrixView<const float> constant = m;
  CHECK(constant.span(2)[2] == 6.f);
}

TEST_CASE("a view of no rows, which may have no data, has parts") {
  const MatrixView<float> none{nullptr, 0, 5, 5};
  const MatrixView<float> part = none.columns(2, 3).block(0, 0);
  CHECK(part.data == nullptr);
  CHECK(part.cols == 3);
}

TEST_CASE("owners start on cache lines, and may be empty") {
  const Matrix<float> m(5, 7);
  CHECK(reinterpret_cast<std::uintptr_t>(m.data()) % 64 == 0);
  const Matrix<float> none(0, 7);
  CHECK(none.size() == 0);
  CHECK(none.view().rows == 0);
}
