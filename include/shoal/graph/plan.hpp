// The memory plans of clustering on the neighbour graph.
#pragma once

#include <algorithm>
#include <initializer_list>
#include <span>

#include <shoal/core/sizes.hpp>
#include <shoal/graph/auto.hpp>
#include <shoal/kmeans/plan.hpp>

namespace shoal {

namespace graph_plan_impl {

inline MemoryPlan sum(const MemoryPlan& a, const MemoryPlan& b) {
  MemoryPlan both = a;
  for (const MemoryPlan::Part& part : b.parts()) both.add(part.name, part.bytes);
  return both;
}

inline MemoryPlan largest(std::initializer_list<MemoryPlan> stages) {
  return *std::max_element(stages.begin(), stages.end(),
                           [](const MemoryPlan& a, const MemoryPlan& b) { return a.total() < b.total(); });
}

/// The finished graph, with as many edges as if no two rows were neighbours of each other.
inline MemoryPlan graph_bytes(Index n, Index neighbors) {
  return MemoryPlan().add("graph", bytes_for(n * neighbors, 2 * sizeof(Edge<float>)) +
                                       bytes_for(n + 1, sizeof(Index) + sizeof(double)));
}

/// Labels, totals and the state of local moves for n nodes, each of them a cluster of its own at first.
inline MemoryPlan moves_bytes(Index n, Index clusters, int threads) {
  return MemoryPlan().add("local moves", bytes_for(n, 32) + bytes_for(clusters * (threads + 4), 16));
}

/// The neighbours of one view.
template <Backend B> MemoryPlan search(RowShape view, Index count, const B& backend) {
  const NeighborSettings settings{.count = count, .keep_similarities = true};
  const NeighborShape shape{view.rows, view.features};
  return view.rows <= most_rows_searched_exactly ? plan(settings, shape, backend)
                                                 : plan(settings, ListSettings{}, shape, backend);
}

}  // namespace graph_plan_impl

/// The peak memory of neighbor_graph() and then of refine() on it, in bytes by use, beyond the neighbours (of
/// n rows, `neighbors` for each, summed over all views) and the given labels: the construction of the graph,
/// or the moves on the finished one, whichever needs more.
[[nodiscard]] inline MemoryPlan plan_refine(Index n, Index neighbors, Index clusters, int threads) {
  using namespace graph_plan_impl;
  return largest(
      {plan_neighbor_graph(n, neighbors), sum(graph_bytes(n, neighbors), moves_bytes(n, clusters, threads))});
}

/// The peak memory of view_graph() beyond the rows, in bytes by use, for views of these shapes: the search in
/// one view beside the neighbours of those before it, or the construction of the graph, whichever is more.
/// O(views).
template <Backend B>
[[nodiscard]] MemoryPlan plan_view_graph(std::span<const RowShape> views, Index count, const B& backend) {
  using namespace graph_plan_impl;
  check(!views.empty(), Errc::invalid_argument, "plan_view_graph: at least one view is needed");
  const Index n = views.front().rows, all = count * std::ssize(views);
  (void)checked_product("plan_view_graph: bytes of n × m", {n, all, 2 * Index{sizeof(Edge<float>)}});
  if (count == 0) return plan_neighbor_graph(n, 0);
  MemoryPlan most;
  Index before = 0;
  for (const RowShape& view : views) {
    const MemoryPlan stage =
        sum(MemoryPlan().add("neighbours", bytes_for(n * before, 8)), search(view, count, backend));
    most = largest({most, stage});
    before += count;
  }
  return largest(
      {most, sum(MemoryPlan().add("neighbours", bytes_for(n * all, 8)), plan_neighbor_graph(n, all))});
}

/// The peak memory of fit(settings, views, backend) beyond the rows, in bytes by use, for views of these
/// shapes: that of the search, the graph, or the start of local moves, whichever stage needs most. Leiden's
/// aggregated graphs, whose size depends on the rows, count as one with as many edges as the graph. O(views).
/// Throws too_large if sizes can't be counted in bytes.
template <GraphObjective O, Backend B>
[[nodiscard]] MemoryPlan plan(const GraphCut<O>& settings, std::span<const RowShape> views,
                              const B& backend) {
  using namespace graph_plan_impl;
  check(!views.empty(), Errc::invalid_argument, "plan(GraphCut): at least one view is needed");
  const Index n = views.front().rows, clusters = settings.clusters;
  graph_cut_impl::check_clusters(clusters, n);
  const Index count = settings.neighbors > 0 ? settings.neighbors : default_neighbors(n, clusters);
  const Index all = count * std::ssize(views);
  const MemoryPlan building = plan_view_graph(views, count, backend), graph = graph_bytes(n, all);
  if (settings.start == CutStart::leiden) {
    const MemoryPlan coarse =
        MemoryPlan().add("aggregated graphs", bytes_for(n * all, 2 * sizeof(Edge<double>)));
    return largest({building, sum(sum(graph, coarse), moves_bytes(n, n, backend.threads()))});
  }
  Index features = 0;
  for (const RowShape& view : views) features += view.features;
  const MemoryPlan fine =
      plan(KMeans<>{.clusters = std::min(WardKMeans<>{}.factor * clusters, n)}, {n, features}, backend);
  return largest({building, sum(graph, fine), sum(graph, moves_bytes(n, clusters, backend.threads()))});
}

/// The same for fit(Auto).
template <Backend B>
[[nodiscard]] MemoryPlan plan(const Auto& settings, std::span<const RowShape> views, const B& backend) {
  check(!views.empty(), Errc::invalid_argument, "plan(Auto): at least one view is needed");
  return plan(chosen_cut(settings, views.front().rows, views.size()), views, backend);
}

}  // namespace shoal
