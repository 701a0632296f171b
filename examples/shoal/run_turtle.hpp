// Runs shoal cluster --method turtle, on any device.
#pragma once

#include "run_graph.hpp"

#include <shoal/core/sample.hpp>
#include <shoal/io/subset.hpp>
#include <shoal/turtle/fit.hpp>
#include <shoal/turtle/plan.hpp>

/// Returns the approximate seconds of a step, measured over three steps on rows spread over the source; 0 if
/// the rows can't be trained on, which the training itself then reports.
template <class Device>
double turtle_step_seconds(shoal::Turtle settings, const JobViews& views, const Device& device) {
  const shoal::Index n = views.first().rows(), batch = std::min(settings.batch, n);
  const std::vector<shoal::Index> ids = shoal::spread_rows(n, batch);
  std::list<shoal::Subset> parts;
  std::vector<shoal::BorrowedView<shoal::AnyRows>> some;
  settings.steps = 3;
  double before = 0, least = 0;
  const Stopwatch time;
  const shoal::Hook note = [&](const shoal::Progress& now) {
    const double step = time.seconds() - before;
    if (now.done > 1) least = least == 0 ? step : std::min(least, step);
    before = time.seconds();
    return true;
  };
  try {
    for (const shoal::AnyRows& view : views.all()) some.emplace_back(parts.emplace_back(view, ids));
    (void)fit(settings, some, device, note);
  } catch (const shoal::error&) {
    return 0;
  }
  return least;
}

/// Returns the plan of a training. A step of the labels costs about M + 3 products of a batch with each
/// layer, and as many for the gradients.
template <class Device>
WorkPlan plan_of(const shoal::Turtle& settings, const JobViews& views, const Device& device) {
  using shoal::Index;
  std::vector<Index> features;
  for (const shoal::AnyRows& view : views.all()) features.push_back(view.cols());
  const Index n = views.first().rows(), batch = std::min(settings.batch, n);
  WorkPlan plan;
  plan.work = task_of(views, settings.clusters) + ", " + counted(grouped(settings.steps), "step") + " of " +
              counted(grouped(batch), "row");
  for (const Index d : features)
    plan.products += static_cast<double>(settings.steps * (2 * settings.inner_steps + 3)) *
                     static_cast<double>(batch) * static_cast<double>(settings.clusters * (d + 1));
  plan.bytes = shoal::plan(settings, n, features).total();
  if (settings.steps > 6)
    plan.seconds = static_cast<double>(settings.steps) * turtle_step_seconds(settings, views, device);
  if (plan.seconds > 3600) plan.advice = "This takes hours: fewer --steps take that much less";
  return plan;
}

template <class Device>
ClusterOutcome run_on(TurtleMethod method, const ClusterJob& job, const shoal::Cpu& cpu,
                      const Device& device) {
  ApplyOptions apply{job.options.given};
  method.each_option(apply);
  shoal::Turtle settings = method.settings;
  settings.clusters = job.options.clusters;
  settings.seed = job.options.seed;
  const JobViews views(job, method.views, cpu);
  print_plan(job.features, plan_of(settings, views, device), job.options.machine);
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
