// k-means on the GPU: the nearest centroid of every row by product tiles, and the sums of clusters by
// sorting.
#pragma once

#include <optional>
#include <span>

#include <shoal/backend/gpu_checked_rows.cuh>
#include <shoal/backend/gpu_products.cuh>
#include <shoal/backend/gpu_rows.cuh>

namespace shoal {

/// half[c] ← ‖c‖² / 2. One warp per centroid.
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

/// Stores new labels: held[i] ← fresh[i]; keys[i] ← fresh[i] and values[i] ← i, which a sort turns into the
/// rows of each cluster; moved[b] ← the number of labels of block b that changed. One thread per row.
struct TakeLabels {
  template <class Exec>
  SHOAL_HD void operator()(Exec& exec, const Label* fresh, Index count, Label* held, Label* keys,
                           Label* values, std::int64_t* moved) const {
    const Index i = thread_item(exec);
    const bool differs = i < count && held[i] != fresh[i];
    if (i < count) held[i] = keys[i] = fresh[i], values[i] = static_cast<Label>(i);
    const std::int64_t sum = block_reduce(exec, std::int64_t{differs}, Plus{});
    if (exec.thread() == 0) moved[exec.block()] = sum;
  }
};

/// *out ← Σ values. One block.
struct SumCounts {
  template <class Exec>
  SHOAL_HD void operator()(Exec& exec, const std::int64_t* values, Index count, std::int64_t* out) const {
    std::int64_t sum = 0;
    for (Index i = exec.thread(); i < count; i += exec.threads()) sum += values[i];
    sum = block_reduce(exec, sum, Plus{});
    if (exec.thread() == 0) *out = sum;
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

/// Rows sorted by cluster are added up in pieces of this many rows, whatever the sizes of clusters, so that
/// one large cluster takes no longer than many small ones.
inline constexpr Index piece_rows = 64;

/// Rows of one block, sorted by cluster: the cluster at each place, and where each cluster starts.
struct SortedRows {
  const Label* keys;
  const std::int64_t* starts;  ///< [C + 1]
  Index count;

  [[nodiscard]] SHOAL_HD Index end_of(Index piece) const {
    const Index end = (piece + 1) * piece_rows;
    return end < count ? end : count;
  }
  /// Of a cluster in a piece: −1 if it lies in no other, 0 if it came from the piece before, 1 if it starts
  /// here and goes on.
  [[nodiscard]] SHOAL_HD int side(Label c, Index piece) const {
    if (starts[c] < piece * piece_rows) return 0;
    return starts[c + 1] > end_of(piece) ? 1 : -1;
  }
};

/// Sums of clusters, which each belong to one block of threads when they are added to.
struct ClusterTotals {
  MatrixView<double> sums;  ///< [C × d]
  double* weights;          ///< [C]
  std::int64_t* counts;     ///< [C]

  SHOAL_HD void add(Index c, Index j, double sum, double weight, std::int64_t rows) const {
    sums(c, j) += sum;
    if (j == 0) weights[c] += weight, counts[c] += rows;
  }
};

/// Adds up the rows of each piece, times their weights (1 where null), cluster by cluster in the order of
/// rows. Clusters of several pieces go to `partial` [2 · pieces × (d + 1)], weights last: rows 2p and 2p + 1
/// for those that piece p starts with and ends with. One block per piece and some columns, one thread per
/// column. (The segmented sums of Thrust and CUB add scalars, so that d columns would need d of them, and
/// promise no order.)
struct PieceSums {
  template <class Exec>
  SHOAL_HD void operator()(Exec& exec, MatrixView<const float> x, const float* weights, const Label* rows,
                           const Label* keys, const std::int64_t* starts, MatrixView<double> partial,
                           MatrixView<double> sums, double* cluster_weights, std::int64_t* counts) const {
    const Index across = block_count(x.cols, exec.threads());
    const Index piece = exec.block() / across, j = exec.block() % across * exec.threads() + exec.thread();
    if (j >= x.cols) return;
    const SortedRows sorted{keys, starts, x.rows};
    const Index begin = piece * piece_rows, end = sorted.end_of(piece);
    double sum = 0, weight = 0;
    for (Index first = begin; first < end; first += ahead) {
      float value[ahead];  // read together: one after the other they would each be waited for
      for (int k = 0; k < ahead; ++k) value[k] = first + k < end ? x(rows[first + k], j) : 0.f;
      for (int k = 0; k < ahead; ++k) {
        const Index at = first + k;
        if (at >= end) break;
        const double w = weights != nullptr ? double{weights[rows[at]]} : 1.0;
        sum += w * double{value[k]};
        weight += w;
        if (at + 1 < end && keys[at + 1] == keys[at]) continue;
        const Label c = keys[at];    // its last row in this piece
        if (c >= sums.rows) return;  // rows that are not finite have no centroid, and come last
        if (const int side = sorted.side(c, piece); side >= 0) {
          partial(2 * piece + side, j) = sum;
          if (j == 0) partial(2 * piece + side, x.cols) = weight;
        } else {
          ClusterTotals{sums, cluster_weights, counts}.add(c, j, sum, weight, starts[c + 1] - starts[c]);
        }
        sum = weight = 0;
      }
    }
  }

 private:
  static constexpr int ahead = 8;
};

/// Adds the sums of clusters of several pieces, in the order of pieces. Blocks and threads as in PieceSums: a
/// cluster is that of the piece where it starts.
struct JoinPieces {
  template <class Exec>
  SHOAL_HD void operator()(Exec& exec, const Label* keys, const std::int64_t* starts, Index count,
                           MatrixView<const double> partial, MatrixView<double> sums, double* cluster_weights,
                           std::int64_t* counts) const {
    const Index across = block_count(sums.cols, exec.threads());
    const Index piece = exec.block() / across, j = exec.block() % across * exec.threads() + exec.thread();
    if (j >= sums.cols) return;
    const SortedRows sorted{keys, starts, count};
    const Label c = keys[sorted.end_of(piece) - 1];
    if (c >= sums.rows || sorted.side(c, piece) != 1) return;
    double sum = partial(2 * piece + 1, j), weight = partial(2 * piece + 1, sums.cols);
    for (Index next = piece + 1; next * piece_rows < starts[c + 1]; ++next)
      sum += partial(2 * next, j), weight += partial(2 * next, sums.cols);
    ClusterTotals{sums, cluster_weights, counts}.add(c, j, sum, weight, starts[c + 1] - starts[c]);
  }
};

/// Finds the nearest centroids of all rows of a source, and the sums for the next centroids. Rows are copied
/// to the device in blocks, only once if they fit `room` bytes (see DeviceRows). Products with the centroids
/// are made in tiles of 16,384 × 2048, never n × C. With products below float32 a row between two centroids
/// may go to the other one; centroids and sums are still those of the float32 rows. Sums are in double
/// precision, in the order of rows: the same bits each time, whatever `room` is. The stream and the source
/// must outlive it.
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
    std::vector<Index> counts;    ///< [C] rows
  };

  /// The nearest of the centroids [C × d] for each row, into labels, which hold the last ones (negative:
  /// none) and are taken from the host each time; returns how many changed. bad_row() must be asked after the
  /// first call.
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

  /// The first row that is not finite or, where they are brought to unit length, zero; −1 if all are good.
  [[nodiscard]] Index bad_row() { return prepare_.first_bad(); }
  /// ‖x‖² of all rows.
  void squares(std::span<float> out) { prepare_.squares(out); }

  /// Device bytes beside the resident rows.
  static std::size_t bytes(Index d, Index clusters, Index n) {
    const auto size = [](Index count, Index each) { return static_cast<std::size_t>(count * each); };
    return size(n, 17) + size(clusters * d, 14) + size(clusters, 36) +
           size(block_rows, 11 * d + 4 * std::min(clusters, tile_cols) + 17);
  }

 private:
  static constexpr Index block_rows = 16384, tile_cols = 2048;

  /// The centroids on the device, as a factor; sums at zero.
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

  /// The blocks of threads that take `rows` labels.
  static Index label_blocks(Index rows) { return thread_per_item(rows).blocks; }

  /// fresh_ into labels_, and ready to be sorted; how many changed, block by block, into `moved`.
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
