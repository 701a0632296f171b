// Matrix products on one thread, over views: packed, by register tiles.
#pragma once

#include <shoal/linalg/tile.hpp>

namespace shoal {

/// A function that computes c ← a b, or c += a b, on one thread, such as multiply_by_eigen of
/// linalg/product_eigen.hpp.
using ProductFunction = void (*)(Operand a, Operand b, MatrixView<float> c, Update update);

/// A whole tile of c at `out`, written or added.
inline void write_whole_tile(const Tile& tile, float* out, Index stride, Update update) {
  for (int i = 0; i < tile_rows; ++i, out += stride)
    for (int j = 0; j < tile_vectors; ++j) {
      float* to = out + j * vector_width;
      store<FloatVector>(
          to, update == Update::assign ? tile.value[i][j] : load<FloatVector>(to) + tile.value[i][j]);
    }
}

/// The part of `tile` that lies in c, at (row, col), written or added.
inline void write_tile(const Tile& tile, Index row, Index col, MatrixView<float> c, Update update) {
  const Index rows = std::min<Index>(tile_rows, c.rows - row),
              cols = std::min<Index>(tile_cols, c.cols - col);
  if (rows == tile_rows && cols == tile_cols)
    return write_whole_tile(tile, c.row(row) + col, c.stride, update);
  for (Index i = 0; i < rows; ++i) {
    float* out = c.row(row + i) + col;
    float sums[tile_cols];
    std::memcpy(sums, tile.value[i], sizeof(sums));
    if (update == Update::assign)
      std::memcpy(out, sums, static_cast<std::size_t>(cols) * sizeof(float));
    else
      for (Index j = 0; j < cols; ++j) out[j] += sums[j];
  }
}

/// Scratch memory for the packed factors; reuse one object for many products.
struct ProductScratch {
  LeftPanels left;
  RightPanels right;
};

/// c ← a b, or c += a b, for any shapes, including empty ones. Each sum runs over the inner dimension in
/// order, in chunks of at most 512 that are added up. The bits of an element depend on its own row and column
/// only, not on the shape of c. O(M N K) for a of M × K and b of K × N.
inline void multiply(Operand a, Operand b, MatrixView<float> c, Update update, ProductScratch& scratch) {
  constexpr Index depth_limit = 512, row_block = 16 * tile_rows;  // a left block of at most 400 KB
  const Index depth = a.col_count(), chunks = std::max<Index>(1, (depth + depth_limit - 1) / depth_limit);
  const Index chunk = (depth + chunks - 1) / chunks;
  auto& [left, right] = scratch;
  for (Index part = 0; part < chunks; ++part) {
    const Index k = part * chunk, count = std::min(chunk, depth - k);
    const Update how = part == 0 ? update : Update::add;
    right.pack(b.rows(k, count).transpose());
    for (Index first = 0; first < c.rows; first += row_block) {
      const Index rows = std::min(row_block, c.rows - first);
      left.pack(a.rows(first, rows).cols(k, count));
      each_tile(left, right,
                [&](Index i, Index j, const Tile& tile) { write_tile(tile, first + i, j, c, how); });
    }
  }
}

inline void multiply(Operand a, Operand b, MatrixView<float> c, Update update) {
  ProductScratch scratch;
  multiply(a, b, c, update, scratch);
}

}  // namespace shoal
