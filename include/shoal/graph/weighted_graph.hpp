// Undirected weighted graphs as compressed sparse rows, which every algorithm of this room reads.
#pragma once

#include <span>
#include <vector>

#include <shoal/core/check.hpp>
#include <shoal/core/matrix.hpp>
#include <shoal/core/workers.hpp>

namespace shoal {

/// One end of an edge, as seen from its other end.
template <class Weight> struct Edge {
  Label target;
  Weight weight;
};

/// A symmetric matrix A of weights ≥ 0 as compressed sparse rows. Node i has the edges row(i), with targets
/// in ascending order in a NeighborGraph. Each edge is stored at both of its ends, and no edge leads from a
/// node to itself; the weight inside an aggregated node is its loop a_ii. The degrees k_i = Σ_j a_ij and the
/// total M = Σ_i k_i include the loops.
///
/// Weights are multiples of one power of two, and small enough multiples that every sum of them is exact in
/// double. So sums depend neither on their order nor on the number of threads, and moving weight back and
/// forth between clusters leaves no rounding errors.
template <class Weight> struct WeightedGraph {
  std::vector<Index> offsets{0};  ///< [n + 1] the edges of node i are [offsets[i], offsets[i + 1])
  Buffer<Edge<Weight>> edges;     ///< both ends of every edge
  std::vector<double> loops;      ///< [n] a_ii; empty if all are 0
  std::vector<double> degrees;    ///< [n] k_i
  double total = 0;               ///< M

  [[nodiscard]] Index nodes() const { return static_cast<Index>(degrees.size()); }
  [[nodiscard]] std::span<const Edge<Weight>> row(Index i) const {
    const auto k = static_cast<std::size_t>(i);
    return {edges.data() + offsets[k], static_cast<std::size_t>(offsets[k + 1] - offsets[k])};
  }
  [[nodiscard]] double degree(Index i) const { return degrees[static_cast<std::size_t>(i)]; }
  [[nodiscard]] double loop(Index i) const { return loops.empty() ? 0. : loops[static_cast<std::size_t>(i)]; }
};

/// The graph of the nearest neighbours of rows (graph/neighbor_graph.hpp): 8 bytes for each end of an edge.
using NeighborGraph = WeightedGraph<float>;
/// A graph whose nodes are clusters of another graph.
using AggregatedGraph = WeightedGraph<double>;

/// Computes degrees and total from edges and loops.
template <class Weight> void sum_degrees(WeightedGraph<Weight>& graph, Workers workers) {
  graph.degrees.assign(graph.offsets.size() - 1, 0.);
  const auto one_block = [&](Block b) {
    double sum = 0;
    for (Index i = b.first; i < b.first + b.count; ++i) {
      double degree = graph.loop(i);
      for (const Edge<Weight>& edge : graph.row(i)) degree += edge.weight;
      graph.degrees[static_cast<std::size_t>(i)] = degree;
      sum += degree;
    }
    return sum;
  };
  graph.total = workers.reduce_blocks(graph.nodes(), 4096, 0., one_block,
                                      [](double& sum, double part) { sum += part; });
}

}  // namespace shoal
