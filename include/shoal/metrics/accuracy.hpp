// Clustering accuracy: the share of samples that lie in the cluster assigned to their class.
#pragma once

#include <algorithm>
#include <span>
#include <vector>

#include <shoal/core/assignment.hpp>
#include <shoal/core/check.hpp>
#include <shoal/metrics/contingency.hpp>

namespace shoal {

/// The one-to-one assignment of clusters (rows) to classes (columns) that gets the most samples right, by the
/// Hungarian method on the sparse table (core/assignment.hpp).
inline Assignment<Index> assign(const Contingency& t) {
  return assign(Profits<Index>{t.clusters(), t.classes(), t.row_start, t.column, t.count});
}

/// Clustering accuracy under a one-to-one assignment f of clusters to classes: ACC = Σ_k n_{k f(k)} / n.
/// Clusters that f assigns to no class count as wrong. Returns 1 for n = 0.
inline double accuracy(const Contingency& t, const Assignment<Index>& map) {
  return t.samples == 0 ? 1. : static_cast<double>(map.total) / static_cast<double>(t.samples);
}
/// Clustering accuracy under the best one-to-one assignment.
inline double accuracy(const Contingency& t) { return accuracy(t, assign(t)); }

/// Many-to-one accuracy, or purity: Σ_k max_c n_kc / n. Suitable where clusters outnumber the classes.
/// Returns 1 for n = 0.
inline double purity(const Contingency& t) {
  if (t.samples == 0) return 1.;
  Index right = 0;
  for (std::size_t k = 0; k < t.cluster_sizes.size(); ++k)
    right += *std::max_element(t.count.begin() + t.row_start[k], t.count.begin() + t.row_start[k + 1]);
  return static_cast<double>(right) / static_cast<double>(t.samples);
}

/// The most frequent class of each cluster [K], the lowest-numbered on ties: the assignment behind purity.
inline std::vector<Label> majority_classes(const Contingency& t) {
  std::vector<Label> majority;
  for (std::size_t k = 0; k < t.cluster_sizes.size(); ++k) {
    const auto row = t.count.begin() + t.row_start[k];
    const auto best = std::max_element(row, t.count.begin() + t.row_start[k + 1]);
    majority.push_back(t.column[static_cast<std::size_t>(t.row_start[k] + (best - row))]);
  }
  return majority;
}

/// For each class [C], the number of its samples that lie in a cluster which `map` [K] assigns to it (−1:
/// assigned to no class).
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

/// The class of each cluster [K] whose id is the cluster's, −1 where no sample has it: the map of labels that
/// are classes already, as a classifier's are. The table's ids ascend. O(K + C).
inline std::vector<Label> same_ids(const Contingency& t) {
  std::vector<Label> map(t.cluster_ids.size(), -1);
  std::size_t c = 0;
  for (std::size_t k = 0; k < map.size(); ++k) {
    while (c < t.class_ids.size() && t.class_ids[c] < t.cluster_ids[k]) ++c;
    if (c < t.class_ids.size() && t.class_ids[c] == t.cluster_ids[k]) map[k] = static_cast<Label>(c);
  }
  return map;
}

/// Accuracy under any map [K] of clusters to classes (−1: wrong). Returns 1 for n = 0.
inline double accuracy(const Contingency& t, std::span<const Label> map) {
  if (t.samples == 0) return 1.;
  Index right = 0;
  for (const Index n : right_by_class(t, map)) right += n;
  return static_cast<double>(right) / static_cast<double>(t.samples);
}

/// For each class [C], the share of its samples that `map` [K] gets right.
inline std::vector<double> accuracy_by_class(const Contingency& t, std::span<const Label> map) {
  const std::vector<Index> right = right_by_class(t, map);
  std::vector<double> accuracy;
  for (std::size_t c = 0; c < right.size(); ++c)
    accuracy.push_back(static_cast<double>(right[c]) / static_cast<double>(t.class_sizes[c]));
  return accuracy;
}

/// Bounds that group classes by frequency into many-shot (≥ `many` samples), medium-shot, and few-shot (≤
/// `few`). The defaults are those of long-tail recognition (Liu et al., "Large-scale long-tailed recognition
/// in an open world", CVPR 2019).
struct FrequencyBounds {
  Index many = 101;  ///< a class with at least this number of samples is many-shot
  Index few = 19;    ///< a class with at most this number is few-shot
};

/// The accuracy within one group of classes.
struct BinAccuracy {
  Index classes = 0;    ///< number of classes in the group
  Index samples = 0;    ///< number of samples of these classes
  double accuracy = 0;  ///< over the group's samples; 0 if there are none
};
/// The accuracies of many-shot, medium-shot and few-shot classes.
struct FrequencyAccuracy {
  BinAccuracy many, medium, few;  ///< one group each
};

/// Clustering accuracy by class frequency, under the assignment `map` [K]. `frequency` [C] is the number of
/// samples of each class in the set where frequency is counted, usually the training split; if it is empty,
/// the sizes in the table itself are used. Throws invalid_argument if the lengths differ or bounds.few ≥
/// bounds.many.
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

/// The share of samples whose cluster is assigned to a class with the same coarse class as their own.
/// `coarse` [C] gives the coarse class of each class of the table, for example its ancestor at some depth;
/// `map` [K] is the assignment to the fine classes. Throws invalid_argument if the lengths differ.
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
