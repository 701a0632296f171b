// Graphs, and the oracles that the tests of this room share.
#pragma once

#include <algorithm>
#include <cmath>
#include <set>
#include <vector>

#include <shoal/backend/cpu.hpp>
#include <shoal/core/random.hpp>
#include <shoal/graph/neighbor_graph.hpp>
#include <shoal/graph/objective.hpp>

namespace graph_test {

using namespace shoal;

/// m random neighbours of each of n rows, some of them missing (−1) or the row itself, with similarities from
/// −0.2 to 1; nodes of one of `groups` groups are mostly each other's neighbours.
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

/// The graph with these edges {i, j, weight}, given once each.
struct Link {
  Label from, to;
  float weight = 1;
};
inline NeighborGraph graph_of(Index n, const std::vector<Link>& links) {
  std::vector<std::vector<Edge<float>>> rows(static_cast<std::size_t>(n));
  for (const Link& link : links) {
    rows[static_cast<std::size_t>(link.from)].push_back({link.to, link.weight});
    rows[static_cast<std::size_t>(link.to)].push_back({link.from, link.weight});
  }
  NeighborGraph graph;
  for (auto& row : rows) {
    std::ranges::sort(row, {}, &Edge<float>::target);
    for (const auto& edge : row) graph.edges.push_back(edge);
    graph.offsets.push_back(static_cast<Index>(graph.edges.size()));
  }
  sum_degrees(graph, Cpu({.threads = 1}));
  return graph;
}

template <class Weight> Matrix<double> dense(const WeightedGraph<Weight>& graph) {
  Matrix<double> a(graph.nodes(), graph.nodes(), 0.);
  for (Index i = 0; i < graph.nodes(); ++i) {
    a(i, i) += graph.loop(i);
    for (const auto& edge : graph.row(i)) a(i, edge.target) += edge.weight;
  }
  return a;
}

/// F from the definition, by the dense matrix.
template <class Weight, class O>
double value_of(const WeightedGraph<Weight>& graph, const std::vector<Label>& labels, const O& objective) {
  const Matrix<double> a = dense(graph);
  const Label clusters = labels.empty() ? 0 : *std::ranges::max_element(labels) + 1;
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

inline std::vector<Label> random_labels(Index n, Index clusters, std::uint64_t seed) {
  std::vector<Label> labels(static_cast<std::size_t>(n));
  const Philox random(seed, 2);
  for (Index i = 0; i < n; ++i)  // each cluster occurs
    labels[static_cast<std::size_t>(i)] =
        static_cast<Label>(i < clusters ? i : random.below(clusters, static_cast<std::uint64_t>(i)));
  return labels;
}

inline Index clusters_in(const std::vector<Label>& labels) {
  return static_cast<Index>(std::set<Label>(labels.begin(), labels.end()).size());
}

/// Whether the nodes of each cluster are reached from each other within it.
template <class Weight>
bool all_connected(const WeightedGraph<Weight>& graph, const std::vector<Label>& labels) {
  std::set<Label> begun;
  std::vector<char> seen(labels.size(), 0);
  for (std::size_t first = 0; first < labels.size(); ++first) {
    if (seen[first] != 0) continue;
    if (!begun.insert(labels[first]).second) return false;
    std::vector<Index> stack{static_cast<Index>(first)};
    seen[first] = 1;
    while (!stack.empty()) {
      const Index i = stack.back();
      stack.pop_back();
      for (const auto& edge : graph.row(i)) {
        const auto j = static_cast<std::size_t>(edge.target);
        if (seen[j] != 0 || labels[j] != labels[first]) continue;
        seen[j] = 1;
        stack.push_back(edge.target);
      }
    }
  }
  return true;
}

}  // namespace graph_test
