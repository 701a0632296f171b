// Runs shoal cluster --method kmeans, on any device.
#pragma once

#include "kmeans_plan.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <span>
#include <vector>

#include <shoal/io/subset.hpp>
#include <shoal/kmeans/balancing/capacity.hpp>
#include <shoal/kmeans/hierarchical.hpp>
#include <shoal/kmeans/mini_batch.hpp>

/// Returns why a run ended, in words.
inline std::string kmeans_reason(shoal::Stopped stopped, std::size_t iterations) {
  const std::string count = counted(std::to_string(iterations), "iteration");
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
  return "Did " + count;
}

/// Returns all settings for run.json.
inline nlohmann::ordered_json settings_json(const KMeansMethod& method, bool standardize) {
  using method_options_impl::name_of_choice;
  const auto& s = method.settings;
  nlohmann::ordered_json all{{"geometry", name_of_choice(KMeansMethod::geometries(), method.cosine)},
                             {"init", name_of_choice(KMeansMethod::seedings(), s.seeding)},
                             {"iterations", s.iterations},
                             {"restarts", s.restarts},
                             {"tolerance", s.tolerance},
                             {"standardize", standardize}};
  if (!method.weights.empty()) all["weights"] = method.weights.string();
  if (!method.start.empty()) all["start"] = method.start.string();
  if (method.least) all["min_size"] = *method.least;
  if (method.most) all["max_size"] = *method.most;
  if (method.mini_batch) all["mini_batch"] = *method.mini_batch;
  if (method.hierarchical) all["hierarchical"] = true;
  return all;
}

/// Fits centroids that follow batches of rows, each spread over the source. They start at those that k-means
/// finds in a sample.
template <shoal::Geometry Geo, class Device>
shoal::KMeansResult mini_batch_fit(const KMeansMethod& method, const ClusterJob& job, shoal::AnyRows rows,
                                   std::span<const float> weights, shoal::MatrixView<const float> start,
                                   const Device& device) {
  using shoal::Index;
  const Index n = rows.rows(), clusters = job.options.clusters;
  const auto every = [n](Index first, Index step) {
    std::vector<Index> ids;
    for (Index i = first; i < n; i += step) ids.push_back(i);
    return ids;
  };
  const auto weights_of = [&](const std::vector<Index>& ids) {
    std::vector<float> own;
    for (const Index id : ids)
      if (!weights.empty()) own.push_back(weights[static_cast<std::size_t>(id)]);
    return own;
  };
  shoal::Matrix<float> first;
  if (start.rows == 0) {
    const Index sample = mini_batch_sample(method, clusters, n);
    const std::vector<Index> ids = every(0, n / sample);
    const std::vector<float> own = weights_of(ids);
    first = fit(shoal::KMeans<Geo>{.clusters = clusters,
                                   .iterations = 10,
                                   .seed = job.options.seed,
                                   .seeding = method.settings.seeding,
                                   .weights = own},
                shoal::Subset(rows, ids), device, job.hook)
                .centroids;
    start = first;
  }
  shoal::MiniBatchKMeans<Geo> online(start);
  const Index batches = std::max<Index>(1, n / *method.mini_batch);
  const Index passes = std::min<Index>(method.settings.iterations, 3);
  shoal::KMeansResult result;
  result.stopped = shoal::Stopped::iterations;
  for (Index b = 0; b < passes * batches && result.stopped == shoal::Stopped::iterations; ++b) {
    const std::vector<Index> ids = every(b % batches, batches);
    const std::vector<float> own = weights_of(ids);
    (void)online.partial_fit(shoal::Subset(rows, ids), device, own);
    if (!report(job.hook, {.phase = "mini-batches",
                           .done = b + 1,
                           .total = passes * batches,
                           .objective = 0,
                           .detail = {}}))
      result.stopped = shoal::Stopped::hook;
  }
  result.centroids = online.centroids();
  const shoal::KMeansPrediction near = shoal::predict<Geo>(result.centroids, rows, device);
  result.cluster_weights.assign(static_cast<std::size_t>(clusters), 0.);
  for (Index i = 0; i < n; ++i) {
    const double weight = weights.empty() ? 1. : double{weights[static_cast<std::size_t>(i)]};
    result.labels.push_back(near.labels(i, 0));
    result.cluster_weights[static_cast<std::size_t>(near.labels(i, 0))] += weight;
    result.objective += weight * static_cast<double>(near.distances(i, 0));
  }
  result.history.push_back({.objective = result.objective});
  return result;
}

/// Fits and labels rows in this process; cluster_ranks.cpp does so in several.
template <class Device> struct OneProcess {
  const Device& device;

  template <class Settings>
  shoal::KMeansResult fit(const Settings& settings, shoal::AnyRows rows, const shoal::Hook& hook) const {
    return shoal::fit(settings, rows, device, hook);
  }
  [[nodiscard]] shoal::Prediction predict(const shoal::KMeansModel& model, shoal::AnyRows rows,
                                          const shoal::Hook& hook) const {
    return shoal::predict(model, rows, device, 5, hook);
  }
};

