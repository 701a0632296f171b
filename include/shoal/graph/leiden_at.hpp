// Leiden with a given number of clusters: a search for the resolution, then merging.
#pragma once

#include <algorithm>
#include <cmath>
#include <string>

#include <shoal/core/finite.hpp>
#include <shoal/graph/leiden.hpp>
#include <shoal/graph/merge_clusters.hpp>

namespace shoal {

namespace leiden_impl {

/// A run of the search: its labels, the number of clusters, and the number of those that are large enough to
/// count.
struct Trial {
  double log_resolution = 0;
  Index clusters = 0, counted = 0;
  std::vector<Label> labels;
};

/// Searches over log γ, in which the number of clusters is nearly linear.
template <class Weight> class ResolutionSearch {
 public:
  ResolutionSearch(const WeightedGraph<Weight>& graph, Index clusters, const LeidenSettings& settings,
                   Workers workers)
      : graph_(graph),
        wanted_(clusters),
        least_(std::max<Index>(2, graph.nodes() / (50 * clusters))),
        settings_(settings),
        workers_(workers) {}

  /// The run with the fewest counted clusters among those with enough; if there is none, the run with the
  /// most clusters.
  Trial run(Index runs, const Hook& hook) {
    double log_resolution = std::log(3.);
    for (Index t = 0; t < runs || best_.clusters < wanted_; ++t) {
      const Trial trial = at(log_resolution);
      take(trial);
      const std::string found = std::to_string(trial.counted) + " clusters";
      const bool go_on = report(hook, {.phase = "Leiden, resolutions",
                                       .done = t + 1,
                                       .total = std::max(runs, t + 1),
                                       .objective = 0,
                                       .detail = found});
      if (trial.counted == wanted_ || (!go_on && best_.clusters >= wanted_)) break;
      check(go_on, Errc::stopped, "leiden_at: stopped by the hook before there were ", wanted_, " clusters");
      log_resolution = next(trial);
    }
    return std::move(best_);
  }

 private:
  Trial at(double log_resolution) {
    LeidenSettings settings = settings_;
    settings.resolution = std::exp(log_resolution);
    LeidenResult found = leiden(graph_, settings, workers_);
    std::vector<Index> sizes(static_cast<std::size_t>(found.clusters), 0);
    for (const Label label : found.labels) ++sizes[static_cast<std::size_t>(label)];
    const Index counted =
        std::count_if(sizes.begin(), sizes.end(), [&](Index size) { return size >= least_; });
    return {log_resolution, found.clusters, counted, std::move(found.labels)};
  }

  void take(const Trial& trial) {
    const auto rank = [&](const Trial& t) {
      return t.counted >= wanted_ ? std::pair(Index{2}, -t.counted)
                                  : std::pair(Index{t.clusters >= wanted_}, t.counted);
    };
    if (best_.labels.empty() || rank(trial) > rank(best_)) best_ = trial;
  }

  /// The next log γ: a step towards the wanted number until two runs bracket it, then bisection.
  double next(const Trial& trial) {
    (trial.counted < wanted_ ? low_ : high_) = trial.log_resolution;
    if (is_finite(low_) && is_finite(high_) && best_.clusters >= wanted_) return (low_ + high_) / 2;
    const double ratio =
        static_cast<double>(wanted_) / static_cast<double>(std::max<Index>(trial.counted, 1));
    const double step = std::clamp(1.1 * std::log(ratio), -1.5, 1.5);
    return trial.log_resolution + (trial.clusters < wanted_ ? std::max(step, 0.5) : step);
  }

  const WeightedGraph<Weight>& graph_;
  Index wanted_, least_;
  LeidenSettings settings_;
  Workers workers_;
  double low_ = -std::numeric_limits<double>::infinity(), high_ = std::numeric_limits<double>::infinity();
  Trial best_;
};

}  // namespace leiden_impl

/// Leiden with exactly `clusters` clusters. The resolution γ is searched: it starts at 3 and changes by steps
/// of 1.1 log(C / k) in log γ, at most 1.5, until two runs bracket C; then it is bisected. There are at most
/// `runs` runs, more only if none has had C clusters. Clusters with fewer than max(2, n / (50 C)) nodes are
/// not counted. Of the runs with at least C clusters, the one with the fewest is selected, and its clusters
/// are merged down to C, each time the connected pair with the largest gain (or smallest loss) of modularity.
/// Every cluster is connected if the graph has at most C components. The same bits for any number of threads.
/// Throws invalid_argument unless 1 ≤ C ≤ n.
template <class Weight>
LeidenResult leiden_at(const WeightedGraph<Weight>& graph, Index clusters, const LeidenSettings& settings,
                       Workers workers, Index runs = 10, const Hook& hook = {}) {
  const char* who = "leiden_at";
  leiden_impl::check_settings(settings, who);
  check(clusters >= 1 && clusters <= graph.nodes(), Errc::invalid_argument, who, ": clusters (", clusters,
        ") must be from 1 to the number of nodes (", graph.nodes(), ")");
  check(runs >= 1, Errc::invalid_argument, who, ": runs (", runs, ") must be at least 1");
  leiden_impl::Trial trial =
      leiden_impl::ResolutionSearch<Weight>(graph, clusters, settings, workers).run(runs, hook);
  const Modularity objective{std::exp(trial.log_resolution)};
  LeidenResult result;
  result.labels = merge_clusters(graph, std::span<const Label>(trial.labels), clusters, objective, workers);
  result.clusters = clusters;
  result.resolution = objective.resolution;
  result.modularity = modularity(graph, std::span<const Label>(result.labels), objective.resolution, workers);
  return result;
}

}  // namespace shoal
