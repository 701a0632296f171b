// Better labels from any labels: local moves until few nodes move.
#pragma once

#include <shoal/core/progress.hpp>
#include <shoal/graph/local_moves.hpp>

namespace shoal {

/// When refinement stops, and in which order it visits.
struct RefineSettings {
  Index sweeps = 30;        ///< at most
  double tolerance = 1e-4;  ///< stop when a sweep moves fewer than this share of the nodes
  std::uint64_t seed = 0;   ///< of the order in which nodes are visited
};

/// What refining made of labels.
struct Refinement {
  std::vector<Label> labels;  ///< [n]
  double objective = 0;       ///< F of them
  double before = 0;          ///< F of the labels that were given
  std::vector<Sweep> sweeps;  ///< one entry a sweep
};

/// Improves a labelling of a graph's nodes by local moves that raise F = Σ_c value(W_c, D_c, M)
/// (graph/objective.hpp). Clusters keep their names and none runs empty; labels may come from anywhere. Each
/// sweep visits all nodes, in random order. F never falls. The same bits for any number of threads. O(edges)
/// a sweep; O(n + threads · clusters) memory. A hook that asks to stop ends it after the sweep. Throws
/// invalid_argument unless there is one label a node, none below 0.
template <class Weight, GraphObjective O>
Refinement refine(std::span<const Label> labels, const WeightedGraph<Weight>& graph, const O& objective,
                  const RefineSettings& settings, Workers workers, const Hook& hook = {}) {
  const char* who = "refine";
  check(settings.sweeps >= 0, Errc::invalid_argument, who, ": sweeps (", settings.sweeps,
        ") must be at least 0");
  check(settings.tolerance >= 0, Errc::invalid_argument, who, ": tolerance (", settings.tolerance,
        ") must be at least 0");
  const Index clusters = checked_labels(graph, labels, who);
  Refinement result{{labels.begin(), labels.end()}, 0, 0, {}};
  LocalMoves<Weight, O> moves(graph, result.labels, clusters, objective, ClusterCount::kept, workers);
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
  return result;
}

}  // namespace shoal
