// Rows sorted by cluster, so that each cluster is a contiguous range of positions and work is divided into
// ranges of clusters.
#pragma once

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

#include <shoal/core/buffer.hpp>
#include <shoal/core/lists.hpp>

namespace shoal {

/// Consecutive clusters and their rows, which are contiguous in the order of clusters.
struct ClusterGroup {
  Index first_row, rows, first_cluster, clusters;
};

/// A permutation of the rows by cluster: positions 0 … rows() − 1 hold the rows of cluster 0, then those of
/// cluster 1, and so on.
class ClusterOrder {
 public:
  /// members[k] holds the rows of cluster k.
  explicit ClusterOrder(Lists<Index> members) : members_(std::move(members)) {
    for (Label k = 0; k < clusters(); ++k) cluster_.insert(cluster_.end(), members_[k].size(), k);
  }

  [[nodiscard]] Index rows() const { return std::ssize(members_.values); }
  [[nodiscard]] Index clusters() const { return members_.size(); }
  [[nodiscard]] Index size(Index k) const { return std::ssize(members_[k]); }
  /// The position of the first row of cluster k.
  [[nodiscard]] Index first(Index k) const { return members_.offsets[static_cast<std::size_t>(k)]; }
  /// The cluster of the row at this position.
  [[nodiscard]] Label cluster(Index position) const { return cluster_[static_cast<std::size_t>(position)]; }
  [[nodiscard]] Index row(Index position) const {
    return members_.values[static_cast<std::size_t>(position)];
  }
  [[nodiscard]] std::span<const Index> rows(Index first, Index count) const {
    return std::span(members_.values)
        .subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(count));
  }

  /// Calls f(cluster, first position of its run, relative to `first`; length) for each run of one cluster in
  /// [first, first + count).
  template <class F> void each_run(Index first, Index count, F f) const {
    for (Index at = first; at < first + count;) {
      const Label k = cluster(at);
      const Index end = std::min(first + count, members_.offsets[static_cast<std::size_t>(k) + 1]);
      f(k, at - first, end - at);
      at = end;
    }
  }

  /// Partitions the clusters into groups. A group grows until it holds `target` rows, its last cluster
  /// included; a cluster of `target` rows or more starts a group of its own.
  [[nodiscard]] Buffer<ClusterGroup> groups(Index target) const {
    Buffer<ClusterGroup> all;
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
