// Labels for tests of constructors.
#pragma once

#include <shoal/dataset/benchmark.hpp>

namespace shoal {

/// counts[c] samples of each class c, one class after the other.
inline std::vector<Label> labels_of(const std::vector<Index>& counts) {
  std::vector<Label> labels;
  for (std::size_t c = 0; c < counts.size(); ++c)
    labels.insert(labels.end(), static_cast<std::size_t>(counts[c]), static_cast<Label>(c));
  return labels;
}

/// n labels below `classes` at random, the lower ones more often; every eleventh is −1, none.
inline std::vector<Label> random_labels(std::uint64_t seed, Index n, Index classes) {
  std::vector<Label> labels;
  for (Index i = 0; i < n; ++i) {
    const Philox random(seed, static_cast<std::uint64_t>(i));
    labels.push_back(i % 11 == 10 ? -1 : static_cast<Label>(random.below(1 + random.below(classes, 0), 1)));
  }
  return labels;
}

/// The samples of each label below `classes`.
inline std::vector<Index> counts_of(std::span<const Label> labels, std::size_t classes) {
  const LabelCounts found = label_counts(labels);
  std::vector<Index> counts;
  for (std::size_t c = 0; c < classes; ++c) counts.push_back(found[static_cast<Index>(c)]);
  return counts;
}
inline std::vector<Index> counts_of(const Split& split, std::size_t classes) {
  return counts_of(split.labels, classes);
}

/// What holds of every benchmark: rows ascend and have a label in the source, new labels are in range, and
/// samples share a new label only if they share what it stands for.
inline bool is_sound(const Benchmark& b, SplitLabels in) {
  bool sound = std::is_sorted(b.classes.begin(), b.classes.end());
  for (const auto& [split, labels] :
       {std::pair{&b.train, in.train}, std::pair{&b.validation, in.validation}}) {
    sound = sound && split->rows.size() == split->labels.size();
    for (std::size_t k = 0; k < split->rows.size(); ++k) {
      const Index row = split->rows[k];
      sound = sound && (k == 0 || split->rows[k - 1] < row) && row >= 0 &&
              row < static_cast<Index>(labels.size());
      sound = sound && labels[static_cast<std::size_t>(row)] >= 0;
      sound = sound && split->labels[k] >= 0 && split->labels[k] < static_cast<Label>(b.classes.size());
    }
  }
  return sound;
}

}  // namespace shoal
