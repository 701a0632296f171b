// A register tile of products of 8-bit rows: up to four times the speed of floats, where the target
// multiplies bytes (simd/byte_products.hpp).
#pragma once

#include <shoal/linalg/tile.hpp>
#include <shoal/simd/byte_products.hpp>

#ifdef SHOAL_BYTE_PRODUCTS

namespace shoal {

/// tile_rows × tile_cols inner products of codes.
struct ByteTile {
  IntVector value[tile_rows][tile_vectors];
};

/// Rows of codes, signed bytes, cut into panels of `Width` rows: word (i, k), which holds codes 4k to 4k + 3
/// of row i, is panel(i / Width)[k * Width + i % Width]. The rest of the last panel and of the last word is
/// zero. A right factor's bytes are stored as code + byte_offset; what that adds to a sum follows from the
/// codes of the left row, and sums start from minus that. Where sums are short, there is a start for every
/// run of short_run codes.
template <int Width> class BytePanels {
 public:
  static constexpr bool is_right = Width != tile_rows;
  using Product = ByteTile;  ///< the product of two panels

  BytePanels() = default;
  BytePanels(Index rows, Index cols)
      : depth_((cols + 3) / 4),
        panels_((rows + Width - 1) / Width),
        words_(static_cast<std::size_t>(panels_ * depth_ * Width), 0),
        starts_(static_cast<std::size_t>(is_right ? 0 : panels_ * runs() * Width), 0) {}

  /// Packs row i: `codes` holds depth() * 4 bytes, of which those beyond the columns are zero.
  void set(Index i, const std::int8_t* codes) {
    std::int32_t* to = words_.data() + i / Width * depth_ * Width + i % Width;
    for (Index k = 0; k < depth_; ++k) {
      std::uint32_t word;
      std::memcpy(&word, codes + 4 * k, 4);
      if constexpr (is_right) word = add_byte_offset(word);
      std::memcpy(to + k * Width, &word, 4);
    }
    if constexpr (!is_right)
      for (Index run = 0; run < runs(); ++run)
        starts_[static_cast<std::size_t>((i / Width * runs() + run) * Width + i % Width)] = start(run, codes);
  }

  /// Packs the rows `which` of a packed left factor.
  void select(const BytePanels& from, std::span<const std::int32_t> which) {
    depth_ = from.depth_;
    panels_ = (std::ssize(which) + Width - 1) / Width;
    words_.resize(static_cast<std::size_t>(panels_ * depth_ * Width));
    starts_.resize(static_cast<std::size_t>(panels_ * runs() * Width));
    select_rows<Width>(from.words_.data(), depth_, which, words_.data());
    select_rows<Width>(from.starts_.data(), runs(), which, starts_.data());
  }

  [[nodiscard]] Index count() const { return panels_; }
  [[nodiscard]] Index depth() const { return depth_; }
  [[nodiscard]] const std::int32_t* panel(Index i) const { return words_.data() + i * depth_ * Width; }
  /// The words of a run, all of them where sums are not short.
  [[nodiscard]] Index run_depth() const { return short_sums ? short_run / 4 : depth_; }
  [[nodiscard]] Index runs() const { return short_sums ? (depth_ + short_run / 4 - 1) / (short_run / 4) : 1; }
  /// The values from which the sums of a run of panel i's rows start.
  [[nodiscard]] const std::int32_t* starts(Index i, Index run) const {
    return starts_.data() + (i * runs() + run) * Width;
  }

 private:
  /// −byte_offset times the sum of the run's codes, or the two of them that short sums need.
  [[nodiscard]] std::int32_t start(Index run, const std::int8_t* codes) const {
    std::int32_t low = 0, high = 0;
    for (Index k = run * run_depth(); k < std::min(depth_, (run + 1) * run_depth()); ++k) {
      low += codes[4 * k] + codes[4 * k + 1];
      high += codes[4 * k + 2] + codes[4 * k + 3];
    }
    low *= -byte_offset, high *= -byte_offset;
    return short_sums ? static_cast<std::int32_t>((static_cast<std::uint32_t>(low) & 0xFFFF) |
                                                  static_cast<std::uint32_t>(high) << 16)
                      : low + high;
  }

  Index depth_ = 0, panels_ = 0;
  Buffer<std::int32_t> words_, starts_;
};

/// The rows of a tile whose sums are made at once: those that leave registers for the products, where these
/// are not added by the instruction that multiplies.
inline constexpr int byte_tile_rows = short_sums && vector_width == 8 ? tile_rows / 2 : tile_rows;

#ifdef __ARM_FEATURE_MATMUL_INT8
/// sums[p][c] ← sums[p][c] + x yᵀ, for rows 2p and 2p + 1 and columns 2c and 2c + 1 of a tile, over two words
/// of each. Panels hold the words of four columns side by side, which are taken apart here.
inline void add_two_words(const std::int32_t* left, const std::int32_t* next_left, const std::int32_t* right,
                          const std::int32_t* next_right,
                          IntVector (&sums)[tile_rows / 2][2 * tile_vectors]) {
  [&]<std::size_t... J>(std::index_sequence<J...>) {
    const IntVector first[] = {load_vector<IntVector>(right + J * vector_width)...},
                    second[] = {load_vector<IntVector>(next_right + J * vector_width)...},
                    low[] = {__builtin_shufflevector(first[J], second[J], 0, 4, 1, 5)...},
                    high[] = {__builtin_shufflevector(first[J], second[J], 2, 6, 3, 7)...};
    [&]<std::size_t... P>(std::index_sequence<P...>) {
      const auto step = [&](IntVector(&row)[2 * tile_vectors], IntVector x) {
        ((row[2 * J] = add_byte_matrices(row[2 * J], x, low[J])), ...);
        ((row[2 * J + 1] = add_byte_matrices(row[2 * J + 1], x, high[J])), ...);
      };
      (step(sums[P], IntVector{left[2 * P], next_left[2 * P], left[2 * P + 1], next_left[2 * P + 1]}), ...);
    }
    (std::make_index_sequence<tile_rows / 2>{});
  }
  (std::make_index_sequence<tile_vectors>{});
}

/// out ← the product of panel i of left and panel j of right, by products of 2 × 8 codes.
inline void multiply_tile(const BytePanels<tile_rows>& left, Index i, const BytePanels<tile_cols>& right,
                          Index j, ByteTile& out) {
  IntVector sums[tile_rows / 2][2 * tile_vectors] = {};
  const std::int32_t *x = left.panel(i), *y = right.panel(j), none[tile_rows + tile_cols] = {};
  Index k = 0;
  for (; k + 2 <= left.depth(); k += 2, x += 2 * tile_rows, y += 2 * tile_cols)
    add_two_words(x, x + tile_rows, y, y + tile_cols, sums);
  if (k < left.depth()) add_two_words(x, none, y, none, sums);
  for (int p = 0; p < tile_rows / 2; ++p)
    for (int v = 0; v < tile_vectors; ++v) {
      const IntVector low = sums[p][2 * v], high = sums[p][2 * v + 1];
      out.value[2 * p][v] = __builtin_shufflevector(low, high, 0, 1, 4, 5);
      out.value[2 * p + 1][v] = __builtin_shufflevector(low, high, 2, 3, 6, 7);
    }
}
#else
/// out ← the product of panel i of left and panel j of right. Not inlined, since the constants of a caller's
/// loop would take the registers of the sums.
[[gnu::noinline]] inline void multiply_tile(const BytePanels<tile_rows>& left, Index i,
                                            const BytePanels<tile_cols>& right, Index j, ByteTile& out) {
  for (Index run = 0; run < left.runs(); ++run) {
    const Index first = run * left.run_depth(), depth = std::min(left.run_depth(), left.depth() - first);
    const std::int32_t* start = left.starts(i, run);
    for (int row = 0; row < tile_rows; row += byte_tile_rows) {
      IntVector sums[byte_tile_rows][tile_vectors];
      for (int r = 0; r < byte_tile_rows; ++r)
        for (int l = 0; l < tile_vectors; ++l) sums[r][l] = start[row + r] - IntVector{};
      sum_tile<IntVector>(left.panel(i) + first * tile_rows + row, right.panel(j) + first * tile_cols, depth,
                          sums, [](IntVector sum, IntVector s, IntVector u) { return dot_bytes(sum, u, s); });
      for (int r = 0; r < byte_tile_rows; ++r)
        for (int l = 0; l < tile_vectors; ++l)
          out.value[row + r][l] = !short_sums ? sums[r][l]
                                  : run == 0  ? widen(sums[r][l])
                                              : out.value[row + r][l] + widen(sums[r][l]);
    }
  }
}

#endif

/// SIMD vector j of row i of a tile, as floats.
inline FloatVector vector_at(const ByteTile& tile, int i, int j) { return to_float(tile.value[i][j]); }

}  // namespace shoal
#endif
