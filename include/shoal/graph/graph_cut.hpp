// Clusters that the neighbour graph improves: k-means, then local moves that raise an objective of the graph.
#pragma once

#include <shoal/backend/backend.hpp>
#include <shoal/graph/joined_views.hpp>
#include <shoal/graph/leiden_at.hpp>
#include <shoal/graph/refine.hpp>
#include <shoal/graph/view_graph.hpp>
#include <shoal/graph/ward_start.hpp>

namespace shoal {

/// The clusters that local moves begin with.
enum class CutStart {
  ward,    ///< k-means from a Ward start (graph/ward_start.hpp)
  merged,  ///< k-means at 4 C, refined on the graph, the clusters that gain most merged until C are left
  leiden,  ///< Leiden at C on the graph: needs no rows
};

/// The settings of clustering by the neighbour graph. `fit(GraphCut<Pmi>{.clusters = 1000}, rows, backend)`.
template <GraphObjective O = Pmi> struct GraphCut {
  Index clusters = 0;
  O objective = {};
  CutStart start = CutStart::ward;
  Index neighbors = 0;      ///< m; 0: n / (2 C), from 5 to 60
  double power = 2;         ///< an edge weighs its similarity to this power; 0: all weigh the same
  Index sweeps = 30;        ///< of local moves, at most
  double tolerance = 1e-4;  ///< local moves end when a sweep moves fewer than this share of the rows
  std::uint64_t seed = 0;
};

/// What fit(GraphCut) found.
struct GraphCutResult {
  std::vector<Label> labels;   ///< [n] in [0, C); each occurs, unless k-means left some empty
  double objective = 0;        ///< F / M: of Pmi, the mean information of an edge, in nats
  double start_objective = 0;  ///< F / M of the labels that local moves began with
  std::vector<Label> start;    ///< [n] those labels
  std::vector<Sweep> sweeps;   ///< one entry a sweep
  Index neighbors = 0;         ///< m, where the graph was built here
};

namespace graph_cut_impl {

inline void check_clusters(Index clusters, Index n) {
  check(clusters >= 1 && clusters <= n, Errc::invalid_argument, "fit(GraphCut): clusters (", clusters,
        ") must be from 1 to the number of rows (", n, ")");
}

template <GraphObjective O> RefineSettings refine_settings(const GraphCut<O>& settings) {
  return {.sweeps = settings.sweeps, .tolerance = settings.tolerance, .seed = settings.seed};
}

/// The labels to begin with, of rows.
template <GraphObjective O, Backend B>
std::vector<Label> start_labels(const GraphCut<O>& settings, AnyRows rows, const NeighborGraph& graph,
                                const B& backend, const Hook& hook) {
  const Index clusters = settings.clusters;
  if (settings.start == CutStart::leiden)
    return leiden_at(graph, clusters, {.seed = settings.seed}, backend, 10, hook).labels;
  if (settings.start == CutStart::ward)
    return fit(WardKMeans<>{.clusters = clusters, .seed = settings.seed}, rows, backend, hook).labels;
  const KMeansResult fine =
      fit(KMeans<>{.clusters = std::min(4 * clusters, rows.rows()), .iterations = 15, .seed = settings.seed},
          rows, backend, hook);
  const Refinement refined = refine(std::span<const Label>(fine.labels), graph, settings.objective,
                                    refine_settings(settings), backend, hook);
  return merge_clusters(graph, std::span<const Label>(refined.labels), clusters, settings.objective, backend);
}

template <GraphObjective O>
GraphCutResult from_start(const GraphCut<O>& settings, std::vector<Label> start, const NeighborGraph& graph,
                          Workers workers, const Hook& hook) {
  Refinement refined = refine(std::span<const Label>(start), graph, settings.objective,
                              refine_settings(settings), workers, hook);
  const double total = graph.total > 0 ? graph.total : 1;
  return {std::move(refined.labels), refined.objective / total, refined.before / total,
          std::move(start),          std::move(refined.sweeps), 0};
}

}  // namespace graph_cut_impl

/// Clusters of rows whose neighbour graph is at hand: labels to begin with (GraphCut::start), then local
/// moves on the graph (graph/refine.hpp). The graph may come from any neighbours, views or files. Same seed,
/// same bits, for any number of threads. Throws invalid_argument for clusters outside [1, n] and a graph of
/// other rows, and as fit(KMeans) does.
template <GraphObjective O, Backend B>
GraphCutResult fit(const GraphCut<O>& settings, AnyRows rows, const NeighborGraph& graph, const B& backend,
                   const Hook& hook = {}) {
  graph_cut_impl::check_clusters(settings.clusters, rows.rows());
  check(graph.nodes() == rows.rows(), Errc::invalid_argument, "fit(GraphCut): the graph has ", graph.nodes(),
        " nodes where there are ", rows.rows(), " rows");
  return graph_cut_impl::from_start(
      settings, graph_cut_impl::start_labels(settings, rows, graph, backend, hook), graph, backend, hook);
}

/// Clusters of rows seen in several views (row sources of equally many rows): the views' neighbour graphs are
/// summed (graph/view_graph.hpp), and k-means reads the views side by side, each row of each at length one.
template <GraphObjective O, Backend B>
GraphCutResult fit(const GraphCut<O>& settings, std::span<const BorrowedView<AnyRows>> views,
                   const B& backend, const Hook& hook = {}) {
  const JoinedViews joined(views);
  const Index n = joined.rows();
  graph_cut_impl::check_clusters(settings.clusters, n);
  check(settings.neighbors >= 0, Errc::invalid_argument, "fit(GraphCut): neighbors (", settings.neighbors,
        ") must be at least 0");
  const Index count = settings.neighbors > 0 ? settings.neighbors : default_neighbors(n, settings.clusters);
  const NeighborGraph graph = view_graph(views, count, settings.power, backend, hook);
  GraphCutResult result = views.size() == 1 ? fit(settings, views.front(), graph, backend, hook)
                                            : fit(settings, joined, graph, backend, hook);
  result.neighbors = count;
  return result;
}

/// Clusters of rows.
template <GraphObjective O, Backend B>
GraphCutResult fit(const GraphCut<O>& settings, AnyRows rows, const B& backend, const Hook& hook = {}) {
  const BorrowedView<AnyRows> view(rows);
  return fit(settings, std::span<const BorrowedView<AnyRows>>(&view, 1), backend, hook);
}

/// Clusters of a graph alone: local moves from Leiden at C, whatever GraphCut::start says.
template <GraphObjective O>
GraphCutResult fit(const GraphCut<O>& settings, const NeighborGraph& graph, Workers workers,
                   const Hook& hook = {}) {
  graph_cut_impl::check_clusters(settings.clusters, graph.nodes());
  return graph_cut_impl::from_start(
      settings, leiden_at(graph, settings.clusters, {.seed = settings.seed}, workers, 10, hook).labels, graph,
      workers, hook);
}

}  // namespace shoal
