// A stratified validation split, for data that come without one.
#pragma once

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include <shoal/core/check.hpp>
#include <shoal/core/class_draws.hpp>
#include <shoal/core/finite.hpp>

namespace shoal {

/// Row numbers of the two parts, each ascending.
struct StratifiedSplit {
  std::vector<Index> training, validation;
};

/// Splits off a share of every class for validation: of a class of s samples, ⌊share · s + ½⌋, but never all
/// of them. The choice is a pure function of (labels, share, seed): in each class the rows with the smallest
/// Philox words are taken. Rows with a negative label are in neither part. O(n log n). Throws
/// invalid_argument for a share out of range.
inline StratifiedSplit stratified_split(std::span<const Label> labels, double share, std::uint64_t seed) {
  check(is_finite(share) && share >= 0 && share < 1, Errc::invalid_argument, "stratified_split: share (",
        share, ") must be in [0, 1)");
  StratifiedSplit split;
  each_class_shuffled(labels, Philox(seed, /*stream*/ 0x5711), [&](Label, std::span<const Index> rows) {
    const auto size = static_cast<double>(rows.size());
    const auto held_out = static_cast<std::size_t>(std::min(std::floor(share * size + 0.5), size - 1));
    for (std::size_t k = 0; k < rows.size(); ++k)
      (k < held_out ? split.validation : split.training).push_back(rows[k]);
  });
  std::sort(split.training.begin(), split.training.end());
  std::sort(split.validation.begin(), split.validation.end());
  return split;
}

}  // namespace shoal
