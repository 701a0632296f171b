// The m best of a stream of scored rows, which every search keeps for each query.
#pragma once

#include <algorithm>
#include <cstring>
#include <functional>
#include <limits>
#include <span>

#include <shoal/core/matrix.hpp>
#include <shoal/core/scored.hpp>

namespace shoal {

/// The m best words offered for each of n rows; the set does not depend on the order of the offers. The words
/// of a row lie unordered in a reservoir of m + slack. When it is full, the best m are kept, and the worst of
/// them becomes the threshold that the next must reach. Amortised O(1) for each offer. Different rows may be
/// used by different threads.
class TopRows {
 public:
  TopRows(Index rows, Index count)
      : count_(count),
        words_(rows, count + slack),
        held_(static_cast<std::size_t>(rows), 0),
        thresholds_(static_cast<std::size_t>(rows + spare), lowest) {}

  [[nodiscard]] Index rows() const { return words_.rows(); }
  /// The threshold of each row: a score below it can't enter, and one that equals it may. The array is padded
  /// so that a whole SIMD vector can be loaded at the end.
  [[nodiscard]] const float* thresholds() const { return thresholds_.data(); }
  [[nodiscard]] float threshold(Index row) const { return thresholds_[static_cast<std::size_t>(row)]; }

  void offer(Index row, float score, Index id) {
    std::int32_t& held = held_[static_cast<std::size_t>(row)];
    words_(row, held++) = scored(score, id);
    if (held == words_.cols()) shrink(row);
  }

  /// The row's m best words, best first; fewer if fewer were offered.
  std::span<const std::uint64_t> sorted(Index row) {
    std::uint64_t* first = words_.row(row);
    const Index held = held_[static_cast<std::size_t>(row)];
    std::sort(first, first + held, std::greater<>{});
    return {first, static_cast<std::size_t>(std::min(count_, held))};
  }
  /// Whether words were offered that are not among the best.
  [[nodiscard]] bool dropped(Index row) const {
    return held_[static_cast<std::size_t>(row)] > count_ || threshold(row) > lowest;
  }

  /// The memory of TopRows(rows, count), in bytes.
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
  static constexpr float lowest = std::numeric_limits<float>::lowest();  // lower than any key
  Index count_;
  Matrix<std::uint64_t> words_;
  Buffer<std::int32_t> held_;
  Buffer<float> thresholds_;
};

}  // namespace shoal
