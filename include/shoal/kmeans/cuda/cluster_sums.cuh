// GPU kernels that sum the rows of each cluster, after the rows have been sorted by cluster.
#pragma once

#include <shoal/backend/gpu_team.cuh>
#include <shoal/core/exact_sums.hpp>
#include <shoal/core/matrix.hpp>

namespace shoal {

/// keys[i] ← labels[i], places[i] ← i, which a sort by key turns into the rows of each cluster. One thread
/// for each row.
struct NumberRows {
  template <class Exec>
  SHOAL_HD void operator()(Exec& exec, const Label* labels, Index count, Label* keys, Label* places) const {
    const Index i = thread_item(exec);
    if (i < count) keys[i] = labels[i], places[i] = static_cast<Label>(i);
  }
};

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

/// Adds the rows x, times their weights (1 if null), to the totals [C × (d + 2)] of their clusters: Σ w x_j
/// in units of grids[j] for each j < d, then Σ w in units of grids[d], then the number of rows. Integer sums
/// are exact, so that neither the order of rows nor their division into blocks changes a bit. A cluster that
/// spans several pieces leaves its sums in `partial` [2 · pieces × (d + 2)]: row 2p for the cluster with
/// which piece p starts, row 2p + 1 for the one with which it ends. One block for each piece and some
/// columns, one thread for each column. (The segmented sums of Thrust and CUB add scalars, so that d columns
/// would need d of them.)
struct PieceSums {
  template <class Exec>
  SHOAL_HD void operator()(Exec& exec, MatrixView<const float> x, const float* weights, const Label* rows,
                           const Label* keys, const std::int64_t* starts, const SumGrid* grids,
                           MatrixView<std::int64_t> partial, MatrixView<std::int64_t> totals) const {
    const Index across = block_count(totals.cols, exec.threads());
    const Index piece = exec.block() / across, j = exec.block() % across * exec.threads() + exec.thread();
    if (j >= totals.cols) return;
    const SumGrid grid = j <= x.cols ? grids[j] : SumGrid();  // rows are counted by ones
    const SortedRows sorted{keys, starts, x.rows};
    const Index begin = piece * piece_rows, end = sorted.end_of(piece);
    std::int64_t sum = 0;
    for (Index first = begin; first < end; first += ahead) {
      float value[ahead];  // loaded together, so that the loads overlap
      for (int k = 0; k < ahead; ++k) value[k] = j < x.cols && first + k < end ? x(rows[first + k], j) : 1.f;
      for (int k = 0; k < ahead; ++k) {
        const Index at = first + k;
        if (at >= end) break;
        const double w = weights != nullptr && j <= x.cols ? double{weights[rows[at]]} : 1.0;
        sum += grid.units(w * double{value[k]});
        if (at + 1 < end && keys[at + 1] == keys[at]) continue;
        const Label c = keys[at];      // the last row of c in this piece
        if (c >= totals.rows) return;  // rows that are not finite have no centroid and come last
        if (const int side = sorted.side(c, piece); side >= 0)
          partial(2 * piece + side, j) = sum;
        else
          totals(c, j) += sum;
        sum = 0;
      }
    }
  }

 private:
  static constexpr int ahead = 8;
};

/// Adds the sums of clusters that span several pieces. Blocks and threads as in PieceSums; a cluster is
/// handled by the piece where it starts.
struct JoinPieces {
  template <class Exec>
  SHOAL_HD void operator()(Exec& exec, const Label* keys, const std::int64_t* starts, Index count,
                           MatrixView<const std::int64_t> partial, MatrixView<std::int64_t> totals) const {
    const Index across = block_count(totals.cols, exec.threads());
    const Index piece = exec.block() / across, j = exec.block() % across * exec.threads() + exec.thread();
    if (j >= totals.cols) return;
    const SortedRows sorted{keys, starts, count};
    const Label c = keys[sorted.end_of(piece) - 1];
    if (c >= totals.rows || sorted.side(c, piece) != 1) return;
    std::int64_t sum = partial(2 * piece + 1, j);
    for (Index next = piece + 1; next * piece_rows < starts[c + 1]; ++next) sum += partial(2 * next, j);
    totals(c, j) += sum;
  }
};

}  // namespace shoal
