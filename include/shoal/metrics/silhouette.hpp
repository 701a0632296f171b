// The silhouette: does each row lie nearer to its own cluster than to the next one? Exact, in bounded memory.
#pragma once

#include <cmath>
#include <limits>
#include <mutex>
#include <span>
#include <vector>

#include <shoal/backend/cpu.hpp>
#include <shoal/core/progress.hpp>
#include <shoal/core/random.hpp>
#include <shoal/metrics/distance_block.hpp>
#include <shoal/metrics/rows_by_label.hpp>
#include <shoal/metrics/spread.hpp>

namespace shoal {

struct SilhouetteSettings {
  Distance distance = Distance::euclidean;
  Index sample = 0;        ///< rows to score, drawn without replacement; 0: all
  std::uint64_t seed = 0;  ///< of the drawing
  Index none = no_label;   ///< rows with this label are left out, as rows and as neighbours
};

/// s(i) = (b − a) / max(a, b): a the mean distance from row i to the others of its cluster, b the least over
/// the other clusters of its mean distance to their rows; 0 for the only row of a cluster (Rousseeuw, 1987).
struct Silhouette {
  double mean = 0;            ///< over the scored rows
  double standard_error = 0;  ///< of the mean as an estimate of that over all rows; 0 where all are scored
  std::vector<Index> row;     ///< the scored rows, in the order of clusters
  std::vector<float> by_row;  ///< their silhouettes
};

namespace silhouette_impl {

/// Consecutive clusters, and their rows, which lie side by side in the order of clusters.
struct Group {
  Index first_row, rows, first_cluster, clusters;
};

/// What one thread works in.
struct Scratch {
  static constexpr Index a_rows = 512, b_rows = 1024;
  DistanceRows a, b;
  Matrix<float> block{a_rows, b_rows + lane_width, 0.f};
  Buffer<float> column_sums = Buffer<float>(b_rows, 0.f);
  ProductScratch product;
};

/// The sum of p[0 … count): whole lanes, then one lane of which the surplus is masked away (it must be
/// readable).
inline float sum(const float* p, Index count) {
  LaneInt index;
  for (int k = 0; k < lane_width; ++k) index[k] = k;
  Lane total{};
  Index j = 0;
  for (; j + lane_width <= count; j += lane_width) total += load<Lane>(p + j);
  const LaneInt keep = index < static_cast<std::int32_t>(count - j);
  return reduce_sum(total + from_bits(to_bits(load<Lane>(p + j)) & keep));
}

/// Mean distances from rows to clusters. Rows are sorted by cluster and cut into groups of whole clusters; a
/// pair of groups is a task that computes each distance once and serves both sides. As a task sees whole
/// clusters, all that a row keeps is its own mean and the least other one: no table of rows × clusters, and
/// no order in which tasks must end, since a least value depends on none.
class Pass {
 public:
  Pass(RowsRef source, LabelView labels, const SilhouetteSettings& settings, const Cpu& cpu)
      : reader_("silhouette", source, settings.distance, cpu),
        cpu_(cpu),
        scratch_(static_cast<std::size_t>(cpu.threads())) {
    members_ = rows_by_label(labels, cpu, settings.none);
    check(members_.size() >= 2 && members_.size() < rows(), Errc::invalid_argument, "silhouette: labels (",
          members_.size(), " clusters of ", rows(),
          " labelled rows) must have at least 2 clusters and fewer than rows");
    for (Label k = 0; k < members_.size(); ++k) cluster_.insert(cluster_.end(), members_[k].size(), k);
    cut_groups(std::max<Index>(Scratch::b_rows, rows() / 512));
  }

  [[nodiscard]] Index rows() const { return static_cast<Index>(members_.values.size()); }

  Silhouette all(const Hook& hook) {
    query_.resize(static_cast<std::size_t>(rows()));
    for (Index i = 0; i < rows(); ++i) query_[static_cast<std::size_t>(i)] = i;
    std::vector<std::pair<Index, Index>> tasks;
    for (std::size_t g = 0; g < groups_.size(); ++g)
      for (std::size_t h = 0; h <= g; ++h) {
        const bool swap = groups_[g].rows < groups_[h].rows;
        tasks.emplace_back(swap ? h : g, swap ? g : h);
      }
    const auto cost = [&](const auto& t) { return group(t.first).rows * group(t.second).rows; };
    std::stable_sort(tasks.begin(), tasks.end(),
                     [&](const auto& s, const auto& t) { return cost(s) > cost(t); });
    run(static_cast<Index>(tasks.size()), hook, static_cast<Index>(groups_.size()),
        [&](Index task, Scratch& scratch) {
          const auto [g, h] = tasks[static_cast<std::size_t>(task)];
          if (g == h)
            inside(g, scratch);
          else
            between(g, h, scratch);
        });
    return result();
  }

