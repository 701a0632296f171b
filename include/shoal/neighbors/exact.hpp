// The exact nearest neighbours of every row: each pair of rows meets once, for the sake of both.
#pragma once

#include <shoal/core/progress.hpp>
#include <shoal/core/workers.hpp>
#include <shoal/neighbors/search_part.hpp>

namespace shoal {

/// The search of exact_neighbors among the rows of one source.
///
/// Two blocks of rows meet: a screen bounds all their products, and the few pairs that may enter either row's
/// top m are scored in full. Blocks meet in rounds, as players in a tournament: no block is in two meetings
/// of a round, so that threads share nothing. A score does not depend on who met when, hence neither does the
/// result.
template <template <int> class P> class ExactSearch {
 public:
  using Part = SearchPart<P>;

  ExactSearch(AnyRows features, const NeighborSettings& settings, Workers workers, const Hook& hook)
      : features_(searchable(features, settings.similarity, "exact_neighbors")),
        settings_(settings),
        workers_(workers),
        hook_(hook),
        plan_(plan(features.rows(), features.cols(), settings, workers)),
        centre_(mean_of(features_.sample(1024))),
        top_(features.rows(), settings.count),
        meetings_(block_count(features.rows(), search_block_rows)) {
    meetings_ = meetings_ * (meetings_ + 1) / 2;
  }

  Neighbors run() {
    const Index n = features_.rows(), parts = block_count(n, plan_.rows_at_once);
    const auto load = [&](Index p) {
      return Part(features_, block_at(n, plan_.rows_at_once, p), search_block_rows, centre_, workers_);
    };
    for (Index p = 0; p < parts; ++p) {
      const Part a = load(p);
      meet_within(a);
      for (Index q = p + 1; q < parts; ++q) meet_across(a, load(q));
    }
    Neighbors result = room_for_neighbors(n, settings_);
    take_best(top_, result, workers_, [](Index slot) { return slot; });
    return result;
  }

  static NeighborPlan plan(Index n, Index d, const NeighborSettings& settings, Workers workers) {
    const auto size = [](Index count) { return static_cast<std::size_t>(count); };
    const std::size_t fixed = TopRows::bytes(n, settings.count) + neighbors_bytes(n, settings) +
                              size(workers.threads() * search_block_rows * d) * 4;
    const std::size_t a_row = Part::bytes_a_row(d), whole = fixed + size(n) * a_row;
    if (workers.memory() == 0 || whole <= workers.memory()) return {whole, n};
    const std::size_t least = fixed + 2 * size(search_block_rows) * a_row;
    check(least <= workers.memory(), Errc::too_large, "exact_neighbors: ", n, " rows of ", d,
          " columns need ", least, " bytes at least; the budget is ", workers.memory());
    const Index rows =
        static_cast<Index>((workers.memory() - fixed) / (2 * a_row)) / search_block_rows * search_block_rows;
    return {fixed + 2 * size(rows) * a_row, rows};
  }

 private:
  /// All pairs of blocks of a part, by the circle method: one player stays, the others go round.
  void meet_within(const Part& a) {
    const Index others = a.blocks() - 1 + a.blocks() % 2;
    round(a.blocks(), [&](Index k) { meet(a, k, a, k); });
    for (Index r = 0; r < others && a.blocks() > 1; ++r)
      round((others + 1) / 2, [&](Index k) {
        const Index x = k == 0 ? others : (r + k) % others, y = (r - k + others) % others;
        if (x < a.blocks()) meet(a, std::min(x, y), a, std::max(x, y));
      });
  }

  /// All pairs of a block of a and a block of b, which comes after it.
  void meet_across(const Part& a, const Part& b) {
    for (Index r = 0; r < a.blocks(); ++r)
      round(b.blocks(), [&](Index k) { meet(a, (r + k) % a.blocks(), b, k); });
  }

  template <class F> void round(Index meetings, F&& meeting) {
    workers_.each_task(meetings, [&](Index k, int) { meeting(k); });
    done_ = std::min(done_ + meetings, meetings_);
    check(report(hook_, {.phase = "neighbors", .done = done_, .total = meetings_}), Errc::stopped,
          "exact_neighbors: stopped by the hook; half a search is of no use");
  }

  void meet(const Part& a, Index i, const Part& b, Index j) {
    const auto &x = a[i], &y = b[j];
    const Index from_x = a.slot(i), from_y = b.slot(j);
    each_hit(x, x.panels(), y, top_.bars() + from_x, top_.bars() + from_y,
             [&](Index r, Index c, float score) {
               const Index p = from_x + r, q = from_y + c;
               if (p >= q) return;  // a block that meets itself: the other half, and each row itself
               if (score >= top_.bar(p)) top_.offer(p, score, q);
               if (score >= top_.bar(q)) top_.offer(q, score, p);
             });
  }

  CheckedRows features_;
  NeighborSettings settings_;
  Workers workers_;
  const Hook& hook_;
  NeighborPlan plan_;
  std::vector<float> centre_;
  TopRows top_;
  Index done_ = 0, meetings_;
};

/// What exact_neighbors of n rows of d columns will hold: all rows (6 bytes an element where products are in
/// 8 bits, 12 elsewhere) and, for each, its best so far; under a memory budget two parts of the rows at a
/// time, read again for each pair of parts. Throws too_large where the budget is too small for that.
inline NeighborPlan exact_neighbors_plan(Index n, Index d, const NeighborSettings& settings,
                                         Workers workers) {
  return ExactSearch<FastestPanels>::plan(n, d, settings, workers);
}

/// The m nearest other rows of every row of `features` (n × d): s(i, j) = x_i · x_j, rows scaled to length
/// one first where the similarity is the cosine. Exact to float32 rounding; ties by lowest id; the same bits
/// for any number of threads and any memory budget. O(n² d / 2) time. Throws invalid_argument unless 1 ≤
/// count < n; bad_data for NaN, infinite and (cosine) zero rows; stopped when the hook asks to, since half a
/// search is of no use.
inline Neighbors exact_neighbors(AnyRows features, const NeighborSettings& settings, Workers workers,
                                 const Hook& hook = {}) {
  check_neighbor_settings("exact_neighbors", settings, features.rows(), features.rows() - 1);
  return ExactSearch<FastestPanels>(features, settings, workers, hook).run();
}

}  // namespace shoal
