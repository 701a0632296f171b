// The search through inverted lists: each row is compared with the rows of its nearest lists.
#pragma once

#include <algorithm>
#include <numeric>
#include <tuple>

#include <shoal/core/progress.hpp>
#include <shoal/neighbors/exact_order.hpp>
#include <shoal/neighbors/search_part.hpp>

namespace shoal {

/// The rows in the order of their lists, divided into blocks that each lie within one list.
struct ListOrder {
  std::vector<Index> row_of;       ///< [n] the row in each slot: by list, then second list, then row
  std::vector<Block> blocks;       ///< ranges of slots
  std::vector<Index> first_block;  ///< [lists + 1] list l has the blocks [first_block[l], first_block[l + 1])

  ListOrder(MatrixView<const std::int32_t> probes, Index lists)
      : row_of(static_cast<std::size_t>(probes.rows)) {
    std::iota(row_of.begin(), row_of.end(), Index{0});
    // Rows that share their second list tend to share more lists, so that a panel of them has fewer lists to
    // visit.
    std::sort(row_of.begin(), row_of.end(), [&](Index a, Index b) {
      const auto key = [&](Index row) {
        return std::tuple(probes(row, 0), probes(row, probes.cols > 1 ? 1 : 0), row);
      };
      return key(a) < key(b);
    });
    Index slot = 0;
    for (Index list = 0; list < lists; ++list) {
      first_block.push_back(static_cast<Index>(blocks.size()));
      Index end = slot;
      while (end < probes.rows && probes(row_of[static_cast<std::size_t>(end)], 0) == list) ++end;
      for (; slot < end; slot = std::min(end, slot + search_block_rows))
        blocks.push_back({static_cast<Index>(blocks.size()), slot, std::min(search_block_rows, end - slot)});
    }
    first_block.push_back(static_cast<Index>(blocks.size()));
  }
};

/// Consecutive rows of a block that look into the same lists: those of any of them. One number for all
/// targets, of whole tiles on each, so that what is found does not depend on the width of a tile.
inline constexpr Index visit_rows = 12;
static_assert(visit_rows % tile_rows == 0);

/// The search, over parts of the ordered rows.
template <template <int> class P> class ListSearch {
 public:
  using Part = SearchPart<P>;

  ListSearch(const SearchRows& features, MatrixView<const std::int32_t> probes, Index lists,
             Index rows_at_once, const NeighborSettings& settings, Workers workers, const Hook& hook)
      : features_(features),
        probes_(probes),
        order_(probes, lists),
        settings_(settings),
        workers_(workers),
        hook_(hook) {
    Index rows = 0;
    for (const Block& block : order_.blocks) {  // parts consist of whole blocks
      if (ends_.empty() || rows + block.count > rows_at_once) ends_.push_back(block.index), rows = 0;
      rows += block.count;
      ends_.back() = block.index + 1;
    }
  }

  /// Fills the result. Returns the rows whose lists held too few rows.
  std::vector<Index> run(Neighbors& result) {
    std::vector<Index> short_of;
    const auto parts = static_cast<Index>(ends_.size());
    for (Index p = 0; p < parts; ++p) {
      const Part asking = load(p);
      TopRows top(asking.rows(), candidates_for(settings_.count));
      for (Index q = 0; q < parts; ++q) {
        if (q == p)
          search(asking, p, asking, p, top);
        else
          search(asking, p, load(q), q, top);
        check(report(hook_, {.phase = "neighbors", .done = p * parts + q + 1, .total = parts * parts}),
              Errc::stopped, "approximate_neighbors: stopped by the hook; half a search is of no use");
      }
      const Index first = asking.slot(0);
      const auto candidates = [&](Index slot) {
        return RowCandidates{row_in(first + slot), top.sorted(slot), top.dropped(slot)};
      };
      for (const Index row : take_best(features_, features_, true, vector_dot_rounding(features_.cols()),
                                       asking.rows(), candidates, result, workers_))
        short_of.push_back(row);
    }
    return short_of;
  }

 private:
  [[nodiscard]] Index row_in(Index slot) const { return order_.row_of[static_cast<std::size_t>(slot)]; }
  [[nodiscard]] Index first_block(Index part) const {
    return part == 0 ? 0 : ends_[static_cast<std::size_t>(part - 1)];
  }
  [[nodiscard]] Index end_block(Index part) const { return ends_[static_cast<std::size_t>(part)]; }

  [[nodiscard]] Part load(Index part) const {
    const auto begin = order_.blocks.begin();
    std::vector<Block> cut(begin + first_block(part), begin + end_block(part));
    const Index first = cut.front().first, count = cut.back().first + cut.back().count - first;
    for (Block& block : cut) block.first -= first;
    return Part(features_, first, count, std::move(cut), order_.row_of, workers_);
  }

  void search(const Part& a, Index of_a, const Part& b, Index of_b, TopRows& top) const {
    workers_.each_task(a.blocks(), [&](Index i, int) {
      std::vector<std::int32_t> panels;
      const std::vector<Visit> visits =
          visits_of(order_.blocks[static_cast<std::size_t>(first_block(of_a) + i)]);
      for (std::size_t v = 0; v < visits.size();) {
        const Index list = visits[v].list;
        for (panels.clear(); v < visits.size() && visits[v].list == list; ++v)
          add_panels(visits[v].rows, std::ssize(a[i].panels()), panels);
        const auto l = static_cast<std::size_t>(list);
        const Index first = std::max(order_.first_block[l], first_block(of_b));
        const Index end = std::min(order_.first_block[l + 1], end_block(of_b));
        for (Index j = first; j < end; ++j) meet(a, i, panels, b, j - first_block(of_b), top);
      }
    });
  }

  /// Rows [rows, rows + 1) · visit_rows of a block look into a list; `rank` is the list's place among the
  /// nearest of some of them.
  struct Visit {
    std::int32_t list, rows, rank;
  };

  /// The panels, of `count` in a block, that hold the rows of a visit.
  static void add_panels(Index rows, Index count, std::vector<std::int32_t>& panels) {
    constexpr Index each = visit_rows / tile_rows;
    for (Index p = rows * each; p < std::min(count, (rows + 1) * each); ++p)
      panels.push_back(static_cast<std::int32_t>(p));
  }

  /// What the rows of a block visit, list by list: the lists that are nearest to some row first, for high
  /// thresholds soon.
  [[nodiscard]] std::vector<Visit> visits_of(Block block) const {
    std::vector<Visit> visits;
    std::vector<std::pair<std::int32_t, std::int32_t>> best;  // (list, its lowest rank)
    for (Index r = 0; r < block.count; ++r)
      for (Index k = 0; k < probes_.cols; ++k)
        visits.push_back({probes_(row_in(block.first + r), k), static_cast<std::int32_t>(r / visit_rows),
                          static_cast<std::int32_t>(k)});
    const auto by_list = [](const Visit& v) { return std::tuple(v.list, v.rank, v.rows); };
    std::sort(visits.begin(), visits.end(),
              [&](const Visit& x, const Visit& y) { return by_list(x) < by_list(y); });
    for (std::size_t v = 0; v < visits.size(); ++v) {  // all visits to a list get its lowest rank
      const bool again = v > 0 && visits[v].list == visits[v - 1].list;
      if (again) visits[v].rank = visits[v - 1].rank;
    }
    const auto by_rank = [](const Visit& v) { return std::tuple(v.rank, v.list, v.rows); };
    std::sort(visits.begin(), visits.end(),
              [&](const Visit& x, const Visit& y) { return by_rank(x) < by_rank(y); });
    const auto same = [&](const Visit& x, const Visit& y) { return by_rank(x) == by_rank(y); };
    visits.erase(std::unique(visits.begin(), visits.end(), same), visits.end());
    return visits;
  }

  void meet(const Part& a, Index i, std::span<const std::int32_t> panels, const Part& b, Index j,
            TopRows& top) const {
    const auto &x = a[i], &y = b[j];
    const Index from_x = a.slot(i) - a.slot(0), from_y = b.slot(j), self = a.slot(i) - from_y;
    each_candidate(x, panels, y, top.thresholds() + from_x, nullptr, [&](Index r, Index c, float key) {
      if (self + r == c) return;
      if (key >= top.threshold(from_x + r)) top.offer(from_x + r, key, row_in(from_y + c));
    });
  }

  const SearchRows& features_;
  MatrixView<const std::int32_t> probes_;
  ListOrder order_;
  NeighborSettings settings_;
  Workers workers_;
  const Hook& hook_;
  std::vector<Index> ends_;  // the end of each part's blocks
};

}  // namespace shoal
