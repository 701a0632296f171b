// Vectors rounded to bytes where the processor multiplies bytes, for bounds on many distances at a quarter of
// a product; plain floats elsewhere.
#pragma once

#include <cmath>

#include <shoal/backend/byte_tile.hpp>
#include <shoal/kmeans/geometry.hpp>

namespace shoal {

/// Vectors v, taken from a centre: z = v − μ = scale · code + e. For two of them
///     z·z' ≤ scale scale' code·code' + length ‖e'‖ + ‖e‖ length',      length = ‖z‖ + ‖e‖,
/// so that ‖v − v'‖² = ‖z‖² + ‖z'‖² − 2 z·z' is bounded from below (bounds_below). Taking a centre away keeps
/// the codes fine where vectors share a large mean. Width: tile_rows for a left factor, tile_cols for a right
/// one.
template <int Width> class CodedVectors {
 public:
  void code(MatrixView<const float> vectors, const float* centre) {
    const Index d = vectors.cols, padded = (vectors.rows + Width - 1) / Width * Width;
    for (auto* values : {&scale, &error, &length, &square})
      values->assign(static_cast<std::size_t>(padded), 0.f);
#ifdef SHOAL_BYTE_TILE
    panels = BytePanels<Width>(vectors.rows, d);
    codes_.assign(static_cast<std::size_t>(panels.depth() * 4), 0);
    z_.resize(static_cast<std::size_t>(d));
    for (Index i = 0; i < vectors.rows; ++i) round(i, vectors.row(i), centre, d);
#else
    Matrix<float> centred(vectors.rows, d);
    for (Index i = 0; i < vectors.rows; ++i) {
      for (Index k = 0; k < d; ++k) centred(i, k) = vectors(i, k) - centre[k];
      scale[static_cast<std::size_t>(i)] = 1;
      const float norm = dot(centred.row(i), centred.row(i), d);
      square[static_cast<std::size_t>(i)] = norm * keep(d);
      length[static_cast<std::size_t>(i)] = std::sqrt(norm);
    }
    panels.pack({centred, false});
#endif
  }

#ifdef SHOAL_BYTE_TILE
  static constexpr double cost =
      0.3;  ///< of a tile pass in products, the work on the bounds included (measured)
  BytePanels<Width> panels;
  using Sums = ByteTile;
  static Lane lane(const Sums& tile, int i, int j) { return to_float(tile.value[i][j]); }
#else
  static constexpr double cost = 1.1;
  Panels<Width> panels;
  using Sums = Tile;
  static Lane lane(const Sums& tile, int i, int j) { return tile.value[i][j]; }
#endif
  Buffer<float> scale, error, length, square;  ///< one a vector, padded with zeros; square: less a margin

 private:
  /// What is left of squares so that no rounding in float32 sums of d products, in all some (d + 20) 2⁻²³ of
  /// ‖z‖² + ‖z'‖² at most, makes bounds too high.
  static float keep(Index d) { return 1 - static_cast<float>(d + 8) * 0x1p-21f; }

#ifdef SHOAL_BYTE_TILE
  void round(Index i, const float* v, const float* centre, Index d) {
    using SignedBytes = std::int8_t __attribute__((vector_size(lane_width)));
    // The largest code keeps sums of d products within 32 bits.
    const float top = std::min(127.f, std::floor(0x1p31f / 400.f / static_cast<float>(d)));
    float largest = 0, norm = 0, rounded_off = 0;
    Lane most{}, norms{}, misses{};
    Index k = 0;
    for (; k + lane_width <= d; k += lane_width) {
      const Lane z = load<Lane>(v + k) - load<Lane>(centre + k);
      store(z_.data() + k, z);
      most = lane_max(most, lane_max(z, -z));
      norms += z * z;
    }
    for (; k < d; ++k) {
      const float z = z_[static_cast<std::size_t>(k)] = v[k] - centre[k];
      largest = std::max(largest, std::abs(z));
      norm += z * z;
    }
    largest = std::max(largest, reduce_max(most));
    norm += reduce_sum(norms);
    const float unit = largest / top, inverse = unit > 0x1p-100f ? 1 / unit : 0;
    const float magic = 0x1.8p23f;  // adding and taking it away rounds to the nearest whole number
    for (k = 0; k + lane_width <= d; k += lane_width) {
      const Lane z = load<Lane>(z_.data() + k), code = (z * inverse + magic) - magic, miss = z - code * unit;
      misses += miss * miss;
      const SignedBytes bytes = truncate<SignedBytes>(code);
      std::memcpy(codes_.data() + k, &bytes, sizeof(bytes));
    }
    for (; k < d; ++k) {
      const float code = std::nearbyint(z_[static_cast<std::size_t>(k)] * inverse);
      const float miss = z_[static_cast<std::size_t>(k)] - code * unit;
      rounded_off += miss * miss;
      codes_[static_cast<std::size_t>(k)] = static_cast<std::int8_t>(code);
    }
    panels.set(i, codes_.data());
    const auto at = static_cast<std::size_t>(i);
    scale[at] = inverse > 0 ? unit : 0;
    square[at] = norm * keep(d);
    error[at] = std::sqrt(rounded_off + reduce_sum(misses)) * 1.0001f + 1e-6f * largest;
    length[at] = std::sqrt(norm) * 1.0001f + error[at];
  }
  std::vector<std::int8_t> codes_;
  Buffer<float> z_;
#endif
};

using CodedRows = CodedVectors<tile_rows>;
using CodedCentroids = CodedVectors<tile_cols>;

/// Lower bounds on ‖x − c‖² for row `i` of a tile (`row` of the block) and its lanes of centroids from `col`.
inline Lane squares_below(const CodedRows& rows, Index row, const CodedCentroids& centroids, Index col,
                          const CodedRows::Sums& tile, int i, int j) {
  const auto at = static_cast<std::size_t>(row + i);
  const auto of = [&](const Buffer<float>& values) {
    return load<Lane>(values.data() + col + j * lane_width);
  };
  return of(centroids.square) + rows.square[at] + of(centroids.error) * (-2 * rows.length[at]) +
         of(centroids.length) * (-2 * rows.error[at]) +
         CodedRows::lane(tile, i, j) * (of(centroids.scale) * (-2 * rows.scale[at]));
}

}  // namespace shoal
