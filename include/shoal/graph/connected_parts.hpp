// The connected components within clusters.
#pragma once

#include <numeric>
#include <span>
#include <vector>

#include <shoal/graph/cluster_totals.hpp>

namespace shoal {

/// Splits each cluster into its connected components. They are numbered in order of first occurrence, and
/// `count` is set to their number. O(edges).
template <class Weight>
std::vector<Label> connected_parts(const WeightedGraph<Weight>& graph, std::span<const Label> labels,
                                   Index* count = nullptr) {
  const Index n = graph.nodes();
  std::vector<Label> part(static_cast<std::size_t>(n), -1), stack;
  Label next = 0;
  for (Index first = 0; first < n; ++first) {
    if (part[static_cast<std::size_t>(first)] >= 0) continue;
    part[static_cast<std::size_t>(first)] = next;
    stack.push_back(static_cast<Label>(first));
    while (!stack.empty()) {
      const Label i = stack.back();
      stack.pop_back();
      for (const Edge<Weight>& edge : graph.row(i)) {
        const auto j = static_cast<std::size_t>(edge.target);
        if (part[j] >= 0 || labels[j] != labels[static_cast<std::size_t>(i)]) continue;
        part[j] = next;
        stack.push_back(edge.target);
      }
    }
    ++next;
  }
  if (count != nullptr) *count = next;
  return part;
}

}  // namespace shoal
