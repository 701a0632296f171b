// The exact nearest neighbours of every row: each pair of rows is looked at once, for the sake of both.
#pragma once

#include <shoal/backend/cpu.hpp>
#include <shoal/core/progress.hpp>
#include <shoal/neighbors/neighbors.hpp>
#include <shoal/neighbors/screen.hpp>
#include <shoal/neighbors/top.hpp>

namespace shoal {

/// What a search will hold, known before anything is allocated.
struct NeighborPlan {
  std::size_t bytes;   ///< at the peak, the result included
  Index rows_at_once;  ///< rows of a source held at a time; two such parts where that is less than all
};

namespace exact_impl {

inline constexpr Index block_rows =
    288;  // a multiple of every target's tile; two blocks fit the second-level cache

/// Rows of a source, ready to meet others.
template <class Codes> struct Part {
  Index first = 0;
  Matrix<float> rows;
  std::vector<ScreenBlock<Codes>> blocks;
};

/// Searches among the rows of `base` for each row of `queries`; when the two are one source, each pair meets
/// once.
///
/// Two blocks of rows meet: a screen bounds all their products, the few pairs that may enter either row's top
/// m are scored in full. Blocks meet in rounds, as players in a tournament: no block is in two meetings of a
/// round, so that threads share nothing. A score does not depend on who met when, hence neither does the
/// result.
template <class Codes> class Search {
 public:
  Search(RowsRef queries, RowsRef base, bool self, const NeighborSettings& settings, const Cpu& cpu,
         const Hook& hook)
      : queries_(queries),
        base_(base),
        self_(self),
        settings_(settings),
        cpu_(cpu),
        hook_(hook),
        plan_(plan(queries.rows(), base.rows(), base.cols(), self, settings, cpu)),
        query_block_(self ? block_rows : std::clamp<Index>(queries.rows() / 32, tile_rows, block_rows)),
        centre_(search_centre("exact_neighbors", settings.similarity, base)),
        top_(queries.rows(), settings.count) {
    const Index b = block_count(base.rows(), block_rows);
    total_ = self ? b * (b + 1) / 2 : block_count(queries.rows(), query_block_) * b;
  }

  Neighbors run() {
    const Index n = queries_.rows(), parts = block_count(n, plan_.rows_at_once);
    for (Index p = 0; p < parts; ++p) {
      Part<Codes> a = load(queries_, block_at(n, plan_.rows_at_once, p), query_block_);
      if (self_) meet_within(a);
      for (Index q = self_ ? p + 1 : 0; q < block_count(base_.rows(), plan_.rows_at_once); ++q)
        meet_across(a, load(base_, block_at(base_.rows(), plan_.rows_at_once, q), block_rows));
    }
    const bool keep = settings_.keep_similarities;
    Neighbors result{Matrix<std::int32_t>(n, settings_.count), Matrix<float>(keep ? n : 0, settings_.count)};
    cpu_.each_row(n, [&](Index i) {
      top_.take(i, result.ids.view().span(i), keep ? result.similarities.view().span(i) : std::span<float>{});
    });
    return result;
  }

  /// Throws too_large when not even one block at a time fits the budget.
  static NeighborPlan plan(Index queries, Index base, Index d, bool self, const NeighborSettings& settings,
                           const Cpu& cpu) {
    const auto rows = [](Index count) { return static_cast<std::size_t>(count); };
    const std::size_t a_row = rows(4 * d) + ScreenBlock<Codes>::bytes_a_row(d);
    const std::size_t fixed = TopRows::bytes(queries, settings.count) +
                              rows(queries * settings.count) * (settings.keep_similarities ? 8 : 4) +
                              rows(cpu.threads() * block_rows * d) * 4;
    const auto bytes = [&](Index at_once) {
      const Index held =
          self && base <= at_once ? base : std::min(queries, at_once) + std::min(base, at_once);
      return fixed + rows(held) * a_row;
    };
    const Index all = std::max(queries, base);
    if (cpu.memory() == 0 || bytes(all) <= cpu.memory()) return {bytes(all), all};
    check(bytes(block_rows) <= cpu.memory(), Errc::too_large, "exact_neighbors: ", queries, " rows of ", d,
          " columns need ", bytes(block_rows), " bytes at least; the budget is ", cpu.memory());
    const Index at_once = static_cast<Index>((cpu.memory() - fixed) / (2 * a_row)) / block_rows * block_rows;
    return {bytes(std::max(at_once, block_rows)), std::max(at_once, block_rows)};
  }

 private:
  Part<Codes> load(RowsRef source, Block which, Index size) const {
    Part<Codes> part{which.first, Matrix<float>(which.count, source.cols()), {}};
    part.blocks.resize(static_cast<std::size_t>(block_count(which.count, size)));
    cpu_.each_block(which.count, size, [&](Block block, int) {
      const auto rows = part.rows.view().block(block.first, block.count);
      const Index first = which.first + block.first;
      source.read(first, rows);
      make_searchable("exact_neighbors", settings_.similarity, rows, [&](Index i) { return first + i; });
      part.blocks[static_cast<std::size_t>(block.index)] = ScreenBlock<Codes>(rows, centre_);
    });
    return part;
  }

  /// All pairs of blocks of a part, by the circle method: one player stays, the others go round.
  void meet_within(const Part<Codes>& a) {
    const auto blocks = static_cast<Index>(a.blocks.size()), others = blocks - 1 + blocks % 2;
    round(blocks, [&](Index k) { meet(a, k, a, k); });
    for (Index r = 0; r < others && blocks > 1; ++r)
      round((others + 1) / 2, [&](Index k) {
        const Index x = k == 0 ? others : (r + k) % others, y = (r - k + others) % others;
        if (x < blocks) meet(a, std::min(x, y), a, std::max(x, y));
      });
  }

  /// All pairs of a block of a and a block of b.
  void meet_across(const Part<Codes>& a, const Part<Codes>& b) {
    const auto in_a = static_cast<Index>(a.blocks.size()), in_b = static_cast<Index>(b.blocks.size());
    for (Index r = 0; r < std::max(in_a, in_b); ++r)
      round(std::min(in_a, in_b), [&](Index k) {
        if (in_a <= in_b)
          meet(a, k, b, (k + r) % in_b);
        else
          meet(a, (k + r) % in_a, b, k);
      });
  }

  template <class F> void round(Index meetings, F&& meeting) {
    cpu_.each_task(meetings, [&](Index k, int) { meeting(k); });
    done_ += meetings;
    check(report(hook_, {.phase = "neighbors", .done = std::min(done_, total_), .total = total_}),
          Errc::stopped, "exact_neighbors: stopped by the hook; half a search is of no use");
  }

  void meet(const Part<Codes>& a, Index i, const Part<Codes>& b, Index j) {
    const ScreenBlock<Codes>&x = a.blocks[static_cast<std::size_t>(i)],
          &y = b.blocks[static_cast<std::size_t>(j)];
    const Index x_first = a.first + i * query_block_, y_first = b.first + j * block_rows, d = base_.cols();
    const auto offer = [&](Index row, float s, Index id) {
      if (s >= top_.bar(row)) top_.offer(row, s, id);
    };
    if (!self_)
      return each_hit(x, y, top_.bars() + x_first, nullptr, [&](Index r, Index c) {
        offer(x_first + r, score(x.row(r), y.row(c), d), y_first + c);
      });
    each_hit(x, y, top_.bars() + x_first, top_.bars() + y_first, [&](Index r, Index c) {
      const Index p = x_first + r, q = y_first + c;
      if (p >= q) return;  // a block that meets itself: the other half, and each row itself
      const float s = score(x.row(r), y.row(c), d);
      offer(p, s, q);
      offer(q, s, p);
    });
  }

  RowsRef queries_, base_;
  bool self_;
  NeighborSettings settings_;
  const Cpu& cpu_;
  const Hook& hook_;
  NeighborPlan plan_;
  Index query_block_;
  std::vector<float> centre_;
  TopRows top_;
  Index done_ = 0, total_ = 0;
};

}  // namespace exact_impl

/// What exact_neighbors of n rows of d columns will hold: all rows (6 bytes an element where products are in
/// 8 bits, 12 elsewhere) and, for each, its best so far; under a memory budget two parts of the rows at a
/// time, read again for each pair of parts. Throws too_large where the budget is too small for that.
inline NeighborPlan exact_neighbors_plan(Index n, Index d, const NeighborSettings& settings, const Cpu& cpu) {
  return exact_impl::Search<FastestCodes>::plan(n, n, d, true, settings, cpu);
}

/// The m nearest other rows of every row of `features` (n × d): s(i, j) = x_i · x_j, rows scaled to length
/// one first where the similarity is the cosine. Exact to float32 rounding; ties by lowest id; the same bits
/// for any number of threads and any memory budget. O(n² d / 2) time. Throws invalid_argument unless 1 ≤
/// count < n; bad_data for NaN, infinite and (cosine) zero rows; stopped when the hook asks to, since half a
/// search is of no use.
inline Neighbors exact_neighbors(RowsRef features, const NeighborSettings& settings, const Cpu& cpu,
                                 const Hook& hook = {}) {
  check_neighbor_settings("exact_neighbors", settings, features.rows(), features.rows() - 1);
  return exact_impl::Search<FastestCodes>(features, features, true, settings, cpu, hook).run();
}

/// The same for rows of another set: for every row of `queries` the m nearest rows of `features`, whose ids
/// they are.
inline Neighbors exact_neighbors(RowsRef queries, RowsRef features, const NeighborSettings& settings,
                                 const Cpu& cpu, const Hook& hook = {}) {
  check(queries.cols() == features.cols(), Errc::invalid_argument, "exact_neighbors: queries has ",
        queries.cols(), " columns and features ", features.cols(), "; they must be the same");
  check_neighbor_settings("exact_neighbors", settings, features.rows(), features.rows());
  return exact_impl::Search<FastestCodes>(queries, features, false, settings, cpu, hook).run();
}

}  // namespace shoal
