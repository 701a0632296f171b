// The sparse contingency table of a clustering and a truth: the number of samples of each cluster in each
// class. All scores that compare labels are computed from this table.
#pragma once

#include <algorithm>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

#include <shoal/backend/cpu.hpp>
#include <shoal/core/fixed_array.hpp>
#include <shoal/core/workers.hpp>
#include <shoal/metrics/label_view.hpp>

namespace shoal {

/// Counts n_kc over clusters k and classes c, as compressed sparse rows: only cells with n_kc > 0 are stored,
/// in ascending order of class. Clusters and classes are numbered in ascending order of their ids.
struct Contingency {
  Index samples = 0;                 ///< Σ n_kc: the number of samples with both labels
  Index unlabelled = 0;              ///< number of samples left out because one label is missing
  std::vector<Index> cluster_ids;    ///< [K] the id of each cluster
  std::vector<Index> class_ids;      ///< [C] the id of each class
  std::vector<Index> cluster_sizes;  ///< [K] Σ_c n_kc, each > 0
  std::vector<Index> class_sizes;    ///< [C] Σ_k n_kc, each > 0
  std::vector<Index> row_start;      ///< [K + 1] the cells of cluster k are [row_start[k], row_start[k+1])
  std::vector<Label> column;         ///< the class of each cell
  std::vector<Index> count;          ///< n_kc of each cell

  [[nodiscard]] Index clusters() const { return static_cast<Index>(cluster_sizes.size()); }
  [[nodiscard]] Index classes() const { return static_cast<Index>(class_sizes.size()); }
  [[nodiscard]] Index cells() const { return static_cast<Index>(count.size()); }
};

namespace contingency_impl {

/// Cells of a range of clusters: class and count, cluster after cluster.
struct Cells {
  std::vector<Label> column;
  std::vector<Index> count;
};

/// Counts the classes of one cluster's samples. A narrow table is counted by position. If the table is wide
/// compared with the cluster, sorting the few classes is cheaper than the cache misses.
class RowCounter {
 public:
  explicit RowCounter(Index classes) : classes_(classes) {}

  /// Appends the cells of a cluster whose samples have the classes `row`, which is reordered; classes
  /// ascending.
  void append(std::span<Label> row, Cells& cells) {
    if (classes_ > (1 << 17) && static_cast<Index>(row.size()) < classes_ / 16)
      append_sorted(row, cells);
    else
      append_counted(row, cells);
  }

 private:
  static void append_sorted(std::span<Label> row, Cells& cells) {
    std::sort(row.begin(), row.end());
    for (auto run = row.begin(); run != row.end();) {
      const auto end = std::upper_bound(run, row.end(), *run);
      cells.column.push_back(*run);
      cells.count.push_back(end - run);
      run = end;
    }
  }

  void append_counted(std::span<Label> row, Cells& cells) {
    count_.resize(static_cast<std::size_t>(classes_));
    const auto first = static_cast<std::ptrdiff_t>(cells.column.size());
    for (const Label c : row)
      if (count_[static_cast<std::size_t>(c)]++ == 0) cells.column.push_back(c);
    std::sort(cells.column.begin() + first, cells.column.end());
    for (auto c = cells.column.begin() + first; c != cells.column.end(); ++c)
      cells.count.push_back(std::exchange(count_[static_cast<std::size_t>(*c)], 0));
  }

