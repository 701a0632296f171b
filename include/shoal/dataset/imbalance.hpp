// Training splits made uneven; validation splits stay as they are.
#pragma once

#include <cmath>

#include <shoal/core/finite.hpp>
#include <shoal/dataset/frequency.hpp>

namespace shoal {

/// ODD: every class of odd label keeps half of its training samples, rounded up, drawn at random.
[[nodiscard]] inline Benchmark halve_odd(SplitLabels in, std::uint64_t seed) {
  return thin_training(in, seed,
                       [](Label c, Index samples) { return c % 2 == 1 ? (samples + 1) / 2 : samples; });
}

/// A long tail: with classes in falling order of training samples (ties by label), class k of K keeps at most
/// n₀ ρ^(−k / (K − 1)) of them, rounded down but at least one; n₀ is the largest count, `ratio` ρ ≥ 1 the
/// largest class over the smallest. On a balanced set the ratio is met (Cui et al., CVPR 2019); elsewhere a
/// class may have less still.
[[nodiscard]] inline Benchmark long_tail(SplitLabels in, double ratio, std::uint64_t seed) {
  check(ratio >= 1 && is_finite(ratio), Errc::invalid_argument, "long_tail: ratio (", ratio,
        ") must be at least 1");
  std::vector<frequency_impl::Class> order = frequency_impl::by_count(train_counts(in));
  std::stable_sort(order.begin(), order.end(), [](const auto& a, const auto& b) {
    return a.samples != b.samples ? a.samples > b.samples : a.label < b.label;
  });
  const double first = order.empty() ? 0 : static_cast<double>(order[0].samples);
  LabelCounts most;
  for (std::size_t k = 0; k < order.size(); ++k) {
    const double share =
        order.size() > 1 ? static_cast<double>(k) / static_cast<double>(order.size() - 1) : 0;
    // The slack keeps a whole number from falling to the one below by rounding.
    order[k].samples = std::max<Index>(1, static_cast<Index>(first * std::pow(ratio, -share) * (1 + 1e-12)));
  }
  std::sort(order.begin(), order.end(), [](const auto& a, const auto& b) { return a.label < b.label; });
  for (const auto& c : order) most.add(c.label, c.samples);
  return thin_training(in, seed, [&](Label c, Index samples) { return std::min(samples, most[c]); });
}

}  // namespace shoal
