// Classes selected by how accurately a model classifies them, and at random (the paper, section 4.3).
#pragma once

#include <cmath>

#include <shoal/core/finite.hpp>
#include <shoal/core/ordered.hpp>
#include <shoal/dataset/benchmark.hpp>

namespace shoal {

namespace easy_impl {
/// The `count` classes that come first in the order of less(a, b), which compares their places; ascending.
inline std::vector<Label> first(const std::vector<Label>& classes, Index count,
                                FunctionRef<bool(std::size_t, std::size_t)> less) {
  std::vector<std::size_t> order = ordered(classes.size(), less);
  order.resize(static_cast<std::size_t>(count));
  std::vector<Label> chosen;
  for (const std::size_t k : order) chosen.push_back(classes[k]);
  std::sort(chosen.begin(), chosen.end());
  return chosen;
}
}  // namespace easy_impl

/// The `count` classes of highest accuracy (CLIP-1K and similar), ascending; the lowest label wins ties.
/// `accuracy` [labels] is the accuracy of a linear probe on each class of the validation split; NaN for
/// labels without samples, which are never selected. Throws invalid_argument if there are fewer than `count`.
[[nodiscard]] inline std::vector<Label> easiest_classes(std::span<const float> accuracy, Index count) {
  std::vector<Label> classes;
  for (std::size_t c = 0; c < accuracy.size(); ++c) {
    check(is_nan(accuracy[c]) || (accuracy[c] >= 0 && accuracy[c] <= 1), Errc::bad_data,
          "easiest_classes: accuracy[", c, "] (", accuracy[c], ") must be in [0, 1] or NaN");
    if (!is_nan(accuracy[c])) classes.push_back(static_cast<Label>(c));
  }
  check(count >= 1 && count <= static_cast<Index>(classes.size()), Errc::invalid_argument,
        "easiest_classes: count (", count, ") must be in [1, ", classes.size(),
        "], the classes with an accuracy");
  const auto accuracy_of = [&](std::size_t k) { return accuracy[static_cast<std::size_t>(classes[k])]; };
  return easy_impl::first(classes, count, [&](auto a, auto b) { return accuracy_of(a) > accuracy_of(b); });
}

/// `count` random classes (Random-1K) among the labels with training samples, ascending; every subset is
/// equally likely.
[[nodiscard]] inline std::vector<Label> random_classes(const LabelCounts& counts, Index count,
                                                       std::uint64_t seed) {
  const Philox random(seed, 1);
  std::vector<std::uint64_t> words;
  for (const Label c : counts.labels) words.push_back(random.word(static_cast<std::uint64_t>(c)));
  check(count >= 1 && count <= std::ssize(words), Errc::invalid_argument, "random_classes: count (", count,
        ") must be in [1, ", words.size(), "], the classes with training samples");
  return easy_impl::first(counts.labels, count, [&](auto a, auto b) { return words[a] < words[b]; });
}

}  // namespace shoal
