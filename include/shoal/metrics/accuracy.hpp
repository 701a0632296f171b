// Clustering accuracy: what share of the samples lies in the cluster that stands for their class.
#pragma once

#include <algorithm>
#include <span>
#include <vector>

#include <shoal/core/assignment.hpp>
#include <shoal/core/check.hpp>
#include <shoal/metrics/contingency.hpp>

namespace shoal {

/// The one-to-one assignment of clusters (rows) to classes (columns) that gets most samples right.
inline Assignment<Index> assign(const Contingency& t) {
  return assign(Profits<Index>{t.clusters(), t.classes(), t.row_start, t.column, t.count});
}

/// ACC = max over one-to-one maps f of Σ_k n_{k f(k)} / n. Clusters beyond the classes count as wrong. 1 for
/// n = 0.
inline double accuracy(const Contingency& t, const Assignment<Index>& map) {
  return t.samples == 0 ? 1. : static_cast<double>(map.total) / static_cast<double>(t.samples);
}
inline double accuracy(const Contingency& t) { return accuracy(t, assign(t)); }

/// Many-to-one accuracy, or purity: Σ_k max_c n_kc / n, for clusters that outnumber the classes. 1 for n = 0.
inline double purity(const Contingency& t) {
  if (t.samples == 0) return 1.;
  Index right = 0;
  for (std::size_t k = 0; k < t.cluster_sizes.size(); ++k)
    right += *std::max_element(t.count.begin() + t.row_start[k], t.count.begin() + t.row_start[k + 1]);
  return static_cast<double>(right) / static_cast<double>(t.samples);
}

/// [K] the most frequent class of each cluster (the lowest of equals): the map behind purity.
inline std::vector<Label> majority_classes(const Contingency& t) {
  std::vector<Label> majority;
  for (std::size_t k = 0; k < t.cluster_sizes.size(); ++k) {
    const auto row = t.count.begin() + t.row_start[k];
    const auto best = std::max_element(row, t.count.begin() + t.row_start[k + 1]);
    majority.push_back(t.column[static_cast<std::size_t>(t.row_start[k] + (best - row))]);
  }
  return majority;
}

/// [C] how many samples of each class lie in a cluster that `map` [K] sends to that class (−1: to none).
inline std::vector<Index> right_by_class(const Contingency& t, std::span<const Label> map) {
  check(map.size() == t.cluster_sizes.size(), Errc::invalid_argument, "right_by_class: map (", map.size(),
        " clusters) must have one class for each of ", t.cluster_sizes.size(), " clusters");
  std::vector<Index> right(t.class_sizes.size(), 0);
  for (std::size_t k = 0; k < map.size(); ++k)
    for (auto cell = static_cast<std::size_t>(t.row_start[k]);
         cell < static_cast<std::size_t>(t.row_start[k + 1]); ++cell)
      if (t.column[cell] == map[k]) right[static_cast<std::size_t>(map[k])] += t.count[cell];
  return right;
}

/// [C] the share of each class's samples that `map` gets right.
inline std::vector<double> accuracy_by_class(const Contingency& t, std::span<const Label> map) {
  const std::vector<Index> right = right_by_class(t, map);
  std::vector<double> accuracy;
  for (std::size_t c = 0; c < right.size(); ++c)
    accuracy.push_back(static_cast<double>(right[c]) / static_cast<double>(t.class_sizes[c]));
  return accuracy;
}

/// Classes by how frequent they are: many (≥ `many` samples), medium, and few (≤ `few`), the bounds of
/// long-tail recognition (Liu et al., "Large-scale long-tailed recognition in an open world", CVPR 2019).
struct FrequencyBounds {
  Index many = 101;  ///< samples from which a class has many
  Index few = 19;    ///< samples up to which it has few
};

/// Accuracy of one group of classes.
struct BinAccuracy {
  Index classes = 0;    ///< in the group
  Index samples = 0;    ///< of those classes
  double accuracy = 0;  ///< of the group's samples; 0 where there are none
};
/// Accuracies of classes with many, a medium number of, and few samples.
struct FrequencyAccuracy {
  BinAccuracy many, medium, few;  ///< a group each
};

/// ACC of the classes with many, a medium number and few samples. `frequency` [C] says how many samples each
/// class has where frequency counts, such as in the training split; left out, it is the class's size here.
inline FrequencyAccuracy accuracy_by_frequency(const Contingency& t, std::span<const Label> map,
                                               FrequencyBounds bounds = {},
                                               std::span<const Index> frequency = {}) {
  if (frequency.empty()) frequency = t.class_sizes;
  check(frequency.size() == t.class_sizes.size(), Errc::invalid_argument,
        "accuracy_by_frequency: frequency (", frequency.size(), " entries) must have one for each of ",
        t.class_sizes.size(), " classes");
  check(bounds.few < bounds.many, Errc::invalid_argument, "accuracy_by_frequency: few (", bounds.few,
        ") must be less than many (", bounds.many, ")");
  const std::vector<Index> right = right_by_class(t, map);
  FrequencyAccuracy bins;
  for (std::size_t c = 0; c < right.size(); ++c) {
    BinAccuracy& bin = frequency[c] >= bounds.many  ? bins.many
                       : frequency[c] <= bounds.few ? bins.few
                                                    : bins.medium;
    ++bin.classes;
    bin.samples += t.class_sizes[c];
    bin.accuracy += static_cast<double>(right[c]);
  }
  for (BinAccuracy* bin : {&bins.many, &bins.medium, &bins.few})
    if (bin->samples > 0) bin->accuracy /= static_cast<double>(bin->samples);
  return bins;
}

/// The share of samples whose cluster's class has the same coarse class as their own. `coarse` [C] gives the
/// coarse class of each class of the table, such as its ancestor at some depth; `map` [K] comes from the fine
/// assignment.
inline double coarse_accuracy(const Contingency& t, std::span<const Label> map,
                              std::span<const Label> coarse) {
  check(map.size() == t.cluster_sizes.size() && coarse.size() == t.class_sizes.size(), Errc::invalid_argument,
        "coarse_accuracy: map (", map.size(), ") and coarse (", coarse.size(),
        ") must have one entry for each of ", t.cluster_sizes.size(), " clusters and ", t.class_sizes.size(),
        " classes");
  if (t.samples == 0) return 1.;
  Index right = 0;
  for (std::size_t k = 0; k < map.size(); ++k) {
    if (map[k] < 0) continue;
    for (auto cell = static_cast<std::size_t>(t.row_start[k]);
         cell < static_cast<std::size_t>(t.row_start[k + 1]); ++cell)
      if (coarse[static_cast<std::size_t>(t.column[cell])] == coarse[static_cast<std::size_t>(map[k])])
        right += t.count[cell];
  }
  return static_cast<double>(right) / static_cast<double>(t.samples);
}

}  // namespace shoal