  Index classes_;
  std::vector<Index> count_;
};

/// The classes of all counted samples, grouped by cluster: those of cluster k are label[start[k] …
/// start[k+1]).
struct Grouped {
  std::vector<Index> start;
  std::vector<Label> label;
};

/// A counting sort by cluster. Blocks of samples are counted and placed independently, so samples keep their
/// order within a cluster; the number of blocks depends on the sizes only.
template <class Counted>
Grouped group(LabelView labels, const LabelIndex& clusters, LabelView truth, const LabelIndex& classes,
              Counted counted, Workers workers) {
  const Index n = labels.size(),
              wanted = std::clamp<Index>(n / std::max<Index>(clusters.size(), 1 << 14), 1, 16);
  const Index size = std::max<Index>(block_count(n, wanted), 1), blocks = block_count(n, size);
  Matrix<Index> place(blocks, clusters.size(), 0);
  workers.each_block(n, size, [&](Block b, int) {
    for (Index i = b.first; i < b.first + b.count; ++i)
      if (counted(i)) ++place(b.index, clusters[labels[i]]);
  });
  Grouped grouped;
  grouped.start.reserve(static_cast<std::size_t>(clusters.size() + 1));
  Index next = 0;
  for (Index k = 0; k < clusters.size(); ++k) {
    grouped.start.push_back(next);
    for (Index b = 0; b < blocks; ++b) next += std::exchange(place(b, k), next);
  }
  grouped.start.push_back(next);
  grouped.label.resize(static_cast<std::size_t>(next));
  workers.each_block(n, size, [&](Block b, int) {
    for (Index i = b.first; i < b.first + b.count; ++i)
      if (counted(i))
        grouped.label[static_cast<std::size_t>(place(b.index, clusters[labels[i]])++)] = classes[truth[i]];
  });
  return grouped;
}

/// Splits the clusters into ranges of about `size` samples each, so that tasks are of similar length.
inline std::vector<Index> even_runs(const std::vector<Index>& start, Index size) {
  std::vector<Index> first{0};
  const auto clusters = static_cast<Index>(start.size()) - 1;
  for (Index k = 1; k < clusters; ++k)
    if (start[static_cast<std::size_t>(k)] - start[static_cast<std::size_t>(first.back())] >= size)
      first.push_back(k);
  if (clusters > 0) first.push_back(clusters);
  return first;
}

}  // namespace contingency_impl

/// Builds a contingency table from the classes of each cluster's samples. Reorders grouped.label within
/// clusters.
inline Contingency contingency_of_groups(contingency_impl::Grouped grouped, Index classes, Workers workers) {
  using namespace contingency_impl;
  const auto at = [&](Index k) { return grouped.start[static_cast<std::size_t>(k)]; };
  const std::vector<Index> runs = even_runs(grouped.start, 1 << 15);
  const auto tasks = static_cast<Index>(runs.size()) - 1;
  FixedArray<Cells> parts(std::max<Index>(tasks, 0));
  FixedArray<RowCounter> counters(workers.threads(), classes);
  const auto clusters = static_cast<Index>(grouped.start.size()) - 1;
  Contingency table;
  table.row_start.assign(static_cast<std::size_t>(clusters + 1), 0);
  workers.each_task(tasks, [&](Index task, int worker) {
    Cells& cells = parts[task];
    for (Index k = runs[static_cast<std::size_t>(task)]; k < runs[static_cast<std::size_t>(task + 1)]; ++k) {
      const std::size_t before = cells.column.size();
      counters[worker].append(
          std::span(grouped.label)
              .subspan(static_cast<std::size_t>(at(k)), static_cast<std::size_t>(at(k + 1) - at(k))),
          cells);
      table.row_start[static_cast<std::size_t>(k + 1)] = static_cast<Index>(cells.column.size() - before);
    }
  });
  std::partial_sum(table.row_start.begin(), table.row_start.end(), table.row_start.begin());
  table.column.reserve(static_cast<std::size_t>(table.row_start.back()));
  table.count.reserve(static_cast<std::size_t>(table.row_start.back()));
  for (Cells& cells : parts) {
    table.column.insert(table.column.end(), cells.column.begin(), cells.column.end());
    table.count.insert(table.count.end(), cells.count.begin(), cells.count.end());
    cells = {};
  }
  table.samples = grouped.start.back();
  for (Index k = 0; k < clusters; ++k) table.cluster_sizes.push_back(at(k + 1) - at(k));
  table.class_sizes.assign(static_cast<std::size_t>(classes), 0);
  for (std::size_t cell = 0; cell < table.column.size(); ++cell)
    table.class_sizes[static_cast<std::size_t>(table.column[cell])] += table.count[cell];
  return table;
}

/// The contingency table of `labels` (clusters) and `truth` (classes), two arrays of equal length. Samples
/// whose label is `none` in either array are left out. O(n) if the ids have a compact range (see LabelIndex).
/// Beyond the labels it needs about 4 bytes a sample and 24 bytes a cell. The same table for any number of
/// threads. Throws invalid_argument if the lengths differ. A template for shoal::compiled (docs/design.md,
/// "Compile time").
template <class = void>
Contingency contingency(LabelView labels, LabelView truth, Workers workers = Cpu{}, Index none = no_label) {
  check(labels.size() == truth.size(), Errc::invalid_argument, "contingency: truth (", truth.size(),
        " labels) must have as many samples as labels (", labels.size(), ")");
  const auto counted = [=](Index i) { return labels[i] != none && truth[i] != none; };
  const LabelIndex clusters(labels, counted, workers), classes(truth, counted, workers);
  Contingency table = contingency_of_groups(
      contingency_impl::group(labels, clusters, truth, classes, counted, workers), classes.size(), workers);
  table.unlabelled = labels.size() - table.samples;
  table.cluster_ids = clusters.ids();
  table.class_ids = classes.ids();
  return table;
}

}  // namespace shoal
