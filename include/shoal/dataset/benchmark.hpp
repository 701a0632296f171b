// A benchmark: a part of a data set with labels of its own. Constructors are pure functions of labels, a
// hierarchy or scores, and a seed. They return row numbers, never features.
#pragma once

#include <algorithm>
#include <numeric>
#include <span>
#include <vector>

#include <shoal/core/borrowed_view.hpp>
#include <shoal/core/class_draws.hpp>
#include <shoal/core/function_ref.hpp>
#include <shoal/hierarchy/cut.hpp>

namespace shoal {

/// The labels of a data set's two splits; those of the validation split may be empty. Samples with a negative
/// label are left out of every benchmark.
struct SplitLabels {
  BorrowedView<std::span<const Label>> train, validation;  ///< [n] of each split
};

/// Row numbers of a split and their new labels.
struct Split {
  std::vector<Index> rows;    ///< row numbers, ascending
  std::vector<Label> labels;  ///< [rows] the new label of each
};

/// The result of a constructor: the rows it selects, and their labels.
struct Benchmark {
  Split train, validation;     ///< the selected rows of each split
  std::vector<Label> classes;  ///< the source's label (or node) behind each new label; ascending
};

/// The labels that have samples, ascending, with the number of samples of each. The cost depends on the
/// number of labels, not on their values.
struct LabelCounts {
  std::vector<Label> labels;  ///< ascending
  std::vector<Index> counts;  ///< number of samples of each, > 0

  LabelCounts() = default;
  /// Converts counts indexed by label: counts[l] is the number of samples of label l; labels with none are
  /// dropped.
  LabelCounts(std::span<const Index> dense) {  // NOLINT: an implicit conversion by design
    for (std::size_t l = 0; l < dense.size(); ++l)
      if (dense[l] > 0) add(static_cast<Label>(l), dense[l]);
  }
  LabelCounts(const std::vector<Index>& dense) : LabelCounts(std::span<const Index>(dense)) {}  // NOLINT

  [[nodiscard]] bool empty() const { return labels.empty(); }
  /// The number of labels that have samples.
  [[nodiscard]] std::size_t size() const { return labels.size(); }
  /// The number of samples of a label, 0 if it has none. O(log size).
  [[nodiscard]] Index operator[](Index label) const {
    const auto found = std::lower_bound(labels.begin(), labels.end(), label);
    return found == labels.end() || *found != label
               ? 0
               : counts[static_cast<std::size_t>(found - labels.begin())];
  }
  /// Appends a label that is larger than all others.
  void add(Label label, Index samples) {
    labels.push_back(label);
    counts.push_back(samples);
  }
};

/// Counts the samples of each label; negative labels are left out. O(n log n) time, O(n) memory.
[[nodiscard]] inline LabelCounts label_counts(std::span<const Label> labels) {
  std::vector<Label> sorted(labels.begin(), labels.end());
  std::sort(sorted.begin(), sorted.end());
  LabelCounts found;
  for (auto first = std::lower_bound(sorted.begin(), sorted.end(), 0); first != sorted.end();) {
    const auto last = std::upper_bound(first, sorted.end(), *first);
    found.add(*first, last - first);
    first = last;
  }
  return found;
}

/// The largest label of both splits, or −1 if there is none.
[[nodiscard]] inline Label largest_label(SplitLabels in) {
  Label largest = -1;
  for (const auto& labels : {in.train, in.validation})
    for (const Label l : labels) largest = std::max(largest, l);
  return largest;
}

/// Counts the samples of each label in the training split.
[[nodiscard]] inline LabelCounts train_counts(SplitLabels in) { return label_counts(in.train); }

namespace benchmark_impl {
/// The rows whose value is not negative, labelled by the position of the value in `classes`.
inline Split split_of(const std::vector<Label>& values, const std::vector<Label>& classes) {
  Split split;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const Label v = values[i];
    const auto found = std::lower_bound(classes.begin(), classes.end(), v);
    if (v < 0 || found == classes.end() || *found != v) continue;
    split.rows.push_back(static_cast<Index>(i));
    split.labels.push_back(static_cast<Label>(found - classes.begin()));
  }
  return split;
}

/// The benchmark of these labels for the samples of both splits, none where negative; its classes are the
/// labels that occur.
inline Benchmark benchmark_of(const std::vector<Label>& train, const std::vector<Label>& validation) {
  std::vector<Label> classes;
  for (const auto* labels : {&train, &validation})
    for (const Label l : *labels)
      if (l >= 0) classes.push_back(l);
  std::sort(classes.begin(), classes.end());
  classes.erase(std::unique(classes.begin(), classes.end()), classes.end());
  Benchmark b{split_of(train, classes), split_of(validation, classes), {}};
  b.classes = std::move(classes);
  return b;
}

/// The same with value(label) for each label of both splits.
inline Benchmark benchmark_of(SplitLabels in, FunctionRef<Label(Label)> value) {
  std::vector<Label> train, validation;
  for (const Label l : in.train) train.push_back(value(l));
  for (const Label l : in.validation) validation.push_back(value(l));
  return benchmark_of(train, validation);
}
}  // namespace benchmark_impl

/// Replaces each label l by value[l]; samples whose value is negative are left out. Throws invalid_argument
/// for labels beyond the end of `value`.
[[nodiscard]] inline Benchmark map_labels(SplitLabels in, std::span<const Label> value) {
  const Label largest = largest_label(in);
  check(largest < static_cast<Index>(value.size()), Errc::invalid_argument, "map_labels: label ", largest,
        " must be below ", value.size());
  return benchmark_impl::benchmark_of(
      in, [value](Label l) { return l < 0 ? -1 : value[static_cast<std::size_t>(l)]; });
}

/// Selects all samples of the listed classes from both splits. New labels follow the order of the old ones.
/// Classes without samples are ignored.
[[nodiscard]] inline Benchmark select_classes(SplitLabels in, std::span<const Label> classes) {
  std::vector<Label> chosen(classes.begin(), classes.end());
  std::sort(chosen.begin(), chosen.end());
  if (!chosen.empty())
    check(chosen.front() >= 0, Errc::invalid_argument, "select_classes: class ", chosen.front(),
          " must be at least 0");
  return benchmark_impl::benchmark_of(
      in, [&](Label l) { return std::binary_search(chosen.begin(), chosen.end(), l) ? l : -1; });
}

/// Subsamples the training split at random: of each class it keeps keep(label, samples) samples, those with
/// the smallest random words under `seed`. The validation split is kept whole.
[[nodiscard]] inline Benchmark thin_training(SplitLabels in, std::uint64_t seed,
                                             FunctionRef<Index(Label, Index)> keep) {
  std::vector<Label> train(in.train.size(), -1);
  each_class_shuffled(in.train, Philox(seed, 0), [&](Label label, std::span<const Index> rows) {
    const auto kept = static_cast<std::size_t>(keep(label, std::ssize(rows)));
    for (const Index row : rows.first(kept)) train[static_cast<std::size_t>(row)] = label;
  });
  return benchmark_impl::benchmark_of(train, {in.validation.begin(), in.validation.end()});
}

}  // namespace shoal
