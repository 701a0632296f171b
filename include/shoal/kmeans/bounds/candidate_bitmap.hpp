// Which centroids may still be the nearest of some rows, a bit for each group of them.
#pragma once

#include <bit>

#include <shoal/kmeans/bounds/byte_bounds.hpp>

namespace shoal {

/// A bitmap of the candidates of each row of a block: the groups of centroids that its bounds do not exclude.
class CandidateBitmap {
 public:
  /// Room for `rows` of `width` bounds, a multiple of 64.
  void resize(Index rows, Index width) {
    words_ = width / 64;
    marks_.resize(static_cast<std::size_t>(rows * words_));
  }

  /// Marks the groups of row i whose bounds, less the drift since they were computed, lie below `threshold`;
  /// returns their number.
  Index mark(Index i, const std::uint8_t* bounds, const std::uint8_t* drift, std::uint8_t threshold) {
    const Index words = words_;  // a copy, which no store to marks can change
    std::uint64_t* marks = marks_.data() + i * words;
    Index count = 0;
    for (Index w = 0; w < words; ++w) {
      const std::uint64_t bits = bytes_below(bounds + w * 64, drift + w * 64, threshold);
      marks[w] = bits;
      count += std::popcount(bits);
    }
    return count;
  }

  /// The members of the marked groups of row i, but for `label`.
  void list(Index i, Index group, Index clusters, Label label, Buffer<Label>& members) const {
    const std::uint64_t* marks = marks_.data() + i * words_;
    members.resize(static_cast<std::size_t>(words_ * 64 * group));
    Label* out = members.data();
    const auto add = [&](Index c) {
      *out = static_cast<Label>(c);
      out += c != label;
    };
    for (Index w = 0; w < words_; ++w)
      for (std::uint64_t left = marks[w]; left != 0; left &= left - 1) {
        const Index marked = w * 64 + std::countr_zero(left);
        if (group == 1)
          add(marked);
        else
          for (Index c = marked * group; c < std::min(clusters, (marked + 1) * group); ++c) add(c);
      }
    members.resize(static_cast<std::size_t>(out - members.data()));
  }

 private:
  Index words_ = 0;
  Buffer<std::uint64_t> marks_;
};

}  // namespace shoal
