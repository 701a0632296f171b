// The order of rows by their inverted lists, and the lists that the rows look into.
#pragma once

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

#include <shoal/core/buffer.hpp>
#include <shoal/core/lists.hpp>
#include <shoal/neighbors/search_part.hpp>

namespace shoal {

/// The rows in the order of their lists, divided into blocks that each lie within one list.
struct ListOrder {
  std::vector<Index> row_of;       ///< [n] the row in each slot: by list, then row
  Buffer<Block> blocks;            ///< ranges of slots
  std::vector<Index> first_block;  ///< [lists + 1] list l has the blocks [first_block[l], first_block[l + 1])

  ListOrder(MatrixView<const std::int32_t> probes, Index lists) {
    std::vector<std::int32_t> list_of;
    for (Index i = 0; i < probes.rows; ++i) list_of.push_back(probes(i, 0));
    Lists<Index> rows = group_by<Index>(std::span<const std::int32_t>(list_of), lists);
    for (Index list = 0; list < lists; ++list) {
      first_block.push_back(std::ssize(blocks));
      const auto l = static_cast<std::size_t>(list);
      for (Index slot = rows.offsets[l], end = rows.offsets[l + 1]; slot < end; slot += search_block_rows)
        blocks.push_back({std::ssize(blocks), slot, std::min(search_block_rows, end - slot)});
    }
    first_block.push_back(std::ssize(blocks));
    row_of = std::move(rows.values);
  }
};

/// The lists that the rows of each block look into.
class ListVisits {
 public:
  /// Probes [n × lists of each row] and order must outlive it.
  ListVisits(MatrixView<const std::int32_t> probes, const ListOrder& order)
      : probes_(probes), order_(order) {}

  /// Calls f(list, rows) for each list that some rows of a block look into, where `rows` numbers these rows
  /// in the block, ascending. Lists that are nearest to some row come first, for high thresholds soon.
  template <class F> void each_list(Index block, const F& f) const {
    const Block& own = order_.blocks[static_cast<std::size_t>(block)];
    std::vector<std::int32_t> lists;
    for (Index r = 0; r < own.count; ++r) {
      const auto of_row = probes_.span(order_.row_of[static_cast<std::size_t>(own.first + r)]);
      lists.insert(lists.end(), of_row.begin(), of_row.end());
    }
    const auto visits =
        group_by<std::int32_t>(std::span<const std::int32_t>(lists), std::ssize(order_.first_block) - 1);
    struct Visited {
      Index rank, list;  // rank: its best place among the lists of a row
    };
    Buffer<Visited> by_rank;
    for (Index list = 0; list < visits.size(); ++list) {
      Index rank = probes_.cols;
      for (const Index visit : visits[list]) rank = std::min(rank, visit % probes_.cols);
      if (rank < probes_.cols) by_rank.push_back({rank, list});
    }
    std::sort(by_rank.begin(), by_rank.end(), [](const Visited& a, const Visited& b) {
      return a.rank != b.rank ? a.rank < b.rank : a.list < b.list;
    });
    std::vector<std::int32_t> rows;
    for (const auto& [rank, list] : by_rank) {
      rows.clear();
      for (const Index visit : visits[list]) rows.push_back(static_cast<std::int32_t>(visit / probes_.cols));
      f(list, std::span<const std::int32_t>(rows));
    }
  }

 private:
  MatrixView<const std::int32_t> probes_;
  const ListOrder& order_;
};

}  // namespace shoal
