// A benchmark: a part of a data set under labels of its own. Constructors are pure functions of labels, a
// hierarchy or scores, and a seed; they give row numbers, never features.
#pragma once

#include <algorithm>
#include <compare>
#include <numeric>
#include <span>
#include <vector>

#include <shoal/core/borrowed_view.hpp>
#include <shoal/core/random.hpp>
#include <shoal/hierarchy/cut.hpp>

namespace shoal {

/// The labels of a data set; those of the validation split may be empty. Negative: none, left out of every
/// benchmark.
struct SplitLabels {
  BorrowedView<std::span<const Label>> train, validation;  ///< [n] of each split
};

/// Rows of a split, ascending, and their new labels.
struct Split {
  std::vector<Index> rows;    ///< ascending
  std::vector<Label> labels;  ///< [rows] new ones
};

/// A benchmark as a constructor makes it: which rows it takes, and their labels.
struct Benchmark {
  Split train, validation;  ///< what is taken of each split
  std::vector<Label>
      classes;  ///< what each new label stands for, a label (or a node) of the source; ascending
};

/// The labels that have samples, ascending, and how many each. Labels are names: what they cost is their
/// number, not their size.
struct LabelCounts {
  std::vector<Label> labels;
  std::vector<Index> counts;

  LabelCounts() = default;
  /// Of counts given by label: counts[l] samples of label l, where l without any is no label.
  LabelCounts(std::span<const Index> dense) {  // NOLINT: the same thing, by another order
    for (std::size_t l = 0; l < dense.size(); ++l)
      if (dense[l] > 0) add(static_cast<Label>(l), dense[l]);
  }
  LabelCounts(const std::vector<Index>& dense) : LabelCounts(std::span<const Index>(dense)) {}  // NOLINT

  [[nodiscard]] bool empty() const { return labels.empty(); }
  /// How many labels have samples.
  [[nodiscard]] std::size_t size() const { return labels.size(); }
  /// The samples of a label, 0 for one without any. O(log size).
  [[nodiscard]] Index operator[](Index label) const {
    const auto found = std::lower_bound(labels.begin(), labels.end(), label);
    return found == labels.end() || *found != label ? 0 : counts[static_cast<std::size_t>(found - labels.begin())];
  }
  /// Appends a label above all others.
  void add(Label label, Index samples) {
    labels.push_back(label);
    counts.push_back(samples);
  }
};

/// Samples of each label in `labels`; negative ones are left out. O(n log n), O(n) memory.
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

/// The largest label of both splits; −1 where there is none.
[[nodiscard]] inline Label largest_label(SplitLabels in) {
  Label largest = -1;
  for (const auto& labels : {in.train, in.validation})
    for (const Label l : labels) largest = std::max(largest, l);
  return largest;
}

/// Samples of each label in the training split.
[[nodiscard]] inline LabelCounts train_counts(SplitLabels in) { return label_counts(in.train); }

namespace benchmark_impl {
/// The rows whose value is not negative, labelled by the place of the value in `classes`.
template <class Value> Split split_of(Index rows, std::span<const Label> classes, Value value) {
  Split split;
  for (Index i = 0; i < rows; ++i) {
    const Label v = value(i);
    const auto found = std::lower_bound(classes.begin(), classes.end(), v);
    if (v < 0 || found == classes.end() || *found != v) continue;
    split.rows.push_back(i);
    split.labels.push_back(static_cast<Label>(found - classes.begin()));
  }
  return split;
}

/// The rows given for each split, whose classes are the values that occur among them.
template <class TrainValue, class ValidationValue>
Benchmark benchmark_of(SplitLabels in, TrainValue train_value, ValidationValue validation_value) {
  const auto train = static_cast<Index>(in.train.size()),
             validation = static_cast<Index>(in.validation.size());
  std::vector<Label> values;
  for (Index i = 0; i < train; ++i) values.push_back(train_value(i));
  for (Index i = 0; i < validation; ++i) values.push_back(validation_value(i));
  std::erase_if(values, [](Label v) { return v < 0; });
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
  Benchmark b{split_of(train, values, train_value), split_of(validation, values, validation_value), {}};
  b.classes = std::move(values);
  return b;
}
}  // namespace benchmark_impl

/// Every sample whose label has a value ≥ 0 in `value` [labels], under that value. Throws for labels beyond
/// it.
[[nodiscard]] inline Benchmark map_labels(SplitLabels in, std::span<const Label> value) {
  const Label largest = largest_label(in);
  check(largest < static_cast<Index>(value.size()), Errc::invalid_argument, "map_labels: label ", largest,
        " must be below ", value.size());
  const auto of = [&](std::span<const Label> labels) {
    return [labels, value](Index i) {
      const Label l = labels[static_cast<std::size_t>(i)];
      return l < 0 ? -1 : value[static_cast<std::size_t>(l)];
    };
  };
  return benchmark_impl::benchmark_of(in, of(in.train), of(in.validation));
}

/// All samples of the classes listed, of both splits; new labels in the order of the old ones. A class
/// without samples adds nothing.
[[nodiscard]] inline Benchmark select_classes(SplitLabels in, std::span<const Label> classes) {
  std::vector<Label> chosen(classes.begin(), classes.end());
  std::sort(chosen.begin(), chosen.end());
  if (!chosen.empty())
    check(chosen.front() >= 0, Errc::invalid_argument, "select_classes: class ", chosen.front(),
          " must be at least 0");
  const auto of = [&](std::span<const Label> labels) {
    return [labels, &chosen](Index i) {
      const Label l = labels[static_cast<std::size_t>(i)];
      return std::binary_search(chosen.begin(), chosen.end(), l) ? l : -1;
    };
  };
  return benchmark_impl::benchmark_of(in, of(in.train), of(in.validation));
}

/// All samples of the validation split, and of each class of the training split the number `keep(label,
/// samples)` says, drawn at random: those of the least random words under `seed`.
template <class Keep> [[nodiscard]] Benchmark thin_training(SplitLabels in, std::uint64_t seed, Keep keep) {
  struct Drawn {
    Label label;
    std::uint64_t word;
    Index row;
    auto operator<=>(const Drawn&) const = default;
  };
  const Philox random(seed, 0);
  std::vector<Drawn> order;
  for (std::size_t i = 0; i < in.train.size(); ++i)
    if (in.train[i] >= 0) order.push_back({in.train[i], random.word(i), static_cast<Index>(i)});
  std::sort(order.begin(), order.end());
  std::vector<bool> kept(in.train.size());
  for (auto first = order.begin(); first != order.end();) {
    const auto last = std::find_if(first, order.end(), [&](const Drawn& d) { return d.label != first->label; });
    const auto count = keep(first->label, static_cast<Index>(last - first));
    for (auto d = first; d != first + count; ++d) kept[static_cast<std::size_t>(d->row)] = true;
    first = last;
  }
  return benchmark_impl::benchmark_of(
      in,
      [&](Index i) { return kept[static_cast<std::size_t>(i)] ? in.train[static_cast<std::size_t>(i)] : -1; },
      [&](Index i) { return in.validation[static_cast<std::size_t>(i)]; });
}

}  // namespace shoal
