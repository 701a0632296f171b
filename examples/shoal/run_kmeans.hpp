// shoal cluster --method kmeans, on any device.
#pragma once

#include "kmeans_method.hpp"
#include "stopwatch.hpp"

#include <optional>

/// Why a run ended, in words.
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

/// All settings, for run.json.
inline nlohmann::ordered_json settings_json(const KMeansMethod& method, bool standardize) {
  using method_options_impl::name_of_choice;
  const auto& s = method.settings;
  return {{"geometry", name_of_choice(KMeansMethod::geometries(), method.cosine)},
          {"init", name_of_choice(KMeansMethod::seedings(), s.seeding)},
          {"iterations", s.iterations},
          {"restarts", s.restarts},
          {"tolerance", s.tolerance},
          {"standardize", standardize}};
}

/// One fit in the geometry Geo, its model, and what the model says of the rows.
template <shoal::Geometry Geo, class Device>
ClusterOutcome kmeans_run(const KMeansMethod& method, const ClusterJob& job, shoal::AnyRows rows,
                          shoal::ColumnScaling scaling, const Device& device) {
  const auto& s = method.settings;
  const shoal::KMeans<Geo> settings{.clusters = job.options.clusters,
                                    .iterations = s.iterations,
                                    .seed = job.options.seed,
                                    .seeding = s.seeding,
                                    .restarts = s.restarts,
                                    .tolerance = s.tolerance};
  ClusterOutcome outcome;
  const Stopwatch fitting;
  const shoal::KMeansResult result = fit(settings, rows, device, job.hook);
  outcome.seconds["fit"] = fitting.seconds();
  for (const auto& iteration : result.history)
    outcome.losses.push_back(iteration.objective / static_cast<double>(rows.rows()));
  outcome.loss_name = "Mean distance to the centroid";
  outcome.loss_unit = "iteration";
  outcome.stopped = kmeans_reason(result.stopped, result.history.size());
  shoal::KMeansModel model = shoal::model_of<Geo>(result, std::move(scaling));
  const Stopwatch predicting;
  outcome.prediction = predict(model, job.features, device);
  outcome.seconds["predict"] = predicting.seconds();
  outcome.model = std::move(model);
  return outcome;
}

/// k-means of either geometry.
template <class Device>
ClusterOutcome run_on(KMeansMethod method, const ClusterJob& job, const shoal::Cpu& cpu,
                      const Device& device) {
  ApplyOptions apply{job.options.given};
  method.each_option(apply);
  std::optional<shoal::Standardized> standardized;
  if (job.options.standardize) standardized.emplace(job.features, cpu);
  const shoal::AnyRows rows = standardized ? shoal::AnyRows(*standardized) : job.features;
  const auto scaling = standardized ? standardized->scaling() : shoal::ColumnScaling{};
  ClusterOutcome outcome = method.cosine
                               ? kmeans_run<shoal::Cosine>(method, job, rows, scaling, device)
                               : kmeans_run<shoal::Euclidean>(method, job, rows, scaling, device);
  outcome.settings = settings_json(method, job.options.standardize);
  return outcome;
}
