// Lower bounds on the distances of whole blocks of rows, by a product of codes.
#pragma once

#include <vector>

#include <shoal/backend/cpu.hpp>
#include <shoal/kmeans/byte_bounds.hpp>
#include <shoal/kmeans/codes.hpp>

namespace shoal {

/// Raises bounds in 8 bits, one for each row and group of centroids, to what codes of both (codes.hpp) prove.
/// A fraction of the price of a product in floats. O(rows · C · d).
class BoundRenewal {
 public:
  /// Centroids a bound: `group`; bounds of a row: `width`; codes are taken from the mean of `sample`.
  BoundRenewal(Index group, Index width, MatrixView<const float> sample) : group_(group), width_(width) {
    std::vector<double> sum(static_cast<std::size_t>(sample.cols), 0.0);
    for (Index i = 0; i < sample.rows; ++i)
      for (Index k = 0; k < sample.cols; ++k) sum[static_cast<std::size_t>(k)] += sample(i, k);
    for (const double total : sum)
      centre_.push_back(static_cast<float>(total / static_cast<double>(sample.rows)));
  }

  void set(MatrixView<const float> centroids) {
    clusters_ = centroids.rows;
    centroids_.code(centroids, centre_.data());
  }

  /// bounds [rows × width]; `coded` is room for the codes of the rows.
  void raise(MatrixView<const float> rows, std::uint8_t* bounds, const ByteScale& scale,
             CodedRows& coded) const {
    coded.code(rows, centre_.data());
    each_tile(coded.panels, centroids_.panels, [&](Index row, Index col, const CodedRows::Sums& tile) {
      raise_tile(row, col, tile, rows.rows, bounds, coded, scale);
    });
  }

 private:
  void raise_tile(Index row, Index col, const CodedRows::Sums& tile, Index rows, std::uint8_t* bounds,
                  const CodedRows& coded, const ByteScale& scale) const {
    const Index height = std::min<Index>(tile_rows, rows - row),
                width = std::min<Index>(tile_cols, clusters_ - col);
    const bool whole = group_ == 1 && width == tile_cols;
    std::uint8_t* held = bounds + row * width_ + col / group_;
    for (int i = 0; i < height; ++i, held += width_) {
      LaneBytes fresh[tile_lanes];
      for (int j = 0; j < tile_lanes; ++j)
        fresh[j] = roots_in_steps(squares_below(coded, row, centroids_, col, tile, i, j), scale);
      if (whole)
        for (int j = 0; j < tile_lanes; ++j) raise_bounds(held + j * lane_width, fresh[j]);
      else
        raise_groups(held, reinterpret_cast<const std::uint8_t*>(fresh), width);
    }
  }

  /// A group's bound is the least of its members'.
  void raise_groups(std::uint8_t* held, const std::uint8_t* fresh, Index width) const {
    for (Index g = 0; g * group_ < width; ++g) {
      const std::uint8_t* member = fresh + g * group_;
      held[g] = std::max(held[g], *std::min_element(member, member + std::min(group_, width - g * group_)));
    }
  }

  Index group_, width_, clusters_ = 0;
  std::vector<float> centre_;
  CodedCentroids centroids_;
};

}  // namespace shoal
