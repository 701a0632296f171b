// Good clusters without a choice to make: what measured best of this room, by views and number of clusters.
#pragma once

#include <string>

#include <shoal/graph/graph_cut.hpp>

namespace shoal {

/// Clusters by the recipe that measured best. One view: k-means from a Ward start, then local
/// moves of PMI on the neighbour graph. Several views: their neighbour graphs are summed; up to 100 clusters
/// local moves begin with Leiden on that graph, beyond with k-means from a Ward start on the joined views.
struct Auto {
  Index clusters = 0;
  std::uint64_t seed = 0;
};

/// What fit(Auto) found, and how.
struct AutoResult {
  GraphCutResult cut;
  std::string method;  ///< what was done, in words
};

namespace auto_impl {

inline constexpr Index most_for_leiden = 100;

inline GraphCut<Pmi> chosen(const Auto& settings, Index rows, std::size_t views) {
  GraphCut<Pmi> cut{.clusters = settings.clusters, .seed = settings.seed};
  if (views > 1 && settings.clusters <= most_for_leiden) {
    cut.start = CutStart::leiden;
    cut.neighbors = std::min<Index>(30, default_neighbors(rows, settings.clusters));
  }
  return cut;
}

inline std::string words(const GraphCut<Pmi>& cut, std::size_t views) {
  const std::string start = cut.start == CutStart::leiden ? "Leiden" : "k-means from a Ward start";
  const std::string graph = views == 1 ? "the neighbour graph" : "the views' summed neighbour graphs";
  return start + (cut.start == CutStart::leiden ? " on " + graph + ", then local moves of PMI on it"
                                                : ", then local moves of PMI on " + graph);
}

}  // namespace auto_impl

/// Clusters of rows seen in one view or several, all of equally many rows. Throws as fit(GraphCut) does.
template <Backend B>
AutoResult fit(const Auto& settings, std::span<const BorrowedView<AnyRows>> views, const B& backend,
               const Hook& hook = {}) {
  const Index rows = views.empty() ? 0 : views.front().rows();
  const GraphCut<Pmi> cut = auto_impl::chosen(settings, rows, views.size());
  return {fit(cut, views, backend, hook), auto_impl::words(cut, views.size())};
}
template <Backend B>
AutoResult fit(const Auto& settings, AnyRows rows, const B& backend, const Hook& hook = {}) {
  const BorrowedView<AnyRows> view(rows);
  return fit(settings, std::span<const BorrowedView<AnyRows>>(&view, 1), backend, hook);
}

}  // namespace shoal
