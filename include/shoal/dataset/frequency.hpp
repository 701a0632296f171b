// Classes chosen by how many training samples they have (the paper, section 4.1). `counts` [labels] are
// training samples a label; labels without any are no classes. Results are ascending.
#pragma once

#include <iterator>

#include <shoal/dataset/benchmark.hpp>

namespace shoal {

namespace frequency_impl {
/// The labels with samples, by samples, then by label.
inline std::vector<Label> by_count(std::span<const Index> counts) {
  std::vector<Label> classes;
  for (std::size_t c = 0; c < counts.size(); ++c)
    if (counts[c] > 0) classes.push_back(static_cast<Label>(c));
  std::stable_sort(classes.begin(), classes.end(), [&](Label a, Label b) {
    return counts[static_cast<std::size_t>(a)] < counts[static_cast<std::size_t>(b)];
  });
  return classes;
}

/// 100 × the p-th percentile of the counts of `classes` (ordered by count): linear between the two nearest,
/// as NumPy's default, in whole numbers. Pre: classes not empty, 0 ≤ p ≤ 100.
inline Index percentile_100(std::span<const Index> counts, std::span<const Label> classes, Index p) {
  const Index position = (static_cast<Index>(classes.size()) - 1) * p, low = position / 100;
  const auto count = [&](Index k) {
    return counts[static_cast<std::size_t>(classes[static_cast<std::size_t>(k)])];
  };
  const Index above = std::min(low + 1, static_cast<Index>(classes.size()) - 1);
  return 100 * count(low) + (count(above) - count(low)) * (position % 100);
}

inline std::vector<Label> between(std::span<const Index> counts, Index low, Index high) {
  const std::vector<Label> ordered = by_count(counts);
  std::vector<Label> classes;
  if (ordered.empty()) return classes;
  const Index least = percentile_100(counts, ordered, low), most = percentile_100(counts, ordered, high);
  for (const Label c : ordered)
    if (const Index count = 100 * counts[static_cast<std::size_t>(c)]; count >= least && count <= most)
      classes.push_back(c);
  std::sort(classes.begin(), classes.end());
  return classes;
}
}  // namespace frequency_impl

/// m_s: the classes whose counts lie between the percentiles 50 − s and 50 + s of all counts, both ends
/// included; s = 5, 15, 25, 35, 45 are the paper's Tiny, Small, Medium, Large and Huge. Ties at an end all
/// belong, which is why the paper has 1,060 classes of 10,450 at s = 5 and not 1,045. 1 ≤ s ≤ 50.
[[nodiscard]] inline std::vector<Label> middle_classes(std::span<const Index> counts, Index s) {
  check(s >= 1 && s <= 50, Errc::invalid_argument, "middle_classes: s (", s, ") must be in [1, 50]");
  return frequency_impl::between(counts, 50 - s, 50 + s);
}

/// The classes whose counts reach the percentile 100 − p.
[[nodiscard]] inline std::vector<Label> frequent_classes(std::span<const Index> counts, Index p) {
  check(p >= 0 && p <= 100, Errc::invalid_argument, "frequent_classes: p (", p, ") must be in [0, 100]");
  return frequency_impl::between(counts, 100 - p, 100);
}

/// The union, or the intersection, of class lists.
[[nodiscard]] inline std::vector<Label> union_of(std::vector<Label> a, std::span<const Label> b) {
  a.insert(a.end(), b.begin(), b.end());
  std::sort(a.begin(), a.end());
  a.erase(std::unique(a.begin(), a.end()), a.end());
  return a;
}
[[nodiscard]] inline std::vector<Label> intersection_of(std::span<const Label> a, std::span<const Label> b) {
  const std::vector<Label> first = union_of({}, a), second = union_of({}, b);
  std::vector<Label> both;
  std::set_intersection(first.begin(), first.end(), second.begin(), second.end(), std::back_inserter(both));
  return both;
}

/// Imbalanced-2K: the 10 % of classes around the median (s = 5) and the 10 % most frequent.
[[nodiscard]] inline std::vector<Label> imbalanced_classes(std::span<const Index> counts) {
  return union_of(middle_classes(counts, 5), frequent_classes(counts, 10));
}

/// Centered-2K: the `count` classes in the middle of the order by training samples (ties by label); an odd
/// number left over leaves one more above.
[[nodiscard]] inline std::vector<Label> centered_classes(std::span<const Index> counts, Index count) {
  const std::vector<Label> ordered = frequency_impl::by_count(counts);
  const auto all = static_cast<Index>(ordered.size());
  check(count >= 1 && count <= all, Errc::invalid_argument, "centered_classes: count (", count,
        ") must be in [1, ", all, "], the classes with training samples");
  const auto first = ordered.begin() + (all - count) / 2;
  std::vector<Label> classes(first, first + count);
  std::sort(classes.begin(), classes.end());
  return classes;
}

}  // namespace shoal
