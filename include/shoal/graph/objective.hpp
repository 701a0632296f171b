// What a clustering of a graph is worth, cluster by cluster.
#pragma once

#include <cmath>
#include <concepts>
#include <type_traits>

#include <shoal/core/config.hpp>

namespace shoal {

/// The worth of one cluster of a graph. W: twice the weight inside it, D: the sum of its nodes' degrees, M:
/// that of all nodes (0 ≤ W ≤ D ≤ M, M > 0). A clustering is worth F = Σ_c value(W_c, D_c, M), so that moving
/// a node changes two terms.
/// Laws (tests/laws/graph_objective.hpp): the value is finite, also at W = 0 and D = 0, and 0 where both are
/// (so that empty clusters are worth nothing); F is the same whatever clusters are called, and the gain of a
/// move is F after it less F before it.
template <class O>
concept GraphObjective = std::is_trivially_copyable_v<O> && requires(const O o, double x) {
  { o.value(x, x, x) } -> std::convertible_to<double>;
};

/// Pointwise mutual information of two neighbours and the cluster they share, the objective of TEMI's family
/// (objective/pmi.hpp) on hard labels: F = Σ_c W_c log(W_c M / D_c²). In nats times M; F / M is a mean over
/// edges.
struct Pmi {
  [[nodiscard]] double value(double inside, double degree, double total) const {
    return inside > 0 ? inside * std::log(inside * total / (degree * degree)) : 0.;
  }
};
static_assert(GraphObjective<Pmi>);

/// Modularity with a resolution γ (Reichardt and Bornholdt, Physical Review E 74, 2006), times M:
/// Q M = Σ_c (W_c − γ D_c² / M). Larger γ, more clusters.
struct Modularity {
  double resolution = 1;

  [[nodiscard]] double value(double inside, double degree, double total) const {
    return total > 0 ? inside - resolution * degree * degree / total : 0.;
  }
};
static_assert(GraphObjective<Modularity>);

}  // namespace shoal
