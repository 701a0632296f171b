// The silhouette, exact and in bounded memory.
#pragma once

#include <cmath>
#include <limits>
#include <mutex>
#include <span>
#include <vector>

#include <shoal/backend/cpu.hpp>
#include <shoal/core/buffer.hpp>
#include <shoal/core/fixed_array.hpp>
#include <shoal/core/progress.hpp>
#include <shoal/core/random.hpp>
#include <shoal/core/workers.hpp>
#include <shoal/metrics/distance_backend.hpp>
#include <shoal/metrics/distance_sums.hpp>
#include <shoal/metrics/rows_by_label.hpp>
#include <shoal/metrics/spread.hpp>

namespace shoal {

/// The distance, the number of scored rows, and the label of rows that are left out.
struct SilhouetteSettings {
  Distance distance = Distance::euclidean;
  Index sample = 0;        ///< number of rows to score, drawn without replacement; 0 for all
  std::uint64_t seed = 0;  ///< the same seed draws the same sample
  Index none = no_label;   ///< rows with this label are left out on both sides
};

/// The silhouette s(i) = (b − a) / max(a, b) (Rousseeuw, 1987): a is the mean distance from row i to the
/// other rows of its cluster, b the smallest mean distance to the rows of another cluster. It is 0 for the
/// only row of a cluster.
struct Silhouette {
  double mean = 0;            ///< mean over the scored rows
  double standard_error = 0;  ///< of `mean` as an estimate over all rows; 0 if all are scored
  std::vector<Index> row;     ///< the scored rows, in the order of clusters
  std::vector<float> by_row;  ///< their silhouettes
};

namespace silhouette_impl {

/// Computes the mean distances from rows to clusters. Rows are sorted by cluster and divided into groups of
/// whole clusters. One task handles a pair of groups: it computes each distance once and uses it for both
/// sides. Since a task sees whole clusters, a row needs to keep only the mean distance to its own cluster and
/// the smallest of the others. So no table of rows × clusters is needed, and the order in which tasks end
/// does not matter, because a minimum does not depend on it.
class Pass {
 public:
  Pass(AnyRows source, LabelView labels, const SilhouetteSettings& settings, const DistanceBackend& backend)
      : reader_("silhouette", source, settings.distance, backend),
        order_(rows_by_label(labels, backend, settings.none)),
        backend_(backend) {
    check(order_.clusters() >= 2 && order_.clusters() < rows(), Errc::invalid_argument,
          "silhouette: labels (", order_.clusters(), " clusters of ", rows(),
          " labelled rows) must have at least 2 clusters and fewer than rows");
  }
  Pass(const Pass&) = delete;
  Pass& operator=(const Pass&) = delete;

  [[nodiscard]] Index rows() const { return order_.rows(); }

  Silhouette all(const Hook& hook) {
    query_.resize(static_cast<std::size_t>(rows()));
    for (Index i = 0; i < rows(); ++i) query_[static_cast<std::size_t>(i)] = i;
    if (elsewhere(hook)) return result();
    divide();
    struct Task {
      Index first, second;  // groups
    };
    Buffer<Task> tasks;
    for (std::size_t g = 0; g < groups_.size(); ++g)
      for (std::size_t h = 0; h <= g; ++h) {
        const bool swap = groups_[g].rows < groups_[h].rows;
        tasks.push_back({static_cast<Index>(swap ? h : g), static_cast<Index>(swap ? g : h)});
      }
    const auto cost = [&](const Task& t) { return group(t.first).rows * group(t.second).rows; };
    std::sort(tasks.begin(), tasks.end(), [&](const Task& s, const Task& t) {
      if (cost(s) != cost(t)) return cost(s) > cost(t);
      return s.first != t.first ? s.first < t.first : s.second < t.second;
    });
    run(static_cast<Index>(tasks.size()), hook, static_cast<Index>(groups_.size()),
        [&](Index task, DistanceSums& adder) {
          const auto [g, h] = tasks[static_cast<std::size_t>(task)];
          if (g == h)
            inside(g, adder);
          else
            between(g, h, adder);
        });
    return result();
  }

