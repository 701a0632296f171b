// Approximate nearest neighbours for millions of rows by inverted lists (IVF): each row is compared with the
// lists of its nearest centroids.
#pragma once

#include <algorithm>
#include <cmath>

#include <shoal/core/sample.hpp>
#include <shoal/core/workers.hpp>
#include <shoal/io/subset.hpp>
#include <shoal/kmeans/kmeans.hpp>
#include <shoal/neighbors/exact.hpp>
#include <shoal/neighbors/list_search.hpp>

namespace shoal {

/// The number of lists, and how many of them a row is compared with.
struct ListSettings {
  Index lists = 0;         ///< number of lists, into which k-means divides the rows; 0: 2 √n
  Index probes = 16;       ///< lists that a row is compared with; all lists give exact neighbours
  Index iterations = 8;    ///< iterations of the k-means
  Index training = 32;     ///< training rows of the k-means for each list
  std::uint64_t seed = 0;  ///< seed of the k-means
};

namespace inverted_lists_impl {

/// Trains `lists` centroids on rows spread over the source.
template <Backend B>
Matrix<float> learn(AnyRows features, Index lists, const NeighborSettings& settings, const ListSettings& how,
                    const B& backend, const Hook& hook) {
  const std::vector<Index> ids =
      spread_rows(features.rows(), std::min(features.rows(), lists * how.training));
  const auto centroids = [&]<class Geo>(Geo) {
    KMeans<Geo> kmeans{.clusters = lists, .iterations = how.iterations, .seed = how.seed};
    kmeans.seeding = Seeding::random;
    return fit(kmeans, Subset(features, ids), backend, hook).centroids;
  };
  return settings.similarity == Similarity::cosine ? centroids(Cosine{}) : centroids(Euclidean{});
}

/// Writes the exact neighbours of some rows, each without itself, into their rows of the result.
template <Backend B>
void search_exactly(AnyRows features, std::span<const Index> rows, NeighborSettings settings,
                    Neighbors& result, const B& backend) {
  const Index m = settings.count++;
  const Neighbors found = exact_neighbors(Subset(features, rows), features, settings, backend);
  for (std::size_t i = 0; i < rows.size(); ++i)
    for (Index k = 0, to = 0; k <= m && to < m; ++k) {
      const auto from = static_cast<Index>(i);
      if (found.ids(from, k) == rows[i]) continue;
      result.ids(rows[i], to) = found.ids(from, k);
      if (settings.keep_similarities) result.similarities(rows[i], to) = found.similarities(from, k);
      ++to;
    }
}

/// The number of lists for n rows.
inline Index list_count(Index n, const ListSettings& how) {
  const Index lists = how.lists > 0 ? how.lists : std::llround(2 * std::sqrt(static_cast<double>(n)));
  return std::clamp<Index>(lists, 1, std::max<Index>(n, 1));
}

/// The memory plan of a search by inverted lists.
struct ListPlan {
  MemoryPlan memory;
  Index rows_at_once = 0;  ///< number of rows held: all, or those of each of two parts
};

inline ListPlan plan_lists(const NeighborSettings& settings, const ListSettings& how,
                           const NeighborShape& shape, const KMeansBackend& backend) {
  using Part = SearchPart<FastestPanels>;
  const Index n = shape.rows, d = shape.cols, lists = list_count(n, how);
  const std::size_t learning =
      plan(KMeans<>{.clusters = lists}, {std::min(n, lists * how.training), d}, backend).total();
  const auto with = [&](Index held) {
    const std::size_t parts = held < n ? 2 : 1;
    MemoryPlan held_bytes;
    held_bytes.add("neighbours", neighbors_bytes(n, settings))
        .add("probes", bytes_for(n * std::min(how.probes, lists), 4))
        .add("order", bytes_for(n, 16))
        .add("lists", bytes_for(lists * d, 32))
        .add("rows", parts * bytes_for(held, Part::bytes_a_row(d)))
        .add("candidates", TopRows::bytes(held, candidates_for(settings.count)))
        .add("measures", SearchRows::bytes(n))
        .add("threads", bytes_for(backend.threads() * search_block_rows * d, sizeof(float)));
    if (held_bytes.total() < learning)
      held_bytes.add("learning", learning - held_bytes.total());  // which ends before the search starts
    return held_bytes;
  };
  const ListPlan whole{with(n), n};
  if (whole.memory.fits(backend.memory())) return whole;
  const MemoryPlan least = with(std::min(n, search_block_rows));
  check_budget("approximate_neighbors", least, backend.memory());
  const std::size_t fixed = least.total() - least["rows"] - least["candidates"] - least["learning"];
  const std::size_t a_row = 2 * Part::bytes_a_row(d) + TopRows::bytes(1, candidates_for(settings.count));
  const Index held = std::min(n - 1, static_cast<Index>((backend.memory() - fixed) / a_row));
  return {with(held), held};
}

}  // namespace inverted_lists_impl

/// The memory that approximate_neighbors will use on that backend, in bytes by use: the larger of the k-means
/// and the search after it. All rows are held, or two parts of them if the budget has no room for all. Throws
/// too_large if the budget is too small even for that.
template <Backend B>
[[nodiscard]] MemoryPlan plan(const NeighborSettings& settings, const ListSettings& how,
                              const NeighborShape& shape, const B& backend) {
  return inverted_lists_impl::plan_lists(settings, how, shape, backend).memory;
}

/// Finds m near rows of every row, like exact_neighbors, but not always the nearest (see neighbor_recall).
/// k-means divides the rows into lists. A row is compared with the rows of the `probes` lists whose centroids
/// are nearest to it or to one of the few rows processed with it; a row whose lists hold too few rows is
/// compared with all. The similarities are exact. The same bits for any number of threads and any memory
/// budget. O(n d (lists + n · probes / lists)) time. Throws as exact_neighbors does, and invalid_argument
/// unless lists ≤ n and probes, iterations and training are ≥ 1.
template <Backend B>
[[nodiscard]] Neighbors approximate_neighbors(AnyRows features, const NeighborSettings& settings,
                                              const ListSettings& how, const B& backend,
                                              const Hook& hook = {}) {
  using namespace inverted_lists_impl;
  const char* function = "approximate_neighbors";
  const Index n = features.rows();
  check_neighbor_settings(function, settings, n, n - 1);
  check(how.lists >= 0 && how.lists <= n, Errc::invalid_argument, function, ": lists (", how.lists,
        ") must be from 0 (automatic) to the number of rows (", n, ")");
  check(how.probes >= 1 && how.iterations >= 1 && how.training >= 1, Errc::invalid_argument, function,
        ": probes (", how.probes, "), iterations (", how.iterations, ") and training (", how.training,
        ") must be at least 1");
  const Index lists = list_count(n, how);
  const Index held = plan_lists(settings, how, {n, features.cols()}, backend).rows_at_once;
  const Matrix<float> centroids = learn(features, lists, settings, how, backend, hook);
  const NeighborSettings probing{.count = std::min(how.probes, lists), .similarity = settings.similarity};
  const Neighbors probes = exact_neighbors(features, Rows(centroids), probing, backend, hook);
  Neighbors result = room_for_neighbors(n, settings);
  const SearchRows rows(function, features, settings.similarity, backend);
  ListSearch<FastestPanels> search(rows, probes.ids, lists, held, settings, backend, hook);
  const std::vector<Index> short_of = search.run(result);
  search_exactly(features, short_of, settings, result, backend);
  if (settings.keep_similarities) fill_similarities(rows, rows, result, backend);
  return result;
}

/// The recall of `found`: the share of the exact neighbours that it contains, estimated from `sample` rows
/// spread over the source.
template <Backend B>
[[nodiscard]] double neighbor_recall(AnyRows features, const Neighbors& found, Similarity similarity,
                                     Index sample, const B& backend) {
  const Index n = features.rows(), m = found.ids.cols();
  check(found.ids.rows() == n && m >= 1, Errc::invalid_argument, "neighbor_recall: found is for ",
        found.ids.rows(), " rows; the source has ", n);
  std::vector<Index> rows(static_cast<std::size_t>(std::clamp<Index>(sample, 1, n)));
  for (std::size_t i = 0; i < rows.size(); ++i)
    rows[i] = static_cast<Index>(i) * n / static_cast<Index>(rows.size());
  Neighbors exact{Matrix<std::int32_t>(n, m), {}};
  inverted_lists_impl::search_exactly(features, rows, {.count = m, .similarity = similarity}, exact, backend);
  Index right = 0;
  for (const Index row : rows) {
    const auto ids = found.ids.view().span(row);
    for (const std::int32_t id : exact.ids.view().span(row)) right += std::count(ids.begin(), ids.end(), id);
  }
  return static_cast<double>(right) / static_cast<double>(static_cast<Index>(rows.size()) * m);
}

}  // namespace shoal
