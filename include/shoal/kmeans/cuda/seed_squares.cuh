// The distances of rows to the first centroids on a GPU, as k-means++ and AFK-MC² draw by them.
#pragma once

#include <limits>
#include <utility>

#include <shoal/backend/gpu.cuh>
#include <shoal/kmeans/cuda/nearest_centroids.cuh>
#include <shoal/kmeans/cuda/prepared_rows.cuh>
#include <shoal/kmeans/seed_distances.hpp>

namespace shoal {

/// squares[i] ← min(squares[i], ‖x − its seed‖²), summed over differences in double. One warp for each row.
struct NearerSeed {
  template <class Exec>
  SHOAL_HD void operator()(Exec& exec, MatrixView<const float> x, MatrixView<const float> seeds,
                           const Label* labels, float* squares) const {
    const Index i = warp_item(exec);
    if (i >= x.rows || labels[i] >= seeds.rows) return;  // a row that is not finite has no seed
    const float* seed = seeds.row(labels[i]);
    double square = 0;
    for (Index j = warp_lane(exec); j < x.cols; j += warp_size) {
      const double gap = double{x(i, j)} - double{seed[j]};
      square += gap * gap;
    }
    square = warp_reduce(exec, square, Plus{});
    if (warp_lane(exec) == 0 && square < double{squares[i]}) squares[i] = static_cast<float>(square);
  }
};

/// D_i² of the rows on the device. Products in float32 find the nearest of the added seeds, whose distance is
/// then computed directly, so that it is 0 for a copy of a seed. Each update copies n floats to the host,
/// which draws as it does for a CPU. The rows stay on the device for the iterations.
template <class Rt> class GpuSeedSquares final : public SeedSquares {
 public:
  /// The GPU and the rows must outlive it. `room`: see rows_on_device.
  GpuSeedSquares(const CheckedRows& rows, Index clusters, const Gpu<Rt>& gpu, std::size_t room)
      : source_(rows),
        stream_(gpu.stream()),
        rows_(rows_on_device(gpu, rows, room)),
        most_(std::min(clusters, most_seeds)),
        seeds_(stream_, most_ * rows.cols()),
        squares_(stream_, rows.rows()),
        values_(stream_, rows_->block_rows()),
        labels_(stream_, rows_->block_rows()),
        nearest_(stream_, {}, rows_->block_rows(), rows.cols(), most_) {}

  void update(MatrixView<const float> added, std::span<float> squares) override {
    to_device(stream_, squares_.data(), std::as_const(squares).data(), squares_.size());
    for (Index s = 0; s < block_count(added.rows, most_); ++s) {
      const Block b = block_at(added.rows, most_, s);
      add(added.block(b.first, b.count));
    }
    if (!std::exchange(checked_, true)) rows_->check(source_);
    to_host(stream_, squares.data(), std::as_const(squares_).data(), squares_.size());
  }

 private:
  static constexpr Index most_seeds = 256;

  void add(MatrixView<const float> added) {
    to_device(stream_, seeds_.data(), added.data, added.rows * added.cols);
    const MatrixView<const float> seeds = std::as_const(seeds_).view(added.rows, added.cols);
    nearest_.set(seeds);
    rows_->each_block([&](Block b, MatrixView<const float> x) {
      nearest_(x, values_.data(), labels_.data());
      stream_.launch(warp_per_item(b.count), NearerSeed{}, x, seeds, std::as_const(labels_).data(),
                     squares_.data() + b.first);
    });
  }

  const CheckedRows& source_;
  GpuStream<Rt>& stream_;
  std::shared_ptr<PreparedRows<Rt>> rows_;
  Index most_;
  DeviceArray<Rt, float> seeds_, squares_;
  DeviceArray<Rt, double> values_;
  DeviceArray<Rt, Label> labels_;
  NearestCentroids<Rt> nearest_;
  bool checked_ = false;
};

}  // namespace shoal
