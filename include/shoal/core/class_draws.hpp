// The samples of each class in random order.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include <shoal/core/buffer.hpp>
#include <shoal/core/function_ref.hpp>
#include <shoal/core/random.hpp>

namespace shoal {

/// Calls use(label, rows) for each class, labels ascending, with its rows in the order of their random words:
/// row i's is random.word(i), so that the choice of one class does not depend on the others. Rows with a
/// negative label are left out. O(n log n).
inline void each_class_shuffled(std::span<const Label> labels, const Philox& random,
                                FunctionRef<void(Label, std::span<const Index>)> use) {
  struct Draw {
    Label label;
    std::uint64_t word;
    Index row;
  };
  Buffer<Draw> draws;
  for (std::size_t i = 0; i < labels.size(); ++i)
    if (labels[i] >= 0) draws.push_back({labels[i], random.word(i), static_cast<Index>(i)});
  std::sort(draws.begin(), draws.end(), [](const Draw& a, const Draw& b) {
    if (a.label != b.label) return a.label < b.label;
    return a.word != b.word ? a.word < b.word : a.row < b.row;
  });
  std::vector<Index> rows;
  for (std::size_t i = 0; i < draws.size(); ++i) {
    rows.push_back(draws[i].row);
    if (i + 1 < draws.size() && draws[i + 1].label == draws[i].label) continue;
    use(draws[i].label, rows);
    rows.clear();
  }
}

}  // namespace shoal
