// The refinement step of Leiden: splits clusters into well-connected parts.
#pragma once

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

#include <shoal/core/fixed_array.hpp>
#include <shoal/core/lists.hpp>
#include <shoal/core/random.hpp>
#include <shoal/graph/cluster_totals.hpp>

namespace shoal {

namespace leiden_impl {

/// Refines one cluster after another; each cluster is handled by one worker. A part is named by the node from
/// which it grew.
template <class Weight> class Refiner {
 public:
  Refiner(const WeightedGraph<Weight>& graph, std::span<const Label> labels, Index clusters,
          double resolution, Philox random, Workers workers)
      : graph_(graph),
        labels_(labels),
        members_(group_by<Label>(labels, clusters)),
        density_(graph.total > 0 ? resolution / graph.total : 0.),
        random_(random),
        workers_(workers),
        part_(labels.size()),
        degree_(graph.degrees),
        outward_(labels.size(), 0.),
        alone_(labels.size(), 1),
        scratch_(workers.threads()) {}

  std::vector<Label> run() {
    workers_.each_block(members_.size(), 16, [&](Block b, int worker) {
      for (Index c = b.first; c < b.first + b.count; ++c) refine(c, scratch_[worker]);
    });
    return std::move(part_);
  }

 private:
  struct Scratch {
    std::vector<double> weight;  // [n] weight between a node and each part; 0 between calls
    std::vector<Label> around, order;
  };
  static std::size_t at(Label i) { return static_cast<std::size_t>(i); }

  void refine(Index cluster, Scratch& s) {
    const std::span<const Label> members = members_[cluster];
    s.weight.resize(labels_.size(), 0.);
    double whole = 0;
    for (const Label i : members) {
      part_[at(i)] = i;
      whole += degree_[at(i)];
      for (const Edge<Weight>& edge : graph_.row(i))
        if (labels_[at(edge.target)] == static_cast<Label>(cluster)) outward_[at(i)] += edge.weight;
    }
    shuffle(members, s.order);
    for (const Label i : s.order)
      if (alone_[at(i)] != 0 && well_connected(i, whole)) join_best(i, static_cast<Label>(cluster), whole, s);
  }

  void shuffle(std::span<const Label> members, std::vector<Label>& order) const {
    order.assign(members.begin(), members.end());
    for (std::size_t left = order.size(); left > 1; --left) {
      // Positions of the random numbers are node numbers, so that clusters do not share them.
      const Index other =
          random_.below(static_cast<Index>(left), static_cast<std::uint64_t>(members[left - 1]));
      std::swap(order[left - 1], order[static_cast<std::size_t>(other)]);
    }
  }

  /// Whether a part is connected to the rest of its cluster at least as strongly as by chance: E(part,
  /// cluster − part) ≥ γ D_part (D_cluster − D_part) / M.
  [[nodiscard]] bool well_connected(Label part, double whole) const {
    const double degree = degree_[at(part)];
    return outward_[at(part)] >= density_ * degree * (whole - degree);
  }

  /// Joins node i, which is a part of its own, to the well-connected part with the largest gain of
  /// modularity, if there is a gain.
  void join_best(Label i, Label cluster, double whole, Scratch& s) {
    for (const Edge<Weight>& edge : graph_.row(i)) {
      if (labels_[at(edge.target)] != cluster) continue;
      const Label part = part_[at(edge.target)];
      if (s.weight[at(part)] == 0) s.around.push_back(part);
      s.weight[at(part)] += edge.weight;
    }
    Label best = i;
    double most = 0;
    for (const Label part : s.around) {
      const double gain = s.weight[at(part)] - density_ * degree_[at(i)] * degree_[at(part)];
      if (gain > most && well_connected(part, whole)) {
        best = part;
        most = gain;
      }
    }
    if (best != i) {
      outward_[at(best)] += outward_[at(i)] - 2 * s.weight[at(best)];
      degree_[at(best)] += degree_[at(i)];
      part_[at(i)] = best;
      alone_[at(best)] = 0;
    }
    for (const Label part : s.around) s.weight[at(part)] = 0;
    s.around.clear();
  }

  const WeightedGraph<Weight>& graph_;
  std::span<const Label> labels_;
  Lists<Label> members_;
  double density_;
  Philox random_;
  Workers workers_;
  std::vector<Label> part_;          // [n] the part of each node
  std::vector<double> degree_;       // [n] degree of the part with this name
  std::vector<double> outward_;      // [n] weight from the part with this name to the rest of its cluster
  std::vector<std::uint8_t> alone_;  // [n] whether the part with this name is a single node
  FixedArray<Scratch> scratch_;
};

}  // namespace leiden_impl

/// Splits each cluster into parts by Leiden's refinement (Traag, Waltman and van Eck, "From Louvain to
/// Leiden", Scientific Reports 9, 2019). Every node starts as a part of its own. In random order, each node
/// that is still alone and well connected to its cluster joins the well-connected part of its cluster with
/// the largest gain of modularity. So every part is connected. Returns the name of the part of each node,
/// which is one of its nodes. Clusters are refined in parallel; the same bits for any number of threads.
/// O(edges).
template <class Weight>
std::vector<Label> refined_parts(const WeightedGraph<Weight>& graph, std::span<const Label> labels,
                                 Index clusters, double resolution, const Philox& random, Workers workers) {
  return leiden_impl::Refiner<Weight>(graph, labels, clusters, resolution, random, workers).run();
}

}  // namespace shoal
