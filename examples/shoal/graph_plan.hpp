// The plans that the graph methods and TURTLE print before they start.
#pragma once

#include "graph_methods.hpp"
#include "job_views.hpp"
#include "neighbor_search.hpp"
#include "run_kmeans.hpp"

#include <algorithm>
#include <concepts>
#include <string>
#include <vector>

#include <shoal/graph/plan.hpp>

inline std::vector<shoal::RowShape> shapes_of(const JobViews& views) {
  std::vector<shoal::RowShape> shapes;
  for (const shoal::AnyRows& view : views.all()) shapes.push_back({view.rows(), view.cols()});
  return shapes;
}

/// "rows in 3 views into 24 clusters", or without clusters if their number is not given.
inline std::string task_of(const JobViews& views, shoal::Index clusters) {
  std::string text = "rows";
  if (views.all().size() > 1) text += " in " + grouped(std::ssize(views.all())) + " views";
  return clusters > 0 ? text + " into " + counted(grouped(clusters), "cluster") : text;
}

/// Adds the search of `count` neighbours of each row in each view to a plan.
template <class Device>
void add_search(WorkPlan& plan, const JobViews& views, shoal::Index count, const shoal::Cpu& cpu,
                const Device& /*device*/) {
  const shoal::Index n = views.first().rows();
  const bool exact = n <= shoal::most_rows_searched_exactly;
  plan.work +=
      ": " + counted(grouped(count), "neighbour") + " of each, " + (exact ? "exact" : "by inverted lists");
  for (const shoal::AnyRows& view : views.all()) {
    if (exact)
      plan.products += static_cast<double>(n) * static_cast<double>(n) * static_cast<double>(view.cols()) / 2;
    if constexpr (std::same_as<Device, shoal::Cpu>)
      plan.seconds += neighbor_seconds(view, {.count = count},
                                       exact ? NeighborIndex::exact : NeighborIndex::ivf, {}, cpu);
  }
}

/// The approximate seconds for sweeps over a graph with this number of neighbours, and for Leiden at as many
/// resolutions; both were measured on one thread.
inline double move_seconds(shoal::Index neighbors) { return 1e-6 * static_cast<double>(neighbors); }
inline double leiden_seconds(shoal::Index neighbors, int resolutions) {
  return 5e-7 * resolutions * static_cast<double>(neighbors);
}

/// What to change where the work takes hours.
inline std::string advice_for(const WorkPlan& plan) {
  return plan.seconds > 3600 ? "This takes hours: --method kmeans takes a fraction of that" : "";
}

/// The plan of a graph cut. k-means from a Ward start takes 15 iterations with four times the clusters, then
/// 25. `stored`: whether the neighbours are in a file.
template <class Device>
WorkPlan plan_of(const shoal::GraphCut<shoal::Pmi>& cut, const JobViews& views, bool stored,
                 const shoal::Cpu& cpu, const Device& device) {
  using shoal::Index;
  const Index n = views.first().rows(), clusters = cut.clusters;
  const Index count = cut.neighbors > 0 ? cut.neighbors : shoal::default_neighbors(n, clusters);
  WorkPlan plan;
  plan.work = task_of(views, clusters);
  if (!stored) add_search(plan, views, count, cpu, device);
  const std::vector<shoal::RowShape> shapes = shapes_of(views);
  plan.bytes = shoal::plan(cut, shapes, device).total();
  const Index neighbors = n * count * std::ssize(shapes);
  plan.seconds += move_seconds(neighbors);
  if (cut.start == shoal::CutStart::leiden) {
    plan.work += std::string(stored ? ": " : ", ") + "Leiden, local moves";
    plan.seconds += leiden_seconds(neighbors, 10);
    plan.advice = advice_for(plan);
    return plan;
  }
  const bool ward = cut.start == shoal::CutStart::ward;
  plan.work += std::string(stored ? ": " : ", ") +
               (ward ? "k-means from a Ward start, local moves" : "k-means, local moves, merged clusters");
  const Index fine = std::min(4 * clusters, n);
  const shoal::JoinedViews joined(views.all());
  const shoal::AnyRows rows = joined;
  const FitCosts first = costs_of({n, rows.cols()}, fine, device),
                 second = costs_of({n, rows.cols()}, clusters, device);
  const double passes = first.of(15) + (ward ? 0.25 * second.of(25) : 0);
  plan.products += (ward ? 15 + 4 + 0.25 * (25 + 4) : 15 + 4) * static_cast<double>(n) *
                   static_cast<double>(fine * rows.cols());
  plan.seconds += passes * pass_seconds<shoal::Cosine>(rows, fine, device);
  plan.advice = advice_for(plan);
  return plan;
}

/// The plan of Leiden with a number of clusters, or, if that is 0, with a resolution.
template <class Device>
WorkPlan leiden_plan(const LeidenMethod& method, const JobViews& views, shoal::Index clusters,
                     shoal::Index count, const shoal::Cpu& cpu, const Device& device) {
  const bool stored = !method.neighbors.empty();
  const std::vector<shoal::RowShape> shapes = shapes_of(views);
  const shoal::Index n = views.first().rows();
  WorkPlan plan;
  plan.work = task_of(views, clusters);
  if (!stored) add_search(plan, views, count, cpu, device);
  plan.work +=
      std::string(stored ? ": " : ", ") + "Leiden" + (method.resolution ? "" : " at some ten resolutions");
  const shoal::GraphCut<shoal::Pmi> same_graph{
      .clusters = std::max<shoal::Index>(clusters, 1), .start = shoal::CutStart::leiden, .neighbors = count};
  plan.bytes = shoal::plan(same_graph, shapes, device).total();
  plan.seconds += leiden_seconds(n * count * std::ssize(shapes), method.resolution ? 1 : 10);
  plan.advice = advice_for(plan);
  return plan;
}
