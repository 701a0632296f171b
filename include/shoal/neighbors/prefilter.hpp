// The prefilter of the neighbour search: upper bounds on the inner products of all pairs of two blocks of
// rows. It costs a product in 8 bits if the processor has one, otherwise a float product. Only the few pairs
// whose bound reaches a threshold are scored exactly.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <numeric>
#include <span>
#include <type_traits>
#include <vector>

#include <shoal/linalg/codes.hpp>
#include <shoal/neighbors/search_rows.hpp>

namespace shoal {

/// As dot_rounding (search_rows.hpp), for sums by dot_interleaved (simd/dot.hpp), which run along SIMD
/// vectors.
constexpr float vector_dot_rounding(Index d) {
  return static_cast<float>(d / vector_width + vector_width + 8) * 0x1p-24f;
}

/// Rows of a block as the left factor of products: all of them, or some.
template <template <int> class P> struct PrefilterRows {
  CodedPanels<P, tile_rows> coded;
  std::vector<std::int32_t> ids;  ///< the row of the block that each is
};

/// A block of rows z with everything that bounds the keys of their pairs (search_rows.hpp): z·z' is bounded
/// by means of codes in panels P (codes.hpp), with a margin for all rounding. The rows themselves are only
/// viewed.
template <template <int> class P> class PrefilterBlock {
 public:
  PrefilterBlock() = default;
  /// measure(i) returns the RowMeasure of row i of the block.
  template <class Measure>
  PrefilterBlock(MatrixView<const float> rows, Measure&& measure)
      : rows_(rows),
        rounding_(vector_dot_rounding(rows.cols)),
        lengths_(static_cast<std::size_t>(rows.rows)),
        offsets_(static_cast<std::size_t>(block_count(rows.rows, tile_cols) * tile_cols), 0.f) {
    for (Index i = 0; i < rows.rows; ++i) {
      const RowMeasure own = measure(i);
      lengths_[static_cast<std::size_t>(i)] = own.length;
      offsets_[static_cast<std::size_t>(i)] = own.offset;
      longest_ = std::max(longest_, own.length);
      farthest_ = std::max(farthest_, std::abs(own.offset));
    }
    all_.coded.code(rows);
    all_.ids.resize(static_cast<std::size_t>(rows.rows));
    std::iota(all_.ids.begin(), all_.ids.end(), 0);
    right_.code(rows);
  }

  [[nodiscard]] Index rows() const { return rows_.rows; }
  [[nodiscard]] const float* row(Index i) const { return rows_.row(i); }

  /// All rows of the block as a left factor.
  [[nodiscard]] const PrefilterRows<P>& all() const { return all_; }
  /// out ← the rows `which` of the block, at least one, as a left factor.
  void select(std::span<const std::int32_t> which, PrefilterRows<P>& out) const {
    out.coded.select(all_.coded, which);
    out.ids.assign(which.begin(), which.end());
  }

  /// Calls score(i, j, key) for every row i of `some` rows of a and every row j of b whose key reaches
  /// a_thresholds[i] or b_thresholds[j], and for a few more. Without b_thresholds only the former counts.
  /// b_thresholds must be readable up to the next multiple of tile_cols.
  template <class Score>
  friend void each_candidate(const PrefilterBlock& a, const PrefilterRows<P>& some, const PrefilterBlock& b,
                             const float* a_thresholds, const float* b_thresholds, Score&& score) {
    const float margin = static_cast<float>(a.rows_.cols + 64) * 0x1p-22f * a.longest_ * b.longest_ +
                         0x1p-21f * (a.farthest_ + b.farthest_) +
                         1e-36f;  // and for products that underflow float32
    typename P<tile_rows>::Product tile;
    for (Index col = 0; col < b.rows(); col += tile_cols)
      for (Index p = 0; p < some.coded.panels.count(); ++p) {
        multiply_tile(some.coded.panels, p, b.right_.panels, col / tile_cols, tile);
        a.each_candidate_of(tile, some, p * tile_rows, b, col, margin, a_thresholds, b_thresholds, score);
      }
  }

  /// The memory held for each row of d columns, without the row itself, in bytes.
  static std::size_t bytes_a_row(Index d) { return static_cast<std::size_t>((is_float ? 8 : 2) * d + 40); }

 private:
  /// Finds the candidates of one tile, whose first element is that of row `row` of some and `col`.
  template <class Sums, class Score>
  void each_candidate_of(const Sums& tile, const PrefilterRows<P>& some, Index row, const PrefilterBlock& b,
                         Index col, float margin, const float* a_thresholds, const float* b_thresholds,
                         Score& score) const {
    const auto count = static_cast<int>(std::min<Index>(tile_rows, std::ssize(some.ids) - row));
    const std::int32_t* const ids = some.ids.data() + row;
    for (int l = 0; l < tile_vectors; ++l) {
      const Index first = col + l * vector_width;
      if (first >= b.rows()) break;
      const unsigned inside = b.rows() - first >= vector_width ? ~0u : (1u << (b.rows() - first)) - 1;
      const FloatVector offset = load<FloatVector>(b.offsets_.data() + first);
      const FloatVector right = b_thresholds ? load<FloatVector>(b_thresholds + first)
                                             : broadcast<FloatVector>(std::numeric_limits<float>::max());
      for (int r = 0; r < count; ++r) {
        const Index i = ids[r];
        const FloatVector bound =
            products_above(some.coded, row + r, b.right_, first, vector_at(tile, r, l)) +
            (offset + (offsets_[static_cast<std::size_t>(i)] + margin));
        const unsigned reached = bits_of(bound >= vector_min(right, broadcast<FloatVector>(a_thresholds[i])));
        if (reached == 0) [[likely]]
          continue;
        for (unsigned bits = reached & inside; bits != 0; bits &= bits - 1) {
          const Index j = first + std::countr_zero(bits);
          score(i, j, key(i, b, j));
        }
      }
    }
  }

  [[nodiscard]] RowMeasure measure(Index i) const {
    return {lengths_[static_cast<std::size_t>(i)], offsets_[static_cast<std::size_t>(i)]};
  }
  [[nodiscard]] float key(Index i, const PrefilterBlock& b, Index j) const {
    return pair_key(dot_interleaved(rows_.row(i), b.rows_.row(j), rows_.cols), measure(i), b.measure(j),
                    rounding_);
  }

  static constexpr bool is_float = std::is_same_v<P<tile_rows>, LeftPanels>;

  MatrixView<const float> rows_;
  PrefilterRows<P> all_;
  CodedPanels<P, tile_cols> right_;
  float rounding_ = 0;
  Buffer<float> lengths_, offsets_;   // offsets_ is padded to whole tiles
  float longest_ = 0, farthest_ = 0;  // the largest length and offset
};

}  // namespace shoal
