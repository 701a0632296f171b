// The plans of the methods of the neighbour graph and of TURTLE.
#pragma once

#include "html.hpp"
#include "listed.hpp"
#include "neighbor_search.hpp"
#include "pass_seconds.hpp"
#include "plan_line.hpp"

#include <algorithm>
#include <list>
#include <span>
#include <vector>

#include <shoal/graph/graph_cut.hpp>
#include <shoal/graph/joined_views.hpp>
#include <shoal/turtle/fit.hpp>

/// The views of the rows that a method clusters.
using ViewSpan = std::span<const shoal::BorrowedView<shoal::AnyRows>>;

namespace graph_plan_impl {

using shoal::Index;

// Measured on two cores of an AMD EPYC (Zen 4): seconds a row and neighbour of the local moves until they
// settle, of one search for a resolution of Leiden, and of the sum of the views' graphs.
inline constexpr double moves_seconds = 2e-7, leiden_seconds = 6e-6, sum_seconds = 1e-7;

/// Adds the search for `count` neighbours of each row in every view, and the graph.
inline void add_graph(WorkPlan& plan, ViewSpan views, Index count, const shoal::Cpu& cpu) {
  const Index n = views.front().rows();
  const bool exact = n <= shoal::view_graph_impl::exact_rows;
  const shoal::NeighborSettings search{.count = count, .keep_similarities = true};
  plan.work += ", by the graph of " + counted(grouped(count), "neighbour") + " of each row";
  if (views.size() > 1) plan.work += " in each of " + grouped(std::ssize(views)) + " views";
  plan.work += exact ? ", exact" : ", from inverted lists";
  const double edges = static_cast<double>(n * count) * static_cast<double>(views.size());
  for (const shoal::AnyRows& view : views) {
    const auto d = static_cast<double>(view.cols());
    if (exact) plan.products += static_cast<double>(n) * static_cast<double>(n) * d / 2;
    plan.seconds +=
        neighbor_seconds(view, search, exact ? NeighborIndex::exact : NeighborIndex::ivf, {}, cpu);
    const shoal::NeighborShape shape{n, view.cols(), {}};
    plan.bytes = std::max(plan.bytes, exact ? shoal::plan(search, shape, cpu).total()
                                            : shoal::plan(search, shoal::ListSettings{}, shape, cpu).total());
  }
  plan.bytes += static_cast<std::size_t>(2 * 8 * edges);
  if (plan.seconds > 0) plan.seconds += sum_seconds * edges;
}

/// Adds k-means at `clusters`, which bounds make some two fifths of its iterations' passes.
template <class Device>
void add_kmeans(WorkPlan& plan, shoal::AnyRows rows, Index clusters, Index iterations, const Device& device) {
  const auto rounds = static_cast<double>(iterations);
  plan.products +=
      (rounds + 2) * static_cast<double>(rows.rows()) * static_cast<double>(clusters * rows.cols());
  plan.seconds += (0.4 * rounds + 2) * pass_seconds<shoal::Cosine>(rows, clusters, device);
}

}  // namespace graph_plan_impl

/// The plan of a cut of the graph of `neighbors` of each row, which are found where not `stored`.
template <class Device>
WorkPlan plan_of(const shoal::GraphCut<shoal::Pmi>& cut, ViewSpan views, bool stored, const shoal::Cpu& cpu,
                 const Device& device) {
  using shoal::Index;
  const shoal::JoinedViews joined(views);
  const Index n = joined.rows(), clusters = cut.clusters;
  const Index count = cut.neighbors > 0 ? cut.neighbors : shoal::default_neighbors(n, clusters);
  WorkPlan plan;
  plan.work = "rows into " + grouped(clusters) + " clusters";
  if (stored)
    plan.work += ", by the graph of the neighbours given";
  else
    graph_plan_impl::add_graph(plan, views, count, cpu);
  const auto edges = static_cast<double>(n * count);
  plan.work += cut.start == shoal::CutStart::leiden ? "; Leiden"
               : cut.start == shoal::CutStart::ward ? "; k-means from a Ward start"
                                                    : "; k-means, merged on the graph";
  plan.work += ", then at most " + counted(grouped(cut.sweeps), "sweep") + " of local moves";
  if (cut.start == shoal::CutStart::leiden) {
    if (plan.seconds > 0) plan.seconds += graph_plan_impl::leiden_seconds * edges;
  } else {
    const shoal::AnyRows rows = views.size() == 1 ? shoal::AnyRows(views.front()) : shoal::AnyRows(joined);
    const Index fine = std::min(4 * clusters, n);
    graph_plan_impl::add_kmeans(plan, rows, fine, 15, device);
    if (cut.start == shoal::CutStart::ward) graph_plan_impl::add_kmeans(plan, rows, clusters, 25, device);
    plan.bytes +=
        shoal::plan(shoal::KMeans<shoal::Cosine>{.clusters = fine}, {n, rows.cols()}, device).total();
  }
  if (plan.seconds > 0) plan.seconds += graph_plan_impl::moves_seconds * edges;
  if (plan.seconds > 3600) plan.advice = "This takes hours: --method kmeans takes a fraction of that";
  return plan;
}

