// Inverted lists that are spread over ranks: each rank has all rows of its lists.
#pragma once

#include <algorithm>
#include <numeric>
#include <optional>
#include <span>
#include <vector>

#include <shoal/core/ordered.hpp>
#include <shoal/neighbors/list_order.hpp>
#include <shoal/neighbors/ring.hpp>

namespace shoal {

/// The rows of all ranks, moved to the ranks that have their lists. Lists go to ranks in their order, so that
/// each rank has about as many rows as any other. A slot numbers the rows of all ranks in the order of
/// ListOrder, which is that of one process. Each rank holds a copy of the rows of its lists, and 4 n bytes of
/// ids. The constructor and send_back() are exchanges.
class SpreadLists {
 public:
  /// `probes` are the lists that each row of this rank looks into, of which the first one has the row.
  SpreadLists(AnyRows features, const Matrix<std::int32_t>& probes, Index lists, const Shard& shard,
              Workers workers)
      : shard_(shard), starts_(starts_of(probes, lists, shard)), own_(own_lists(shard)) {
    fetch_probes(probes, workers);
    order_.emplace(probes_, lists);
    visits_.emplace(probes_, *order_);
    fetch_rows(features, workers);
    std::vector<std::int32_t> own_ids;
    for (const Index row : order_->row_of)
      own_ids.push_back(static_cast<std::int32_t>(arrived_[static_cast<std::size_t>(row)]));
    ids_ = shard.ranks().all_gather(own_ids);
    slots_.emplace(shard.ranks(), rows_.rows(), rows_.cols());
  }
  SpreadLists(const SpreadLists&) = delete;
  SpreadLists& operator=(const SpreadLists&) = delete;

  /// The rows of this rank's lists in the order of their slots, and the slots of each rank.
  [[nodiscard]] const Matrix<float>& rows() const { return rows_; }
  [[nodiscard]] const Shard& slots() const { return *slots_; }
  [[nodiscard]] const ListOrder& order() const { return *order_; }
  [[nodiscard]] const ListVisits& visits() const { return *visits_; }
  /// List l has the slots [starts[l], starts[l + 1]), and slot s the row ids[s], of all ranks.
  [[nodiscard]] std::span<const Index> starts() const { return starts_; }
  [[nodiscard]] std::span<const std::int32_t> ids() const { return ids_; }

  /// Sends what was found for the rows of the lists, row by row, to the ranks that passed the rows.
  template <class T> void send_back(const Matrix<T>& found, MatrixView<T> to, Workers workers) const {
    each_visitor(found, slots(), workers, [&](const Visiting<T>& guests) {
      for (Index i = 0; i < guests.rows.rows; ++i) {
        const Index id = ids_[static_cast<std::size_t>(guests.first + i)];
        if (shard_.holds(id)) std::copy_n(guests.rows.row(i), to.cols, to.row(id - shard_.first()));
      }
    });
  }

 private:
  static std::vector<Index> starts_of(const Matrix<std::int32_t>& probes, Index lists, const Shard& shard) {
    std::vector<Index> starts(static_cast<std::size_t>(lists + 1), 0);
    for (Index i = 0; i < probes.rows(); ++i) ++starts[static_cast<std::size_t>(probes(i, 0) + 1)];
    shard.ranks().sum(starts);
    std::partial_sum(starts.begin(), starts.end(), starts.begin());
    return starts;
  }
  /// The lists [first, first + count) of this rank: those that begin in its share of the slots.
  [[nodiscard]] Block own_lists(const Shard& shard) const {
    const auto first_of = [&](Index rank) {
      const Index ranks = shard.ranks().size();
      const auto lists = std::span(starts_).first(starts_.size() - 1);
      if (rank == ranks) return std::ssize(lists);
      return std::lower_bound(lists.begin(), lists.end(), shard.total() * rank / ranks) - lists.begin();
    };
    const Index first = first_of(shard.ranks().rank());
    return {0, first, first_of(shard.ranks().rank() + 1) - first};
  }

  /// Keeps the ids and probes of the rows of own lists, in the order of ids.
  void fetch_probes(const Matrix<std::int32_t>& probes, Workers workers) {
    std::vector<std::int32_t> lists;
    std::vector<Index> ids;
    each_visitor(probes, shard_, workers, [&](const Visiting<std::int32_t>& guests) {
      for (Index i = 0; i < guests.rows.rows; ++i) {
        const std::int32_t* row = guests.rows.row(i);
        if (row[0] < own_.first || row[0] >= own_.first + own_.count) continue;
        ids.push_back(guests.first + i);
        lists.insert(lists.end(), row, row + probes.cols());
      }
    });
    probes_ = Matrix<std::int32_t>(std::ssize(ids), probes.cols());
    for (const std::size_t i : ordered(ids.size(), [&](auto a, auto b) { return ids[a] < ids[b]; })) {
      std::copy_n(lists.data() + static_cast<Index>(i) * probes.cols(), probes.cols(),
                  probes_.row(std::ssize(arrived_)));
      arrived_.push_back(ids[i]);
    }
  }

  /// Keeps the rows of own lists, in the order of slots.
  void fetch_rows(AnyRows features, Workers workers) {
    std::vector<Index> slot_of(arrived_.size());
    for (std::size_t slot = 0; slot < slot_of.size(); ++slot)
      slot_of[static_cast<std::size_t>(order_->row_of[slot])] = static_cast<Index>(slot);
    rows_ = Matrix<float>(std::ssize(arrived_), features.cols());
    each_visitor(features, shard_, workers, [&](const VisitingRows& guests) {
      for (auto i = std::lower_bound(arrived_.begin(), arrived_.end(), guests.first) - arrived_.begin();
           i < std::ssize(arrived_) &&
           arrived_[static_cast<std::size_t>(i)] < guests.first + guests.rows.rows;
           ++i)
        std::copy_n(guests.rows.row(arrived_[static_cast<std::size_t>(i)] - guests.first), rows_.cols(),
                    rows_.row(slot_of[static_cast<std::size_t>(i)]));
    });
  }

  const Shard& shard_;
  std::vector<Index> starts_;    // [lists + 1]
  const Block own_;              // lists
  std::vector<Index> arrived_;   // the ids of the rows of own lists, ascending
  Matrix<std::int32_t> probes_;  // theirs
  std::optional<ListOrder> order_;
  std::optional<ListVisits> visits_;
  Matrix<float> rows_;
  std::vector<std::int32_t> ids_;
  std::optional<Shard> slots_;
};

}  // namespace shoal
