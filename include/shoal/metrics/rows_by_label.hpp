// The rows of each label, as lists.
#pragma once

#include <vector>

#include <shoal/core/lists.hpp>
#include <shoal/core/workers.hpp>
#include <shoal/metrics/label_view.hpp>

namespace shoal {

/// Groups the rows by label. List c holds the rows of the c-th id in ascending order of ids, each list in
/// ascending order; rows whose label is `none` are in no list. O(n) if the ids have a compact range.
[[nodiscard]] inline Lists<Index> rows_by_label(LabelView labels, Workers workers, Index none = no_label) {
  const auto counted = [=](Index i) { return labels[i] != none; };
  const LabelIndex index(labels, counted, workers);
  std::vector<Label> code(static_cast<std::size_t>(labels.size()));
  workers.each_row(labels.size(), [&](Index i) {
    code[static_cast<std::size_t>(i)] = counted(i) ? index[labels[i]] : Label{-1};
  });
  return group_by<Index, Label>(code, index.size());
}

/// Whether the silhouette and similar scores are defined for these labels: there are at least two clusters,
/// and fewer clusters than labelled rows.
[[nodiscard]] inline bool is_separable(LabelView labels, Workers workers, Index none = no_label) {
  const Lists<Index> rows = rows_by_label(labels, workers, none);
  return rows.size() >= 2 && rows.size() < std::ssize(rows.values);
}

}  // namespace shoal
