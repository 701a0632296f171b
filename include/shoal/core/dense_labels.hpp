// Renumbers labels without gaps.
#pragma once

#include <algorithm>
#include <span>
#include <vector>

#include <shoal/core/config.hpp>

namespace shoal {

/// Labels renumbered from 0 without gaps, in the order of their values.
struct DenseLabels {
  std::vector<Label> labels;  ///< [n] in [0, C)
  std::vector<Label> names;   ///< [C] ascending: labels[i] stands for names[labels[i]]

  [[nodiscard]] Index clusters() const { return static_cast<Index>(names.size()); }
};

/// The same partition with labels without gaps. Memory depends on the number of labels, not on their values.
/// O(n log n).
[[nodiscard]] inline DenseLabels dense_labels(std::span<const Label> labels) {
  DenseLabels dense{{labels.begin(), labels.end()}, {labels.begin(), labels.end()}};
  std::sort(dense.names.begin(), dense.names.end());
  dense.names.erase(std::unique(dense.names.begin(), dense.names.end()), dense.names.end());
  for (Label& label : dense.labels)
    label = static_cast<Label>(std::lower_bound(dense.names.begin(), dense.names.end(), label) -
                               dense.names.begin());
  return dense;
}

}  // namespace shoal
