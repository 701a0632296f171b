// Classes selected by their number of training samples (the paper, section 4.1). `counts` holds the training
// samples of each label; labels without samples are not classes. Results are in ascending order.
#pragma once

#include <iterator>

#include <shoal/core/buffer.hpp>
#include <shoal/core/ordered.hpp>
#include <shoal/dataset/benchmark.hpp>

namespace shoal {

namespace frequency_impl {
/// A label and its number of samples.
struct Class {
  Label label;
  Index samples;
};

/// The labels with samples, ordered by number of samples, then by label.
inline Buffer<Class> by_count(const LabelCounts& counts) {
  Buffer<Class> classes;
  const auto fewer = [&](std::size_t a, std::size_t b) { return counts.counts[a] < counts.counts[b]; };
  for (const std::size_t k : ordered(counts.size(), fewer))
    classes.push_back({counts.labels[k], counts.counts[k]});
  return classes;
}

/// 100 times the p-th percentile of the numbers of samples of `classes`, which are ordered by them. It
/// interpolates linearly between the two nearest, as NumPy does by default, but in integers. Pre: classes is
/// not empty and 0 ≤ p ≤ 100.
inline Index percentile_100(const Buffer<Class>& classes, Index p) {
  const Index position = (std::ssize(classes) - 1) * p, low = position / 100;
  const auto samples = [&](Index k) { return classes[static_cast<std::size_t>(k)].samples; };
  const Index above = std::min(low + 1, std::ssize(classes) - 1);
  return 100 * samples(low) + (samples(above) - samples(low)) * (position % 100);
}

inline std::vector<Label> between(const LabelCounts& counts, Index low, Index high) {
  const Buffer<Class> ordered = by_count(counts);
  std::vector<Label> classes;
  if (ordered.empty()) return classes;
  const Index least = percentile_100(ordered, low), most = percentile_100(ordered, high);
  for (const Class& c : ordered)
    if (100 * c.samples >= least && 100 * c.samples <= most) classes.push_back(c.label);
  std::sort(classes.begin(), classes.end());
  return classes;
}
}  // namespace frequency_impl

/// m_s: the classes whose counts lie between the percentiles 50 − s and 50 + s of all counts, both included;
/// s = 5, 15, 25, 35, 45 are the paper's Tiny, Small, Medium, Large and Huge. All ties at an end are
/// included, which is why the paper has 1,060 classes out of 10,450 at s = 5, and not 1,045. Throws
/// invalid_argument unless 1 ≤ s ≤ 50.
[[nodiscard]] inline std::vector<Label> middle_classes(const LabelCounts& counts, Index s) {
  check(s >= 1 && s <= 50, Errc::invalid_argument, "middle_classes: s (", s, ") must be in [1, 50]");
  return frequency_impl::between(counts, 50 - s, 50 + s);
}

/// The classes whose counts reach the percentile 100 − p of all counts.
[[nodiscard]] inline std::vector<Label> frequent_classes(const LabelCounts& counts, Index p) {
  check(p >= 0 && p <= 100, Errc::invalid_argument, "frequent_classes: p (", p, ") must be in [0, 100]");
  return frequency_impl::between(counts, 100 - p, 100);
}

/// The union of two class lists, ascending and without duplicates.
[[nodiscard]] inline std::vector<Label> union_of(std::vector<Label> a, std::span<const Label> b) {
  a.insert(a.end(), b.begin(), b.end());
  std::sort(a.begin(), a.end());
  a.erase(std::unique(a.begin(), a.end()), a.end());
  return a;
}
/// The intersection of two class lists, ascending and without duplicates.
[[nodiscard]] inline std::vector<Label> intersection_of(std::span<const Label> a, std::span<const Label> b) {
  const std::vector<Label> first = union_of({}, a), second = union_of({}, b);
  std::vector<Label> both;
  std::set_intersection(first.begin(), first.end(), second.begin(), second.end(), std::back_inserter(both));
  return both;
}

/// Imbalanced-2K: the 10 % of the classes around the median (s = 5) together with the 10 % most frequent.
[[nodiscard]] inline std::vector<Label> imbalanced_classes(const LabelCounts& counts) {
  return union_of(middle_classes(counts, 5), frequent_classes(counts, 10));
}

/// Centered-2K: the `count` classes in the middle of the order by number of training samples (then by label).
/// If an odd number of classes remains, one more of them lies above than below.
[[nodiscard]] inline std::vector<Label> centered_classes(const LabelCounts& counts, Index count) {
  const Buffer<frequency_impl::Class> ordered = frequency_impl::by_count(counts);
  const auto all = static_cast<Index>(ordered.size());
  check(count >= 1 && count <= all, Errc::invalid_argument, "centered_classes: count (", count,
        ") must be in [1, ", all, "], the classes with training samples");
  std::vector<Label> classes;
  for (auto c = ordered.begin() + (all - count) / 2; std::ssize(classes) < count; ++c)
    classes.push_back(c->label);
  std::sort(classes.begin(), classes.end());
  return classes;
}

}  // namespace shoal
