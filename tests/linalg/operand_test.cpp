#include <doctest/doctest.h>

#include <shoal/linalg/operand.hpp>

using namespace shoal;

TEST_CASE("rows and columns of a factor are those that enter the product, transposed or not") {
  Matrix<float> m(3, 5);
  for (Index i = 0; i < m.size(); ++i) m.data()[i] = static_cast<float>(i);
  const auto element = [](const Operand& a, Index i, Index j) {
    return a.transposed ? a.matrix(j, i) : a.matrix(i, j);
  };
  for (const bool transposed : {false, true}) {
    const Operand a{m, transposed};
    CHECK(a.row_count() == (transposed ? 5 : 3));
    CHECK(a.col_count() == (transposed ? 3 : 5));
    const Operand part = a.rows(1, 2).cols(1, 2);
    CHECK((part.row_count() == 2 && part.col_count() == 2));
    for (Index i = 0; i < 2; ++i)
      for (Index j = 0; j < 2; ++j) {
        CHECK(element(part, i, j) == element(a, 1 + i, 1 + j));
        CHECK(element(part.transpose(), j, i) == element(part, i, j));
      }
  }
}
