// The nearest rows of one set for every row of another.
#pragma once

#include <optional>

#include <shoal/core/progress.hpp>
#include <shoal/neighbors/exact_order.hpp>
#include <shoal/neighbors/search_part.hpp>

namespace shoal {

/// Processes the queries in chunks. The prefilter bounds their products with all rows, which are held at once
/// or part by part, and the few pairs that may enter the m best of a query are scored exactly. O(q n d) time.
template <template <int> class P> class QuerySearch {
 public:
  using Part = SearchPart<P>;
  static constexpr Index chunk_rows = 32 * search_block_rows;

  /// Holds `rows_at_once` rows of the features; if these are not all, they are read again for each chunk of
  /// queries.
  QuerySearch(const SearchRows& queries, const SearchRows& features, const NeighborSettings& settings,
              Index rows_at_once, Workers workers, const Hook& hook)
      : queries_(queries),
        features_(features),
        settings_(settings),
        rows_at_once_(rows_at_once),
        workers_(workers),
        hook_(hook) {}

  Neighbors run() {
    const Index q = queries_.rows(), n = features_.rows(), parts = block_count(n, rows_at_once_);
    // Gives work to all threads even for few queries.
    const Index size = std::clamp<Index>(q / 32, tile_rows, search_block_rows);
    Neighbors result = room_for_neighbors(q, settings_);
    std::optional<Part> base;
    for (Index c = 0; c < block_count(q, chunk_rows); ++c) {
      const Block which = block_at(q, chunk_rows, c);
      const Part asking(queries_, which, size, workers_);
      TopRows top(which.count, candidates_for(settings_.count));
      for (Index p = 0; p < parts; ++p) {
        if (!base || parts > 1)
          base.emplace(features_, block_at(n, rows_at_once_, p), search_block_rows, workers_);
        meet(asking, *base, top);
        const Index done = c * parts + p + 1;
        check(
            report(hook_, {.phase = "neighbors", .done = done, .total = block_count(q, chunk_rows) * parts}),
            Errc::stopped, "exact_neighbors: stopped by the hook; half a search is of no use");
      }
      const auto candidates = [&](Index slot) {
        return RowCandidates{which.first + slot, top.sorted(slot), top.dropped(slot)};
      };
      take_best(queries_, features_, false, vector_dot_rounding(features_.cols()), which.count, candidates,
                result, workers_);
    }
    return result;
  }

 private:
  void meet(const Part& asking, const Part& base, TopRows& top) const {
    workers_.each_task(asking.blocks(), [&](Index i, int) {
      const auto& x = asking[i];
      const Index slot = asking.slot(i) - asking.slot(0);
      for (Index j = 0; j < base.blocks(); ++j)
        each_candidate(x, x.all(), base[j], top.thresholds() + slot, nullptr,
                       [&](Index r, Index s, float key) {
                         if (key >= top.threshold(slot + r)) top.offer(slot + r, key, base.slot(j) + s);
                       });
    });
  }

  const SearchRows &queries_, &features_;
  const NeighborSettings& settings_;
  Index rows_at_once_;
  Workers workers_;
  const Hook& hook_;
};

}  // namespace shoal
