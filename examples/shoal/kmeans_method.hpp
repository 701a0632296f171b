// shoal cluster --method kmeans, on any device.
#pragma once

#include "cluster_job.hpp"
#include "stopwatch.hpp"

#include <optional>

#include <shoal/kmeans/kmeans.hpp>

inline std::string kmeans_reason(shoal::Stopped stopped, std::size_t iterations) {
  const std::string count = std::to_string(iterations) + (iterations == 1 ? " iteration" : " iterations");
  switch (stopped) {
    case shoal::Stopped::no_change:
      return "Settled after " + count;
    case shoal::Stopped::tolerance:
      return "Gained too little after " + count;
    case shoal::Stopped::hook:
      return "Interrupted after " + count;
    case shoal::Stopped::iterations:
      break;
  }
  return "Did all " + count;
}

template <shoal::Geometry Geo, class Device>
ClusterOutcome kmeans_run(const ClusterOptions& options, shoal::AnyRows features,
                          shoal::ColumnScaling scaling, const Device& device, const shoal::Hook& hook) {
  const shoal::KMeans<Geo> settings{
      .clusters = options.clusters,
      .iterations = options.iterations,
      .seed = options.seed,
      .seeding = options.init == "random" ? shoal::Seeding::random : shoal::Seeding::plus_plus,
      .restarts = options.restarts};
  const Stopwatch fitting;
  const shoal::KMeansResult result = fit(settings, features, device, hook);
  ClusterOutcome outcome;
  outcome.seconds["fit"] = fitting.seconds();
  outcome.name = "k-means";
  outcome.settings = {{"geometry", options.geometry},
                      {"init", options.init},
                      {"iterations", options.iterations},
                      {"restarts", options.restarts},
                      {"standardize", options.standardize}};
  for (const auto& iteration : result.history)
    outcome.losses.push_back(iteration.objective / static_cast<double>(features.rows()));
  outcome.loss_name = "Mean distance to the centroid";
  outcome.loss_unit = "iteration";
  outcome.stopped = kmeans_reason(result.stopped, result.history.size());
  outcome.model = shoal::model_of<Geo>(result, std::move(scaling));
  return outcome;
}

/// k-means of either geometry. `device`: the Cpu again, or a GPU.
template <class Device>
ClusterOutcome cluster_by_kmeans_on(const ClusterOptions& options, shoal::AnyRows features,
                                    const shoal::Cpu& cpu, const Device& device, const shoal::Hook& hook) {
  std::optional<shoal::Standardized> standardized;
  if (options.standardize) standardized.emplace(features, cpu);
  const shoal::AnyRows rows = standardized ? shoal::AnyRows(*standardized) : features;
  const auto scaling = standardized ? standardized->scaling() : shoal::ColumnScaling{};
  return options.geometry == "euclidean" ? kmeans_run<shoal::Euclidean>(options, rows, scaling, device, hook)
                                         : kmeans_run<shoal::Cosine>(options, rows, scaling, device, hook);
}