  Silhouette sampled(Index count, std::uint64_t seed, const Hook& hook) {
    draw(count, seed);
    if (elsewhere(hook)) return result();
    divide();
    const Index blocks = block_count(count, DistanceSums::left_rows),
                across = static_cast<Index>(groups_.size());
    run(blocks * across, hook, blocks, [&](Index task, DistanceSums& adder) {
      const Block a = block_at(count, DistanceSums::left_rows, task / across);
      const ClusterGroup& g = group(task % across);
      read_queries(a, adder);
      Matrix<double> to_g(a.count, g.clusters, 0.);
      for (Index b = 0; b < block_count(g.rows, DistanceSums::right_rows); ++b)
        adder.add(g, block_at(g.rows, DistanceSums::right_rows, b), to_g);
      fold(a.index, a.first, to_g, g);
    });
    return result();
  }

 private:
  [[nodiscard]] const ClusterGroup& group(Index g) const { return groups_[static_cast<std::size_t>(g)]; }

  /// Whether the backend has an engine of its own for the distances, which has then computed them.
  bool elsewhere(const Hook& hook) {
    own_.assign(query_.size(), 0.);
    other_.assign(query_.size(), std::numeric_limits<double>::infinity());
    return backend_.mean_distances({reader_, order_, query_, own_, other_}, hook);
  }

  /// Divides the clusters into groups for the threads of the host.
  void divide() {
    groups_ = order_.groups(std::max<Index>(DistanceSums::right_rows, rows() / 512));
    sums_ = FixedArray<DistanceSums>(backend_.threads(), reader_, order_);
  }

  /// Calls f(task, sums) for all tasks and reports progress between batches of them.
  template <class F> void run(Index tasks, const Hook& hook, Index locks, F f) {
    locks_ = FixedArray<std::mutex>(locks);
    const Index batch = 64;
    for (Index done = 0; done < tasks; done += batch) {
      check(report(hook, {.phase = "silhouette", .done = done, .total = tasks}), Errc::stopped,
            "silhouette: stopped by the hook after ", done, " of ", tasks, " tasks");
      backend_.each_task(std::min(batch, tasks - done),
                         [&](Index task, int worker) { f(done + task, sums_[worker]); });
    }
  }

  /// All distances inside a group: blocks on and above the diagonal. A block off the diagonal serves its rows
  /// and its columns.
  void inside(Index g, DistanceSums& adder) {
    const ClusterGroup& whole = group(g);
    Matrix<double> sums(whole.rows, whole.clusters, 0.);
    for (Index i = 0; i < block_count(whole.rows, DistanceSums::left_rows); ++i) {
      const Block a = block_at(whole.rows, DistanceSums::left_rows, i);
      read_queries({0, whole.first_row + a.first, a.count}, adder);
      const MatrixView<double> rows = sums.view().block(a.first, a.count);
      adder.add(whole, a, rows);
      for (Index j = i + 1; j < block_count(whole.rows, DistanceSums::left_rows); ++j) {
        const Block b = block_at(whole.rows, DistanceSums::left_rows, j);
        adder.add(whole, b, rows, {sums.view().block(b.first, b.count), &whole, whole.first_row + a.first});
      }
    }
    fold(g, whole.first_row, sums, whole);
  }

  /// All distances between two groups, the larger one first; its rows are processed block by block.
  void between(Index g, Index h, DistanceSums& adder) {
    const ClusterGroup &large = group(g), &small = group(h);
    Matrix<double> to_large(small.rows, large.clusters, 0.);
    for (Index i = 0; i < block_count(large.rows, DistanceSums::left_rows); ++i) {
      const Block a = block_at(large.rows, DistanceSums::left_rows, i);
      read_queries({0, large.first_row + a.first, a.count}, adder);
      Matrix<double> to_small(a.count, small.clusters, 0.);
      for (Index j = 0; j < block_count(small.rows, DistanceSums::right_rows); ++j) {
        const Block b = block_at(small.rows, DistanceSums::right_rows, j);
        adder.add(small, b, to_small,
                  {to_large.view().block(b.first, b.count), &large, large.first_row + a.first});
      }
      fold(g, large.first_row + a.first, to_small, small);
    }
    fold(h, small.first_row, to_large, large);
  }

