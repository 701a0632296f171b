// Imbalanced training splits; the validation splits are unchanged.
#pragma once

#include <cmath>

#include <shoal/core/finite.hpp>
#include <shoal/core/ordered.hpp>
#include <shoal/dataset/frequency.hpp>

namespace shoal {

/// ODD: every class with an odd label keeps a random half of its training samples, rounded up.
[[nodiscard]] inline Benchmark halve_odd(SplitLabels in, std::uint64_t seed) {
  return thin_training(in, seed,
                       [](Label c, Index samples) { return c % 2 == 1 ? (samples + 1) / 2 : samples; });
}

/// A long-tailed training split. With the K classes in descending order of training samples (then by label),
/// class k keeps at most n₀ ρ^(−k / (K − 1)) random samples, rounded down but at least one. n₀ is the largest
/// count, and `ratio` ρ ≥ 1 the ratio of the largest class to the smallest. A balanced data set reaches this
/// ratio (Cui et al., CVPR 2019); otherwise a class may already have fewer.
[[nodiscard]] inline Benchmark long_tail(SplitLabels in, double ratio, std::uint64_t seed) {
  check(ratio >= 1 && is_finite(ratio), Errc::invalid_argument, "long_tail: ratio (", ratio,
        ") must be at least 1");
  const LabelCounts counts = train_counts(in);
  const auto more = [&](std::size_t a, std::size_t b) { return counts.counts[a] > counts.counts[b]; };
  const std::vector<std::size_t> order = ordered(counts.size(), more);
  const double first = order.empty() ? 0 : static_cast<double>(counts.counts[order[0]]);
  LabelCounts most = counts;
  for (std::size_t k = 0; k < order.size(); ++k) {
    const double share =
        order.size() > 1 ? static_cast<double>(k) / static_cast<double>(order.size() - 1) : 0;
    // The tolerance prevents rounding from turning a whole number into the one below.
    most.counts[order[k]] =
        std::max<Index>(1, static_cast<Index>(first * std::pow(ratio, -share) * (1 + 1e-12)));
  }
  return thin_training(in, seed, [&](Label c, Index samples) { return std::min(samples, most[c]); });
}

}  // namespace shoal
