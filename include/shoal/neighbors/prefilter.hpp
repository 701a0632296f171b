// The prefilter of the search for neighbours: upper bounds on the inner products of all pairs of two blocks
// of rows, at the price of a product in 8 bits where the processor has one, of a float product elsewhere.
// Only the few pairs whose bound reaches a threshold are scored in full.
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
#include <shoal/linalg/unit_row.hpp>

namespace shoal {

/// A block of rows x with all that bounds their inner products. With a centre μ and z = x − μ,
///   x·x' = z·z' + x·μ + x'·μ − μ·μ,
/// where z·z' is bounded by codes in panels P (codes.hpp), and a margin for the rounding of it all. The
/// centre keeps codes fine where rows share a large mean. The rows themselves are only viewed.
template <template <int> class P> class PrefilterBlock {
 public:
  PrefilterBlock() = default;
  PrefilterBlock(MatrixView<const float> rows, std::span<const float> centre)
      : rows_(rows),
        offset_(static_cast<std::size_t>(block_count(rows.rows, tile_cols) * tile_cols),
                std::numeric_limits<float>::quiet_NaN()),
        panels_(static_cast<std::size_t>(block_count(rows.rows, tile_rows))) {
    Matrix<float> z(rows.rows, rows.cols);
    const double centre_square = squared_norm(centre.data(), rows.cols);
    double longest_square = 0;
    for (Index i = 0; i < rows.rows; ++i) {
      subtract(rows.row(i), centre.data(), rows.cols, z.row(i));
      longest_square = std::max(longest_square, squared_norm(rows.row(i), rows.cols));
      const double along = sum_in_double(rows.cols, [&](Index k) {
        return static_cast<double>(rows(i, k)) * static_cast<double>(centre[static_cast<std::size_t>(k)]);
      });
      offset_[static_cast<std::size_t>(i)] = static_cast<float>(along - centre_square / 2);
    }
    longest_ = static_cast<float>(std::sqrt(longest_square) + std::sqrt(centre_square));
    left_.code(z);
    right_.code(z);
    std::iota(panels_.begin(), panels_.end(), 0);
  }

  [[nodiscard]] Index rows() const { return rows_.rows; }
  [[nodiscard]] const float* row(Index i) const { return rows_.row(i); }

  /// The left panels of the block: rows [p · tile_rows, (p + 1) · tile_rows) for each p.
  [[nodiscard]] std::span<const std::int32_t> panels() const { return panels_; }

  /// score(i, j, x_i · x_j) for every i of a, in the given panels of a, and every j of b whose score reaches
  /// a_thresholds[i] or b_thresholds[j], and for some more; without b_thresholds only the former count.
  /// b_thresholds can be read up to the next multiple of tile_cols.
  template <class Score>
  friend void each_candidate(const PrefilterBlock& a, std::span<const std::int32_t> panels,
                             const PrefilterBlock& b, const float* a_thresholds, const float* b_thresholds,
                             Score&& score) {
    const float margin =
        a.rounding() * a.longest_ * b.longest_ + 1e-36f;  // and products too small for a float
    typename P<tile_rows>::Product tile;
    for (Index col = 0; col < b.rows(); col += tile_cols)
      for (const std::int32_t p : panels) {
        multiply_tile(a.left_.panels, p, b.right_.panels, col / tile_cols, tile);
        a.each_candidate_of(tile, p * tile_rows, b, col, margin, a_thresholds, b_thresholds, score);
      }
  }

  /// Bytes held for each row of d columns, the row itself not counted.
  static std::size_t bytes_a_row(Index d) { return static_cast<std::size_t>((is_float ? 8 : 2) * d + 40); }

 private:
  /// The candidates of one tile, whose first element is (row, col).
  template <class Sums, class Score>
  void each_candidate_of(const Sums& tile, Index row, const PrefilterBlock& b, Index col, float margin,
                         const float* a_thresholds, const float* b_thresholds, Score& score) const {
    for (int l = 0; l < tile_vectors; ++l) {
      const Index first = col + l * vector_width;
      const FloatVector offset = load<FloatVector>(b.offset_.data() + first);
      const FloatVector right = b_thresholds ? load<FloatVector>(b_thresholds + first)
                                             : broadcast<FloatVector>(std::numeric_limits<float>::infinity());
      for (int r = 0; r < tile_rows && row + r < rows(); ++r) {
        const auto i = static_cast<std::size_t>(row + r);
        const FloatVector bound = products_above(left_, row + r, b.right_, first, lane_of(tile, r, l)) +
                                  (offset + (offset_[i] + margin));
        const FloatVector threshold = vector_min(right, broadcast<FloatVector>(a_thresholds[i]));
        for (unsigned bits = bits_of(bound >= threshold); bits != 0; bits &= bits - 1) {
          const Index j = first + std::countr_zero(bits);
          score(row + r, j, dot(rows_.row(row + r), b.rows_.row(j), rows_.cols));
        }
      }
    }
  }

  /// Bounds the rounding of any sum of d products of floats, in units of ‖x‖ ‖y‖, with room to spare.
  [[nodiscard]] float rounding() const { return static_cast<float>(rows_.cols + 64) * 0x1p-23f; }

  static constexpr bool is_float = std::is_same_v<P<tile_rows>, LeftPanels>;

  MatrixView<const float> rows_;
  CodedPanels<P, tile_rows> left_;
  CodedPanels<P, tile_cols> right_;
  Buffer<float> offset_;  // x·μ − μ·μ / 2; NaN beyond the block, where no threshold is reached
  std::vector<std::int32_t> panels_;
  float longest_ = 0;
};

}  // namespace shoal
