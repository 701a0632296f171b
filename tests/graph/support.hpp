// Graphs, and the oracles that the tests of this room share.
#pragma once

#include <algorithm>
#include <cmath>
#include <set>
#include <vector>

#include <shoal/backend/cpu.hpp>
#include <shoal/core/random.hpp>
#include <shoal/graph/neighbor_graph.hpp>
#include <shoal/laws/graph_objective.hpp>

namespace graph_test {

using namespace shoal;
using laws::dense;
using laws::random_graph;
using laws::random_labels;
using laws::random_neighbors;
using laws::value_of;

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
