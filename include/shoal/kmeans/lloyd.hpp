// Lloyd's iterations: assign every row to its nearest centroid and move the centroids to the means of their
// rows, until nothing changes.
#pragma once

#include <chrono>
#include <limits>
#include <memory>
#include <vector>

#include <shoal/core/progress.hpp>
#include <shoal/kmeans/assigner_on.hpp>
#include <shoal/kmeans/empty_clusters.hpp>
#include <shoal/kmeans/frame.hpp>

namespace shoal {

/// Why the iterations ended.
enum class Stopped { iterations, no_change, tolerance, hook };

/// The record of one iteration: an assignment of all rows, followed by the move of the centroids.
struct KMeansIteration {
  double objective =
      0;  ///< Σ w cost(x, its centroid) over all rows after the assignment, before the centroids move
  Index moved = 0;     ///< number of rows that changed their cluster
  Index empty = 0;     ///< number of clusters without rows after the assignment
  double pruned = 0;   ///< share of (row, centroid) pairs whose distance was not needed
  double seconds = 0;  ///< wall-clock time
};

/// The fields of KMeans that control the iterations.
struct LloydSettings {
  GeometryRule geometry;
  Index iterations = 25;
  double tolerance = 0;
  EmptyRule empty = EmptyRule::farthest_row;
  std::span<const float> weights = {};
  Bounds bounds = Bounds::automatic;
};

/// Σ w ‖x − its centroid‖² over the rows of all ranks, each distance computed directly.
inline double squared_cost(const CheckedRows& rows, const Shard& shard, std::span<const Label> labels,
                           std::span<const float> weights, MatrixView<const float> centroids,
                           Workers workers) {
  const auto cost = [&](Index first, MatrixView<const float> x) {
    ExactSum sum;
    for (Index i = 0; i < x.rows; ++i) {
      const auto row = static_cast<std::size_t>(first + i);
      const double weight = weights.empty() ? 1.0 : double{weights[row]};
      sum.add(weight * squared_distance(x.row(i), centroids.row(labels[row]), x.cols));
    }
    return sum;
  };
  return shard.sum(
      rows.fold(workers, 256, ExactSum{}, cost, [](ExactSum& sum, const ExactSum& part) { sum.add(part); }));
}

/// Runs the iterations for one start. After run(), the caller reads the result from the public members.
class Lloyd {
 public:
  /// Rows and start are in the frame, as are the centroids of the result; labels are those of this rank's
  /// rows.
  Lloyd(const CheckedRows& rows, const Shard& shard, const Frame& frame, const SumGrids& grids,
        Matrix<float> start, const LloydSettings& settings, const KMeansBackend& backend)
      : centroids(std::move(start)),
        labels(static_cast<std::size_t>(rows.rows()), Label{-1}),
        rows_(rows),
        shard_(shard),
        frame_(frame),
        settings_(settings),
        backend_(backend),
        squares_(static_cast<std::size_t>(rows.rows())),
        sums_(centroids.rows(), grids) {
    make_assigner();
  }

  Matrix<float> centroids;
  std::vector<Label> labels;
  std::vector<KMeansIteration> history;
  Stopped stopped = Stopped::iterations;

  void run(UnitProgress& progress) {
    iterate(progress);
    if (resident_) resident_->get(centroids, labels);
  }

  /// The objective of the labels and centroids, each distance computed directly.
  [[nodiscard]] double objective() const {
    if (!resident_) return cost(squared_cost(rows_, shard_, labels, settings_.weights, centroids, backend_));
    Buffer<double> squares(labels.size());
    resident_->squared_distances(squares);
    return cost(weighted_sum(squares));
  }

 private:
  void iterate(UnitProgress& progress) {
    const auto begin = [&](const char* phase, Index done, Index total) {
      const KMeansIteration last =
          history.empty() ? KMeansIteration{.objective = std::numeric_limits<double>::quiet_NaN()}
                          : history.back();
      return progress.begin({.phase = phase,
                             .done = done,
                             .total = total,
                             .objective = last.objective,
                             .detail = {},
                             .moved = last.moved,
                             .spared = last.pruned});
    };
    begin("k-means", 0, settings_.iterations);
    while (static_cast<Index>(history.size()) < settings_.iterations) {
      const bool unchanged = step();
      const auto t = history.size();
      const double now = history.back().objective;
      const bool go_on = begin("k-means", static_cast<Index>(t), settings_.iterations);
      if (unchanged) {
        stopped = Stopped::no_change;
        return;
      }
      if (!go_on) stopped = Stopped::hook;
      if (go_on && settings_.tolerance > 0 && t > 1 &&
          history[t - 2].objective - now <= settings_.tolerance * now)
        stopped = Stopped::tolerance;
      if (stopped != Stopped::iterations) break;
    }
    begin("k-means, last assignment", 0, 1);
    assign();  // so that the labels belong to the returned centroids
    begin("k-means, last assignment", 1, 1);
  }

