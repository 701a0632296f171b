// Clustering without further choices: the method of this room that gave the best results, by number of views
// and of clusters.
#pragma once

#include <string>

#include <shoal/graph/graph_cut.hpp>

namespace shoal {

/// Clusters rows by the method that gave the best results. With one view: k-means from a Ward start, then
/// local moves of PMI on the neighbour graph. With several views: their neighbour graphs are summed, and
/// local moves start from Leiden on that graph for up to 100 clusters, and from k-means with a Ward start on
/// the joined views for more.
struct Auto {
  Index clusters = 0;      ///< C, to be set: 1 ≤ C ≤ n
  std::uint64_t seed = 0;  ///< the same seed gives the same bits
};

/// The result of fit(Auto), and the method that was used.
struct AutoResult {
  GraphCutResult cut;  ///< labels and history
  std::string method;  ///< a description of the method
};

namespace auto_impl {

inline constexpr Index most_for_leiden = 100;

inline std::string words(const GraphCut<Pmi>& cut, std::size_t views) {
  const std::string start = cut.start == CutStart::leiden ? "Leiden" : "k-means from a Ward start";
  const std::string graph = views == 1 ? "the neighbour graph" : "the views' summed neighbour graphs";
  return start + (cut.start == CutStart::leiden ? " on " + graph + ", then local moves of PMI on it"
                                                : ", then local moves of PMI on " + graph);
}

}  // namespace auto_impl

/// The settings that fit(Auto) takes for that many rows and views.
inline GraphCut<Pmi> chosen_cut(const Auto& settings, Index rows, std::size_t views) {
  GraphCut<Pmi> cut{.clusters = settings.clusters, .seed = settings.seed};
  if (views > 1 && settings.clusters <= auto_impl::most_for_leiden) {
    cut.start = CutStart::leiden;
    cut.neighbors = std::min<Index>(30, default_neighbors(rows, settings.clusters));
  }
  return cut;
}

/// Clusters rows given in one or several views, all with equally many rows. Deterministic as fit(GraphCut),
/// whose cost it has; throws as that does.
template <Backend B>
AutoResult fit(const Auto& settings, std::span<const BorrowedView<AnyRows>> views, const B& backend,
               const Hook& hook = {}) {
  const Index rows = views.empty() ? 0 : views.front().rows();
  const GraphCut<Pmi> cut = chosen_cut(settings, rows, views.size());
  return {fit(cut, views, backend, hook), auto_impl::words(cut, views.size())};
}
/// Clusters rows given in a single view.
template <Backend B>
AutoResult fit(const Auto& settings, AnyRows rows, const B& backend, const Hook& hook = {}) {
  const BorrowedView<AnyRows> view(rows);
  return fit(settings, std::span<const BorrowedView<AnyRows>>(&view, 1), backend, hook);
}

}  // namespace shoal
