// Which bounds of some rows are open, a bit each.
#pragma once

#include <bit>

#include <shoal/kmeans/bounds/byte_bounds.hpp>

namespace shoal {

/// Marks of the rows of a block.
class CandidateBitmap {
 public:
  /// Room for `rows` of `width` bounds, a multiple of 64.
  void resize(Index rows, Index width) {
    words_ = width / 64;
    marks_.resize(static_cast<std::size_t>(rows * words_));
  }

  /// Marks the bounds of row i that exclude nothing below `threshold` (bytes_below); returns how many.
  Index mark(Index i, const std::uint8_t* bounds, const std::uint8_t* sunk, std::uint8_t threshold) {
    const Index words = words_;  // a copy, which no store to marks can change
    std::uint64_t* marks = marks_.data() + i * words;
    Index open = 0;
    for (Index w = 0; w < words; ++w) {
      const std::uint64_t bits = bytes_below(bounds + w * 64, sunk + w * 64, threshold);
      marks[w] = bits;
      open += std::popcount(bits);
    }
    return open;
  }

  /// The members of the marked groups of row i, but for `label`.
  void list(Index i, Index group, Index clusters, Label label, Buffer<Label>& members) const {
    const std::uint64_t* marks = marks_.data() + i * words_;
    members.resize(static_cast<std::size_t>(words_ * 64 * group));
    Label* out = members.data();
    for (Index w = 0; w < words_; ++w)
      for (std::uint64_t open = marks[w]; open != 0; open &= open - 1) {
        const Index first = (w * 64 + std::countr_zero(open)) * group;
        for (Index c = first; c < std::min(clusters, first + group); ++c) {
          *out = static_cast<Label>(c);
          out += c != label;
        }
      }
    members.resize(static_cast<std::size_t>(out - members.data()));
  }

 private:
  Index words_ = 0;
  Buffer<std::uint64_t> marks_;
};

}  // namespace shoal