/// The plan of Leiden at a number of clusters (0: at a resolution).
inline WorkPlan leiden_plan(shoal::Index clusters, shoal::Index count, ViewSpan views, bool stored,
                            const shoal::Cpu& cpu) {
  WorkPlan plan;
  plan.work = clusters > 0 ? "rows into " + grouped(clusters) + " clusters" : "rows into clusters";
  if (stored)
    plan.work += ", by the graph of the neighbours given";
  else
    graph_plan_impl::add_graph(plan, views, count, cpu);
  plan.work += clusters > 0 ? "; at most 10 runs of Leiden" : "; one run of Leiden";
  const double runs = clusters > 0 ? 1 : 0.1;
  if (plan.seconds > 0)
    plan.seconds +=
        runs * graph_plan_impl::leiden_seconds * static_cast<double>(views.front().rows() * count);
  if (plan.seconds > 3600) plan.advice = "This takes hours: --method kmeans takes a fraction of that";
  return plan;
}

/// About the seconds of a step of TURTLE, from the second of two on rows spread over the views; 0 where rows
/// can't be trained on, which the training itself then says.
template <class Device>
double turtle_step_seconds(shoal::Turtle settings, ViewSpan views, const Device& device) {
  using shoal::Index;
  const Index n = views.front().rows(), batch = std::min(settings.batch, n);
  std::vector<Index> ids;
  for (Index i = 0; i < batch; ++i) ids.push_back(i * n / batch);
  std::list<shoal::Subset> parts;
  std::vector<shoal::BorrowedView<shoal::AnyRows>> spaces;
  for (const shoal::BorrowedView<shoal::AnyRows>& view : views)
    spaces.emplace_back(parts.emplace_back(view, ids));
  settings.steps = 2;
  double first = 0, second = 0;
  const Stopwatch time;
  const shoal::Hook note = [&](const shoal::Progress& now) {
    (now.done == 1 ? first : second) = time.seconds();
    return true;
  };
  try {
    (void)fit(settings, ViewSpan(spaces), device, note);
  } catch (const shoal::error&) {
    return 0;
  }
  return second - first;
}

/// The plan of TURTLE: classifiers and labels read the batch twice in each of their steps.
template <class Device>
WorkPlan plan_of(const shoal::Turtle& settings, ViewSpan views, const Device& device) {
  using shoal::Index;
  const Index batch = std::min(settings.batch, views.front().rows());
  Index columns = 0;
  for (const shoal::AnyRows& view : views) columns += view.cols();
  WorkPlan plan;
  plan.work = "rows into " + grouped(settings.clusters) + " clusters, " +
              counted(grouped(settings.steps), "step") + " of " + counted(grouped(batch), "row");
  if (views.size() > 1) plan.work += " in each of " + grouped(std::ssize(views)) + " spaces";
  plan.products = 2 * static_cast<double>(settings.steps) * static_cast<double>(settings.inner_steps + 2) *
                  static_cast<double>(batch) * static_cast<double>(settings.clusters * columns);
  plan.bytes =
      static_cast<std::size_t>(4 * batch * (2 * columns + (3 + std::ssize(views)) * settings.clusters));
  if (settings.steps > 20)
    plan.seconds = static_cast<double>(settings.steps) * turtle_step_seconds(settings, views, device);
  if (plan.seconds > 3600) plan.advice = "This takes hours: fewer --steps take that much less";
  return plan;
}
