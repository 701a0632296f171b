// The aggregated graph, whose nodes are the clusters of another graph.
#pragma once

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

#include <shoal/core/buffer.hpp>
#include <shoal/core/fixed_array.hpp>
#include <shoal/core/lists.hpp>
#include <shoal/graph/weighted_graph.hpp>

namespace shoal {

/// Aggregates a graph by its clusters: a_cd = Σ_{i ∈ c, j ∈ d} a_ij, where the weight inside a cluster
/// becomes its loop. A clustering of the result has the same objective as the clustering of `graph` that it
/// stands for. Edges are in the order in which clusters are met. Pre: labels in [0, clusters). O(edges); the
/// same bits for any number of threads.
template <class Weight>
AggregatedGraph aggregate(const WeightedGraph<Weight>& graph, std::span<const Label> labels, Index clusters,
                          Workers workers) {
  constexpr Index block = 256;
  const Lists<Label> members = group_by<Label>(labels, clusters);
  FixedArray<Buffer<Edge<double>>> parts(block_count(clusters, block));
  AggregatedGraph result;
  result.offsets.assign(static_cast<std::size_t>(clusters) + 1, 0);
  result.loops.assign(static_cast<std::size_t>(clusters), 0.);
  FixedArray<std::vector<double>> scratch(workers.threads());
  workers.each_block(clusters, block, [&](Block b, int worker) {
    std::vector<double>& weight = scratch[worker];
    weight.resize(static_cast<std::size_t>(clusters), 0.);
    Buffer<Edge<double>>& edges = parts[b.index];
    std::vector<Label> around;
    for (Index c = b.first; c < b.first + b.count; ++c) {
      double& loop = result.loops[static_cast<std::size_t>(c)];
      for (const Label i : members[c]) {
        loop += graph.loop(i);
        for (const Edge<Weight>& edge : graph.row(i)) {
          const Label to = labels[static_cast<std::size_t>(edge.target)];
          double& sum = to == c ? loop : weight[static_cast<std::size_t>(to)];
          if (to != c && sum == 0) around.push_back(to);
          sum += edge.weight;
        }
      }
      for (const Label to : around)
        edges.push_back({to, std::exchange(weight[static_cast<std::size_t>(to)], 0.)});
      result.offsets[static_cast<std::size_t>(c) + 1] = static_cast<Index>(around.size());
      around.clear();
    }
  });
  for (std::size_t c = 1; c < result.offsets.size(); ++c) result.offsets[c] += result.offsets[c - 1];
  result.edges.resize(static_cast<std::size_t>(result.offsets.back()));
  workers.each_block(clusters, block, [&](Block b, int) {
    auto& edges = parts[b.index];
    std::copy(edges.begin(), edges.end(),
              result.edges.begin() + result.offsets[static_cast<std::size_t>(b.first)]);
    Buffer<Edge<double>>().swap(edges);
  });
  sum_degrees(result, workers);
  return result;
}

}  // namespace shoal
