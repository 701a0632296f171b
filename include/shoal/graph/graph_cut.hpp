// Clustering on the neighbour graph: k-means, then local moves that increase an objective of the graph.
#pragma once

#include <shoal/backend/backend.hpp>
#include <shoal/graph/joined_views.hpp>
#include <shoal/graph/leiden_at.hpp>
#include <shoal/graph/refine.hpp>
#include <shoal/graph/view_graph.hpp>
#include <shoal/graph/ward_start.hpp>

namespace shoal {

/// The clustering from which local moves start.
enum class CutStart {
  ward,    ///< k-means from a Ward start (graph/ward_start.hpp)
  merged,  ///< k-means with 4 C clusters, refined on the graph, then merged greedily down to C
  leiden,  ///< Leiden with C clusters on the graph; needs no rows
};

/// The settings of clustering on the neighbour graph. `fit(GraphCut<Pmi>{.clusters = 1000}, rows, backend)`
/// clusters by the pointwise mutual information of neighbours.
template <GraphObjective O = Pmi> struct GraphCut {
  Index clusters = 0;               ///< C, to be set: 1 ≤ C ≤ n
  O objective = {};                 ///< the objective that local moves increase
  CutStart start = CutStart::ward;  ///< the clustering from which they start
  Index neighbors = 0;              ///< m, neighbours of each row; 0: n / (2 C), clipped to 5 … 60
  double power = 2;         ///< the weight of an edge is its similarity to this power; 0: all weights equal
  Index sweeps = 30;        ///< maximum number of sweeps of local moves
  double tolerance = 1e-4;  ///< stop when a sweep moves less than this share of the rows
  std::uint64_t seed = 0;   ///< the same seed gives the same bits
};

/// The result of fit(GraphCut).
struct GraphCutResult {
  std::vector<Label> labels;   ///< [n] in [0, C); every cluster occurs, unless k-means left it empty
  double objective = 0;        ///< F / M; for Pmi the mean information of an edge, in nats
  double start_objective = 0;  ///< F / M of the start
  std::vector<Label> start;    ///< [n] labels of the start
  std::vector<Sweep> sweeps;   ///< one entry for each sweep
  Index neighbors = 0;         ///< m, if the graph was built here
};

namespace graph_cut_impl {

inline void check_clusters(Index clusters, Index n) {
  check(clusters >= 1 && clusters <= n, Errc::invalid_argument, "fit(GraphCut): clusters (", clusters,
        ") must be from 1 to the number of rows (", n, ")");
}

template <GraphObjective O> RefineSettings refine_settings(const GraphCut<O>& settings) {
  return {.sweeps = settings.sweeps, .tolerance = settings.tolerance, .seed = settings.seed};
}

/// The labels of the start.
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

/// Clusters rows with a given neighbour graph: a start (GraphCut::start), then local moves on the graph
/// (graph/refine.hpp). The graph may come from any neighbours, views or files. The same seed gives the same
/// bits for any number of threads. Throws invalid_argument for clusters outside [1, n] and for a graph with
/// another number of nodes, and as fit(KMeans) does. The cost is that of the start, plus O(edges) for each
/// sweep.
template <GraphObjective O, Backend B>
GraphCutResult fit(const GraphCut<O>& settings, AnyRows rows, const NeighborGraph& graph, const B& backend,
                   const Hook& hook = {}) {
  graph_cut_impl::check_clusters(settings.clusters, rows.rows());
  check(graph.nodes() == rows.rows(), Errc::invalid_argument, "fit(GraphCut): the graph has ", graph.nodes(),
        " nodes where there are ", rows.rows(), " rows");
  return graph_cut_impl::from_start(
      settings, graph_cut_impl::start_labels(settings, rows, graph, backend, hook), graph, backend, hook);
}

/// Clusters rows given in several views (row sources with equally many rows). The neighbour graphs of the
/// views are summed (graph/view_graph.hpp), and k-means uses the views side by side, each normalised.
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

/// Clusters rows given in a single view.
template <GraphObjective O, Backend B>
GraphCutResult fit(const GraphCut<O>& settings, AnyRows rows, const B& backend, const Hook& hook = {}) {
  const BorrowedView<AnyRows> view(rows);
  return fit(settings, std::span<const BorrowedView<AnyRows>>(&view, 1), backend, hook);
}

/// Clusters a graph alone: local moves from Leiden with C clusters, whatever GraphCut::start is.
template <GraphObjective O>
GraphCutResult fit(const GraphCut<O>& settings, const NeighborGraph& graph, Workers workers,
                   const Hook& hook = {}) {
  graph_cut_impl::check_clusters(settings.clusters, graph.nodes());
  return graph_cut_impl::from_start(
      settings, leiden_at(graph, settings.clusters, {.seed = settings.seed}, workers, 10, hook).labels, graph,
      workers, hook);
}

}  // namespace shoal
