// Greedy merging of a graph's clusters.
#pragma once

#include <queue>
#include <tuple>
#include <unordered_map>

#include <shoal/core/fixed_array.hpp>
#include <shoal/graph/aggregate.hpp>
#include <shoal/graph/cluster_totals.hpp>

namespace shoal {

namespace merge_clusters_impl {

/// Greedy agglomeration of the nodes of an aggregated graph.
template <GraphObjective O> class Merger {
 public:
  Merger(const AggregatedGraph& graph, std::span<const Index> sizes, const O& objective)
      : objective_(objective),
        total_(graph.total),
        inside_(graph.loops),
        degree_(graph.degrees),
        sizes_(sizes.begin(), sizes.end()),
        parent_(graph.degrees.size()),
        version_(graph.degrees.size(), 0),
        around_(graph.nodes()) {
    for (Index c = 0; c < graph.nodes(); ++c) {
      parent_[static_cast<std::size_t>(c)] = static_cast<Label>(c);
      for (const Edge<double>& edge : graph.row(c)) around_[c][edge.target] = edge.weight;
    }
    for (Index c = 0; c < graph.nodes(); ++c)
      for (const Edge<double>& edge : graph.row(c))
        if (edge.target > c) push(static_cast<Label>(c), edge.target);
  }

  /// Merges until `clusters` are left. Returns the new label of each node.
  std::vector<Label> run(Index clusters) {
    Index left = static_cast<Index>(parent_.size());
    while (left > clusters && !queue_.empty()) {
      const Pair pair = queue_.top();
      queue_.pop();
      if (pair.version_a != version_[at(pair.a)] || pair.version_b != version_[at(pair.b)]) continue;
      join(pair.a, pair.b);
      --left;
    }
    for (; left > clusters; --left) join_smallest();
    std::vector<Label> labels(parent_.size());
    for (std::size_t c = 0; c < labels.size(); ++c) {
      Label root = static_cast<Label>(c);
      while (parent_[at(root)] != root) root = parent_[at(root)];
      labels[c] = root;
    }
    renumber(labels, static_cast<Index>(labels.size()));
    return labels;
  }

 private:
  struct Pair {
    double gain;
    Label a, b;  // a < b
    Index version_a, version_b;
    bool operator<(const Pair& other) const {
      return std::tie(gain, other.a, other.b) < std::tie(other.gain, a, b);
    }
  };
  static std::size_t at(Label c) { return static_cast<std::size_t>(c); }
  [[nodiscard]] double value(double inside, double degree) const {
    return objective_.value(inside, degree, total_);
  }

  void push(Label a, Label b) {
    if (a > b) std::swap(a, b);
    const double both =
        value(inside_[at(a)] + inside_[at(b)] + 2 * around_[a].at(b), degree_[at(a)] + degree_[at(b)]);
    queue_.push({both - value(inside_[at(a)], degree_[at(a)]) - value(inside_[at(b)], degree_[at(b)]), a, b,
                 version_[at(a)], version_[at(b)]});
  }

  /// Merges b into a, which has more neighbours, so that few entries are renamed.
  void join(Label a, Label b) {
    if (around_[a].size() < around_[b].size()) std::swap(a, b);
    const auto link = around_[a].find(b);
    inside_[at(a)] += inside_[at(b)] + (link != around_[a].end() ? 2 * link->second : 0.);
    degree_[at(a)] += degree_[at(b)];
    sizes_[at(a)] += sizes_[at(b)];
    around_[a].erase(b);
    around_[b].erase(a);
    for (const auto& [other, weight] : around_[b]) {
      around_[a][other] += weight;
      around_[other].erase(b);
      around_[other][a] = around_[a][other];
    }
    around_[b].clear();
    parent_[at(b)] = a;
    ++version_[at(a)], ++version_[at(b)];
    for (const auto& [other, weight] : around_[a]) push(a, other);
  }

  /// Merges the two smallest clusters, for when no two are connected.
  void join_smallest() {
    Label least = -1, next = -1;
    for (Label c = 0; c < static_cast<Label>(parent_.size()); ++c) {
      if (parent_[at(c)] != c) continue;
      if (least < 0 || sizes_[at(c)] < sizes_[at(least)])
        next = std::exchange(least, c);
      else if (next < 0 || sizes_[at(c)] < sizes_[at(next)])
        next = c;
    }
    join(least, next);
  }

  O objective_;
  double total_;
  std::vector<double> inside_, degree_;
  std::vector<Index> sizes_;
  std::vector<Label> parent_;
  std::vector<Index> version_;  // number of merges of each cluster, by which outdated gains are recognised
  FixedArray<std::unordered_map<Label, double>> around_;
  std::priority_queue<Pair> queue_;
};

}  // namespace merge_clusters_impl

/// Merges clusters of a graph until `clusters` are left, each time the connected pair with the largest gain
/// (or smallest loss) of F; if no two are connected, the two with the fewest nodes. Returns labels numbered
/// in order of first occurrence. If there are at most `clusters` already, they are only renumbered. The union
/// of two connected clusters is connected. O(E log E) for E pairs of connected clusters. Throws
/// invalid_argument as graph_objective does.
template <class Weight, GraphObjective O>
std::vector<Label> merge_clusters(const WeightedGraph<Weight>& graph, std::span<const Label> labels,
                                  Index clusters, const O& objective, Workers workers) {
  const char* who = "merge_clusters";
  check(clusters >= 1, Errc::invalid_argument, who, ": clusters (", clusters, ") must be at least 1");
  auto [merged, names] = checked_labels(graph, labels, who);
  const Index now = renumber(merged, std::ssize(names));
  if (now <= clusters) return merged;
  std::vector<Index> sizes(static_cast<std::size_t>(now), 0);
  for (const Label c : merged) ++sizes[static_cast<std::size_t>(c)];
  const std::vector<Label> to =
      merge_clusters_impl::Merger<O>(aggregate(graph, std::span<const Label>(merged), now, workers), sizes,
                                     objective)
          .run(clusters);
  for (Label& label : merged) label = to[static_cast<std::size_t>(label)];
  renumber(merged, clusters);
  return merged;
}

}  // namespace shoal