  Silhouette sampled(Index count, std::uint64_t seed, const Hook& hook) {
    draw(count, seed);
    const Index blocks = block_count(count, Scratch::a_rows), across = static_cast<Index>(groups_.size());
    run(blocks * across, hook, blocks, [&](Index task, Scratch& scratch) {
      const Block a = block_at(count, Scratch::a_rows, task / across);
      const Group& g = group(task % across);
      gather_queries(a, scratch);
      Matrix<double> to_g(a.count, g.clusters, 0.);
      for (Index b = 0; b < block_count(g.rows, Scratch::b_rows); ++b)
        measure(0, a.count, g, block_at(g.rows, Scratch::b_rows, b), to_g, {}, scratch);
      fold(a.index, a.first, to_g, g);
    });
    return result();
  }

 private:
  [[nodiscard]] const Group& group(Index g) const { return groups_[static_cast<std::size_t>(g)]; }
  [[nodiscard]] Label cluster(Index position) const { return cluster_[static_cast<std::size_t>(position)]; }
  [[nodiscard]] Index size(Index k) const { return static_cast<Index>(members_[k].size()); }

  void cut_groups(Index target) {
    for (Index k = 0; k < members_.size(); ++k) {
      const Index first = members_.offsets[static_cast<std::size_t>(k)];
      if (groups_.empty() || groups_.back().rows >= target || size(k) >= target)
        groups_.push_back({first, 0, k, 0});
      groups_.back().rows += size(k);
      ++groups_.back().clusters;
    }
  }

  /// f(task, scratch) for all tasks, with a report between batches of them.
  template <class F> void run(Index tasks, const Hook& hook, Index locks, F f) {
    locks_ = std::vector<std::mutex>(static_cast<std::size_t>(locks));
    own_.assign(query_.size(), 0.);
    other_.assign(query_.size(), std::numeric_limits<double>::infinity());
    const Index batch = 64;
    for (Index done = 0; done < tasks; done += batch) {
      check(report(hook, {.phase = "silhouette", .done = done, .total = tasks}), Errc::stopped,
            "silhouette: stopped by the hook after ", done, " of ", tasks, " tasks");
      cpu_.each_task(std::min(batch, tasks - done),
                     [&](Index task, int lane) { f(done + task, scratch_[static_cast<std::size_t>(lane)]); });
    }
  }

  /// All distances inside a group: blocks on and above the diagonal, each off it serving rows and columns.
  void inside(Index g, Scratch& scratch) {
    const Group& whole = group(g);
    Matrix<double> sums(whole.rows, whole.clusters, 0.);
    for (Index i = 0; i < block_count(whole.rows, Scratch::a_rows); ++i) {
      const Block a = block_at(whole.rows, Scratch::a_rows, i);
      gather_queries({0, whole.first_row + a.first, a.count}, scratch);
      const MatrixView<double> rows = sums.view().block(a.first, a.count);
      measure(whole.first_row + a.first, a.count, whole, a, rows, {}, scratch);
      for (Index j = i + 1; j < block_count(whole.rows, Scratch::a_rows); ++j) {
        const Block b = block_at(whole.rows, Scratch::a_rows, j);
        measure(whole.first_row + a.first, a.count, whole, b, rows,
                {sums.view().block(b.first, b.count), &whole}, scratch);
      }
    }
    fold(g, whole.first_row, sums, whole);
  }

  /// All distances between two groups, the larger one first: its rows are done block by block.
  void between(Index g, Index h, Scratch& scratch) {
    const Group &large = group(g), &small = group(h);
    Matrix<double> to_large(small.rows, large.clusters, 0.);
    for (Index i = 0; i < block_count(large.rows, Scratch::a_rows); ++i) {
      const Block a = block_at(large.rows, Scratch::a_rows, i);
      gather_queries({0, large.first_row + a.first, a.count}, scratch);
      Matrix<double> to_small(a.count, small.clusters, 0.);
      for (Index j = 0; j < block_count(small.rows, Scratch::b_rows); ++j) {
        const Block b = block_at(small.rows, Scratch::b_rows, j);
        measure(large.first_row + a.first, a.count, small, b, to_small,
                {to_large.view().block(b.first, b.count), &large}, scratch);
      }
      fold(g, large.first_row + a.first, to_small, small);
    }
    fold(h, small.first_row, to_large, large);
  }

  void gather_queries(Block a, Scratch& scratch) const {
    std::vector<Index> ids;
    for (Index i = a.first; i < a.first + a.count; ++i)
      ids.push_back(members_.values[static_cast<std::size_t>(query_[static_cast<std::size_t>(i)])]);
    reader_.gather(ids, scratch.a);
  }

  /// Where the columns' sums go: [columns × clusters of the rows' group]; nowhere if there is no group.
  struct Columns {
    MatrixView<double> sums;
    const Group* of = nullptr;
  };

