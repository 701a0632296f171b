// k-means on the GPU: finds the nearest centroid of every row by product tiles, and sums clusters by sorting.
#pragma once

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

#include <shoal/backend/gpu_checked_rows.cuh>
#include <shoal/backend/gpu_products.cuh>
#include <shoal/backend/gpu_rows.cuh>
#include <shoal/kmeans/cuda/cluster_sums.cuh>
#include <shoal/kmeans/cuda/nearest.cuh>

namespace shoal {

/// Finds the nearest centroid of every row of a source, and the sums for the next centroids. Rows are copied
/// to the device in blocks, only once if they fit `room` bytes (see DeviceRows). Products with the centroids
/// are computed in tiles of 16,384 × 2048, never n × C. With products below float32, a row between two
/// centroids may go to the other one; centroids and sums are still those of the float32 rows. Sums are in
/// double precision and in the order of rows, so the bits are the same each time, whatever `room` is. The
/// stream and the source must outlive it.
template <class Rt> class GpuAssigner {
 public:
  /// Normalises rows if `unit`. `weights` has one entry for each row, or is empty.
  GpuAssigner(GpuStream<Rt>& stream, AnyRows source, bool unit, Index clusters,
              std::span<const float> weights, std::size_t room, Precision precision = Precision::float32)
      : stream_(stream),
        n_(source.rows()),
        d_(source.cols()),
        clusters_(clusters),
        prepare_(stream, n_, unit),
        rows_(stream, source, block_rows, room, [this](Block b, MatrixView<float> x) { prepare_(b, x); }),
        weights_(stream, std::ssize(weights)),
        centroids_(stream, clusters * d_),
        half_(stream, clusters),
        tile_(stream, rows_.block_rows() * std::min(clusters, tile_cols)),
        row_factor_(stream, precision, rows_.block_rows() * d_),
        centroid_factor_(stream, precision, clusters * d_),
        values_(stream, rows_.block_rows()),
        fresh_(stream, rows_.block_rows()),
        labels_(stream, n_),
        keys_(stream, rows_.block_rows()),
        order_(stream, rows_.block_rows()),
        starts_(stream, clusters + 1),
        partial_(stream, 2 * block_count(rows_.block_rows(), piece_rows) * (d_ + 1)),
        sums_(stream, clusters * d_),
        cluster_weights_(stream, clusters),
        counts_(stream, clusters),
        moved_(stream, 1 + block_count(n_, rows_.block_rows()) * label_blocks(rows_.block_rows())) {
    to_device(stream_, weights_.data(), weights.data(), weights_.size());
  }
  GpuAssigner(const GpuAssigner&) = delete;
  GpuAssigner& operator=(const GpuAssigner&) = delete;

  /// The sums of clusters, on the host.
  struct Sums {
    Matrix<double> sums;          ///< [C × d] Σ w x of each cluster
    std::vector<double> weights;  ///< [C] Σ w
    std::vector<Index> counts;    ///< [C] number of rows
  };

  /// Assigns each row to the nearest of the centroids [C × d]. `labels` holds the previous labels (negative:
  /// none) and receives the new ones. Returns how many changed. Call bad_row() after the first call.
  Index assign(MatrixView<const float> centroids, std::span<Label> labels, Sums& out) {
    const Factor factor = begin(centroids);
    to_device(stream_, labels_.data(), static_cast<const Label*>(labels.data()), n_);
    Index counted = 0;
    rows_.each_block([&](Block b, MatrixView<const float> x) {
      nearest(x, factor);
      take_labels(b, moved_.data() + 1 + counted);
      counted += label_blocks(b.count);
      add_sums(b, x);
    });
    stream_.launch(Grid{1}, SumCounts{}, std::as_const(moved_).data() + 1, counted, moved_.data());
    to_host(stream_, labels.data(), static_cast<const Label*>(labels_.data()), n_);
    if (out.sums.rows() != clusters_ || out.sums.cols() != d_) out.sums = Matrix<double>(clusters_, d_);
    out.weights.resize(static_cast<std::size_t>(clusters_));
    out.counts.resize(static_cast<std::size_t>(clusters_));
    to_host(stream_, out.sums.data(), static_cast<const double*>(sums_.data()), clusters_ * d_);
    to_host(stream_, out.weights.data(), static_cast<const double*>(cluster_weights_.data()), clusters_);
    to_host(stream_, out.counts.data(), static_cast<const std::int64_t*>(counts_.data()), clusters_);
    std::int64_t moved = 0;
    to_host(stream_, &moved, static_cast<const std::int64_t*>(moved_.data()), 1);
    return moved;
  }

  /// The first row that is not finite or, if rows are normalised, zero; −1 if there is none.
  [[nodiscard]] Index bad_row() { return prepare_.first_bad(); }
  /// ‖x‖² of all rows.
  void squares(std::span<float> out) { prepare_.squares(out); }

  /// The device memory in bytes, without the resident rows.
  static std::size_t bytes(Index d, Index clusters, Index n) {
    const auto size = [](Index count, Index each) { return static_cast<std::size_t>(count * each); };
    return size(n, 17) + size(clusters * d, 14) + size(clusters, 36) +
           size(block_rows, 11 * d + 4 * std::min(clusters, tile_cols) + 17);
  }

 private:
  static constexpr Index block_rows = 16384, tile_cols = 2048;

  /// Uploads the centroids and returns them as a factor; sets the sums to zero.
  Factor begin(MatrixView<const float> centroids) {
    to_device(stream_, centroids_.data(), centroids.data, clusters_ * d_);
    const MatrixView<const float> c = std::as_const(centroids_).view(clusters_, d_);
    stream_.launch(warp_per_item(clusters_), HalfSquares{}, c, half_.data());
    stream_.zero(sums_.data(), clusters_ * d_);
    stream_.zero(cluster_weights_.data(), clusters_);
    stream_.zero(counts_.data(), clusters_);
    return centroid_factor_(c);
  }
  /// fresh_ ← the nearest centroid of each of the rows x.
  void nearest(MatrixView<const float> x, const Factor& centroids) {
    const Factor rows = row_factor_(x);
    for (Index t = 0; t < block_count(clusters_, tile_cols); ++t) {
      const Block c = block_at(clusters_, tile_cols, t);
      const MatrixView<float> tile = tile_.view(x.rows, c.count);
      stream_.product(rows, centroids.block(c.first, c.count).transpose(), tile);
      stream_.launch(warp_per_item(x.rows), NearestInTile{}, MatrixView<const float>(tile),
                     static_cast<const float*>(half_.data()), c.first, values_.data(), fresh_.data());
    }
  }

  /// The number of thread blocks for `rows` labels.
  static Index label_blocks(Index rows) { return thread_per_item(rows).blocks; }

  /// Stores fresh_ in labels_ and prepares the sort; writes the number of changes in each block to `moved`.
  void take_labels(Block b, std::int64_t* moved) {
    stream_.launch(thread_per_item(b.count), TakeLabels{}, static_cast<const Label*>(fresh_.data()), b.count,
                   labels_.data() + b.first, keys_.data(), order_.data(), moved);
  }
  void add_sums(Block b, MatrixView<const float> x) {
    stream_.sort_pairs(keys_.data(), order_.data(), b.count);
    const Label *keys = keys_.data(), *order = order_.data();
    stream_.launch(thread_per_item(clusters_ + 1), SegmentStarts{}, keys, b.count, clusters_, starts_.data());
    constexpr int columns = 64;
    const Index pieces = block_count(b.count, piece_rows);
    const Grid grid{pieces * block_count(d_, columns), columns};
    const std::int64_t* starts = starts_.data();
    const MatrixView<double> partial = partial_.view(2 * pieces, d_ + 1), sums = sums_.view(clusters_, d_);
    stream_.launch(grid, PieceSums{}, x,
                   weights_.size() > 0 ? static_cast<const float*>(weights_.data()) + b.first : nullptr,
                   order, keys, starts, partial, sums, cluster_weights_.data(), counts_.data());
    stream_.launch(grid, JoinPieces{}, keys, starts, b.count, MatrixView<const double>(partial), sums,
                   cluster_weights_.data(), counts_.data());
  }

  GpuStream<Rt>& stream_;
  Index n_, d_, clusters_;
  RowPreparation<Rt> prepare_;
  DeviceRows<Rt> rows_;
  DeviceArray<Rt, float> weights_, centroids_, half_, tile_;
  RoundedFactor<Rt> row_factor_, centroid_factor_;
  DeviceArray<Rt, float> values_;
  DeviceArray<Rt, Label> fresh_, labels_, keys_, order_;
  DeviceArray<Rt, std::int64_t> starts_;
  DeviceArray<Rt, double> partial_, sums_, cluster_weights_;
  DeviceArray<Rt, std::int64_t> counts_, moved_;
};

}  // namespace shoal
