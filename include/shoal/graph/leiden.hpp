// Leiden: clusters of a graph by modularity with a resolution; every cluster is connected.
#pragma once

#include <numeric>
#include <optional>

#include <shoal/core/finite.hpp>
#include <shoal/core/progress.hpp>
#include <shoal/graph/aggregate.hpp>
#include <shoal/graph/connected_parts.hpp>
#include <shoal/graph/leiden_refinement.hpp>
#include <shoal/graph/local_moves.hpp>

namespace shoal {

/// The settings of leiden().
struct LeidenSettings {
  double resolution = 1;   ///< γ; larger values give more clusters
  Index iterations = 2;    ///< each starts from the result of the one before
  Index sweeps = 100;      ///< maximum number of sweeps of local moves on each level
  std::uint64_t seed = 0;  ///< the same seed gives the same bits
};

/// The result of leiden().
struct LeidenResult {
  std::vector<Label> labels;  ///< [n] in [0, clusters)
  Index clusters = 0;         ///< number of clusters
  double modularity = 0;      ///< Q = Σ_c (W_c / M − γ (D_c / M)²)
  double resolution = 1;      ///< γ
};

/// The modularity of a labelling, Q = Σ_c (W_c / M − γ (D_c / M)²); 0 for a graph without edges. O(edges).
template <class Weight>
[[nodiscard]] double modularity(const WeightedGraph<Weight>& graph, std::span<const Label> labels,
                                double resolution, Workers workers) {
  const double value = graph_objective(graph, labels, Modularity{resolution}, workers);
  return graph.total > 0 ? value / graph.total : 0;
}

namespace leiden_impl {

/// One iteration: levels of local moves, refinement and aggregation.
class Iteration {
 public:
  Iteration(const LeidenSettings& settings, std::uint64_t number, Workers workers)
      : settings_(settings), objective_{settings.resolution}, number_(number), workers_(workers) {}

  /// Improves labels that are numbered from 0. Returns the number of clusters that remain.
  template <class Weight> Index run(const WeightedGraph<Weight>& graph, std::vector<Label>& labels) {
    const Index n = graph.nodes();
    move(graph, labels, n);
    const Index clusters = renumber(labels, n);
    if (clusters == n) return clusters;
    std::vector<Label> parts =
        refined_parts(graph, labels, clusters, settings_.resolution, random(), workers_);
    const Index count = renumber(parts, n);
    if (count == n) return clusters;
    std::vector<Label> of_parts(
        static_cast<std::size_t>(count));  // the clusters from which the next level starts
    for (std::size_t i = 0; i < parts.size(); ++i) of_parts[static_cast<std::size_t>(parts[i])] = labels[i];
    const AggregatedGraph next = aggregate(graph, std::span<const Label>(parts), count, workers_);
    const Index left = run(next, of_parts);
    for (std::size_t i = 0; i < parts.size(); ++i) labels[i] = of_parts[static_cast<std::size_t>(parts[i])];
    return left;
  }

 private:
  Philox random() { return {settings_.seed, 0x1E1DE000000 + (number_ << 16) + stream_++}; }

  template <class Weight>
  void move(const WeightedGraph<Weight>& graph, std::vector<Label>& labels, Index clusters) {
    LocalMoves<Weight, Modularity> moves(graph, labels, clusters, objective_, ClusterCount::free, workers_);
    for (Index t = 0; t < settings_.sweeps; ++t)
      if (moves.sweep(random()).moved == 0) break;
  }

  LeidenSettings settings_;
  Modularity objective_;
  std::uint64_t number_, stream_ = 0;
  Workers workers_;
};

inline void check_settings(const LeidenSettings& settings, const char* who) {
  check(settings.resolution >= 0 && is_finite(settings.resolution), Errc::invalid_argument, who,
        ": resolution (", settings.resolution, ") must be finite and at least 0");
  check(settings.iterations >= 1, Errc::invalid_argument, who, ": iterations (", settings.iterations,
        ") must be at least 1");
  check(settings.sweeps >= 1, Errc::invalid_argument, who, ": sweeps (", settings.sweeps,
        ") must be at least 1");
}

}  // namespace leiden_impl

/// Leiden (Traag, Waltman and van Eck, "From Louvain to Leiden", Scientific Reports 9, 2019) for modularity
/// with a resolution, Q = Σ_c (W_c / M − γ (D_c / M)²). It moves nodes locally, refines the resulting
/// clusters, and repeats both on the graph of the refined parts until nothing moves. The number of clusters
/// follows from γ. Every cluster is connected; a node without edges is a cluster of its own. `start` gives
/// labels to start from, instead of single nodes. The same bits for any number of threads. O(edges) for each
/// sweep; the memory is about that of the graph. If the hook asks to stop, it ends after the current
/// iteration. Throws invalid_argument for settings out of range.
template <class Weight>
LeidenResult leiden(const WeightedGraph<Weight>& graph, const LeidenSettings& settings, Workers workers,
                    std::span<const Label> start = {}, const Hook& hook = {}) {
  leiden_impl::check_settings(settings, "leiden");
  LeidenResult result;
  if (start.empty()) {
    result.labels.resize(static_cast<std::size_t>(graph.nodes()));
    std::iota(result.labels.begin(), result.labels.end(), Label{0});
  } else {
    DenseLabels given = checked_labels(graph, start, "leiden");
    renumber(given.labels, given.clusters());
    result.labels = std::move(given.labels);
  }
  result.resolution = settings.resolution;
  for (Index t = 0; t < settings.iterations; ++t) {
    const std::vector<Label> before = result.labels;
    leiden_impl::Iteration(settings, static_cast<std::uint64_t>(t), workers).run(graph, result.labels);
    result.labels = connected_parts(graph, std::span<const Label>(result.labels), &result.clusters);
    result.modularity =
        modularity(graph, std::span<const Label>(result.labels), settings.resolution, workers);
    const bool go_on = report(hook, {.phase = "Leiden",
                                     .done = t + 1,
                                     .total = settings.iterations,
                                     .objective = result.modularity,
                                     .detail = {}});
    if (!go_on || result.labels == before) break;
  }
  return result;
}

}  // namespace shoal
