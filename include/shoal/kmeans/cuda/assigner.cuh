// The assignment step of k-means on the GPU: labels and sums of clusters for centroids on the device.
#pragma once

#include <algorithm>
#include <span>
#include <utility>

#include <shoal/kmeans/cuda/gpu_cluster_sums.cuh>
#include <shoal/kmeans/cuda/move_centroids.cuh>
#include <shoal/kmeans/cuda/nearest_centroids.cuh>
#include <shoal/kmeans/cuda/prepared_rows.cuh>

namespace shoal {

/// Centroids, labels and sums of clusters on the device. assign() gives each row the label of its nearest
/// centroid (see NearestCentroids) and sums up the clusters; it enqueues work and does not wait. The same
/// bits each time, whether rows are resident or streamed. The stream and the rows must outlive it.
template <class Rt> class GpuAssigner {
 public:
  /// `weights` has one entry for each row, or is empty.
  GpuAssigner(GpuStream<Rt>& stream, PreparedRows<Rt>& rows, Index clusters, std::span<const float> weights,
              AssignmentPrecision precision)
      : stream_(stream),
        rows_(rows),
        clusters_(clusters),
        centroids_(stream, clusters * rows.cols()),
        values_(stream, rows.block_rows()),
        fresh_(stream, rows.block_rows()),
        labels_(stream, rows.rows()),
        moved_(stream, blocks_of_labels(rows.rows(), rows.block_rows())),
        sums_(stream, rows.block_rows(), rows.cols(), clusters, weights),
        nearest_(stream, precision, rows.block_rows(), rows.cols(), clusters) {}
  GpuAssigner(const GpuAssigner&) = delete;
  GpuAssigner& operator=(const GpuAssigner&) = delete;

  [[nodiscard]] MatrixView<float> centroids() { return centroids_.view(clusters_, rows_.cols()); }
  [[nodiscard]] const Label* labels() const { return labels_.data(); }
  [[nodiscard]] GpuClusterSums<Rt>& sums() { return sums_; }
  /// The numbers of labels that the last assign() changed, in each of moved_blocks() blocks of labels.
  [[nodiscard]] const std::int64_t* moved() const { return moved_.data(); }
  [[nodiscard]] Index moved_blocks() const { return moved_.size(); }

  /// Copies the host's centroids [C × d] and labels [n] (negative: none yet) to the device.
  void put(MatrixView<const float> centroids, std::span<const Label> labels) {
    to_device(stream_, centroids_.data(), centroids.data, centroids_.size());
    to_device(stream_, labels_.data(), labels.data(), labels_.size());
  }
  /// Copies the labels to the host.
  void get_labels(std::span<Label> labels) {
    to_host(stream_, labels.data(), std::as_const(labels_).data(), labels_.size());
  }
  /// Copies the sums to the host.
  void get_sums(ClusterSums& sums) {
    const MatrixView<const std::int64_t> totals = sums_.totals();
    to_host(stream_, sums.units().data, totals.data, totals.rows * totals.cols);
  }

  /// Assigns all rows. Pre: put(), and sums().clear(grids) before the first call.
  void assign() {
    sums_.clear();
    nearest_.set(centroids());
    Index counted = 0;
    rows_.each_block([&](Block b, MatrixView<const float> x) {
      nearest_(x, values_.data(), fresh_.data());
      stream_.launch(thread_per_item(b.count), TakeLabels{}, std::as_const(fresh_).data(), b.count,
                     labels_.data() + b.first, moved_.data() + counted);
      counted += thread_per_item(b.count).blocks;
      sums_.add(b.first, x, std::as_const(fresh_).data());
    });
  }
  /// squares[i] ← ‖x − its centroid‖² of each row, in double. O(n · d).
  void squared_distances(double* squares) {
    rows_.each_block([&](Block b, MatrixView<const float> x) {
      stream_.launch(warp_per_item(b.count), SquaredDistances{}, x, MatrixView<const float>(centroids()),
                     std::as_const(labels_).data() + b.first, squares + b.first);
    });
  }

  /// The device memory in bytes, without that of the rows.
  static std::size_t bytes(Index n, Index d, Index clusters, AssignmentPrecision precision) {
    const auto size = [](Index count, Index each) { return static_cast<std::size_t>(count * each); };
    const Index block = PreparedRows<Rt>::most_block_rows(n);
    return size(clusters * d, 4) + size(block, 12) + size(n, 4) + size(blocks_of_labels(n, 16384), 8) +
           GpuClusterSums<Rt>::bytes(n, block, d, clusters) +
           NearestCentroids<Rt>::bytes(block, d, clusters, precision);
  }

 private:
  /// The thread blocks that take the labels of n rows, in blocks of `rows`.
  static Index blocks_of_labels(Index n, Index rows) {
    return n / rows * thread_per_item(rows).blocks + thread_per_item(n % rows).blocks;
  }

  GpuStream<Rt>& stream_;
  PreparedRows<Rt>& rows_;
  Index clusters_;
  DeviceArray<Rt, float> centroids_;
  DeviceArray<Rt, double> values_;
  DeviceArray<Rt, Label> fresh_, labels_;
  DeviceArray<Rt, std::int64_t> moved_;
  GpuClusterSums<Rt> sums_;
  NearestCentroids<Rt> nearest_;
};

}  // namespace shoal
