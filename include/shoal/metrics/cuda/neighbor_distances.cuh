// The distances of rows from their neighbours on a GPU, for the alignment.
#pragma once

#include <cmath>
#include <utility>

#include <shoal/backend/gpu.cuh>
#include <shoal/backend/gpu_checked_rows.cuh>
#include <shoal/backend/gpu_rows.cuh>
#include <shoal/metrics/distance_backend.hpp>

namespace shoal {

/// sums[i] ← Σ ‖g(x) − g(x′)‖² over the neighbours x′ of row x = i of a block that have its label, in double,
/// where g(x) is x divided by its length; squares are those of the lengths. One warp for each row of the
/// block, whose first row is `first`.
struct SumNeighborDistances {
  Index first, none;

  template <class Exec>
  SHOAL_HD void operator()(Exec& exec, MatrixView<const float> rows, const double* squares,
                           MatrixView<const std::int32_t> ids, const Index* labels, double* sums) const {
    const Index at = warp_item(exec), i = first + at;
    if (at >= ids.rows) return;
    double sum = 0;
    for (Index k = 0; k < ids.cols; ++k) {
      const Index j = ids(at, k);
      if (labels[i] == none || labels[j] != labels[i]) continue;
      const double own = 1 / std::sqrt(squares[i]), other = 1 / std::sqrt(squares[j]);
      double gap = 0;
      for (Index c = warp_lane(exec); c < rows.cols; c += warp_size) {
        // A compiler that fuses a product with the difference would leave the rounding of the other one.
        const double mine = static_cast<double>(rows(i, c)) * own,
                     theirs = static_cast<double>(rows(j, c)) * other;
        const double difference = mine == theirs ? 0. : mine - theirs;
        gap += difference * difference;
      }
      sum += warp_reduce(exec, gap, Plus{});
    }
    if (warp_lane(exec) == 0) sums[at] = sum;
  }
};

namespace neighbor_distances_impl {
inline constexpr Index block_rows = 16384;
}

/// The device memory of sum_neighbor_distances, in bytes.
inline std::size_t neighbor_distance_bytes(const NeighborDistanceJob& job) {
  const auto n = static_cast<std::size_t>(job.features.rows()),
             d = static_cast<std::size_t>(job.features.cols());
  constexpr auto block = static_cast<std::size_t>(neighbor_distances_impl::block_rows);
  return 4 * n * d + 24 * n + block * (8 * d + 4 * static_cast<std::size_t>(job.ids.cols) + 8);
}

/// Fills the sums of the job. All rows are on the device, the ids of neighbours a block at a time.
template <class Rt> void sum_neighbor_distances(const NeighborDistanceJob& job, const Gpu<Rt>& gpu) {
  using neighbor_distances_impl::block_rows;
  GpuStream<Rt>& stream = gpu.stream();
  const Index n = job.features.rows(), m = job.ids.cols;
  DeviceArray<Rt, double> squares(stream, n);
  DeviceRows<Rt> rows(
      stream, job.features, block_rows, ~std::size_t{0},
      [&](Block b, MatrixView<float> x) {
        stream.launch(warp_per_item(x.rows), ScaleRows{false}, x, squares.data() + b.first);
      },
      gpu.host());
  DeviceArray<Rt, Index> labels(stream, n);
  to_device(stream, labels.data(), job.labels.data(), n);
  DeviceArray<Rt, std::int32_t> ids(stream, std::min(n, block_rows) * m);
  DeviceArray<Rt, double> sums(stream, std::min(n, block_rows));
  for (Index t = 0; t < block_count(n, block_rows); ++t) {
    const Block b = block_at(n, block_rows, t);
    to_device(stream, ids.data(), job.ids.row(b.first), b.count * m);
    stream.launch(warp_per_item(b.count), SumNeighborDistances{b.first, job.none}, rows.all(),
                  std::as_const(squares).data(), std::as_const(ids).view(b.count, m),
                  std::as_const(labels).data(), sums.data());
    to_host(stream, job.sums.data() + b.first, std::as_const(sums).data(), b.count);
  }
}

}  // namespace shoal
