// A benchmark: a part of a data set under labels of its own. Constructors are pure functions of labels, a
// hierarchy or scores, and a seed; they give row numbers, never features.
#pragma once

#include <numeric>

#include <shoal/core/borrowed_view.hpp>
#include <shoal/core/random.hpp>
#include <shoal/hierarchy/cut.hpp>

namespace shoal {

/// The labels of a data set; those of the validation split may be empty. Negative: none, left out of every
/// benchmark.
struct SplitLabels {
  BorrowedView<std::span<const Label>> train, validation;
};

/// Rows of a split, ascending, and their new labels.
struct Split {
  std::vector<Index> rows;
  std::vector<Label> labels;
};

struct Benchmark {
  Split train, validation;
  std::vector<Label>
      classes;  ///< what each new label stands for, a label (or a node) of the source; ascending
};

/// Samples of each label in `labels`, for labels up to `largest`.
[[nodiscard]] inline std::vector<Index> label_counts(std::span<const Label> labels, Label largest) {
  std::vector<Index> counts(static_cast<std::size_t>(std::max(largest, -1) + 1));
  for (const Label l : labels)
    if (l >= 0) ++counts[static_cast<std::size_t>(l)];
  return counts;
}

/// The largest label of both splits; −1 where there is none.
[[nodiscard]] inline Label largest_label(SplitLabels in) {
  Label largest = -1;
  for (const auto& labels : {in.train, in.validation})
    for (const Label l : labels) largest = std::max(largest, l);
  return largest;
}

/// Samples of each label in the training split.
[[nodiscard]] inline std::vector<Index> train_counts(SplitLabels in) {
  return label_counts(in.train, largest_label(in));
}

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
  check(largest < static_cast<Label>(value.size()), Errc::invalid_argument, "map_labels: label ", largest,
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
  std::vector<Label> value(static_cast<std::size_t>(largest_label(in) + 1), -1);
  for (const Label c : classes) {
    check(c >= 0, Errc::invalid_argument, "select_classes: class ", c, " must be at least 0");
    if (c < static_cast<Label>(value.size())) value[static_cast<std::size_t>(c)] = c;
  }
  return map_labels(in, value);
}

/// All samples of the validation split, and of each class of the training split the number `keep(label,
/// samples)` says, drawn at random: those of the least random words under `seed`.
template <class Keep> [[nodiscard]] Benchmark thin_training(SplitLabels in, std::uint64_t seed, Keep keep) {
  const Lists<Index> rows = group_by<Index>(in.train, largest_label(in) + 1);
  std::vector<bool> kept(in.train.size());
  const Philox random(seed, 0);
  std::vector<std::pair<std::uint64_t, Index>> order;
  for (Label c = 0; c < rows.size(); ++c) {
    order.clear();
    for (const Index row : rows[c]) order.emplace_back(random.word(static_cast<std::uint64_t>(row)), row);
    std::sort(order.begin(), order.end());
    const auto count = static_cast<std::size_t>(keep(c, static_cast<Index>(order.size())));
    for (std::size_t k = 0; k < count; ++k) kept[static_cast<std::size_t>(order[k].second)] = true;
  }
  return benchmark_impl::benchmark_of(
      in,
      [&](Index i) { return kept[static_cast<std::size_t>(i)] ? in.train[static_cast<std::size_t>(i)] : -1; },
      [&](Index i) { return in.validation[static_cast<std::size_t>(i)]; });
}

}  // namespace shoal
