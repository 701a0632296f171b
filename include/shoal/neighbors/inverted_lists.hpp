// Approximate nearest neighbours for millions of rows by inverted lists (IVF): each row is compared with the
// lists of its nearest centroids.
#pragma once

#include <algorithm>
#include <cmath>

#include <shoal/core/reporting_workers.hpp>
#include <shoal/core/sample.hpp>
#include <shoal/core/workers.hpp>
#include <shoal/io/subset.hpp>
#include <shoal/kmeans/kmeans.hpp>
#include <shoal/neighbors/exact.hpp>
#include <shoal/neighbors/list_pairs.hpp>
#include <shoal/neighbors/list_search_on.hpp>
#include <shoal/neighbors/spread_lists.hpp>

namespace shoal {

/// The number of lists, and how many of them a row is compared with.
struct ListSettings {
  Index lists = 0;         ///< number of lists, into which k-means divides the rows; 0: 2 √n
  Index probes = 32;       ///< lists that a row is compared with; all lists give exact neighbours
  Index iterations = 8;    ///< iterations of the k-means
  Index training = 32;     ///< training rows of the k-means for each list
  std::uint64_t seed = 0;  ///< seed of the k-means
};

namespace inverted_lists_impl {

inline void check_lists(const char* function, const NeighborSettings& settings, const ListSettings& how,
                        Index n) {
  check_neighbor_settings(function, settings, n, n - 1);
  check(how.lists >= 0 && how.lists <= n, Errc::invalid_argument, function, ": lists (", how.lists,
        ") must be from 0 (automatic) to the number of rows (", n, ")");
  check(how.probes >= 1 && how.iterations >= 1 && how.training >= 1, Errc::invalid_argument, function,
        ": probes (", how.probes, "), iterations (", how.iterations, ") and training (", how.training,
        ") must be at least 1");
}

/// The ids of the rows, spread over all n, on which `lists` centroids are trained.
inline std::vector<Index> training_rows(Index n, Index lists, const ListSettings& how) {
  return spread_rows(n, std::min(n, lists * how.training));
}

/// Trains `lists` centroids on rows of the source, which are those of one rank if the backend is over ranks.
template <Backend B>
Matrix<float> learn(AnyRows features, std::span<const Index> rows, Index lists,
                    const NeighborSettings& settings, const ListSettings& how, const B& backend,
                    const Hook& hook) {
  const auto centroids = [&]<class Geo>(Geo) {
    KMeans<Geo> kmeans{.clusters = lists, .iterations = how.iterations, .seed = how.seed};
    kmeans.seeding = Seeding::random;
    return fit(kmeans, Subset(features, rows), backend, hook).centroids;
  };
  return settings.similarity == Similarity::cosine ? centroids(Cosine{}) : centroids(Euclidean{});
}

/// The lists whose centroids are nearest to each row.
template <Backend B>
Matrix<std::int32_t> probes_of(AnyRows features, const Matrix<float>& centroids,
                               const NeighborSettings& settings, const ListSettings& how, const B& backend,
                               const Hook& hook) {
  const NeighborSettings probing{.count = std::min(how.probes, centroids.rows()),
                                 .similarity = settings.similarity};
  return exact_neighbors(features, Rows(centroids), probing, backend, hook).ids;
}

/// Writes the exact neighbours of some rows, each without itself, into their rows of the result. Row 0 of the
/// source has the id `first`.
template <Backend B>
void search_exactly(AnyRows features, Index first, std::span<const Index> rows, NeighborSettings settings,
                    Neighbors& result, const B& backend, const Hook& hook = {}) {
  const Index m = settings.count++;
  const Neighbors found = exact_neighbors(Subset(features, rows), features, settings, backend, hook);
  for (std::size_t i = 0; i < rows.size(); ++i)
    for (Index k = 0, to = 0; k <= m && to < m; ++k) {
      const auto from = static_cast<Index>(i);
      if (found.ids(from, k) == first + rows[i]) continue;
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
        .add("threads",
             static_cast<std::size_t>(backend.threads()) *
                 (bytes_for(search_block_rows, Part::bytes_a_row(d)) +
                  bytes_for(search_block_rows * std::min(how.probes, lists), 8) + bytes_for(lists, 32)));
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

namespace inverted_lists_impl {

/// The plan of a search on that backend: on its device, where it has one with room for the rows.
template <Backend B>
ListPlan plan_of(const NeighborSettings& settings, const ListSettings& how, const NeighborShape& shape,
                 const B& backend) {
  const Index lists = list_count(shape.rows, how);
  std::optional<MemoryPlan> memory =
      ListSearchOn<B>::plan(settings, shape, std::min(how.probes, lists), backend);
  if (!memory) return plan_lists(settings, how, shape, backend);
  const std::size_t learning =
      plan(KMeans<>{.clusters = lists}, {std::min(shape.rows, lists * how.training), shape.cols}, backend)
          .total();
  if (memory->total() < learning) memory->add("learning", learning - memory->total());
  return {*memory, shape.rows};
}

}  // namespace inverted_lists_impl

/// The memory that approximate_neighbors will use on that backend, in bytes by use: the larger of the k-means
/// and the search after it. All rows are held, or two parts of them if the budget has no room for all. Throws
/// too_large if the budget is too small even for that.
template <Backend B>
[[nodiscard]] MemoryPlan plan(const NeighborSettings& settings, const ListSettings& how,
                              const NeighborShape& shape, const B& backend) {
  return inverted_lists_impl::plan_of(settings, how, shape, backend).memory;
}

/// Finds m near rows of every row, like exact_neighbors, but not always the nearest (see neighbor_recall).
/// k-means divides the rows into lists. A row is compared with the rows of the `probes` lists whose centroids
/// are nearest to it; a row whose lists hold too few rows is compared with all. On a Gpu whose memory has
/// room for the rows, products are made there. The similarities are exact. The same bits for any number of
/// threads and any memory budget. O(n d (lists + n · probes / lists)) time. Throws as exact_neighbors does,
/// and invalid_argument unless lists ≤ n and probes, iterations and training are ≥ 1.
template <Backend B>
[[nodiscard]] Neighbors approximate_neighbors(AnyRows features, const NeighborSettings& settings,
                                              const ListSettings& how, const B& backend,
                                              const Hook& hook = {}) {
  using namespace inverted_lists_impl;
  const char* function = "approximate_neighbors";
  const Index n = features.rows();
  check_lists(function, settings, how, n);
  const Index lists = list_count(n, how);
  const Index held = plan_of(settings, how, {n, features.cols()}, backend).rows_at_once;
  const Matrix<float> centroids =
      learn(features, training_rows(n, lists, how), lists, settings, how, backend, hook);
  const Matrix<std::int32_t> probes = probes_of(features, centroids, settings, how, backend, hook);
  Neighbors result = room_for_neighbors(n, settings);
  ReportingWorkers workers(function, backend, hook);
  workers.begin({.phase = "neighbors"}, 0);
  const SearchRows rows(function, features, settings.similarity, workers);
  const std::vector<Index> short_of =
      ListSearchOn<B>::find({rows, probes, lists, held, settings, workers}, backend, result);
  if (!short_of.empty()) search_exactly(features, 0, short_of, settings, result, backend, hook);
  if (settings.keep_similarities) {
    workers.begin({.phase = "similarities", .total = block_count(n, similarity_block_rows)}, 1);
    fill_similarities(rows, rows, result, workers);
  }
  return result;
}

namespace inverted_lists_impl {

template <RankedBackend R>
Neighbors search_over_ranks(AnyRows features, const NeighborSettings& settings, const ListSettings& how,
                            const R& ranks, const Hook& hook) {
  const Shard shard(AnyCommunicator(ranks.communicator()), features.rows(), features.cols());
  check_lists("approximate_neighbors", settings, how, shard.total());
  const Index lists = list_count(shard.total(), how);
  const Workers workers = ranks.inner();
  const Matrix<float> centroids = learn(features, shard.held(training_rows(shard.total(), lists, how)), lists,
                                        settings, how, ranks, hook);
  const SpreadLists spread(features, probes_of(features, centroids, settings, how, ranks.inner(), hook),
                           lists, shard, workers);
  const NeighborQuery query{spread.rows(), spread.rows(), true, settings, hook};
  const ListPairs pairs(spread.order(), spread.visits(), spread.starts(), spread.ids());
  const Neighbors found =
      RingSearch<FastestPanels, ListPairs>(
          query, spread.slots(), centre_of_ranks(features, shard, settings.similarity), pairs, workers)
          .run();
  Neighbors result = room_for_neighbors(shard.rows(), settings);
  spread.send_back<std::int32_t>(found.ids, result.ids, workers);
  if (settings.keep_similarities) spread.send_back<float>(found.similarities, result.similarities, workers);
  std::vector<Index> short_of;
  for (Index i = 0; i < shard.rows(); ++i)
    if (result.ids(i, 0) < 0) short_of.push_back(i);
  if (shard.sum(std::ssize(short_of)) > 0)
    search_exactly(features, shard.first(), short_of, settings, result, ranks, hook);
  return result;
}

}  // namespace inverted_lists_impl

/// The same for rows that are distributed over ranks: each rank passes its own rows and gets their neighbours
/// by global ids, bit for bit those that one process finds. The k-means is that over ranks. The rows then
/// move to the ranks that have their lists, where each rank holds a copy of theirs and 8 n bytes of ids, and
/// their neighbours move back. The rows of all ranks are sent past each rank three times, or more often if
/// float32 can't distinguish some of them or lists hold too few rows. O(n d (lists + n · probes / lists) /
/// ranks) time, and O(n d) for what passes each rank.
template <RankedBackend R>
[[nodiscard]] Neighbors approximate_neighbors(AnyRows features, const NeighborSettings& settings,
                                              const ListSettings& how, const R& ranks,
                                              const Hook& hook = {}) {
  return together(AnyCommunicator(ranks.communicator()), [&] {
    return inverted_lists_impl::search_over_ranks(features, settings, how, ranks, hook);
  });
}

namespace inverted_lists_impl {

/// The sample of rows, of the n of all ranks, by which recall is estimated.
inline std::vector<Index> recall_rows(Index n, Index sample) {
  return spread_rows(n, std::clamp<Index>(sample, 1, n));
}

/// The number of exact neighbours of some rows that `found` contains; row 0 of the source has the id `first`.
template <Backend B>
Index count_right(AnyRows features, Index first, std::span<const Index> rows, const Neighbors& found,
                  Similarity similarity, const B& backend) {
  const Index n = features.rows(), m = found.ids.cols();
  check(found.ids.rows() == n && m >= 1, Errc::invalid_argument, "neighbor_recall: found is for ",
        found.ids.rows(), " rows; the source has ", n);
  Neighbors exact{Matrix<std::int32_t>(n, m), {}};
  search_exactly(features, first, rows, {.count = m, .similarity = similarity}, exact, backend);
  Index right = 0;
  for (const Index row : rows) {
    const auto ids = found.ids.view().span(row);
    for (const std::int32_t id : exact.ids.view().span(row)) right += std::count(ids.begin(), ids.end(), id);
  }
  return right;
}

}  // namespace inverted_lists_impl

/// The recall of `found`: the share of the exact neighbours that it contains, estimated from `sample` rows
/// spread over the source.
template <Backend B>
[[nodiscard]] double neighbor_recall(AnyRows features, const Neighbors& found, Similarity similarity,
                                     Index sample, const B& backend) {
  const std::vector<Index> rows = inverted_lists_impl::recall_rows(features.rows(), sample);
  const Index right = inverted_lists_impl::count_right(features, 0, rows, found, similarity, backend);
  return static_cast<double>(right) / static_cast<double>(std::ssize(rows) * found.ids.cols());
}

/// The same for rows that are distributed over ranks, where `found` is for the rows of each rank.
template <RankedBackend R>
[[nodiscard]] double neighbor_recall(AnyRows features, const Neighbors& found, Similarity similarity,
                                     Index sample, const R& ranks) {
  const AnyCommunicator all(ranks.communicator());
  return together(all, [&] {
    const Shard shard(all, features.rows(), features.cols());
    const std::vector<Index> rows = inverted_lists_impl::recall_rows(shard.total(), sample);
    const Index right = shard.sum(inverted_lists_impl::count_right(features, shard.first(), shard.held(rows),
                                                                   found, similarity, ranks));
    return static_cast<double>(right) / static_cast<double>(std::ssize(rows) * found.ids.cols());
  });
}

}  // namespace shoal
