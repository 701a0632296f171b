// The sums from which a graph's clusters are scored, updated as nodes move.
#pragma once

#include <algorithm>
#include <span>
#include <vector>

#include <shoal/core/dense_labels.hpp>
#include <shoal/graph/objective.hpp>
#include <shoal/graph/weighted_graph.hpp>

namespace shoal {

/// W_c, D_c and the number of nodes of every cluster.
struct ClusterTotals {
  std::vector<double> inside;  ///< [C] W_c = Σ_{i,j ∈ c} a_ij: edges in both directions, loops once
  std::vector<double> degree;  ///< [C] D_c = Σ_{i ∈ c} k_i
  std::vector<Index> count;    ///< [C] number of nodes
  double total = 0;            ///< M

  template <class Weight>
  ClusterTotals(const WeightedGraph<Weight>& graph, std::span<const Label> labels, Index clusters,
                Workers workers)
      : inside(static_cast<std::size_t>(clusters), 0.),
        degree(static_cast<std::size_t>(clusters), 0.),
        count(static_cast<std::size_t>(clusters), 0),
        total(graph.total) {
    std::vector<double> held(labels.size());  // weight between each node and its cluster
    workers.each_row(graph.nodes(), [&](Index i) {
      const Label own = labels[static_cast<std::size_t>(i)];
      double sum = graph.loop(i);
      for (const Edge<Weight>& edge : graph.row(i))
        if (labels[static_cast<std::size_t>(edge.target)] == own) sum += edge.weight;
      held[static_cast<std::size_t>(i)] = sum;
    });
    for (std::size_t i = 0; i < labels.size(); ++i) {
      const auto c = static_cast<std::size_t>(labels[i]);
      inside[c] += held[i];
      degree[c] += graph.degrees[i];
      ++count[c];
    }
  }

  [[nodiscard]] Index clusters() const { return static_cast<Index>(count.size()); }

  template <GraphObjective O> [[nodiscard]] double value(const O& objective, Index cluster) const {
    const auto c = static_cast<std::size_t>(cluster);
    return objective.value(inside[c], degree[c], total);
  }
  /// The objective F of the whole clustering.
  template <GraphObjective O> [[nodiscard]] double value(const O& objective) const {
    double sum = 0;
    for (Index c = 0; c < clusters(); ++c) sum += value(objective, c);
    return sum;
  }
};

/// The labels without gaps. Throws invalid_argument unless there is one label a node, none below 0.
template <class Weight>
DenseLabels checked_labels(const WeightedGraph<Weight>& graph, std::span<const Label> labels,
                           const char* who) {
  check(static_cast<Index>(labels.size()) == graph.nodes(), Errc::invalid_argument, who, ": labels (",
        labels.size(), ") must be one a node (", graph.nodes(), ")");
  for (std::size_t i = 0; i < labels.size(); ++i)
    check(labels[i] >= 0, Errc::invalid_argument, who, ": label ", labels[i], " of node ", i,
          " must be at least 0");
  return dense_labels(labels);
}

/// The objective of a labelling, F = Σ_c value(W_c, D_c, M). O(edges).
template <class Weight, GraphObjective O>
[[nodiscard]] double graph_objective(const WeightedGraph<Weight>& graph, std::span<const Label> labels,
                                     const O& objective, Workers workers) {
  const DenseLabels dense = checked_labels(graph, labels, "graph_objective");
  return ClusterTotals(graph, dense.labels, dense.clusters(), workers).value(objective);
}

/// Renumbers clusters 0, 1, … in order of first occurrence. Returns their number.
inline Index renumber(std::span<Label> labels, Index clusters) {
  std::vector<Label> name(static_cast<std::size_t>(clusters), -1);
  Label next = 0;
  for (Label& label : labels) {
    Label& to = name[static_cast<std::size_t>(label)];
    if (to < 0) to = next++;
    label = to;
  }
  return next;
}

}  // namespace shoal
