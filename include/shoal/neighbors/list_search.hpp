// The search through inverted lists: each row is compared with the rows of its nearest lists.
#pragma once

#include <algorithm>

#include <shoal/core/buffer.hpp>
#include <shoal/core/reporting_workers.hpp>
#include <shoal/neighbors/exact_order.hpp>
#include <shoal/neighbors/list_order.hpp>

namespace shoal {

/// The search, over parts of the ordered rows.
template <template <int> class P> class ListSearch {
 public:
  using Part = SearchPart<P>;

  ListSearch(const SearchRows& features, MatrixView<const std::int32_t> probes, Index lists,
             Index rows_at_once, const NeighborSettings& settings, ReportingWorkers& workers)
      : features_(features),
        order_(probes, lists),
        visits_(probes, order_),
        settings_(settings),
        workers_(workers) {
    Index rows = 0;
    for (const Block& block : order_.blocks) {  // parts consist of whole blocks
      if (ends_.empty() || rows + block.count > rows_at_once) ends_.push_back(block.index), rows = 0;
      rows += block.count;
      ends_.back() = block.index + 1;
    }
  }

  /// Fills the result. Returns the rows whose lists held too few rows. The units of its progress are blocks
  /// of rows, once for each part that they are compared with, and the final choice among candidates, once for
  /// each part.
  std::vector<Index> run(Neighbors& result) {
    std::vector<Index> short_of;
    const auto parts = static_cast<Index>(ends_.size());
    begin(0, 0);
    for (Index p = 0; p < parts; ++p) {
      const Part asking = load(p);
      TopRows top(asking.rows(), candidates_for(settings_.count));
      for (Index q = 0; q < parts; ++q) {
        const Index done = first_block(p) * parts + p + q * asking.blocks();
        if (q == p) {
          begin(done, 1);
          search(asking, p, asking, p, top);
        } else {
          const Part asked = load(q);
          begin(done, 1);
          search(asking, p, asked, q, top);
        }
        begin(done + asking.blocks(), 0);
      }
      const Index first = asking.slot(0);
      const auto candidates = [&](Index slot) {
        return RowCandidates{row_in(first + slot), top.sorted(slot), top.dropped(slot)};
      };
      for (const Index row : take_best(features_, features_, true, vector_dot_rounding(features_.cols()),
                                       asking.rows(), candidates, result, workers_))
        short_of.push_back(row);
      begin(end_block(p) * parts + p + 1, 0);
    }
    return short_of;
  }

 private:
  [[nodiscard]] Index row_in(Index slot) const { return order_.row_of[static_cast<std::size_t>(slot)]; }
  [[nodiscard]] Index first_block(Index part) const {
    return part == 0 ? 0 : ends_[static_cast<std::size_t>(part - 1)];
  }
  [[nodiscard]] Index end_block(Index part) const { return ends_[static_cast<std::size_t>(part)]; }

  /// Reports the units done so far, and sets how many each task of the next walk does.
  void begin(Index done, Index units) const {
    const Index parts = std::ssize(ends_), total = std::ssize(order_.blocks) * parts + parts;
    workers_.begin({.phase = "neighbors", .done = done, .total = total}, units);
  }

  [[nodiscard]] Part load(Index part) const {
    const auto begin = order_.blocks.begin();
    Buffer<Block> cut(begin + first_block(part), begin + end_block(part));
    const Index first = cut.front().first, count = cut.back().first + cut.back().count - first;
    for (Block& block : cut) block.first -= first;
    return Part(features_, first, count, std::move(cut), order_.row_of, workers_);
  }

  void search(const Part& a, Index of_a, const Part& b, Index of_b, TopRows& top) const {
    workers_.each_task(a.blocks(), [&](Index i, int) {
      PrefilterRows<P> asking;
      visits_.each_list(first_block(of_a) + i, [&](Index list, std::span<const std::int32_t> rows) {
        const auto l = static_cast<std::size_t>(list);
        const Index first = std::max(order_.first_block[l], first_block(of_b));
        const Index end = std::min(order_.first_block[l + 1], end_block(of_b));
        if (first < end) a[i].select(rows, asking);
        for (Index j = first; j < end; ++j) meet(a, i, asking, b, j - first_block(of_b), top);
      });
    });
  }

  void meet(const Part& a, Index i, const PrefilterRows<P>& asking, const Part& b, Index j,
            TopRows& top) const {
    const auto &x = a[i], &y = b[j];
    const Index from_x = a.slot(i) - a.slot(0), from_y = b.slot(j), self = a.slot(i) - from_y;
    each_candidate(x, asking, y, top.thresholds() + from_x, nullptr, [&](Index r, Index c, float key) {
      if (self + r == c) return;
      if (key >= top.threshold(from_x + r)) top.offer(from_x + r, key, row_in(from_y + c));
    });
  }

  const SearchRows& features_;
  ListOrder order_;
  ListVisits visits_;
  NeighborSettings settings_;
  ReportingWorkers& workers_;
  std::vector<Index> ends_;  // the end of each part's blocks
};

}  // namespace shoal