  void read_queries(Block a, DistanceSums& adder) const {
    std::vector<Index> ids;
    for (Index i = a.first; i < a.first + a.count; ++i)
      ids.push_back(order_.row(query_[static_cast<std::size_t>(i)]));
    adder.read_left(ids);
  }

  /// Merges the finished sums [queries × clusters of g] of the queries from `first` on.
  void fold(Index lock, Index first, MatrixView<const double> sums, const ClusterGroup& g) {
    const std::scoped_lock guard(locks_[lock]);
    for (Index i = 0; i < sums.rows; ++i) {
      const auto q = static_cast<std::size_t>(first + i);
      const Label mine = order_.cluster(query_[q]);
      for (Index c = 0; c < sums.cols; ++c) {
        const Index k = g.first_cluster + c;
        const double members = static_cast<double>(order_.size(k));
        if (k == mine)
          own_[q] = members > 1 ? sums(i, c) / (members - 1) : 0;
        else
          other_[q] = std::min(other_[q], sums(i, c) / members);
      }
    }
  }

  /// Draws `count` positions without replacement, in ascending order, by selection sampling.
  void draw(Index count, std::uint64_t seed) {
    const Philox random(seed, 0);
    for (Index i = 0; i < rows(); ++i) {
      const Index wanted = count - static_cast<Index>(query_.size());
      if (random.below(rows() - i, static_cast<std::uint64_t>(i)) < wanted) query_.push_back(i);
    }
  }

  [[nodiscard]] Silhouette result() const {
    Silhouette s;
    std::vector<double> values;
    for (std::size_t q = 0; q < query_.size(); ++q) {
      const double larger = std::max(own_[q], other_[q]);
      const bool alone = order_.size(order_.cluster(query_[q])) == 1;
      values.push_back(alone || larger == 0 ? 0. : (other_[q] - own_[q]) / larger);
      s.by_row.push_back(static_cast<float>(values.back()));
      s.row.push_back(order_.row(query_[q]));
    }
    const Spread all = spread(values);
    const double share = static_cast<double>(all.count) / static_cast<double>(rows());
    s.mean = all.mean;
    s.standard_error = all.deviation * std::sqrt((1 - share) / static_cast<double>(all.count));
    return s;
  }

  DistanceReader reader_;
  ClusterOrder order_;
  const DistanceBackend& backend_;
  Buffer<ClusterGroup> groups_;
  std::vector<Index> query_;         // the positions of the scored rows
  std::vector<double> own_, other_;  // one for each query
  FixedArray<std::mutex> locks_;
  FixedArray<DistanceSums> sums_;  // one for each thread
};

}  // namespace silhouette_impl

/// The silhouette of all rows, or of a random sample of them against all rows. Takes n² d / 2 multiply-adds
/// (sample × n × d for a sample), with distances in float32 to a relative error of about 1e-6. Memory is a
/// few thousand rows for each thread and 40 bytes a row, independent of the number of clusters; on a Gpu the
/// products are made on the device, n² d multiply-adds for all rows. The same bits for any number of threads.
/// Throws invalid_argument if the lengths differ, for fewer than 2 clusters, for as many clusters as rows,
/// and for a sample larger than n; bad_data for rows that are not finite or, for cosine, zero; stopped if the
/// hook asks to stop.
[[nodiscard]] inline Silhouette silhouette(AnyRows features, LabelView labels,
                                           const SilhouetteSettings& settings = {},
                                           const DistanceBackend& backend = Cpu{}, const Hook& hook = {}) {
  check(features.rows() == labels.size(), Errc::invalid_argument, "silhouette: labels (", labels.size(),
        ") must be as many as the rows of features (", features.rows(), ")");
  silhouette_impl::Pass pass(features, labels, settings, backend);
  if (settings.sample == 0) return pass.all(hook);
  check(settings.sample >= 1 && settings.sample <= pass.rows(), Errc::invalid_argument,
        "silhouette: settings.sample (", settings.sample, ") must be in [1, ", pass.rows(),
        "], the labelled rows");
  return pass.sampled(settings.sample, settings.seed, hook);
}

}  // namespace shoal
