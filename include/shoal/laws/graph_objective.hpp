// The laws of GraphObjective (graph/objective.hpp).
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include <shoal/backend/cpu.hpp>
#include <shoal/core/random.hpp>
#include <shoal/graph/neighbor_graph.hpp>
#include <shoal/graph/node_moves.hpp>
#include <shoal/laws/expect.hpp>

namespace shoal::laws {

/// m random neighbours of each of n rows, some of them missing (−1) or the row itself, with similarities from
/// −0.2 to 1. Nodes are mostly neighbours of nodes in the same one of `groups` groups.
inline Neighbors random_neighbors(Index n, Index m, Index groups, std::uint64_t seed) {
  Neighbors table{Matrix<std::int32_t>(n, m), Matrix<float>(n, m)};
  const Philox random(seed, 1);
  for (Index i = 0; i < n; ++i)
    for (Index k = 0; k < m; ++k) {
      const auto at = static_cast<std::uint64_t>(4 * (i * m + k));
      Index j = random.below(n, at);
      if (random.uniform(at + 1) < 0.9) j = std::min(n - 1, j / groups * groups + i % groups);
      table.ids(i, k) = static_cast<std::int32_t>(random.uniform(at + 2) < 0.05 ? -1 : j);
      table.similarities(i, k) = static_cast<float>(random.uniform(at + 3) * 1.2 - 0.2);
    }
  return table;
}

inline NeighborGraph random_graph(Index n, Index m, Index groups, std::uint64_t seed = 1) {
  return neighbor_graph(random_neighbors(n, m, groups, seed), Cpu({.threads = 1}));
}

inline std::vector<Label> random_labels(Index n, Index clusters, std::uint64_t seed) {
  std::vector<Label> labels(static_cast<std::size_t>(n));
  const Philox random(seed, 2);
  for (Index i = 0; i < n; ++i)  // so that each cluster occurs
    labels[static_cast<std::size_t>(i)] =
        static_cast<Label>(i < clusters ? i : random.below(clusters, static_cast<std::uint64_t>(i)));
  return labels;
}

template <class Weight> Matrix<double> dense(const WeightedGraph<Weight>& graph) {
  Matrix<double> a(graph.nodes(), graph.nodes(), 0.);
  for (Index i = 0; i < graph.nodes(); ++i) {
    a(i, i) += graph.loop(i);
    for (const auto& edge : graph.row(i)) a(i, edge.target) += edge.weight;
  }
  return a;
}

/// F by its definition, from the dense matrix.
template <class Weight, class O>
double value_of(const WeightedGraph<Weight>& graph, const std::vector<Label>& labels, const O& objective) {
  const Matrix<double> a = dense(graph);
  const Label clusters = labels.empty() ? 0 : *std::max_element(labels.begin(), labels.end()) + 1;
  double total = 0, value = 0;
  for (Index i = 0; i < a.size(); ++i) total += a.data()[i];
  for (Label c = 0; c < clusters; ++c) {
    double inside = 0, degree = 0;
    for (Index i = 0; i < a.rows(); ++i)
      for (Index j = 0; j < a.cols(); ++j) {
        if (labels[static_cast<std::size_t>(i)] != c) continue;
        degree += a(i, j);
        if (labels[static_cast<std::size_t>(j)] == c) inside += a(i, j);
      }
    value += objective.value(inside, degree, total);
  }
  return value;
}

/// Checks the laws of GraphObjective. Throws error(invalid_argument) for a law that does not hold.
template <GraphObjective O> void obeys_graph_objective(const O& objective) {
  for (const double total : {1., 1e6}) {
    expect(objective.value(0, 0, total) == 0);
    for (const double degree : {1e-6 * total, 0.5 * total, total})
      for (const double inside : {0., 1e-9 * degree, 0.5 * degree, degree})
        expect(is_finite(objective.value(inside, degree, total)));
  }
  for (const std::uint64_t seed : {1u, 2u, 3u}) {
    const NeighborGraph graph = random_graph(40, 5, 4, seed);
    std::vector<Label> labels = random_labels(40, 6, seed);
    const double before = value_of(graph, labels, objective);
    const double rounding = 1e-12 * (std::abs(before) + graph.total);
    std::vector<Label> renamed = labels;  // F does not depend on the numbering of clusters
    for (Label& label : renamed) label = 5 - label;
    expect_near(value_of(graph, renamed, objective), before, 1e-12);

    // The best move of each node is the best of all, and its gain is F after it minus F before it.
    const Cpu one({.threads = 1});
    const ClusterTotals totals(graph, std::span<const Label>(labels), 6, one);
    expect_near(totals.value(objective), before, 1e-12);
    std::vector<double> values;
    for (Index c = 0; c < 6; ++c) values.push_back(totals.value(objective, c));
    NodeMoves moves(6);
    for (Index i = 0; i < 40; ++i) {
      const NodeMove move = moves.best(graph, i, std::span<const Label>(labels), totals,
                                       std::span<const double>(values), objective, -1);
      double most = 0;
      for (const auto& edge : graph.row(i)) {
        std::vector<Label> after = labels;
        after[static_cast<std::size_t>(i)] = labels[static_cast<std::size_t>(edge.target)];
        most = std::max(most, value_of(graph, after, objective) - before);
      }
      expect(std::abs(move.gain - most) <= rounding);
      std::vector<Label> after = labels;
      after[static_cast<std::size_t>(i)] = move.to;
      expect(std::abs(value_of(graph, after, objective) - before - move.gain) <= rounding);
    }
  }
}

}  // namespace shoal::laws
