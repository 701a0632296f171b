// The nearest centroid of every row of a block on the device, by tiles of products that stay in its cache.
#pragma once

#include <utility>

#include <shoal/backend/gpu_fork.cuh>
#include <shoal/backend/gpu_products.cuh>
#include <shoal/kmeans/cuda/few_nearest.cuh>
#include <shoal/kmeans/cuda/refine.cuh>

namespace shoal {

/// How the nearest centroids are found.
struct AssignmentPrecision {
  Precision products = Precision::float32;
  bool refine = false;  ///< see GpuSettings::refine
};

/// Finds the nearest of C centroids for the rows of a block: the least ‖c‖² / 2 − x·c, the lowest index on
/// ties. Products are computed in tiles of 8192 × 1024, 32 MB, and each tile is read once, for the least of
/// its rows, as soon as it is written: from the second-level cache of an H100 (50 MB) or A100 (40 MB), so
/// that products hardly reach the memory. Its rows start at multiples of 256 bytes, as tensor cores need them
/// to be aligned, whatever C is. Each half of the rows has a stream, so that while the least of a tile are
/// found, products of the other half are computed. With products below float32, a row between two centroids
/// may go to the other one, unless labels are refined (see RefineInTile). The same bits each time. O(rows · C
/// · d).
template <class Rt> class NearestCentroids {
 public:
  /// For blocks of up to `rows` rows and up to `clusters` centroids.
  NearestCentroids(GpuStream<Rt>& stream, AssignmentPrecision precision, Index rows, Index d, Index clusters)
      : precision_(precision),
        half_(stream, clusters),
        centroid_factor_(stream, precision.products, clusters * d),
        factor_(MatrixView<const float>()),
        errors_(stream, precision.refine ? clusters + 1 : 0),
        side_(stream.runtime()),
        side_values_(side_.stream(), rows / 2),
        side_labels_(side_.stream(), rows / 2),
        lanes_{{stream, precision, d, clusters}, {side_.stream(), precision, d, clusters}} {}

  /// Takes the centroids [C × d], which must stay where they are until the next call. `prices` [C] are added
  /// to ‖c‖² / 2, unless it is null; labels are not refined then.
  void set(MatrixView<const float> centroids, const float* prices = nullptr) {
    GpuStream<Rt>& stream = lanes_[0].stream;
    centroids_ = centroids, refine_ = precision_.refine && prices == nullptr;
    stream.launch(warp_per_item(centroids.rows), HalfSquares{}, centroids, prices, half_.data());
    factor_ = centroid_factor_(centroids);
    if (!refine_) return;
    add_errors(stream, centroids, factor_, errors_.data());
    stream.launch(Grid{1}, LargestVector{}, std::as_const(errors_).data(), centroids.rows,
                  errors_.data() + half_.size());
  }

  /// labels[i] ← the nearest centroid of row i, values[i] ← ‖c‖² / 2 − x·c, to the rounding of products.
  void operator()(MatrixView<const float> x, double* values, Label* labels) {
    const Index strips = block_count(x.rows, strip_rows), half = (strips + 1) / 2 * strip_rows;
    if (strips == 1) return find(lanes_[0], x, values, labels);
    typename SideStream<Rt>::Fork fork(side_, lanes_[0].stream);
    const Index beside = x.rows - half;
    for (Index first = 0; first < half; first += strip_rows) {
      find(lanes_[0], x.block(first, std::min(strip_rows, x.rows - first)), values + first, labels + first);
      if (first >= beside) continue;
      find(lanes_[1], x.block(half + first, std::min(strip_rows, beside - first)),
           side_values_.data() + first, side_labels_.data() + first);
    }
    fork.join();
    lanes_[0].stream.copy(values + half, std::as_const(side_values_).data(), beside);
    lanes_[0].stream.copy(labels + half, std::as_const(side_labels_).data(), beside);
  }

  /// best(i, k) ← the word (core/scored.hpp) of x·c − ‖c‖² / 2 and c, for the k-th nearest centroid of row i.
  /// Products decide, and labels are not refined.
  void few(MatrixView<const float> x, MatrixView<std::uint64_t> best) {
    Lane& lane = lanes_[0];
    lane.stream.zero(best.data, best.rows * best.cols);
    for (Index s = 0; s < block_count(x.rows, strip_rows); ++s) {
      const Block b = block_at(x.rows, strip_rows, s);
      const MatrixView<std::uint64_t> words = best.block(b.first, b.count);
      const Factor rows = lane.factor(x.block(b.first, b.count));
      each_tile(lane, rows, [&](MatrixView<const float> tile, Index first) {
        lane.stream.launch(warp_per_item(tile.rows), FewNearestInTile{}, tile, std::as_const(half_).data(),
                           first, words);
      });
    }
  }

  /// The device memory in bytes.
  static std::size_t bytes(Index rows, Index d, Index clusters, AssignmentPrecision precision) {
    const auto size = [](Index count, Index each) { return static_cast<std::size_t>(count * each); };
    const Index each =
        (is_narrow(precision.products) ? 2 * d : 0) + (precision.refine ? sizeof(RoundedVector) : 0);
    return size(rows / 2, 12) + size(clusters, 4 + each) + sizeof(RoundedVector) +
           2 * size(strip_rows, 4 * tile_stride(clusters) + each);
  }

 private:
  static constexpr Index strip_rows = 8192, tile_cols = 1024;

  /// The elements from one row of a tile to the next: a multiple of 64.
  static Index tile_stride(Index clusters) { return std::min(tile_cols, block_count(clusters, 64) * 64); }

  /// A stream and the memory of its strips.
  struct Lane {
    Lane(GpuStream<Rt>& on, AssignmentPrecision precision, Index d, Index clusters)
        : stream(on),
          tile(on, strip_rows * tile_stride(clusters)),
          factor(on, precision.products, strip_rows * d),
          errors(on, precision.refine ? strip_rows : 0) {}
    GpuStream<Rt>& stream;
    DeviceArray<Rt, float> tile;
    RoundedFactor<Rt> factor;
    DeviceArray<Rt, RoundedVector> errors;
  };

  void add_errors(GpuStream<Rt>& stream, MatrixView<const float> x, const Factor& factor,
                  RoundedVector* errors) {
    const MatrixView<const std::uint16_t> copies(
        is_narrow(factor.precision) ? static_cast<const std::uint16_t*>(factor.data) : nullptr, x.rows,
        x.cols, factor.stride);
    stream.launch(warp_per_item(x.rows), RoundingErrors{factor.precision}, x, copies, errors);
  }

  /// Calls f(tile, first) for each tile of the products of a strip of rows, with the centroids from `first`
  /// on.
  template <class F> void each_tile(Lane& lane, const Factor& rows, F&& f) {
    for (Index t = 0; t < block_count(centroids_.rows, tile_cols); ++t) {
      const Block c = block_at(centroids_.rows, tile_cols, t);
      const MatrixView<float> tile(lane.tile.data(), rows.rows, c.count, tile_stride(half_.size()));
      lane.stream.product(rows, factor_.block(c.first, c.count).transpose(), tile);
      f(MatrixView<const float>(tile), c.first);
    }
  }
  /// Finds the nearest centroids of a strip of rows.
  void find(Lane& lane, MatrixView<const float> x, double* values, Label* labels) {
    const Factor rows = lane.factor(x);
    if (refine_) add_errors(lane.stream, x, rows, lane.errors.data());
    each_tile(lane, rows, [&](MatrixView<const float> tile, Index first) {
      merge(lane, x, tile, first, values, labels);
    });
  }
  /// Merges a tile of the products with the centroids from `first` on.
  void merge(Lane& lane, MatrixView<const float> x, MatrixView<const float> tile, Index first, double* values,
             Label* labels) {
    const float* half = half_.data();
    const Grid grid = warp_per_item(x.rows);
    if (!refine_) return lane.stream.launch(grid, NearestInTile{}, tile, half, first, values, labels);
    const RoundedVector *errors = lane.errors.data(), *largest = errors_.data() + half_.size();
    const bool last = first + tile.cols == centroids_.rows;
    lane.stream.launch(grid, RefineInTile{last}, tile, half, first, x, errors, centroids_, largest, values,
                       labels);
  }

  AssignmentPrecision precision_;
  bool refine_ = false;
  MatrixView<const float> centroids_;
  DeviceArray<Rt, float> half_;
  RoundedFactor<Rt> centroid_factor_;
  Factor factor_;
  DeviceArray<Rt, RoundedVector> errors_;  // of the centroids, then the largest
  SideStream<Rt> side_;
  DeviceArray<Rt, double> side_values_;  // of the second half of the rows
  DeviceArray<Rt, Label> side_labels_;
  Lane lanes_[2];
};

}  // namespace shoal
