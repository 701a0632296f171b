// Bounds on the inner products of all pairs of two blocks of rows, at the price of a product in 8 bits where
// the processor has one, of a float product elsewhere. The few pairs whose bound reaches a bar are then
// scored in full.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <numeric>
#include <span>
#include <vector>

#if defined(__AVX__)
#include <immintrin.h>
#endif

#include <shoal/backend/byte_tile.hpp>
#include <shoal/backend/tile.hpp>
#include <shoal/core/parallel.hpp>

namespace shoal {

/// Rows as they enter a float product: the model of codes. left and right are panels, of tile_rows and
/// tile_cols rows; multiply(a, i, b, j, out) is the product of two of them, lane(out, r, l) its row r, lane
/// l, as floats.
struct FloatCodes {
  FloatCodes() = default;
  /// scale and error, one a row: row = scale * code + e, ‖e‖ ≤ error.
  FloatCodes(MatrixView<const float> rows, std::span<float> scale, std::span<float> error) {
    left.pack({rows});
    right.pack({rows});
    std::fill(scale.begin(), scale.end(), 1.f);
    std::fill(error.begin(), error.end(), 0.f);
  }
  static void multiply(const FloatCodes& a, Index i, const FloatCodes& b, Index j, Tile& out) {
    multiply_tile(a.left.panel(i), b.right.panel(j), a.left.depth(), out);
  }
  static Lane lane(const Tile& tile, int r, int l) { return tile.value[r][l]; }
  using Product = Tile;
  static constexpr Index bytes = 8;  ///< held for one element

  LeftPanels left;
  RightPanels right;
};

#ifdef SHOAL_BYTE_TILE
/// Rows rounded to signed bytes, with a scale for each row. Sums of products fit 32 bits whatever the width.
struct ByteCodes {
  ByteCodes() = default;
  ByteCodes(MatrixView<const float> rows, std::span<float> scale, std::span<float> error)
      : left(rows.rows, rows.cols), right(rows.rows, rows.cols) {
    const float largest_code = std::min(127.f, std::floor(0x1p31f / 400.f / static_cast<float>(rows.cols)));
    std::vector<std::int8_t> codes(static_cast<std::size_t>(left.depth() * 4), 0);
    for (Index i = 0; i < rows.rows; ++i) {
      const auto row = rows.span(i);
      float largest = 0;
      for (const float x : row) largest = std::max(largest, std::abs(x));
      const float unit = largest / largest_code, inverse = unit > 0 ? 1 / unit : 0;
      double square = 0;
      for (std::size_t k = 0; k < row.size(); ++k) {
        const float code = std::clamp(std::nearbyint(row[k] * inverse), -largest_code, largest_code);
        codes[k] = static_cast<std::int8_t>(code);
        const double e = static_cast<double>(row[k]) - static_cast<double>(unit) * static_cast<double>(code);
        square += e * e;
      }
      scale[static_cast<std::size_t>(i)] = unit;
      error[static_cast<std::size_t>(i)] = static_cast<float>(std::sqrt(square));
      left.set(i, codes.data());
      right.set(i, codes.data());
    }
  }
  static void multiply(const ByteCodes& a, Index i, const ByteCodes& b, Index j, ByteTile& out) {
    multiply_tile(a.left, i, b.right, j, out);
  }
  static Lane lane(const ByteTile& tile, int r, int l) { return to_float(tile.value[r][l]); }
  using Product = ByteTile;
  static constexpr Index bytes = 2;

