// The engines of k-means on a backend: an Assigner finds the nearest centroid of every row in each iteration,
// a CentroidSearch the few nearest centroids of given rows.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include <shoal/core/buffer.hpp>
#include <shoal/core/function_ref.hpp>
#include <shoal/kmeans/cluster_sums.hpp>
#include <shoal/kmeans/nearest.hpp>

namespace shoal {

/// How much memory pruning may take. The labels do not depend on it.
enum class Bounds {
  automatic,  ///< the first of those below that fits half the memory budget; where there is none, 2 GiB
  pair,       ///< a byte for each row and centroid, and one for each feature of a row
  group,      ///< a byte for each row and eight centroids
  none,       ///< nothing kept: an iteration is a product in bytes, and the distances that it can't exclude
  off,        ///< no pruning: each iteration is the full product
};

/// The arguments of an assigner. Everything that they refer to must outlive the assigner.
struct AssignmentJob {
  const CheckedRows& rows;
  Index clusters;
  Bounds bounds;                        ///< memory that pruning may take, for assigners that prune
  std::span<const float> weights = {};  ///< one per row, or empty: all 1
  std::span<double> squares = {};       ///< [n] receives ‖x‖² of each row in the first iteration
};

/// What an iteration says of all rows, before the centroids move.
struct IterationReport {
  Index moved = 0;    ///< rows whose label changed
  Index empty = 0;    ///< clusters without rows or without weight
  double spread = 0;  ///< ClusterSums::spread
};

/// The centroids, labels and sums of Lloyd's iterations where a backend keeps its rows, so that an iteration
/// exchanges a few numbers with the host. For a process that has all rows.
class ResidentClusters {
 public:
  ResidentClusters() = default;
  ResidentClusters(const ResidentClusters&) = delete;
  ResidentClusters& operator=(const ResidentClusters&) = delete;
  virtual ~ResidentClusters() = default;

  /// Replaces the centroids [C × d] and the labels [n] (negative: the row has none yet) by the host's.
  virtual void put(MatrixView<const float> centroids, std::span<const Label> labels) = 0;
  /// Assigns all rows, under the laws of Assigner.
  virtual IterationReport assign() = 0;
  /// Moves centroids as ClusterSums::move_centroids does, snapped to the frame. Returns whether any changed.
  virtual bool move_centroids() = 0;
  /// Copies centroids and labels to the host.
  virtual void get(MatrixView<float> centroids, std::span<Label> labels) = 0;
  /// Copies the sums of the last assignment to the host.
  virtual void get(ClusterSums& sums) = 0;
  /// out[i] ← ‖x − its centroid‖² of each row, computed directly.
  virtual void squared_distances(std::span<double> out) = 0;
};

/// The assignment step of Lloyd's iterations.
/// Laws: every label is that of a nearest centroid, except for rows whose distances to two centroids differ
/// by less than the rounding of products; afterwards `sums` are those of the labels; the bits are the same
/// for any number of threads.
class Assigner {
 public:
  Assigner() = default;
  Assigner(const Assigner&) = delete;
  Assigner& operator=(const Assigner&) = delete;
  virtual ~Assigner() = default;

