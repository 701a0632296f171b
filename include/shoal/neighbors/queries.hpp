// The exact nearest rows of one set for every row of another.
#pragma once

#include <optional>

#include <shoal/core/progress.hpp>
#include <shoal/core/workers.hpp>
#include <shoal/neighbors/search_part.hpp>

namespace shoal {

/// What exact_neighbors(queries, features) will hold: the features (or, under a memory budget, parts of them,
/// read again for each chunk of queries) and a chunk of queries. Throws too_large where the budget is too
/// small for that.
inline NeighborPlan exact_neighbors_plan(Index queries, Index n, Index d, const NeighborSettings& settings,
                                         Workers workers) {
  using Part = SearchPart<FastestPanels>;
  const auto size = [](Index count) { return static_cast<std::size_t>(count); };
  const Index chunk = std::min<Index>(queries, 32 * search_block_rows);
  const std::size_t a_row = Part::bytes_a_row(d);
  const std::size_t fixed = neighbors_bytes(queries, settings) + TopRows::bytes(chunk, settings.count) +
                            size(chunk) * a_row + size(workers.threads() * search_block_rows * d) * 4;
  if (workers.memory() == 0 || fixed + size(n) * a_row <= workers.memory())
    return {fixed + size(n) * a_row, n};
  const std::size_t least = fixed + size(search_block_rows) * a_row;
  check(least <= workers.memory(), Errc::too_large, "exact_neighbors: ", queries, " queries of ", d,
        " columns need ", least, " bytes at least; the budget is ", workers.memory());
  const Index rows =
      static_cast<Index>((workers.memory() - fixed) / a_row) / search_block_rows * search_block_rows;
  return {fixed + size(rows) * a_row, rows};
}

/// For every row of `queries` (q × d) the m nearest rows of `features` (n × d), whose ids they are: as
/// exact_neighbors(features), save that no row is left out. O(q n d) time.
/// Throws invalid_argument unless 1 ≤ count ≤ n and the columns are as many.
inline Neighbors exact_neighbors(AnyRows queries, AnyRows features, const NeighborSettings& settings,
                                 Workers workers, const Hook& hook = {}) {
  using Part = SearchPart<FastestPanels>;
  const char* function = "exact_neighbors";
  check(queries.cols() == features.cols(), Errc::invalid_argument, function, ": queries has ", queries.cols(),
        " columns and features ", features.cols(), "; they must be the same");
  check_neighbor_settings(function, settings, features.rows(), features.rows());
  const Index q = queries.rows(), n = features.rows(), d = features.cols();
  const NeighborPlan plan = exact_neighbors_plan(q, n, d, settings, workers);
  const CheckedRows asking = searchable(queries, settings.similarity, function);
  const CheckedRows asked = searchable(features, settings.similarity, function);
  const std::vector<float> centre = mean_of(asked.sample(1024));
  const Index chunk = 32 * search_block_rows, parts = block_count(n, plan.rows_at_once);
  const Index size =
      std::clamp<Index>(q / 32, tile_rows, search_block_rows);  // few queries: still work for threads

  Neighbors result = room_for_neighbors(q, settings);
  std::optional<Part> base;
  for (Index c = 0; c < block_count(q, chunk); ++c) {
    const Block which = block_at(q, chunk, c);
    const Part a(asking, which, size, centre, workers);
    TopRows top(which.count, settings.count);
    for (Index p = 0; p < parts; ++p) {
      if (!base || parts > 1)
        base.emplace(asked, block_at(n, plan.rows_at_once, p), search_block_rows, centre, workers);
      workers.each_task(a.blocks(), [&](Index i, int) {
        const auto& x = a[i];
        const Index slot = a.slot(i) - which.first;
        for (Index j = 0; j < base->blocks(); ++j) {
          const auto& y = (*base)[j];
          each_hit(x, x.panels(), y, top.bars() + slot, nullptr, [&](Index r, Index s, float score) {
            if (score >= top.bar(slot + r)) top.offer(slot + r, score, base->slot(j) + s);
          });
        }
      });
      check(report(hook,
                   {.phase = "neighbors", .done = c * parts + p + 1, .total = block_count(q, chunk) * parts}),
            Errc::stopped, function, ": stopped by the hook; half a search is of no use");
    }
    take_best(top, result, workers, [&](Index slot) { return which.first + slot; });
  }
  return result;
}

}  // namespace shoal
