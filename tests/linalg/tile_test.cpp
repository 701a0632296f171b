#include "linalg/reference_product.hpp"

#include <doctest/doctest.h>

#include <shoal/linalg/tile.hpp>

using namespace shoal;

TEST_CASE("parts of an operand are parts of the factor as it enters the product") {
  const auto m = random_matrix(5, 7, 1);
  for (const bool transposed : {false, true}) {
    const Operand whole{m, transposed};
    CHECK(whole.row_count() == (transposed ? 7 : 5));
    CHECK(whole.col_count() == (transposed ? 5 : 7));
    const Operand part = whole.rows(1, 3).cols(2, 2), turned = whole.transpose();
    CHECK(part.row_count() == 3);
    CHECK(part.col_count() == 2);
    for (Index i = 0; i < 3; ++i)
      for (Index j = 0; j < 2; ++j) {
        CHECK(element(part, i, j) == element(whole, 1 + i, 2 + j));
        CHECK(element(turned, 2 + j, 1 + i) == element(whole, 1 + i, 2 + j));
      }
  }
}

TEST_CASE_TEMPLATE("panels hold the factor where they say, zeros beyond it, again after a larger factor", P,
                   LeftPanels, RightPanels) {
  constexpr Index width = std::is_same_v<P, LeftPanels> ? tile_rows : tile_cols;
  P panels;
  panels.pack({random_matrix(3 * width, 40, 9), false});
  for (const Index rows : {Index{0}, Index{1}, width - 1, width, 2 * width + 5})
    for (const Index depth : {0, 1, 4, 11})
      for (const bool transposed : {false, true}) {
        const auto m = transposed ? random_matrix(depth, rows, 1) : random_matrix(rows, depth, 1);
        panels.pack({m, transposed});
        CHECK(panels.rows() == rows);
        CHECK(panels.depth() == depth);
        CHECK(panels.count() == (rows + width - 1) / width);
        for (Index i = 0; i < panels.count() * width; ++i)
          for (Index k = 0; k < depth; ++k)
            REQUIRE(panels.panel(i / width)[k * width + i % width] ==
                    (i < rows ? element({m, transposed}, i, k) : 0.f));
      }
}

TEST_CASE("replace maps every number of the panels") {
  RightPanels panels;
  for (const Index depth : {1, 7}) {
    panels.pack({random_matrix(depth, tile_cols + 1, 1), true});
    RightPanels same = panels;
    same.replace([](FloatVector x) { return 2 * x; });
    for (Index i = 0; i < 2; ++i)
      for (Index k = 0; k < depth * tile_cols; ++k) CHECK(same.panel(i)[k] == 2 * panels.panel(i)[k]);
  }
}

TEST_CASE("each tile comes once, with zeros beyond the edges") {
  const Index rows = 2 * tile_rows + 1, cols = tile_cols + 3;
  LeftPanels left;
  RightPanels right;
  left.pack({Matrix<float>(rows, 3, 2.f), false});
  right.pack({Matrix<float>(cols, 3, 5.f), false});
  Matrix<Index> seen(3 * tile_rows, 2 * tile_cols, 0);
  each_tile(left, right, [&](Index row, Index col, const Tile& tile) {
    for (Index i = 0; i < tile_rows; ++i)
      for (Index j = 0; j < tile_cols; ++j) {
        ++seen(row + i, col + j);
        const bool inside = row + i < rows && col + j < cols;
        CHECK(tile.value[i][j / vector_width][j % vector_width] == (inside ? 30.f : 0.f));
      }
  });
  for (Index i = 0; i < seen.size(); ++i) CHECK(seen.data()[i] == 1);
}

TEST_CASE("an inner product alone has the bits of its element in a tile") {
  for (const Index depth : {0, 1, 5, 32, 33, 384}) {
    const auto a = random_matrix(tile_rows + 1, depth, 3), b = random_matrix(tile_cols + 2, depth, 4);
    LeftPanels left;
    RightPanels right;
    left.pack({a, false});
    right.pack({b, false});
    each_tile(left, right, [&](Index row, Index col, const Tile& tile) {
      for (Index i = 0; i < std::min<Index>(tile_rows, a.rows() - row); ++i)
        for (Index j = 0; j < std::min<Index>(tile_cols, b.rows() - col); ++j)
          CHECK(dot_in_tile(a.row(row + i), b.row(col + j), depth) ==
                tile.value[i][j / vector_width][j % vector_width]);
    });
  }
}
