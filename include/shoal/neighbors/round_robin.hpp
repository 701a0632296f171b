// The neighbours of every row among the others, computing each pair of rows once for both.
#pragma once

#include <shoal/core/progress.hpp>
#include <shoal/neighbors/exact_order.hpp>
#include <shoal/neighbors/search_part.hpp>

namespace shoal {

/// Compares blocks of rows with each other: the prefilter bounds all their products, and the few pairs that
/// may enter the m best of either row are scored exactly. Pairs of blocks are scheduled in rounds like a
/// round-robin tournament: no block occurs twice in a round, so threads share nothing. A key does not depend
/// on the schedule, hence neither does the result. O(n² d / 2) time.
template <template <int> class P> class RoundRobinSearch {
 public:
  using Part = SearchPart<P>;

  /// Holds `rows_at_once` rows, or two parts of that size if these are not all.
  RoundRobinSearch(const SearchRows& features, const NeighborSettings& settings, Index rows_at_once,
                   Workers workers, const Hook& hook)
      : features_(features),
        settings_(settings),
        rows_at_once_(rows_at_once),
        workers_(workers),
        hook_(hook),
        top_(features.rows(), candidates_for(settings.count)),
        meetings_(block_count(features.rows(), search_block_rows)) {
    meetings_ = meetings_ * (meetings_ + 1) / 2;
  }

  Neighbors run() {
    const Index n = features_.rows(), parts = block_count(n, rows_at_once_);
    const auto load = [&](Index p) {
      return Part(features_, block_at(n, rows_at_once_, p), search_block_rows, workers_);
    };
    for (Index p = 0; p < parts; ++p) {
      const Part a = load(p);
      meet_within(a);
      for (Index q = p + 1; q < parts; ++q) meet_across(a, load(q));
    }
    Neighbors result = room_for_neighbors(n, settings_);
    const auto candidates = [&](Index i) { return RowCandidates{i, top_.sorted(i), top_.dropped(i)}; };
    take_best(features_, features_, true, vector_dot_rounding(features_.cols()), n, candidates, result,
              workers_);
    return result;
  }

 private:
  /// Compares all pairs of blocks of a part by the circle method: one block stays in place, the others
  /// rotate.
  void meet_within(const Part& a) {
    const Index others = a.blocks() - 1 + a.blocks() % 2;
    round(a.blocks(), [&](Index k) { meet(a, k, a, k); });
    for (Index r = 0; r < others && a.blocks() > 1; ++r)
      round((others + 1) / 2, [&](Index k) {
        const Index x = k == 0 ? others : (r + k) % others, y = (r - k + others) % others;
        if (x < a.blocks()) meet(a, std::min(x, y), a, std::max(x, y));
      });
  }

  /// Compares every block of a with every block of b, which comes after a.
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
    each_candidate(x, x.all(), y, top_.thresholds() + from_x, top_.thresholds() + from_y,
                   [&](Index r, Index c, float key) {
                     const Index p = from_x + r, q = from_y + c;
                     if (p >= q) return;  // within one block: skips the other half, and each row itself
                     if (key >= top_.threshold(p)) top_.offer(p, key, q);
                     if (key >= top_.threshold(q)) top_.offer(q, key, p);
                   });
  }

  const SearchRows& features_;
  const NeighborSettings& settings_;
  Index rows_at_once_;
  Workers workers_;
  const Hook& hook_;
  TopRows top_;
  Index done_ = 0, meetings_;
};

}  // namespace shoal
