// The objectives of graph clustering, as sums over clusters.
#pragma once

#include <cmath>
#include <concepts>
#include <type_traits>

#include <shoal/core/config.hpp>

namespace shoal {

/// The value of one cluster of a graph. W is twice the weight inside it, D the sum of its nodes' degrees, and
/// M that of all nodes (0 ≤ W ≤ D ≤ M, M > 0). The objective of a clustering is F = Σ_c value(W_c, D_c, M),
/// so that moving a node changes two terms. Larger is better. Laws (tests/laws/graph_objective.hpp): the
/// value is finite, also at W = 0 and D = 0, and 0 if both are 0 (so that empty clusters add nothing); F does
/// not depend on the numbering of clusters; the gain of a move is F after it minus F before it.
template <class O>
concept GraphObjective = std::is_trivially_copyable_v<O> && requires(const O o, double x) {
  { o.value(x, x, x) } -> std::convertible_to<double>;
};

/// The pointwise mutual information of two neighbours and the cluster they share, the objective of TEMI's
/// family (objective/pmi.hpp) for hard labels: F = Σ_c W_c log(W_c M / D_c²). F / M is the mean over edges,
/// in nats.
struct Pmi {
  [[nodiscard]] double value(double inside, double degree, double total) const {
    return inside > 0 ? inside * std::log(inside * total / (degree * degree)) : 0.;
  }
};
static_assert(GraphObjective<Pmi>);

/// Modularity with a resolution γ (Reichardt and Bornholdt, Physical Review E 74, 2006), multiplied by M: M Q
/// = Σ_c (W_c − γ D_c² / M). Larger γ gives more clusters.
struct Modularity {
  double resolution = 1;  ///< γ

  [[nodiscard]] double value(double inside, double degree, double total) const {
    return total > 0 ? inside - resolution * degree * degree / total : 0.;
  }
};
static_assert(GraphObjective<Modularity>);

}  // namespace shoal
