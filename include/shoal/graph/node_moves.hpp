// The best move of a single node, and its gain.
#pragma once

#include <cmath>
#include <span>
#include <vector>

#include <shoal/graph/cluster_totals.hpp>

namespace shoal {

/// A move of a node from its cluster to another.
struct NodeMove {
  Label from, to;                         ///< equal if no move has a gain
  double gain = 0;                        ///< F after the move minus F before it
  double inside_from = 0, inside_to = 0;  ///< weight between the node and the other nodes of each
};

/// Evaluates the moves of one node at a time; each worker has its own object. O(edges of the node), and one
/// evaluation of the objective for each neighbouring cluster.
class NodeMoves {
 public:
  explicit NodeMoves(Index clusters) : weight_(static_cast<std::size_t>(clusters), 0.) {}

  /// The move of node i with the largest gain, among the clusters of its neighbours and, if it is ≥ 0, the
  /// cluster `empty`. `values` are the current values of the clusters. Ties go to the cluster met first along
  /// the node's edges, so that the numbering of clusters has no influence; a gain within the rounding of its
  /// terms does not count.
  template <class Weight, GraphObjective O>
  NodeMove best(const WeightedGraph<Weight>& graph, Index i, std::span<const Label> labels,
                const ClusterTotals& totals, std::span<const double> values, const O& objective,
                Label empty) {
    const auto at = [](Label label) { return static_cast<std::size_t>(label); };
    const Label own = labels[static_cast<std::size_t>(i)];
    for (const Edge<Weight>& edge : graph.row(i)) {
      const Label cluster = labels[at(edge.target)];
      if (weight_[at(cluster)] == 0) around_.push_back(cluster);
      weight_[at(cluster)] += edge.weight;
    }
    const double degree = graph.degree(i), loop = graph.loop(i), held = weight_[at(own)];
    const double left = objective.value(totals.inside[at(own)] - 2 * held - loop,
                                        totals.degree[at(own)] - degree, totals.total);
    NodeMove best{own, own, 0, held, held};
    const auto consider = [&](Label cluster) {
      const double weight = weight_[at(cluster)], before = values[at(cluster)];
      const double joined = objective.value(totals.inside[at(cluster)] + 2 * weight + loop,
                                            totals.degree[at(cluster)] + degree, totals.total);
      const double gain = (joined - before) + (left - values[at(own)]);
      const double rounding = 1e-14 * (std::abs(joined) + std::abs(before) + std::abs(values[at(own)]));
      if (gain > best.gain + rounding) best = {own, cluster, gain, held, weight};
    };
    for (const Label cluster : around_)
      if (cluster != own) consider(cluster);
    if (empty >= 0) consider(empty);
    for (const Label cluster : around_) weight_[at(cluster)] = 0;
    around_.clear();
    return best;
  }

 private:
  std::vector<double> weight_;  // [C] weight between the node and each cluster; all 0 between calls
  std::vector<Label> around_;   // the clusters with weight above 0, in the order of the edges
};

}  // namespace shoal
