// A stratified validation split, for data that come without one.
#pragma once

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include <shoal/core/check.hpp>
#include <shoal/core/finite.hpp>
#include <shoal/core/random.hpp>

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
  struct Ticket {
    Label label;
    std::uint64_t word;
    Index row;
    auto operator<=>(const Ticket&) const = default;
  };
  const Philox random(seed, /*stream*/ 0x5711);
  std::vector<Ticket> tickets;
  for (std::size_t i = 0; i < labels.size(); ++i)
    if (labels[i] >= 0) tickets.push_back({labels[i], random.word(i), static_cast<Index>(i)});
  std::sort(tickets.begin(), tickets.end());
  StratifiedSplit split;
  for (auto first = tickets.begin(); first != tickets.end();) {
    const auto last =
        std::find_if(first, tickets.end(), [&](const Ticket& t) { return t.label != first->label; });
    const auto size = static_cast<double>(last - first);
    const auto held_out = static_cast<std::ptrdiff_t>(std::min(std::floor(share * size + 0.5), size - 1));
    for (auto t = first; t != last; ++t)
      (t - first < held_out ? split.validation : split.training).push_back(t->row);
    first = last;
  }
  std::sort(split.training.begin(), split.training.end());
  std::sort(split.validation.begin(), split.validation.end());
  return split;
}

}  // namespace shoal
