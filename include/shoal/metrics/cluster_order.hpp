// Rows in the order of their clusters, so that each cluster is a run of positions, and runs of clusters are
// pieces of work.
#pragma once

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

#include <shoal/core/lists.hpp>

namespace shoal {

/// Consecutive clusters, and their rows, which lie side by side in the order of clusters.
struct ClusterGroup {
  Index first_row, rows, first_cluster, clusters;
};

/// Positions 0 … rows() − 1 are the rows of cluster 0, then those of cluster 1, and so on.
class ClusterOrder {
 public:
  /// List k holds the rows of cluster k.
  explicit ClusterOrder(Lists<Index> members) : members_(std::move(members)) {
    for (Label k = 0; k < clusters(); ++k) cluster_.insert(cluster_.end(), members_[k].size(), k);
  }

  [[nodiscard]] Index rows() const { return std::ssize(members_.values); }
  [[nodiscard]] Index clusters() const { return members_.size(); }
  [[nodiscard]] Index size(Index k) const { return std::ssize(members_[k]); }
  /// By position.
  [[nodiscard]] Label cluster(Index position) const { return cluster_[static_cast<std::size_t>(position)]; }
  [[nodiscard]] Index row(Index position) const {
    return members_.values[static_cast<std::size_t>(position)];
  }
  [[nodiscard]] std::span<const Index> rows(Index first, Index count) const {
    return std::span(members_.values)
        .subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(count));
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

  /// All clusters in groups: each grows to `target` rows or one cluster past it, and a cluster of so many
  /// rows begins one of its own.
  [[nodiscard]] std::vector<ClusterGroup> groups(Index target) const {
    std::vector<ClusterGroup> all;
    for (Index k = 0; k < clusters(); ++k) {
      if (all.empty() || all.back().rows >= target || size(k) >= target)
        all.push_back({members_.offsets[static_cast<std::size_t>(k)], 0, k, 0});
      all.back().rows += size(k);
      ++all.back().clusters;
    }
    return all;
  }

 private:
  Lists<Index> members_;
  std::vector<Label> cluster_;  // by position
};

}  // namespace shoal
