// Runs shoal cluster with a method of the neighbour graph, on any device.
#pragma once

#include "graph_methods.hpp"
#include "graph_plan.hpp"
#include "path.hpp"
#include "stopwatch.hpp"

#include <utility>

#include <shoal/model/graph_model.hpp>

/// Returns the outcome of a job from its labels. The model holds the rows, whose labels vote on other rows,
/// and the centroids of the clusters.
template <class Device>
ClusterOutcome graph_outcome(const ClusterJob& job, const JobViews& views,
                             const std::vector<shoal::Label>& labels, shoal::Index clusters,
                             const shoal::Cpu& cpu, const Device& device) {
  ClusterOutcome outcome;
  outcome.clusters = clusters;
  shoal::GraphModel model =
      shoal::graph_model(views.first(), labels, clusters, cpu, views.scaling(), {.seed = job.options.seed});
  const shoal::Hook go_on = [&](const shoal::Progress& now) {  // an interrupted fit still labels its rows
    (void)report(job.hook, now);
    return true;
  };
  outcome.prediction = predict(model.centroids, job.features, device, 5, go_on);
  keep_labels(model.centroids, views.first(), labels, outcome.prediction);
  outcome.model = std::move(model);
  return outcome;
}

/// Records the objective of a cut of the graph, and the settings that all graph methods share.
template <class Device>
ClusterOutcome cut_outcome(const ClusterJob& job, const JobViews& views, const shoal::GraphCutResult& cut,
                           const shoal::Cpu& cpu, const Device& device) {
  ClusterOutcome outcome = graph_outcome(job, views, cut.labels, job.options.clusters, cpu, device);
  outcome.losses.push_back(-cut.start_objective);
  const bool worthless = cut.sweeps.empty() || cut.objective == 0;  // for instance if the graph has no edges
  const double total = worthless ? 1 : cut.sweeps.back().objective / cut.objective;
  for (const shoal::Sweep& sweep : cut.sweeps) outcome.losses.push_back(-sweep.objective / total);
  outcome.loss_name = "Mean information of an edge, negated";
  outcome.loss_unit = "sweep";
  outcome.details = {{"edge_information", cut.objective},
                     {"edge_information_at_start", cut.start_objective},
                     {"sweeps", cut.sweeps.size()}};
  if (cut.neighbors > 0) outcome.details["neighbors"] = cut.neighbors;
  return outcome;
}

template <class Device>
ClusterOutcome run_on(AutoMethod method, const ClusterJob& job, const shoal::Cpu& cpu, const Device& device) {
  ApplyOptions apply{job.options.given};
  method.each_option(apply);
  const JobViews views(job, method.views, cpu);
  const shoal::Auto settings{.clusters = job.options.clusters, .seed = job.options.seed};
  const auto cut = shoal::chosen_cut(settings, job.features.rows(), views.all().size());
  print_plan(job.features, plan_of(cut, views, false, cpu, device), job.options.machine);
  const Stopwatch fitting;
  const shoal::AutoResult found = fit(settings, views.all(), device, job.hook);
  const double seconds = fitting.seconds();
  ClusterOutcome outcome = cut_outcome(job, views, found.cut, cpu, device);
  outcome.seconds["fit"] = seconds;
  outcome.stopped = found.method;
  outcome.details["did"] = found.method;
  outcome.settings = {{"views", views_json(method.views)}, {"standardize", job.options.standardize}};
  return outcome;
}

/// Opens the neighbours in a file; none if no file is named.
inline std::optional<shoal::MappedNeighbors> stored_neighbors(const Path& file) {
  return file.empty() ? std::nullopt : std::optional<shoal::MappedNeighbors>(file);
}

