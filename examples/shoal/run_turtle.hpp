// shoal cluster --method turtle, on any device.
#pragma once

#include "run_graph.hpp"

#include <shoal/turtle/fit.hpp>

template <class Device>
ClusterOutcome run_on(TurtleMethod method, const ClusterJob& job, const shoal::Cpu& cpu,
                      const Device& device) {
  ApplyOptions apply{job.options.given};
  method.each_option(apply);
  shoal::Turtle settings = method.settings;
  settings.clusters = job.options.clusters;
  settings.seed = job.options.seed;
  const JobViews views(job, method.views, cpu);
  print_plan(job.features, plan_of(settings, views.all(), device), job.options.machine);
  const Stopwatch fitting;
  const shoal::TurtleResult found = fit(settings, views.all(), device, job.hook);
  const double seconds = fitting.seconds();
  ClusterOutcome outcome = graph_outcome(job, views, found.labels, settings.clusters, cpu, device);
  outcome.seconds["fit"] = seconds;
  for (const shoal::TurtleStep& step : found.steps)
    outcome.losses.push_back(step.error - settings.entropy_weight * step.entropy);
  outcome.loss_name = "Classifiers' error less weighted entropy";
  outcome.loss_unit = "step";
  const std::size_t steps = found.steps.size();
  outcome.stopped = (steps < static_cast<std::size_t>(settings.steps) ? "Interrupted after " : "Did all ") +
                    std::to_string(steps) + (steps == 1 ? " step" : " steps");
  outcome.details = {{"error", found.steps.back().error}, {"entropy", found.steps.back().entropy}};
  outcome.settings = {{"steps", settings.steps},           {"inner_steps", settings.inner_steps},
                      {"batch", settings.batch},           {"learning_rate", settings.learning_rate},
                      {"inner_rate", settings.inner_rate}, {"entropy_weight", settings.entropy_weight},
                      {"views", views_json(method.views)}, {"standardize", job.options.standardize}};
  return outcome;
}
