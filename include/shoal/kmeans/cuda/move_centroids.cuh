// GPU kernels that move centroids to the means of their rows, and sum up an iteration for the host.
#pragma once

#include <cmath>

#include <shoal/backend/gpu_team.cuh>
#include <shoal/core/exact_sums.hpp>
#include <shoal/kmeans/assigner.hpp>

namespace shoal {

/// The sums of one cluster of the totals [C × (d + 2)] that PieceSums makes.
struct ClusterTotal {
  const std::int64_t* units;  ///< [d + 2]
  const SumGrid* grids;       ///< [d + 1]
  Index cols;                 ///< d

  [[nodiscard]] SHOAL_HD double sum(Index j) const { return grids[j].value(units[j]); }
  [[nodiscard]] SHOAL_HD double weight() const { return grids[cols].value(units[cols]); }
  [[nodiscard]] SHOAL_HD bool empty() const { return units[cols + 1] == 0 || !(weight() > 0); }
};

/// spread[c] ← W_c ‖c‖² − 2 c·S_c, and empty[c] ← whether cluster c has no rows or no weight. One warp for
/// each cluster.
struct SpreadOfClusters {
  template <class Exec>
  SHOAL_HD void operator()(Exec& exec, MatrixView<const std::int64_t> totals, const SumGrid* grids,
                           MatrixView<const float> centroids, double* spread, std::int64_t* empty) const {
    const Index c = warp_item(exec);
    if (c >= centroids.rows) return;
    const ClusterTotal total{totals.row(c), grids, centroids.cols};
    double square = 0, product = 0;
    for (Index j = warp_lane(exec); j < centroids.cols; j += warp_size) {
      const double x = double{centroids(c, j)};
      square += x * x, product += x * total.sum(j);
    }
    square = warp_reduce(exec, square, Plus{});
    product = warp_reduce(exec, product, Plus{});
    if (warp_lane(exec) == 0) spread[c] = total.weight() * square - 2 * product, empty[c] = total.empty();
  }
};

/// The sum of values over the threads of a block, in a fixed order.
template <class T, class Exec> SHOAL_HD T block_total(Exec& exec, const T* values, Index count) {
  T sum = 0;
  for (Index i = exec.thread(); i < count; i += exec.threads()) sum += values[i];
  return block_reduce(exec, sum, Plus{});
}

/// *report ← the sums over the blocks of labels that changed, and over clusters. One block.
struct SumReport {
  template <class Exec>
  SHOAL_HD void operator()(Exec& exec, const std::int64_t* moved, Index blocks, const double* spread,
                           const std::int64_t* empty, Index clusters, IterationReport* report) const {
    const Index moves = block_total(exec, moved, blocks), without = block_total(exec, empty, clusters);
    const double sum = block_total(exec, spread, clusters);
    if (exec.thread() == 0) *report = {moves, without, sum};
  }
};

/// *out ← Σ values. One block.
struct SumCounts {
  template <class Exec>
  SHOAL_HD void operator()(Exec& exec, const std::int64_t* values, Index count, std::int64_t* out) const {
    const std::int64_t sum = block_total(exec, values, count);
    if (exec.thread() == 0) *out = sum;
  }
};

/// Moves centroid c to that of its cluster, as Frame::centroid and Frame::snap do: the mean S_c / W_c or, if
/// `unit`, the direction of the mean, in the frame z = scale · x − origin (0 if null). A cluster without
/// weight, or whose directions cancel, keeps its centroid. changed[c] ← whether it moved. One warp for each
/// cluster.
struct MoveCentroids {
  float scale;
  bool unit;

  template <class Exec>
  SHOAL_HD void operator()(Exec& exec, MatrixView<const std::int64_t> totals, const SumGrid* grids,
                           const float* origin, MatrixView<float> centroids, std::int64_t* changed) const {
    const Index c = warp_item(exec);
    if (c >= centroids.rows) return;
    const ClusterTotal total{totals.row(c), grids, centroids.cols};
    const double weight = total.weight();
    const auto from_zero = [&](Index j) {
      return origin != nullptr ? total.sum(j) + weight * double{origin[j]} : total.sum(j);
    };
    double length = 1;
    if (unit) {
      double square = 0;
      for (Index j = warp_lane(exec); j < centroids.cols; j += warp_size)
        square += from_zero(j) * from_zero(j);
      length = std::sqrt(warp_reduce(exec, square, Plus{}));
    }
    const bool keep = !(weight > 0) || (unit && !(length > 1e-9 * weight * double{scale}));
    bool differs = false;
    for (Index j = warp_lane(exec); !keep && j < centroids.cols; j += warp_size) {
      const float at = origin != nullptr ? origin[j] : 0.f;
      const float fresh = unit ? static_cast<float>(from_zero(j) / length * double{scale} - double{at})
                               : static_cast<float>(total.sum(j) / weight);
      const float snapped = snap(fresh, at);
      differs = differs || snapped != centroids(c, j);
      centroids(c, j) = snapped;
    }
    const bool any = exec.ballot(differs) != 0;
    if (warp_lane(exec) == 0) changed[c] = any;
  }

 private:
  /// The value that survives leaving the frame and entering it again.
  [[nodiscard]] SHOAL_HD float snap(float z, float origin) const {
    return (z + origin) / scale * scale - origin;
  }
};

/// squares[i] ← ‖x_i − its centroid‖², summed over differences in double. One warp for each row.
struct SquaredDistances {
  template <class Exec>
  SHOAL_HD void operator()(Exec& exec, MatrixView<const float> x, MatrixView<const float> centroids,
                           const Label* labels, double* squares) const {
    const Index i = warp_item(exec);
    if (i >= x.rows) return;
    const float* centroid = centroids.row(labels[i]);
    double square = 0;
    for (Index j = warp_lane(exec); j < x.cols; j += warp_size) {
      const double gap = double{x(i, j)} - double{centroid[j]};
      square += gap * gap;
    }
    square = warp_reduce(exec, square, Plus{});
    if (warp_lane(exec) == 0) squares[i] = square;
  }
};

}  // namespace shoal