template <class Device>
ClusterOutcome run_on(PmiGraphMethod method, const ClusterJob& job, const shoal::Cpu& cpu,
                      const Device& device) {
  ApplyOptions apply{job.options.given};
  method.each_option(apply);
  shoal::GraphCut<shoal::Pmi> settings = method.settings;
  settings.clusters = job.options.clusters;
  settings.seed = job.options.seed;
  const std::optional<shoal::MappedNeighbors> stored = stored_neighbors(method.neighbors);
  settings.neighbors = stored ? stored->ids().cols : method.neighbor_count.value_or(0);
  const JobViews views(job, method.views, cpu);
  print_plan(job.features, plan_of(settings, views, stored.has_value(), cpu, device), job.options.machine);
  const Stopwatch fitting;
  const shoal::GraphCutResult cut =
      stored ? fit(settings, views.first(), shoal::neighbor_graph(*stored, cpu), device, job.hook)
             : fit(settings, views.all(), device, job.hook);
  const double seconds = fitting.seconds();
  ClusterOutcome outcome = cut_outcome(job, views, cut, cpu, device);
  outcome.seconds["fit"] = seconds;
  const std::size_t sweeps = cut.sweeps.size();
  outcome.stopped = "Settled after " + std::to_string(sweeps) + (sweeps == 1 ? " sweep" : " sweeps");
  outcome.settings = {
      {"graph_start", method_options_impl::name_of_choice(PmiGraphMethod::starts(), settings.start)},
      {"sweeps", settings.sweeps},
      {"tolerance", settings.tolerance},
      {"power", settings.power},
      {"views", views_json(method.views)},
      {"standardize", job.options.standardize}};
  if (!method.neighbors.empty()) outcome.settings["neighbors_file"] = method.neighbors.string();
  return outcome;
}

template <class Device>
ClusterOutcome run_on(LeidenMethod method, const ClusterJob& job, const shoal::Cpu& cpu,
                      const Device& device) {
  ApplyOptions apply{job.options.given};
  method.each_option(apply);
  constexpr shoal::Index most_neighbors = 30;
  const double power = shoal::GraphCut<>{}.power;
  const shoal::Index n = job.features.rows(), clusters = job.options.clusters;
  const JobViews views(job, method.views, cpu);
  const std::optional<shoal::MappedNeighbors> stored = stored_neighbors(method.neighbors);
  const shoal::Index count =
      stored
          ? stored->ids().cols
          : method.neighbor_count.value_or(std::min(most_neighbors, shoal::default_neighbors(n, clusters)));
  print_plan(job.features, leiden_plan(method, views, clusters, count, cpu, device), job.options.machine);
  const Stopwatch searching;
  const shoal::NeighborGraph graph = stored ? shoal::neighbor_graph(*stored, cpu)
                                            : shoal::view_graph(views.all(), count, power, device, job.hook);
  shoal::check(graph.nodes() == n, shoal::Errc::invalid_argument, "cluster: --neighbors has ", graph.nodes(),
               " rows; the features have ", n);
  const double searched = searching.seconds();
  const Stopwatch fitting;
  const shoal::LeidenResult found =
      method.resolution
          ? leiden(graph, {.resolution = *method.resolution, .seed = job.options.seed}, cpu, {}, job.hook)
          : leiden_at(graph, clusters, {.seed = job.options.seed}, cpu, 10, job.hook);
  const double seconds = fitting.seconds();
  ClusterOutcome outcome = graph_outcome(job, views, found.labels, found.clusters, cpu, device);
  outcome.seconds["fit"] = seconds;
  outcome.seconds["graph"] = searched;
  outcome.losses = {-found.modularity};
  outcome.loss_name = "Modularity, negated";
  outcome.loss_unit = "run";
  outcome.stopped =
      std::to_string(found.clusters) + " clusters at resolution " + number_text(found.resolution);
  outcome.details = {{"modularity", found.modularity}, {"resolution", found.resolution}};
  outcome.settings = {
      {"power", power}, {"views", views_json(method.views)}, {"standardize", job.options.standardize}};
  if (method.neighbors.empty())
    outcome.settings["neighbors"] = count;
  else
    outcome.settings["neighbors_file"] = method.neighbors.string();
  return outcome;
}