  /// Makes the assigner of the centroids and labels. A process on its own leaves them where the rows are, if
  /// these are not in the host's memory; then the host's are up to date after get() only.
  void make_assigner() {
    resident_.reset();  // before the next ones take memory
    assigner_.reset();
    assigner_ = backend_.assigner({rows_, centroids.rows(), settings_.bounds, settings_.weights, squares_});
    if (shard_.ranks().is_alone()) resident_ = assigner_->resident(frame_, sums_.grids());
    if (resident_) resident_->put(centroids, labels);
  }
  /// Labels every row and updates the sums.
  IterationReport assign() {
    if (resident_) return resident_->assign();
    const Index moved = assigner_->assign(centroids, labels, sums_);
    sums_.share(shard_.ranks());
    const double pairs = assigner_->pruned() * static_cast<double>(shard_.rows());
    std::int64_t both[2] = {moved, static_cast<std::int64_t>(pairs * 0x1p20)};
    shard_.ranks().sum(both);
    pruned_ = static_cast<double>(both[1]) * 0x1p-20 / static_cast<double>(shard_.total());
    return {both[0], std::ssize(empty_clusters(sums_)), sums_.spread(centroids, backend_)};
  }

  /// The objective that corresponds to squared distances in the frame.
  [[nodiscard]] double cost(double squared) const {
    return settings_.geometry.cost(squared / frame_.square());
  }
  /// Σ w v over the rows of all ranks, where v has one value for each row of this rank.
  [[nodiscard]] double weighted_sum(std::span<const double> values) const {
    ExactSum total;
    for (std::size_t i = 0; i < values.size(); ++i)
      total.add(values[i] * (settings_.weights.empty() ? 1.0 : double{settings_.weights[i]}));
    return shard_.sum(total);
  }

  /// Makes one iteration. Returns whether nothing changed.
  bool step() {
    const auto begin = std::chrono::steady_clock::now();
    KMeansIteration now;
    const IterationReport report = assign();
    now.moved = report.moved, now.empty = report.empty, now.pruned = pruned_;
    if (history.empty()) total_square_ = weighted_sum(squares_);
    now.objective = cost(std::max(0.0, total_square_ + report.spread));
    bool unchanged = now.moved == 0 && !split_;
    if (!unchanged) unchanged = !update(now.empty);
    now.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    history.push_back(now);
    return unchanged;
  }

  /// Moves the centroids to their rows and handles empty clusters, which is the host's part wherever the
  /// centroids are. Returns false if no centroid changed.
  bool update(Index empty) {
    split_ = false;
    if (!resident_) return update_on_host();
    if (empty == 0 || settings_.empty == EmptyRule::keep) return resident_->move_centroids();
    resident_->get(centroids, labels);
    resident_->get(sums_);
    const bool changed = update_on_host();
    resident_->put(centroids, labels);
    return changed;
  }
  bool update_on_host() {
    const std::vector<Index> empty = empty_clusters(sums_);
    const ClusteredRows clustered{rows_, shard_, labels, settings_.weights};
    if (!empty.empty() && settings_.empty == EmptyRule::farthest_row)
      for (const Move& move : refill(empty, clustered, centroids, sums_, backend_))
        assigner_->relabel(move.row);
    const Matrix<float> before = centroids;
    sums_.move_centroids(frame_, centroids, backend_);
    split_ = !empty.empty() && settings_.empty == EmptyRule::split_largest &&
             split_largest(empty, clustered, sums_, centroids, backend_);
    if (split_) frame_.normalize_points(centroids);
    frame_.snap(centroids);
    if (!empty.empty() && settings_.empty == EmptyRule::drop) {
      drop(empty);
      return true;
    }
    return !std::equal(before.data(), before.data() + before.size(), centroids.data());
  }

  /// Removes clusters; those after them are renumbered.
  void drop(const std::vector<Index>& empty) {
    std::vector<Label> renamed(static_cast<std::size_t>(centroids.rows()), -1);
    Matrix<float> left(centroids.rows() - static_cast<Index>(empty.size()), centroids.cols());
    Index next = 0;
    for (Index c = 0; c < centroids.rows(); ++c) {
      if (std::binary_search(empty.begin(), empty.end(), c)) continue;
      std::copy_n(centroids.row(c), centroids.cols(), left.row(next));
      renamed[static_cast<std::size_t>(c)] = static_cast<Label>(next++);
    }
    for (Label& label : labels) label = renamed[static_cast<std::size_t>(label)];
    centroids = std::move(left);
    sums_.keep_only(renamed, centroids.rows());
    make_assigner();
  }

  const CheckedRows& rows_;
  const Shard& shard_;
  const Frame& frame_;
  LloydSettings settings_;
  const KMeansBackend& backend_;
  Buffer<double> squares_;
  ClusterSums sums_;
  std::unique_ptr<Assigner> assigner_;
  std::unique_ptr<ResidentClusters> resident_;
  double total_square_ = 0, pruned_ = 0;
  bool split_ = false;
};

}  // namespace shoal
