#include <cmath>

#include <doctest/doctest.h>

#include <shoal/core/random.hpp>
#include <shoal/linalg/byte_tile.hpp>

using namespace shoal;

#ifdef SHOAL_BYTE_PRODUCTS
TEST_CASE("byte tiles are exact sums, the extreme codes included") {
  for (const Index d : {Index{1}, Index{4}, Index{7}, Index{16}, Index{384}, Index{1000}}) {
    // Where sums are short, the codes that share one (those of half a run) may have a length of 181 at most.
    const Index share = std::min<Index>(short_run / 2, (d + 1) / 2 + 1);
    const auto top = static_cast<int>(
        short_sums ? std::min(63., std::floor(181 / std::sqrt(static_cast<double>(share)))) : 127);
    const Index range = 2 * top + 1;
    const Index rows = 2 * tile_rows + 1, cols = tile_cols + 3, padded = (d + 3) / 4 * 4;
    Matrix<std::int8_t> a(rows, padded, 0), b(cols, padded, 0);
    const Philox random(1, static_cast<std::uint64_t>(d));
    const auto fill = [&](Matrix<std::int8_t>& m, std::uint64_t from) {
      for (Index i = 0; i < m.rows(); ++i)
        for (Index k = 0; k < d; ++k)  // rows 0 and 1 hold the extremes
          m(i, k) = static_cast<std::int8_t>(
              i == 0   ? top
              : i == 1 ? -top
                       : static_cast<int>(random.below(range, from + static_cast<std::uint64_t>(i * d + k))) -
                             top);
    };
    fill(a, 0);
    fill(b, 1u << 30);
    BytePanels<tile_rows> left(rows, d);
    BytePanels<tile_cols> right(cols, d);
    for (Index i = 0; i < rows; ++i) left.set(i, a.row(i));
    for (Index j = 0; j < cols; ++j) right.set(j, b.row(j));
    Index seen = 0;
    ByteTile tile;
    for (Index row = 0; row < rows; row += tile_rows)
      for (Index col = 0; col < cols; col += tile_cols) {
        multiply_tile(left, row / tile_rows, right, col / tile_cols, tile);
        std::int32_t sums[tile_rows][tile_cols];
        std::memcpy(sums, tile.value, sizeof(sums));
        for (Index i = row; i < std::min<Index>(row + tile_rows, rows); ++i)
          for (Index j = col; j < std::min<Index>(col + tile_cols, cols); ++j, ++seen) {
            std::int32_t expected = 0;
            for (Index k = 0; k < d; ++k) expected += a(i, k) * b(j, k);
            REQUIRE(sums[i - row][j - col] == expected);
          }
      }
    CHECK(seen == rows * cols);
  }
}
#endif
