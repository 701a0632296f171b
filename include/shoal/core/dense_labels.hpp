// Labels without gaps, from labels that anyone may have numbered.
#pragma once

#include <algorithm>
#include <span>
#include <vector>

#include <shoal/core/config.hpp>

namespace shoal {

/// Labels numbered from 0 without gaps, in the order of their values.
struct DenseLabels {
  std::vector<Label> labels;  ///< [n] in [0, C)
  std::vector<Label> names;   ///< [C] ascending: labels[i] stands for names[labels[i]]

  [[nodiscard]] Index clusters() const { return static_cast<Index>(names.size()); }
};

/// The same partition without gaps. A label is only a name: memory follows how many labels there are, never
/// their size. O(n log n).
[[nodiscard]] inline DenseLabels dense_labels(std::span<const Label> labels) {
  DenseLabels dense{{labels.begin(), labels.end()}, {labels.begin(), labels.end()}};
  std::ranges::sort(dense.names);
  dense.names.erase(std::unique(dense.names.begin(), dense.names.end()), dense.names.end());
  for (Label& label : dense.labels)
    label = static_cast<Label>(std::ranges::lower_bound(dense.names, label) - dense.names.begin());
  return dense;
}

}  // namespace shoal
