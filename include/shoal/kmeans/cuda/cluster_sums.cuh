// GPU kernels that sum the rows of each cluster in a fixed order, after the rows have been sorted by cluster.
#pragma once

#include <shoal/backend/gpu_team.cuh>
#include <shoal/core/matrix.hpp>

namespace shoal {

/// starts[c] ← the first place in the sorted keys that is not below c, for c in [0, C]. One thread for each
/// cluster.
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

/// The number of sorted rows that are summed as one piece. Pieces do not depend on the sizes of clusters, so
/// that one large cluster takes no longer than many small ones.
inline constexpr Index piece_rows = 64;

/// The rows of one block sorted by cluster: the cluster at each place, and the start of each cluster.
struct SortedRows {
  const Label* keys;
  const std::int64_t* starts;  ///< [C + 1]
  Index count;

  [[nodiscard]] SHOAL_HD Index end_of(Index piece) const {
    const Index end = (piece + 1) * piece_rows;
    return end < count ? end : count;
  }
  /// The side of a piece on which a cluster extends beyond it: −1 if the cluster lies within the piece, 0 if
  /// it continues from the previous piece, 1 if it starts here and continues in the next.
  [[nodiscard]] SHOAL_HD int side(Label c, Index piece) const {
    if (starts[c] < piece * piece_rows) return 0;
    return starts[c + 1] > end_of(piece) ? 1 : -1;
  }
};

/// The sums of all clusters. A cluster is added to by one block of threads only.
struct DeviceTotals {
  MatrixView<double> sums;  ///< [C × d]
  double* weights;          ///< [C]
  std::int64_t* counts;     ///< [C]

  SHOAL_HD void add(Index c, Index j, double sum, double weight, std::int64_t rows) const {
    sums(c, j) += sum;
    if (j == 0) weights[c] += weight, counts[c] += rows;
  }
};

/// Sums the rows of each piece, times their weights (1 if null), cluster by cluster in the order of rows.
/// Sums of clusters that span several pieces go to `partial` [2 · pieces × (d + 1)], weights last: row 2p for
/// the cluster with which piece p starts, row 2p + 1 for the one with which it ends. One block for each piece
/// and some columns, one thread for each column. (The segmented sums of Thrust and CUB add scalars, so that d
/// columns would need d of them, and they do not guarantee an order.)
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
      float value[ahead];  // loaded together, so that the loads overlap
      for (int k = 0; k < ahead; ++k) value[k] = first + k < end ? x(rows[first + k], j) : 0.f;
      for (int k = 0; k < ahead; ++k) {
        const Index at = first + k;
        if (at >= end) break;
        const double w = weights != nullptr ? double{weights[rows[at]]} : 1.0;
        sum += w * double{value[k]};
        weight += w;
        if (at + 1 < end && keys[at + 1] == keys[at]) continue;
        const Label c = keys[at];    // the last row of c in this piece
        if (c >= sums.rows) return;  // rows that are not finite have no centroid and come last
        if (const int side = sorted.side(c, piece); side >= 0) {
          partial(2 * piece + side, j) = sum;
          if (j == 0) partial(2 * piece + side, x.cols) = weight;
        } else {
          DeviceTotals{sums, cluster_weights, counts}.add(c, j, sum, weight, starts[c + 1] - starts[c]);
        }
        sum = weight = 0;
      }
    }
  }

 private:
  static constexpr int ahead = 8;
};

/// Adds the sums of clusters that span several pieces, in the order of pieces. Blocks and threads as in
/// PieceSums; a cluster is handled by the piece where it starts.
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
    DeviceTotals{sums, cluster_weights, counts}.add(c, j, sum, weight, starts[c + 1] - starts[c]);
  }
};

}  // namespace shoal
