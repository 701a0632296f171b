#include "mixed_rows.hpp"

#include <doctest/doctest.h>

#include <shoal/linalg/codes.hpp>

using namespace shoal;

namespace {

template <template <int> class P> void check_panels(Index d) {
  const Matrix<float> a = mixed_rows(29, d, 1), b = mixed_rows(45, d, 2);
  CodedPanels<P, tile_rows> left;
  CodedPanels<P, tile_cols> right;
  left.code(a);
  right.code(b);
  Index seen = 0;
  each_tile(left.panels, right.panels, [&](Index row, Index col, const auto& tile) {
    for (int i = 0; i < tile_rows && row + i < 29; ++i)
      for (int j = 0; j < tile_vectors; ++j) {
        const FloatVector above =
            products_above(left, row + i, right, col + j * vector_width, vector_at(tile, i, j));
        for (int u = 0; u < vector_width && col + j * vector_width + u < 45; ++u, ++seen) {
          const auto [exact, length] = product(a.row(row + i), b.row(col + j * vector_width + u), d);
          REQUIRE(double{above[u]} >= exact - length * static_cast<double>(d + 8) * 0x1p-23);
          CHECK(double{above[u]} <= exact + 0.1 * length + 1e-6);
        }
      }
  });
  CHECK(seen == 29 * 45);
}

}  // namespace

TEST_CASE("codes in panels bound every product from above, and closely") {
  for (const Index d : {4, 37, 384}) {
    check_panels<Panels>(d);
    check_panels<FastestPanels>(d);
  }
}
