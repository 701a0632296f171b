// k-means on the GPU: the nearest centroid of every row by product tiles, and the sums of clusters by
// sorting.
#pragma once

#include <optional>
#include <span>

#include <shoal/backend/gpu_checked_rows.cuh>
#include <shoal/backend/gpu_products.cuh>
#include <shoal/backend/gpu_rows.cuh>

namespace shoal {

/// half[c] ← ‖c‖² / 2. A warp a centroid.
struct HalfSquares {
  template <class Exec>
  SHOAL_HD void operator()(Exec& exec, MatrixView<const float> centroids, float* half) const {
    const Index c = warp_item(exec);
    if (c >= centroids.rows) return;
    double square = 0;
    for (Index j = warp_lane(exec); j < centroids.cols; j += warp_size)
      square += double{centroids(c, j)} * double{centroids(c, j)};
    square = warp_reduce(exec, square, Plus{});
    if (warp_lane(exec) == 0) half[c] = static_cast<float>(square / 2);
  }
};

/// Where a value stands that no centroid has.
inline constexpr Label no_centroid = std::numeric_limits<Label>::max();

/// A value and where it stands, ordered by value, then place.
struct Least {
  float value;
  Label at;

  SHOAL_HD bool before(const Least& other) const {
    return value < other.value || (value == other.value && at < other.at);
  }
};

/// Merges a tile of products [R × W] with centroids [first, first + W) into the nearest so far of each row:
/// the least half_c − x·c, ties to the lowest index. The first tile (first = 0) starts over. A warp a row.
struct NearestInTile {
  template <class Exec>
  SHOAL_HD void operator()(Exec& exec, MatrixView<const float> products, const float* half, Index first,
                           float* values, Label* labels) const {
    const Index i = warp_item(exec);
    if (i >= products.rows) return;
    const float* row = products.row(i);
    Least best{__builtin_huge_valf(), no_centroid};
    for (Index j = warp_lane(exec); j < products.cols; j += warp_size) {
      const Least next{half[first + j] - row[j], static_cast<Label>(first + j)};
      if (next.before(best)) best = next;
    }
    for (int mask = warp_size / 2; mask > 0; mask /= 2) {
      const Least other{exec.shuffle_xor(best.value, mask), exec.shuffle_xor(best.at, mask)};
      if (other.before(best)) best = other;
    }
    if (warp_lane(exec) == 0 && (first == 0 || best.value < values[i]))
      values[i] = best.value, labels[i] = best.at;
  }
};

/// *moved += the number of rows whose label is not what it was. One block.
struct CountMoved {
  template <class Exec>
  SHOAL_HD void operator()(Exec& exec, const Label* before, const Label* after, Index count,
                           std::int64_t* moved) const {
    std::int64_t sum = 0;
    for (Index i = exec.thread(); i < count; i += exec.threads()) sum += before[i] != after[i] ? 1 : 0;
    sum = block_reduce(exec, sum, Plus{});
    if (exec.thread() == 0) *moved += sum;
  }
};

/// keys[i] ← labels[i], values[i] ← i: what a sort turns into the rows of each cluster. A thread a row.
struct LabelPairs {
  template <class Exec>
  SHOAL_HD void operator()(Exec& exec, const Label* labels, Index count, Label* keys, Label* values) const {
    const Index i = thread_item(exec);
    if (i < count) keys[i] = labels[i], values[i] = static_cast<Label>(i);
  }
};

/// starts[c] ← the first place in the sorted keys that is not below c; c runs to C. A thread a cluster.
struct SegmentStarts {
  template <class Exec>
  SHOAL_HD void operator()(Exec& exec, const Label* keys, Index count, Index clusters,
                           std::int64_t* starts) const {
    const Index c = thread_item(exec);
    if (c > clusters) return;
    Index low = 0, high = count;
    while (low < high) {
      const Index middle = low + (high - low) / 2;
      if (keys[middle] < c)
        low = middle + 1;
      else
        high = middle;
    }
    starts[c] = low;
  }
};

/// Adds the rows of each cluster, times their weights (1 where null), to its sums, in the order of rows; and
/// their weights and number. A block a cluster and piece of columns, a thread a column. A kernel of our own:
/// the segmented sums of Thrust and CUB add scalars, which d columns would ask d of, and promise no order.
struct SegmentSums {
  template <class Exec>
  SHOAL_HD void operator()(Exec& exec, MatrixView<const float> x, const float* weights, const Label* rows,
                           const std::int64_t* starts, MatrixView<double> sums, double* cluster_weights,
                           std::int64_t* counts) const {
    const Index pieces = block_count(x.cols, exec.threads());
    const Index c = exec.block() / pieces, j = exec.block() % pieces * exec.threads() + exec.thread();
    if (j >= x.cols || starts[c] == starts[c + 1]) return;
    double sum = 0, weight = 0;
    for (Index k = starts[c]; k < starts[c + 1]; ++k) {
      const double w = weights != nullptr ? double{weights[rows[k]]} : 1.0;
      sum += w * double{x(rows[k], j)};
      weight += w;
    }
    sums(c, j) += sum;
    if (j == 0) cluster_weights[c] += weight, counts[c] += starts[c + 1] - starts[c];
  }
};

/// The nearest centroids of all rows of a source, and what they leave for the next centroids. Rows come to
/// the device in blocks, once and for all where they fit `room` bytes (see DeviceRows), and meet centroids
/// tile by tile: products of 16,384 × 512 at a time, never n × C. With products below float32 a row between
/// two centroids may go to the other one; centroids and sums are of the float32 rows all the same. Sums are
/// in double, in the order of rows: the same bits each time, and for any room. The stream and the source must
/// outlive it.
template <class Rt> class GpuAssigner {
 public:
  /// Rows are brought to unit length where `unit` is set. `weights`: one a row, or empty.
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
        sums_(stream, clusters * d_),
        cluster_weights_(stream, clusters),
        counts_(stream, clusters),
        moved_(stream, 1) {
    to_device(stream_, weights_.data(), weights.data(), weights_.size());
  }
  GpuAssigner(const GpuAssigner&) = delete;
  GpuAssigner& operator=(const GpuAssigner&) = delete;

  /// What an assignment leaves on the host.
  struct Sums {
    Matrix<double> sums;          ///< [C × d] Σ w x of each cluster
    std::vector<double> weights;  ///< [C] Σ w
    std::vector<Index> counts;    ///< [C] rows
  };

  /// The nearest of the centroids [C × d] for each row, into labels, which hold the last ones (negative:
  /// none) and are taken from the host each time; returns how many changed. bad_row() must be asked after the
  /// first call.
  Index assign(MatrixView<const float> centroids, std::span<Label> labels, Sums& out) {
    const Factor factor = begin(centroids);
    to_device(stream_, labels_.data(), static_cast<const Label*>(labels.data()), n_);
    rows_.each_block([&](Block b, MatrixView<const float> x) {
      nearest(x, factor);
      Label* held = labels_.data() + b.first;
      stream_.launch(Grid{1}, CountMoved{}, static_cast<const Label*>(held),
                     static_cast<const Label*>(fresh_.data()), b.count, moved_.data());
      stream_.copy(held, static_cast<const Label*>(fresh_.data()), b.count);
      add_sums(b, x);
    });
    to_host(stream_, labels.data(), static_cast<const Label*>(labels_.data()), n_);
    out.sums = Matrix<double>(clusters_, d_);
    out.weights.resize(static_cast<std::size_t>(clusters_));
    out.counts.resize(static_cast<std::size_t>(clusters_));
    to_host(stream_, out.sums.data(), static_cast<const double*>(sums_.data()), clusters_ * d_);
    to_host(stream_, out.weights.data(), static_cast<const double*>(cluster_weights_.data()), clusters_);
    to_host(stream_, out.counts.data(), static_cast<const std::int64_t*>(counts_.data()), clusters_);
    std::int64_t moved = 0;
    to_host(stream_, &moved, static_cast<const std::int64_t*>(moved_.data()), 1);
    return moved;
  }

  /// The first row that is not finite or, where they are brought to unit length, zero; −1 if all are good.
  [[nodiscard]] Index bad_row() { return prepare_.first_bad(); }
  /// ‖x‖² of all rows.
  void squares(std::span<float> out) { prepare_.squares(out); }

  /// Device bytes beside the resident rows.
  static std::size_t bytes(Index d, Index clusters, Index n) {
    const auto size = [](Index count, Index each) { return static_cast<std::size_t>(count * each); };
    return size(n, 16) + size(clusters * d, 14) + size(clusters, 36) +
           size(block_rows, 10 * d + 4 * std::min(clusters, tile_cols) + 16);
  }

 private:
  static constexpr Index block_rows = 16384, tile_cols = 512;

  /// The centroids on the device, as a factor; sums at zero.
  Factor begin(MatrixView<const float> centroids) {
    to_device(stream_, centroids_.data(), centroids.data, clusters_ * d_);
    const MatrixView<const float> c = std::as_const(centroids_).view(clusters_, d_);
    stream_.launch(warp_per_item(clusters_), HalfSquares{}, c, half_.data());
    stream_.zero(sums_.data(), clusters_ * d_);
    stream_.zero(cluster_weights_.data(), clusters_);
    stream_.zero(counts_.data(), clusters_);
    stream_.zero(moved_.data(), 1);
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

  void add_sums(Block b, MatrixView<const float> x) {
    stream_.launch(thread_per_item(b.count), LabelPairs{}, static_cast<const Label*>(fresh_.data()), b.count,
                   keys_.data(), order_.data());
    stream_.sort_pairs(keys_.data(), order_.data(), b.count);
    stream_.launch(thread_per_item(clusters_ + 1), SegmentStarts{}, static_cast<const Label*>(keys_.data()),
                   b.count, clusters_, starts_.data());
    constexpr int columns = 64;
    stream_.launch(Grid{clusters_ * block_count(d_, columns), columns}, SegmentSums{}, x,
                   weights_.size() > 0 ? static_cast<const float*>(weights_.data()) + b.first : nullptr,
                   static_cast<const Label*>(order_.data()), static_cast<const std::int64_t*>(starts_.data()),
                   sums_.view(clusters_, d_), cluster_weights_.data(), counts_.data());
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
  DeviceArray<Rt, double> sums_, cluster_weights_;
  DeviceArray<Rt, std::int64_t> counts_, moved_;
};

}  // namespace shoal
