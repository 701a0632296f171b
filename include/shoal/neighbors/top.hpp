// The m best of a stream of scored rows: what every search keeps for each row that asks.
#pragma once

#include <algorithm>
#include <cstring>
#include <functional>
#include <limits>
#include <span>

#include <shoal/core/matrix.hpp>

namespace shoal {

/// A score and an id in one word that orders as they do: higher score first, then lower id. Never 0 for a
/// finite score.
SHOAL_HD inline std::uint64_t scored(float score, Index id) {
  std::uint32_t bits = __builtin_bit_cast(std::uint32_t, score + 0.f);  // −0 becomes 0: they are equal
  bits = (bits & 0x80000000u) != 0 ? ~bits : bits | 0x80000000u;
  return std::uint64_t{bits} << 32 | (0xFFFFFFFFu - static_cast<std::uint32_t>(id));
}
SHOAL_HD inline std::int32_t id_of(std::uint64_t word) {
  return static_cast<std::int32_t>(0xFFFFFFFFu - static_cast<std::uint32_t>(word));
}
SHOAL_HD inline float score_of(std::uint64_t word) {
  const auto bits = static_cast<std::uint32_t>(word >> 32);
  return __builtin_bit_cast(float, (bits & 0x80000000u) != 0 ? bits & 0x7FFFFFFFu : ~bits);
}

/// For each of n rows the m best words offered, in whatever order they come: the set is the same.
/// A row's words lie unordered in a reservoir of m + slack; when it is full the best m are kept and the worst
/// of them becomes the bar that the next must reach. Amortised O(1) an offer. Different rows may be used by
/// different threads.
class TopRows {
 public:
  TopRows(Index rows, Index count)
      : count_(count),
        words_(rows, count + slack),
        held_(static_cast<std::size_t>(rows), 0),
        bars_(static_cast<std::size_t>(rows + spare), -std::numeric_limits<float>::infinity()) {}

  [[nodiscard]] Index rows() const { return words_.rows(); }
  /// A score below its row's bar can't enter; one that equals it may. Followed by room to load a worker too
  /// many.
  [[nodiscard]] const float* bars() const { return bars_.data(); }
  [[nodiscard]] float bar(Index row) const { return bars_[static_cast<std::size_t>(row)]; }

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
    bars_[static_cast<std::size_t>(row)] = score_of(first[count_ - 1]);
  }

  static constexpr Index slack = 32, spare = 64;
  Index count_;
  Matrix<std::uint64_t> words_;
  Buffer<std::int32_t> held_;
  Buffer<float> bars_;
};

}  // namespace shoal