  /// Overwrites labels [n] (negative: the row has none yet) with the nearest of the centroids [C × d],
  /// updates the sums accordingly, and returns the number of rows whose label changed.
  virtual Index assign(MatrixView<const float> centroids, std::span<Label> labels, ClusterSums& sums) = 0;
  /// Must be called when the label of a row was changed by someone else.
  virtual void relabel(Index /*row*/) {}
  /// The share of (row, centroid) pairs whose distance the last assignment did not compute.
  [[nodiscard]] virtual double pruned() const { return 0; }
  /// The iterations of rows that the assigner keeps elsewhere than in the host's memory; null if it doesn't.
  /// The assigner must outlive them. Their first put() comes before all else.
  virtual std::unique_ptr<ResidentClusters> resident(const Frame& /*frame*/, const SumGrids& /*grids*/) {
    return nullptr;
  }
};

/// Updates the sums for the rows from `first` on, whose labels were `before` and are `labels` now. Returns
/// the number of labels that changed. Reads the rows that moved.
[[gnu::noinline]] inline Index apply_moves(Index first, std::span<const Label> before,
                                           std::span<const Label> labels, const CheckedRows& rows,
                                           std::span<const float> weights, ClusterSums& sums,
                                           Workers workers) {
  constexpr std::size_t at_once = 32768;  // rows whose moves are held together
  Index moved = 0;
  for (std::size_t begin = 0; begin < labels.size(); begin += at_once) {
    Buffer<Move> moves;
    for (std::size_t i = begin; i < std::min(labels.size(), begin + at_once); ++i)
      if (before[i] != labels[i]) moves.push_back({first + static_cast<Index>(i), before[i], labels[i]});
    sums.apply(moves, rows, weights, workers);
    moved += std::ssize(moves);
  }
  return moved;
}

/// An assigner that labels one block of rows at a time, blocks in parallel.
class BlockAssigner : public Assigner {
 public:
  BlockAssigner(const AssignmentJob& job, Workers workers)
      : rows_(job.rows), weights_(job.weights), squares_(job.squares), workers_(workers) {}

  Index assign(MatrixView<const float> centroids, std::span<Label> labels, ClusterSums& sums) override {
    begin(centroids);
    const Index step = block_rows();
    Index moved = 0;
    rows_.walk(step, [&](Index first, Index count) {
      const auto window = labels.subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(count));
      const std::vector<Label> before(window.begin(), window.end());
      workers_.each_block(count, step, [&](Block b, int worker) {
        this->assign_block(
            first + b.first,
            window.subspan(static_cast<std::size_t>(b.first), static_cast<std::size_t>(b.count)), worker);
      });
      moved += apply_moves(first, before, window, rows_, weights_, sums, workers_);
    });
    return moved;
  }

 protected:
  /// The rows of a block.
  [[nodiscard]] Index block_rows() const { return pass_rows(rows_.cols()); }
  /// Starts an iteration.
  virtual void begin(MatrixView<const float> centroids) = 0;
  /// Overwrites the labels of the block of rows that starts at `first`; on any thread. Where labels are
  /// negative it also writes the rows' squares().
  virtual void assign_block(Index first, std::span<Label> labels, int worker) = 0;

  CheckedRows rows_;
  std::span<const float> weights_;
  std::span<double> squares_;
  Workers workers_;
};

/// A block of rows with their nearest centroids, nearest first. `place` is the position of the first row in
/// the question; values(i, k) is ‖c‖² / 2 − x·c + price of the centroid labels(i, k).
struct FoundCentroids {
  Index place;
  MatrixView<const float> rows;
  MatrixView<const Label> labels;
  MatrixView<const float> values;
  /// [rows] if the question has a sharpness and the search shares_of_nearest(); else empty.
  std::span<const float> shares = {};
};

/// The question that a CentroidSearch answers.
struct CentroidQuestion {
  const CheckedRows& rows;
  std::optional<std::span<const Index>> ids = {};  ///< the rows, ascending; all where there are none
  Index count = 1;                                 ///< centroids per row, at most C
  std::span<const float> prices = {};  ///< [C] added to half the squared distances; empty: all 0; infinite
                                       ///< for a centroid that is not to be found
  float sharpness =
      0;  ///< s > 0: also 1 / Σ_c exp(s (least value − value(c))) of each row, over all centroids
};

/// Finds the few nearest centroids of rows.
class CentroidSearch {
 public:
  using Sink = FunctionRef<void(const FoundCentroids&)>;

  CentroidSearch() = default;
  CentroidSearch(const CentroidSearch&) = delete;
  CentroidSearch& operator=(const CentroidSearch&) = delete;
  virtual ~CentroidSearch() = default;

  /// Passes the centroids of least ‖x − c‖² / 2 + price of each row to the sink, block by block, in any order
  /// and on any thread. Ties go to the lowest index.
  virtual void find(const CentroidQuestion& question, const Sink& sink) = 0;
  /// Whether find() answers questions with a sharpness.
  [[nodiscard]] virtual bool shares_of_nearest() const { return false; }
};

}  // namespace shoal