  /// Adds the distances between scratch.a (the rows from position `first` on, where columns are wanted) and
  /// rows `b` of a group to `row_sums` [a × the group's clusters], and to the columns' sums.
  void measure(Index first, Index count, const Group& g, Block b, MatrixView<double> row_sums,
               Columns columns, Scratch& scratch) const {
    const Index at = g.first_row + b.first;
    reader_.gather(
        std::span(members_.values).subspan(static_cast<std::size_t>(at), static_cast<std::size_t>(b.count)),
        scratch.b);
    const MatrixView<float> block = scratch.block.view().block(0, count).columns(0, b.count);
    distances(scratch.a, scratch.b, reader_.distance(), block, scratch.product);
    each_run(at, b.count, [&](Index k, Index from, Index length) {
      for (Index i = 0; i < count; ++i)
        row_sums(i, k - g.first_cluster) += static_cast<double>(sum(block.row(i) + from, length));
    });
    if (!columns.of) return;
    each_run(first, count, [&](Index k, Index from, Index length) {
      add_rows(block.block(from, length), scratch.column_sums);
      for (Index j = 0; j < b.count; ++j)
        columns.sums(j, k - columns.of->first_cluster) +=
            static_cast<double>(scratch.column_sums[static_cast<std::size_t>(j)]);
    });
  }

  static void add_rows(MatrixView<const float> block, Buffer<float>& sums) {
    for (Index j = 0; j < block.cols; j += lane_width) {
      Lane total{};
      for (Index i = 0; i < block.rows; ++i) total += load<Lane>(block.row(i) + j);
      store(sums.data() + j, total);
    }
  }

  /// f(cluster, its first position after `first`, its length) for the runs of one cluster in [first, first +
  /// count).
  template <class F> void each_run(Index first, Index count, F f) const {
    for (Index at = first; at < first + count;) {
      const Label k = cluster(at);
      const Index end = std::min(first + count, members_.offsets[static_cast<std::size_t>(k) + 1]);
      f(k, at - first, end - at);
      at = end;
    }
  }

  /// Takes in the finished sums [queries × clusters of g] of the queries from `first` on.
  void fold(Index lock, Index first, MatrixView<const double> sums, const Group& g) {
    const std::scoped_lock guard(locks_[static_cast<std::size_t>(lock)]);
    for (Index i = 0; i < sums.rows; ++i) {
      const auto q = static_cast<std::size_t>(first + i);
      const Label mine = cluster(query_[q]);
      for (Index c = 0; c < sums.cols; ++c) {
        const Index k = g.first_cluster + c;
        const double members = static_cast<double>(size(k));
        if (k == mine)
          own_[q] = members > 1 ? sums(i, c) / (members - 1) : 0;
        else
          other_[q] = std::min(other_[q], sums(i, c) / members);
      }
    }
  }

  /// `count` positions without replacement, ascending: each is taken with the chance that is left to it.
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
      const bool alone = size(cluster(query_[q])) == 1;
      values.push_back(alone || larger == 0 ? 0. : (other_[q] - own_[q]) / larger);
      s.by_row.push_back(static_cast<float>(values.back()));
      s.row.push_back(members_.values[static_cast<std::size_t>(query_[q])]);
    }
    const Spread all = spread(values);
    const double share = static_cast<double>(all.count) / static_cast<double>(rows());
    s.mean = all.mean;
    s.standard_error = all.deviation * std::sqrt((1 - share) / static_cast<double>(all.count));
    return s;
  }

  DistanceReader reader_;
  const Cpu& cpu_;
  Lists<Index> members_;        // the rows of each cluster
  std::vector<Label> cluster_;  // by position in members_.values
  std::vector<Group> groups_;
  std::vector<Index> query_;         // the positions to score
  std::vector<double> own_, other_;  // by query
  std::vector<std::mutex> locks_;
  std::vector<Scratch> scratch_;
};

}  // namespace silhouette_impl

/// The silhouette of all rows, or of a sample of them against all rows. n² d / 2 multiply-adds (sample × n ×
/// d), with distances in float32 to some 1e-6; memory for some thousand rows a thread and 40 bytes a row,
/// whatever the number of clusters. The same bits for any number of threads. Throws for lengths that differ,
/// fewer than 2 clusters or as many as rows, bad rows, and a sample larger than n; Errc::stopped when the
/// hook says so.
[[nodiscard]] inline Silhouette silhouette(RowsRef features, LabelView labels,
                                           const SilhouetteSettings& settings = {}, const Cpu& cpu = Cpu{},
                                           const Hook& hook = {}) {
  check(features.rows() == labels.size(), Errc::invalid_argument, "silhouette: labels (", labels.size(),
        ") must be as many as the rows of features (", features.rows(), ")");
  silhouette_impl::Pass pass(features, labels, settings, cpu);
  if (settings.sample == 0) return pass.all(hook);
  check(settings.sample >= 1 && settings.sample <= pass.rows(), Errc::invalid_argument,
        "silhouette: settings.sample (", settings.sample, ") must be in [1, ", pass.rows(),
        "], the labelled rows");
  return pass.sampled(settings.sample, settings.seed, hook);
}

}  // namespace shoal