/// Fits as the options request, in the geometry Geo.
template <shoal::Geometry Geo, class Device, class Fitter>
shoal::KMeansResult kmeans_fit(const KMeansMethod& method, const ClusterJob& job, shoal::AnyRows rows,
                               const KMeansInputs& inputs, const Device& device, const Fitter& fitter) {
  const auto& s = method.settings;
  if (method.hierarchical)
    return fit(
        shoal::HierarchicalKMeans<Geo>{
            .clusters = job.options.clusters, .iterations = s.iterations, .seed = job.options.seed},
        rows, device, job.hook);
  if (method.mini_batch) return mini_batch_fit<Geo>(method, job, rows, inputs.weights, inputs.start, device);
  const auto with = [&]<class Balancing>(Balancing balancing) {
    return fitter.fit(shoal::KMeans<Geo, Balancing>{.clusters = job.options.clusters,
                                                    .iterations = s.iterations,
                                                    .seed = job.options.seed,
                                                    .seeding = s.seeding,
                                                    .restarts = s.restarts,
                                                    .tolerance = s.tolerance,
                                                    .weights = inputs.weights,
                                                    .start = inputs.start,
                                                    .balancing = balancing},
                      rows, job.hook);
  };
  if (!method.least && !method.most) return with(shoal::NoBalance{});
  return with(shoal::Capacity{method.least.value_or(0), method.most.value_or(rows.rows())});
}

/// Returns the distance of a row from a centroid of the model.
inline double distance(const shoal::KMeansModel& model, const float* row, shoal::Label cluster) {
  const float* centre = model.centroids.row(cluster);
  double product = 0, square = 0, apart = 0;
  for (shoal::Index j = 0; j < model.centroids.cols(); ++j) {
    const double x = static_cast<double>(row[j]), c = static_cast<double>(centre[j]);
    product += x * c;
    square += x * x;
    apart += (x - c) * (x - c);
  }
  return model.cosine ? 1 - product / std::sqrt(square) : apart;
}

/// Replaces the labels of the prediction by those of the fit, which differ where bounds on sizes keep a row
/// from its nearest cluster. The label then comes first in the row's top 5, with the confidence of that
/// cluster.
inline void keep_labels(const shoal::KMeansModel& model, shoal::AnyRows rows,
                        const std::vector<shoal::Label>& labels, shoal::Prediction& prediction) {
  shoal::Matrix<float> row(1, rows.cols());
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const shoal::Label nearest = prediction.labels[i];
    if (labels[i] == nearest) continue;
    const auto id = static_cast<shoal::Index>(i);
    rows.gather(std::span(&id, 1), row);
    const double farther = distance(model, row.row(0), labels[i]) - distance(model, row.row(0), nearest);
    prediction.confidence[i] *= static_cast<float>(std::exp(-std::max(0., farther) / model.temperature));
    const auto top = prediction.top.view().span(id);
    const auto found = std::find(top.begin(), top.end() - 1, labels[i]);
    std::move_backward(top.begin(), found, found + 1);
    prediction.labels[i] = top.front() = labels[i];
  }
}

/// Fits in the geometry Geo, and labels the rows by the model.
template <shoal::Geometry Geo, class Device, class Fitter>
ClusterOutcome kmeans_run(const KMeansMethod& method, const ClusterJob& job, shoal::AnyRows rows,
                          shoal::ColumnScaling scaling, const Device& device, const Fitter& fitter) {
  ClusterOutcome outcome;
  const KMeansInputs inputs(method, job, rows);
  print_plan(rows, plan_of<Geo>(method, job, rows, device), job.options.machine);
  const Stopwatch fitting;
  const shoal::KMeansResult result = kmeans_fit<Geo>(method, job, rows, inputs, device, fitter);
  outcome.seconds["fit"] = fitting.seconds();
  for (const auto& iteration : result.history)
    outcome.losses.push_back(iteration.objective / static_cast<double>(rows.rows()));
  outcome.loss_name = "Mean distance to the centroid";
  outcome.loss_unit = "iteration";
  outcome.stopped = kmeans_reason(result.stopped, result.history.size());
  if (method.mini_batch && result.stopped != shoal::Stopped::hook) outcome.stopped = "Did all batches";
  shoal::KMeansModel model = shoal::model_of<Geo>(result, std::move(scaling));
  const Stopwatch predicting;
  const shoal::Hook go_on = [&](const shoal::Progress& now) {  // an interrupted fit still labels its rows
    (void)report(job.hook, now);
    return true;
  };
  outcome.prediction = fitter.predict(model, job.features, go_on);
  keep_labels(model, rows, result.labels, outcome.prediction);
  outcome.seconds["predict"] = predicting.seconds();
  outcome.model = std::move(model);
  return outcome;
}

/// Runs k-means in the chosen geometry, with a fitter.
template <class Device, class Fitter>
ClusterOutcome run_kmeans(KMeansMethod method, const ClusterJob& job, const shoal::Cpu& cpu,
                          const Device& device, const Fitter& fitter) {
  ApplyOptions apply{job.options.given};
  method.each_option(apply);
  std::optional<shoal::Standardized> standardized;
  if (job.options.standardize) standardized.emplace(job.features, cpu);
  const shoal::AnyRows rows = standardized ? shoal::AnyRows(*standardized) : job.features;
  const auto scaling = standardized ? standardized->scaling() : shoal::ColumnScaling{};
  ClusterOutcome outcome = method.cosine
                               ? kmeans_run<shoal::Cosine>(method, job, rows, scaling, device, fitter)
                               : kmeans_run<shoal::Euclidean>(method, job, rows, scaling, device, fitter);
  outcome.settings = settings_json(method, job.options.standardize);
  return outcome;
}

/// Runs k-means in the chosen geometry, in this process.
template <class Device>
ClusterOutcome run_on(KMeansMethod method, const ClusterJob& job, const shoal::Cpu& cpu,
                      const Device& device) {
  return run_kmeans(std::move(method), job, cpu, device, OneProcess<Device>{device});
}
