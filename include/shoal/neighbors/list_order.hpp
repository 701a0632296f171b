// The order of rows by their inverted lists, and the lists that the rows look into.
#pragma once

#include <algorithm>
#include <numeric>
#include <span>
#include <tuple>
#include <utility>
#include <vector>

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

/// The lists that the rows of each block look into.
class ListVisits {
 public:
  /// Probes [n × lists of each row] and order must outlive it.
  ListVisits(MatrixView<const std::int32_t> probes, const ListOrder& order)
      : probes_(probes), order_(order) {}

  /// Calls f(list, g) for each list that some of the rows [g, g + 1) · visit_rows of a block look into.
  template <class F> void each_visit(Index block, const F& f) const {
    for (const Visit& visit : visits_of(order_.blocks[static_cast<std::size_t>(block)]))
      f(Index{visit.list}, Index{visit.rows});
  }

  /// Calls f(list, panels) for each list that some rows of a block look into, where `panels`, of the `count`
  /// panels of the block, hold these rows.
  template <class F> void each_list(Index block, Index count, const F& f) const {
    std::vector<std::int32_t> panels;
    const std::vector<Visit> visits = visits_of(order_.blocks[static_cast<std::size_t>(block)]);
    for (std::size_t v = 0; v < visits.size();) {
      const Index list = visits[v].list;
      for (panels.clear(); v < visits.size() && visits[v].list == list; ++v)
        add_panels(visits[v].rows, count, panels);
      f(list, std::span<const std::int32_t>(panels));
    }
  }

 private:
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
    for (Index r = 0; r < block.count; ++r)
      for (Index k = 0; k < probes_.cols; ++k)
        visits.push_back({probes_(order_.row_of[static_cast<std::size_t>(block.first + r)], k),
                          static_cast<std::int32_t>(r / visit_rows), static_cast<std::int32_t>(k)});
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

  MatrixView<const std::int32_t> probes_;
  const ListOrder& order_;
};

}  // namespace shoal
