// The sums of the rows of each cluster on the device: rows are sorted by cluster and added up as integers.
#pragma once

#include <span>
#include <utility>

#include <shoal/backend/gpu_memory.cuh>
#include <shoal/core/buffer.hpp>
#include <shoal/kmeans/cluster_sums.hpp>
#include <shoal/kmeans/cuda/cluster_sums.cuh>

namespace shoal {

/// S_c = Σ w x, W_c = Σ w and the number of rows of every cluster, in the units of ClusterSums and with the
/// same bits for the same labels.
template <class Rt> class GpuClusterSums {
 public:
  /// For blocks of up to `rows` rows. `weights` has one entry for each row of all blocks, or is empty.
  GpuClusterSums(GpuStream<Rt>& stream, Index rows, Index d, Index clusters, std::span<const float> weights)
      : stream_(stream),
        d_(d),
        clusters_(clusters),
        weights_(stream, std::ssize(weights)),
        grids_(stream, d + 1),
        keys_(stream, rows),
        places_(stream, rows),
        starts_(stream, clusters + 1),
        partial_(stream, 2 * block_count(rows, piece_rows) * (d + 2)),
        totals_(stream, clusters * (d + 2)) {
    to_device(stream_, weights_.data(), weights.data(), weights_.size());
  }

  /// Starts anew, with all sums 0.
  void clear(const SumGrids& grids) {
    Buffer<SumGrid> all = grids.columns;
    all.push_back(grids.weights);
    to_device(stream_, grids_.data(), std::as_const(all).data(), grids_.size());
    clear();
  }
  /// The same with the grids that it has.
  void clear() { stream_.zero(totals_.data(), totals_.size()); }

  /// Adds the rows x, which are those from `first` on, to the sums of their labels.
  void add(Index first, MatrixView<const float> x, const Label* labels) {
    stream_.launch(thread_per_item(x.rows), NumberRows{}, labels, x.rows, keys_.data(), places_.data());
    stream_.sort_pairs(keys_.data(), places_.data(), x.rows);
    const Label *keys = keys_.data(), *places = places_.data();
    stream_.launch(thread_per_item(clusters_ + 1), SegmentStarts{}, keys, x.rows, clusters_, starts_.data());
    constexpr int columns = 64;
    const Index pieces = block_count(x.rows, piece_rows);
    const Grid grid{pieces * block_count(d_ + 2, columns), columns};
    const float* weights = weights_.size() > 0 ? std::as_const(weights_).data() + first : nullptr;
    const std::int64_t* starts = starts_.data();
    const MatrixView<std::int64_t> partial = partial_.view(2 * pieces, d_ + 2),
                                   sums = totals_.view(clusters_, d_ + 2);
    stream_.launch(grid, PieceSums{}, x, weights, places, keys, starts, std::as_const(grids_).data(), partial,
                   sums);
    stream_.launch(grid, JoinPieces{}, keys, starts, x.rows, MatrixView<const std::int64_t>(partial), sums);
  }

  /// The sums [C × (d + 2)], as ClusterSums::units().
  [[nodiscard]] MatrixView<const std::int64_t> totals() const { return totals_.view(clusters_, d_ + 2); }
  /// The grids of the d columns, then that of the weights.
  [[nodiscard]] const SumGrid* grids() const { return grids_.data(); }

  /// The device memory in bytes, for n rows in all.
  static std::size_t bytes(Index n, Index rows, Index d, Index clusters) {
    const auto size = [](Index count, Index each) { return static_cast<std::size_t>(count * each); };
    return size(n, 4) + size(d + 1, sizeof(SumGrid)) + size(rows, 8 + 8) +  // Thrust sorts copies
           size(clusters + 1, 8) + size(2 * block_count(rows, piece_rows) + clusters, 8 * (d + 2));
  }

 private:
  GpuStream<Rt>& stream_;
  Index d_, clusters_;
  DeviceArray<Rt, float> weights_;
  DeviceArray<Rt, SumGrid> grids_;
  DeviceArray<Rt, Label> keys_, places_;
  DeviceArray<Rt, std::int64_t> starts_, partial_, totals_;
};

}  // namespace shoal
