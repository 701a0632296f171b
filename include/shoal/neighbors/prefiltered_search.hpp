// Exact nearest neighbours on a CPU: an 8-bit prefilter drops most pairs before they are scored.
#pragma once

#include <shoal/backend/cpu.hpp>
#include <shoal/neighbors/query_search.hpp>
#include <shoal/neighbors/round_robin.hpp>
#include <shoal/neighbors/search.hpp>

namespace shoal {

/// The exact search with codes in panels P (linalg/codes.hpp). A similarity is a function of two rows only,
/// so threads, budget and codes do not change any bit.
template <template <int> class P> class PrefilteredSearch {
 public:
  using Part = SearchPart<P>;

  explicit PrefilteredSearch(Workers workers) : workers_(workers) {}

  /// The memory plan by parts: the neighbours found, the candidates of each query, the rows with their codes
  /// (6 bytes for each element if products are in 8 bits, otherwise 12), and the working memory of each
  /// thread.
  [[nodiscard]] MemoryPlan plan(const NeighborSettings& settings, const NeighborShape& shape) const {
    return plan(settings, shape, rows_at_once(settings, shape));
  }

  [[nodiscard]] Neighbors find(const NeighborQuery& query) const {
    const NeighborSettings& settings = query.settings;
    const Index held = rows_at_once(settings, query.shape());
    const PreparedQuery rows(query, workers_);
    Neighbors result =
        query.self ? RoundRobinSearch<P>(rows.asked, settings, held, workers_, query.hook).run()
                   : QuerySearch<P>(rows.asking(), rows.asked, settings, held, workers_, query.hook).run();
    if (settings.keep_similarities) fill_similarities(rows.asking(), rows.asked, result, workers_);
    return result;
  }

  /// The number of rows of the features that are held at a time: all of them, or as many whole blocks as fit
  /// the budget, twice if the features are their own queries. Throws too_large if there is no room for one
  /// block.
  [[nodiscard]] Index rows_at_once(const NeighborSettings& settings, const NeighborShape& shape) const {
    const std::size_t budget = workers_.memory();
    if (plan(settings, shape, shape.rows).fits(budget)) return shape.rows;
    const MemoryPlan least = plan(settings, shape, std::min(shape.rows, search_block_rows));
    check_budget("exact_neighbors", least, budget);
    const std::size_t a_row = parts(shape) * Part::bytes_a_row(shape.cols);
    const std::size_t free = budget - (least.total() - least["rows"]);
    return static_cast<Index>(free / a_row) / search_block_rows * search_block_rows;
  }

 private:
  /// The number of parts of the features that are in memory together if they do not fit as a whole.
  static std::size_t parts(const NeighborShape& shape) { return shape.queries ? 1 : 2; }

  [[nodiscard]] MemoryPlan plan(const NeighborSettings& settings, const NeighborShape& shape,
                                Index held) const {
    const Index asking = shape.queries.value_or(shape.rows);
    const Index chunk = shape.queries ? std::min(asking, QuerySearch<P>::chunk_rows) : asking;
    MemoryPlan plan;
    plan.add("neighbours", neighbors_bytes(asking, settings))
        .add("candidates", TopRows::bytes(chunk, candidates_for(settings.count)))
        .add("measures", SearchRows::bytes(shape.rows + shape.queries.value_or(0)))
        .add("rows", bytes_for(held, Part::bytes_a_row(shape.cols)) * (held < shape.rows ? parts(shape) : 1))
        .add("threads", bytes_for(workers_.threads() * search_block_rows * shape.cols, sizeof(float)));
    if (shape.queries) plan.add("queries", bytes_for(chunk, Part::bytes_a_row(shape.cols)));
    return plan;
  }

  Workers workers_;
};

/// The neighbour search of a Cpu.
template <> class SearchOn<Cpu> : public PrefilteredSearch<FastestPanels> {
 public:
  explicit SearchOn(const Cpu& cpu) : PrefilteredSearch<FastestPanels>(cpu) {}
};

static_assert(NeighborSearch<SearchOn<Cpu>> && NeighborSearch<GenericSearch>);

}  // namespace shoal