  BytePanels<tile_rows> left;
  BytePanels<tile_cols> right;
};
using FastestCodes = ByteCodes;
#else
using FastestCodes = FloatCodes;
#endif

/// A block of rows x with what bounds their inner products. With a centre μ and codes of z = x − μ,
///   x·x' = z·z' + x·μ + x'·μ − μ·μ,   z·z' ≤ s s' c·c' + ℓ ‖e'‖ + ‖e‖ ℓ',   z = s c + e,   ℓ = ‖z‖ + ‖e‖,
/// and a margin for the rounding of it all. The centre keeps codes fine where rows share a large mean.
/// The rows themselves are only viewed.
template <class Codes> class ScreenBlock {
 public:
  ScreenBlock() = default;
  ScreenBlock(MatrixView<const float> rows, std::span<const float> centre) : rows_(rows), d_(rows.cols) {
    const auto padded = static_cast<std::size_t>(block_count(rows.rows, tile_cols) * tile_cols);
    for (auto* values : {&scale_, &error_, &length_}) values->assign(padded, 0.f);
    offset_.assign(padded, std::numeric_limits<float>::quiet_NaN());  // no bar is reached beyond the block
    Matrix<float> centred(rows.rows, d_);
    double centre_square = 0, longest_square = 0;
    for (const float c : centre) centre_square += static_cast<double>(c) * static_cast<double>(c);
    for (Index i = 0; i < rows.rows; ++i) {
      double square = 0, centred_square = 0, along = 0;
      for (Index k = 0; k < d_; ++k) {
        const double x = static_cast<double>(rows(i, k)),
                     c = static_cast<double>(centre[static_cast<std::size_t>(k)]);
        centred(i, k) = static_cast<float>(x - c);
        square += x * x;
        centred_square += (x - c) * (x - c);
        along += x * c;
      }
      longest_square = std::max(longest_square, square);
      length_[static_cast<std::size_t>(i)] = static_cast<float>(std::sqrt(centred_square));
      offset_[static_cast<std::size_t>(i)] = static_cast<float>(along - centre_square / 2);
    }
    codes_ = Codes(centred, scale_, error_);
    panels_.resize(static_cast<std::size_t>(block_count(rows.rows, tile_rows)));
    std::iota(panels_.begin(), panels_.end(), 0);
    for (std::size_t i = 0; i < padded; ++i) length_[i] += error_[i];
    longest_ = static_cast<float>(std::sqrt(longest_square) + std::sqrt(centre_square));
  }

  [[nodiscard]] Index rows() const { return rows_.rows; }
  [[nodiscard]] const float* row(Index i) const { return rows_.row(i); }

  /// The left panels of the block: rows [p · tile_rows, (p + 1) · tile_rows) for each p.
  [[nodiscard]] std::span<const std::int32_t> panels() const { return panels_; }

  /// hit(i, j) for every i of a, in the given panels of a, and every j of b whose score reaches a_bars[i] or
  /// b_bars[j], and for some more; without b_bars only the former count. b_bars can be read up to the next
  /// multiple of tile_cols.
  template <class Hit>
  friend void each_hit(const ScreenBlock& a, std::span<const std::int32_t> panels, const ScreenBlock& b,
                       const float* a_bars, const float* b_bars, Hit&& hit) {
    const float margin =
        a.rounding() * a.longest_ * b.longest_ + 1e-36f;  // and products too small for a float
    typename Codes::Product tile;
    for (Index col = 0; col < b.rows(); col += tile_cols)
      for (const std::int32_t p : panels) {
        Codes::multiply(a.codes_, p, b.codes_, col / tile_cols, tile);
        a.each_hit_of(tile, p * tile_rows, b, col, margin, a_bars, b_bars, hit);
      }
  }

  /// Bytes held for each row of d columns, the row itself not counted.
  static std::size_t bytes_a_row(Index d) { return static_cast<std::size_t>(Codes::bytes * d + 24); }

 private:
  /// The hits of one tile, whose first element is (row, col).
  template <class Product, class Hit>
  void each_hit_of(const Product& tile, Index row, const ScreenBlock& b, Index col, float margin,
                   const float* a_bars, const float* b_bars, Hit& hit) const {
    for (int l = 0; l < tile_lanes; ++l) {
      const Index first = col + l * lane_width;
      const auto of = [&](const Buffer<float>& values) { return load<Lane>(values.data() + first); };
      const Lane scale = of(b.scale_), error = of(b.error_), length = of(b.length_), offset = of(b.offset_);
      const Lane bars =
          b_bars ? load<Lane>(b_bars + first) : broadcast<Lane>(std::numeric_limits<float>::infinity());
      for (int r = 0; r < tile_rows && row + r < rows(); ++r) {
        const auto i = static_cast<std::size_t>(row + r);
        const Lane bound = Codes::lane(tile, r, l) * (scale * scale_[i]) + error * length_[i] +
                           length * error_[i] + (offset + (offset_[i] + margin));
        const Lane bar = lane_min(bars, broadcast<Lane>(a_bars[i]));
        for (unsigned bits = mask(bound >= bar); bits != 0; bits &= bits - 1)
          hit(row + r, first + std::countr_zero(bits));
      }
    }
  }

  /// Bounds the rounding of any sum of d products of floats, in units of ‖x‖ ‖y‖, with room to spare.
  [[nodiscard]] float rounding() const { return static_cast<float>(d_ + 64) * 0x1p-23f; }

  /// Bit l is set where element l of a comparison holds.
  static unsigned mask(LaneInt holds) {
#if defined(__CUDA_ARCH__)
    return holds[0];  // read by nvcc for a GPU, and never run there
#elif defined(__AVX512DQ__)
    return static_cast<unsigned>(_mm512_movepi32_mask((__m512i)holds));
#elif defined(__AVX__)
    return static_cast<unsigned>(_mm256_movemask_ps((__m256)holds));
#else
    unsigned bits = 0;
    for (unsigned l = 0; l < lane_width; ++l) bits |= (holds[l] != 0 ? 1u : 0u) << l;
    return bits;
#endif
  }

  MatrixView<const float> rows_;
  Index d_ = 0;
  Codes codes_;
  Buffer<float> scale_, error_, length_, offset_;
  std::vector<std::int32_t> panels_;
  float longest_ = 0;
};

}  // namespace shoal
