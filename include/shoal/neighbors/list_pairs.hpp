// The pairs of rows that a search through inverted lists over ranks compares.
#pragma once

#include <algorithm>
#include <span>
#include <vector>

#include <shoal/core/buffer.hpp>
#include <shoal/neighbors/list_order.hpp>

namespace shoal {

/// For RingSearch: each row is compared with the rows of the lists that it looks into. Slots number the rows
/// of all ranks in the order of their lists, and the ids of rows decide ties.
class ListPairs {
 public:
  /// `order` and `visits` are those of this rank's lists. List l has the slots [starts[l], starts[l + 1]),
  /// and slot s has the row ids[s], of all ranks. All must outlive the pairs.
  ListPairs(const ListOrder& order, const ListVisits& visits, std::span<const Index> starts,
            std::span<const std::int32_t> ids)
      : order_(order), visits_(visits), starts_(starts), ids_(ids), slots_(ids.size()) {
    for (std::size_t slot = 0; slot < ids.size(); ++slot)
      slots_[static_cast<std::size_t>(ids[slot])] = static_cast<std::int32_t>(slot);
  }

  [[nodiscard]] Buffer<Block> blocks(Index) const { return order_.blocks; }

  /// Visiting rows in blocks that each lie within one list.
  struct Guests {
    Buffer<Block> blocks;
    Index first_list;                ///< the list of the first row
    std::vector<Index> first_block;  ///< of each list from first_list on, and the end of the last one's
  };
  [[nodiscard]] Guests guests(Index first, Index rows) const {
    Guests cut;
    cut.first_list = std::upper_bound(starts_.begin(), starts_.end(), first) - starts_.begin() - 1;
    cut.first_block.push_back(0);
    for (Index at = first, list = cut.first_list; at < first + rows; ++list) {
      const Index end = std::min(starts_[static_cast<std::size_t>(list + 1)], first + rows);
      for (Index count; at < end; at += count) {
        count = std::min(search_block_rows, end - at);
        cut.blocks.push_back({std::ssize(cut.blocks), at - first, count});
      }
      cut.first_block.push_back(std::ssize(cut.blocks));
    }
    return cut;
  }

  template <template <int> class P, class F>
  void each(Index block, const PrefilterBlock<P>& own, const Guests& guests, const F& f) const {
    const Index lists = std::ssize(guests.first_block) - 1;
    PrefilterRows<P> asking;
    visits_.each_list(block, [&](Index list, std::span<const std::int32_t> rows) {
      const Index l = list - guests.first_list;
      if (l < 0 || l >= lists) return;
      own.select(rows, asking);
      for (Index j = guests.first_block[static_cast<std::size_t>(l)];
           j < guests.first_block[static_cast<std::size_t>(l + 1)]; ++j)
        f(asking, j);
    });
  }
  [[nodiscard]] Index id(Index slot) const { return ids_[static_cast<std::size_t>(slot)]; }
  [[nodiscard]] Index slot(Index id) const { return slots_[static_cast<std::size_t>(id)]; }

 private:
  const ListOrder& order_;
  const ListVisits& visits_;
  std::span<const Index> starts_;
  std::span<const std::int32_t> ids_;
  std::vector<std::int32_t> slots_;
};

}  // namespace shoal
