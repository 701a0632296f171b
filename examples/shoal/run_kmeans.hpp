// shoal cluster --method kmeans, on any device.
#pragma once

#include "kmeans_method.hpp"
#include "stopwatch.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <span>

#include <shoal/io/npy.hpp>
#include <shoal/kmeans/balancing/capacity.hpp>
#include <shoal/kmeans/bounded.hpp>
#include <shoal/kmeans/hierarchical.hpp>

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
  if (method.hierarchical) all["hierarchical"] = true;
  return all;
}

/// The fit that the options ask for, in the geometry Geo.
template <shoal::Geometry Geo, class Device>
shoal::KMeansResult kmeans_fit(const KMeansMethod& method, const ClusterJob& job, shoal::AnyRows rows,
                               const Device& device) {
  const auto& s = method.settings;
  if (method.hierarchical)
    return fit(
        shoal::HierarchicalKMeans<Geo>{
            .clusters = job.options.clusters, .iterations = s.iterations, .seed = job.options.seed},
        rows, device, job.hook);
  const auto weights =
      method.weights.empty() ? std::vector<float>{} : shoal::npy::read_vector<float>(method.weights);
  const auto start =
      method.start.empty() ? shoal::Matrix<float>() : shoal::npy::read_matrix<float>(method.start);
  const auto with = [&]<class Balancing>(Balancing balancing) {
    return fit(shoal::KMeans<Geo, Balancing>{.clusters = job.options.clusters,
                                             .iterations = s.iterations,
                                             .seed = job.options.seed,
                                             .seeding = s.seeding,
                                             .restarts = s.restarts,
                                             .tolerance = s.tolerance,
                                             .weights = weights,
                                             .start = start,
                                             .balancing = balancing},
               rows, device, job.hook);
  };
  if (!method.least && !method.most) return with(shoal::NoBalance{});
  return with(shoal::Capacity{method.least.value_or(0), method.most.value_or(rows.rows())});
}

/// The distance of a row from a centroid of the model.
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

/// Makes the fit's own labels those of the prediction: bounds on sizes may keep a row from its nearest
/// cluster. Its label then comes first of its top 5, with the confidence of that cluster.
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

/// One fit in the geometry Geo, its model, and what the model says of the rows.
template <shoal::Geometry Geo, class Device>
ClusterOutcome kmeans_run(const KMeansMethod& method, const ClusterJob& job, shoal::AnyRows rows,
                          shoal::ColumnScaling scaling, const Device& device) {
  ClusterOutcome outcome;
  const Stopwatch fitting;
  const shoal::KMeansResult result = kmeans_fit<Geo>(method, job, rows, device);
  outcome.seconds["fit"] = fitting.seconds();
  for (const auto& iteration : result.history)
    outcome.losses.push_back(iteration.objective / static_cast<double>(rows.rows()));
  outcome.loss_name = "Mean distance to the centroid";
  outcome.loss_unit = "iteration";
  outcome.stopped = kmeans_reason(result.stopped, result.history.size());
  shoal::KMeansModel model = shoal::model_of<Geo>(result, std::move(scaling));
  const Stopwatch predicting;
  outcome.prediction = predict(model, job.features, device);
  keep_labels(model, rows, result.labels, outcome.prediction);
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
  ClusterOutcome outcome = method.cosine ? kmeans_run<shoal::Cosine>(method, job, rows, scaling, device)
                                         : kmeans_run<shoal::Euclidean>(method, job, rows, scaling, device);
  outcome.settings = settings_json(method, job.options.standardize);
  return outcome;
}
