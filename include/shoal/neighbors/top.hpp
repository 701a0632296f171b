// The m best of a stream of scored rows: what every search keeps for each row that asks.
#pragma once

#include <algorithm>
#include <cstring>
#include <functional>
#include <limits>
#include <span>
#include <vector>

#include <shoal/core/matrix.hpp>
#include <shoal/core/scored.hpp>
#include <shoal/core/workers.hpp>
#include <shoal/neighbors/neighbors.hpp>

namespace shoal {

/// For each of n rows the m best words offered, in whatever order they come: the set is the same.
/// A row's words lie unordered in a reservoir of m + slack; when it is full the best m are kept and the worst
/// of them becomes the threshold that the next must reach. Amortised O(1) an offer. Different rows may be
/// used by different threads.
class TopRows {
 public:
  TopRows(Index rows, Index count)
      : count_(count),
        words_(rows, count + slack),
        held_(static_cast<std::size_t>(rows), 0),
        thresholds_(static_cast<std::size_t>(rows + spare), -std::numeric_limits<float>::infinity()) {}

  [[nodiscard]] Index rows() const { return words_.rows(); }
  /// A score below its row's threshold can't enter; one that equals it may. Followed by room to load a vector
  /// too many.
  [[nodiscard]] const float* thresholds() const { return thresholds_.data(); }
  [[nodiscard]] float threshold(Index row) const { return thresholds_[static_cast<std::size_t>(row)]; }

  void offer(Index row, float score, Index id) {
    std::int32_t& held = held_[static_cast<std::size_t>(row)];
    words_(row, held++) = scored(score, id);
    if (held == words_.cols()) shrink(row);
  }

  /// Writes the row's m best, best first; those missing are left out. Returns how many there are.
  Index take(Index row, std::span<std::int32_t> ids, std::span<float> scores) {
    std::uint64_t* first = words_.row(row);
    std::uint64_t* last = first + held_[static_cast<std::size_t>(row)];
    std::sort(first, last, std::greater<>{});
    const Index found = std::min(count_, static_cast<Index>(last - first));
    for (Index j = 0; j < found; ++j) {
      ids[static_cast<std::size_t>(j)] = id_of(first[j]);
      if (!scores.empty()) scores[static_cast<std::size_t>(j)] = score_of(first[j]);
    }
    return found;
  }

  /// Bytes that TopRows(rows, count) holds.
  static std::size_t bytes(Index rows, Index count) {
    return static_cast<std::size_t>(rows) * (static_cast<std::size_t>(count + slack) * 8 + 8);
  }

 private:
  void shrink(Index row) {
    std::uint64_t* first = words_.row(row);
    std::nth_element(first, first + count_ - 1, first + words_.cols(), std::greater<>{});
    held_[static_cast<std::size_t>(row)] = static_cast<std::int32_t>(count_);
    thresholds_[static_cast<std::size_t>(row)] = score_of(first[count_ - 1]);
  }

  static constexpr Index slack = 32, spare = 64;
  Index count_;
  Matrix<std::uint64_t> words_;
  Buffer<std::int32_t> held_;
  Buffer<float> thresholds_;
};

/// Moves the best of each slot to row row_of(slot) of the result. Returns the rows that have fewer than they
/// should.
template <class RowOf>
std::vector<Index> take_best(TopRows& top, Neighbors& result, Workers workers, RowOf&& row_of) {
  std::vector<Index> found(static_cast<std::size_t>(top.rows())), short_of;
  workers.each_row(top.rows(), [&](Index slot) {
    const Index row = row_of(slot);
    const auto scores =
        result.similarities.rows() > 0 ? result.similarities.view().span(row) : std::span<float>{};
    found[static_cast<std::size_t>(slot)] = top.take(slot, result.ids.view().span(row), scores);
  });
  for (std::size_t slot = 0; slot < found.size(); ++slot)
    if (found[slot] < result.ids.cols()) short_of.push_back(row_of(static_cast<Index>(slot)));
  return short_of;
}

}  // namespace shoal
