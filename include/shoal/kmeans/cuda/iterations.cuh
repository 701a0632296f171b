// Lloyd's iterations on the device: the host gets a few numbers from each.
#pragma once

#include <optional>
#include <utility>

#include <shoal/kmeans/cuda/assigner.cuh>
#include <shoal/kmeans/frame.hpp>

namespace shoal {

/// The centroids, labels and sums of a GpuAssigner as those of Lloyd's iterations. An iteration exchanges 32
/// bytes with the host: its report, and the number of centroids that moved.
template <class Rt> class GpuIterations final : public ResidentClusters {
 public:
  /// The assigner must outlive it. `check_rows` is called once, after the first assignment.
  GpuIterations(GpuStream<Rt>& stream, GpuAssigner<Rt>& assigner, const Frame& frame, const SumGrids& grids,
                std::function<void()> check_rows)
      : stream_(stream),
        assigner_(assigner),
        scale_(frame.scale),
        unit_(frame.unit),
        check_rows_(std::move(check_rows)),
        origin_(stream, std::ssize(frame.origin)),
        spread_(stream, assigner.centroids().rows),
        flags_(stream, assigner.centroids().rows),
        report_(stream, 1),
        changed_(stream, 1),
        report_copy_(stream, 1),
        changed_copy_(stream, 1) {
    to_device(stream_, origin_.data(), frame.origin.data(), origin_.size());
    assigner_.sums().clear(grids);
  }

  void put(MatrixView<const float> centroids, std::span<const Label> labels) override {
    assigner_.put(centroids, labels);
  }

  IterationReport assign() override {
    assigner_.assign();
    if (check_rows_) std::exchange(check_rows_, {})();
    const MatrixView<const float> centroids = assigner_.centroids();
    stream_.launch(warp_per_item(centroids.rows), SpreadOfClusters{}, assigner_.sums().totals(),
                   assigner_.sums().grids(), centroids, spread_.data(), flags_.data());
    stream_.launch(Grid{1}, SumReport{}, assigner_.moved(), assigner_.moved_blocks(),
                   std::as_const(spread_).data(), std::as_const(flags_).data(), centroids.rows,
                   report_.data());
    report_copy_.start(report_.data(), 1);
    return *report_copy_.take();
  }

  bool move_centroids() override {
    const MatrixView<float> centroids = assigner_.centroids();
    stream_.launch(warp_per_item(centroids.rows), MoveCentroids{scale_, unit_}, assigner_.sums().totals(),
                   assigner_.sums().grids(), std::as_const(origin_).data(), centroids, flags_.data());
    stream_.launch(Grid{1}, SumCounts{}, std::as_const(flags_).data(), centroids.rows, changed_.data());
    changed_copy_.start(changed_.data(), 1);
    return *changed_copy_.take() > 0;
  }

  void get(MatrixView<float> centroids, std::span<Label> labels) override {
    to_host(stream_, centroids.data, MatrixView<const float>(assigner_.centroids()).data,
            centroids.rows * centroids.cols);
    assigner_.get_labels(labels);
  }
  void get(ClusterSums& sums) override { assigner_.get_sums(sums); }

  void squared_distances(std::span<double> out) override {
    DeviceArray<Rt, double> squares(stream_, std::ssize(out));
    assigner_.squared_distances(squares.data());
    to_host(stream_, out.data(), std::as_const(squares).data(), squares.size());
  }

  /// The device memory in bytes, without that of the assigner.
  static std::size_t bytes(Index n, Index d, Index clusters) {
    return static_cast<std::size_t>(8 * n + 4 * d + 16 * clusters) + sizeof(IterationReport) + 8;
  }

 private:
  GpuStream<Rt>& stream_;
  GpuAssigner<Rt>& assigner_;
  float scale_;
  bool unit_;
  std::function<void()> check_rows_;
  DeviceArray<Rt, float> origin_;
  DeviceArray<Rt, double> spread_;
  DeviceArray<Rt, std::int64_t> flags_;
  DeviceArray<Rt, IterationReport> report_;
  DeviceArray<Rt, std::int64_t> changed_;
  Download<Rt, IterationReport> report_copy_;
  Download<Rt, std::int64_t> changed_copy_;
};

}  // namespace shoal
