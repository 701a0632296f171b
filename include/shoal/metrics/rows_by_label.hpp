// The rows of each label, side by side.
#pragma once

#include <vector>

#include <shoal/core/lists.hpp>
#include <shoal/core/workers.hpp>
#include <shoal/metrics/label_view.hpp>

namespace shoal {

/// List c holds the rows of the c-th label in ascending order of ids, each list ascending; rows with the
/// label `none` are in no list. O(n).
[[nodiscard]] inline Lists<Index> rows_by_label(LabelView labels, Workers workers, Index none = no_label) {
  const auto counted = [=](Index i) { return labels[i] != none; };
  const LabelIndex index(labels, counted, workers);
  std::vector<Label> code(static_cast<std::size_t>(labels.size()));
  workers.each_row(labels.size(), [&](Index i) {
    code[static_cast<std::size_t>(i)] = counted(i) ? index[labels[i]] : Label{-1};
  });
  return group_by<Index, Label>(code, index.size());
}

/// Whether scores of features under these labels, as the silhouette, are defined: there are at least 2 clusters,
/// and fewer than labelled rows.
[[nodiscard]] inline bool is_separable(LabelView labels, Workers workers, Index none = no_label) {
  const Lists<Index> rows = rows_by_label(labels, workers, none);
  return rows.size() >= 2 && rows.size() < std::ssize(rows.values);
}

}  // namespace shoal
