// Refines any labels by local moves until few nodes move.
#pragma once

#include <shoal/core/progress.hpp>
#include <shoal/graph/local_moves.hpp>

namespace shoal {

/// The stopping rule of the refinement, and the seed of its order.
struct RefineSettings {
  Index sweeps = 30;        ///< maximum number of sweeps
  double tolerance = 1e-4;  ///< stop when a sweep moves less than this share of the nodes
  std::uint64_t seed = 0;   ///< seed of the order in which nodes are visited
};

/// The result of refine().
struct Refinement {
  std::vector<Label> labels;  ///< [n] the refined labels
  double objective = 0;       ///< F of the refined labels
  double before = 0;          ///< F of the given labels
  std::vector<Sweep> sweeps;  ///< one entry for each sweep
};

/// Improves a labelling of a graph's nodes by local moves that increase F = Σ_c value(W_c, D_c, M)
/// (graph/objective.hpp). The labels may come from anywhere; clusters keep their numbers, and none becomes
/// empty. Each sweep visits all nodes in random order. F never decreases. The same bits for any number of
/// threads. O(edges) for each sweep; O(n + threads · clusters) memory. If the hook asks to stop, it ends
/// after the current sweep. Throws invalid_argument unless there is one label ≥ 0 for each node.
template <class Weight, GraphObjective O>
Refinement refine(std::span<const Label> labels, const WeightedGraph<Weight>& graph, const O& objective,
                  const RefineSettings& settings, Workers workers, const Hook& hook = {}) {
  const char* who = "refine";
  check(settings.sweeps >= 0, Errc::invalid_argument, who, ": sweeps (", settings.sweeps,
        ") must be at least 0");
  check(settings.tolerance >= 0, Errc::invalid_argument, who, ": tolerance (", settings.tolerance,
        ") must be at least 0");
  DenseLabels dense = checked_labels(graph, labels, who);
  Refinement result;
  LocalMoves<Weight, O> moves(graph, dense.labels, dense.clusters(), objective, ClusterCount::kept, workers);
  result.before = result.objective = moves.totals().value(objective);
  const double few = settings.tolerance * static_cast<double>(graph.nodes());
  for (Index t = 0; t < settings.sweeps; ++t) {
    moves.visit_all();
    const Sweep sweep = moves.sweep(Philox(settings.seed, 0x30000 + static_cast<std::uint64_t>(t)));
    result.sweeps.push_back(sweep);
    result.objective = sweep.objective;
    const bool go_on = report(hook, {.phase = "local moves",
                                     .done = t + 1,
                                     .total = settings.sweeps,
                                     .objective = graph.total > 0 ? sweep.objective / graph.total : 0,
                                     .detail = {}});
    if (!go_on || sweep.moved == 0 || static_cast<double>(sweep.moved) < few) break;
  }
  for (const Label label : dense.labels)
    result.labels.push_back(dense.names[static_cast<std::size_t>(label)]);
  return result;
}

}  // namespace shoal
