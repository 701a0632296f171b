// The contingency table of labels that are distributed over ranks.
#pragma once

#include <algorithm>
#include <vector>

#include <shoal/backend/communicator.hpp>
#include <shoal/core/buffer.hpp>
#include <shoal/metrics/contingency.hpp>

namespace shoal {

/// Computes, at every rank, the table of the samples of all ranks from the table of each. The counts are
/// integers, so the result is the same for any division of the samples. Exchanges 24 bytes for each cell of
/// each rank's table, whatever the number of samples. A template for shoal::compiled (docs/design.md,
/// "Compile time").
template <class = void> Contingency shared_contingency(const Contingency& own, const AnyCommunicator& ranks) {
  if (ranks.is_alone()) return own;
  struct Cell {
    Index cluster, of_class, count;
  };
  Buffer<Cell> cells;
  for (std::size_t k = 0; k + 1 < own.row_start.size(); ++k)
    for (auto at = static_cast<std::size_t>(own.row_start[k]); static_cast<Index>(at) < own.row_start[k + 1];
         ++at)
      cells.push_back(
          {own.cluster_ids[k], own.class_ids[static_cast<std::size_t>(own.column[at])], own.count[at]});
  cells = ranks.all_gather(cells);
  std::sort(cells.begin(), cells.end(), [](const Cell& a, const Cell& b) {
    return a.cluster != b.cluster ? a.cluster < b.cluster : a.of_class < b.of_class;
  });

  Contingency all;
  all.unlabelled = own.unlabelled;
  ranks.sum({&all.unlabelled, 1});
  for (const Cell& cell : cells) all.class_ids.push_back(cell.of_class);
  std::sort(all.class_ids.begin(), all.class_ids.end());
  all.class_ids.erase(std::unique(all.class_ids.begin(), all.class_ids.end()), all.class_ids.end());
  all.class_sizes.assign(all.class_ids.size(), 0);
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const auto [cluster, of_class, count] = cells[i];
    const auto column = static_cast<std::size_t>(
        std::lower_bound(all.class_ids.begin(), all.class_ids.end(), of_class) - all.class_ids.begin());
    const bool new_row = i == 0 || cells[i - 1].cluster != cluster;
    if (new_row) {
      all.row_start.push_back(std::ssize(all.count));
      all.cluster_ids.push_back(cluster);
      all.cluster_sizes.push_back(0);
    }
    if (new_row || cells[i - 1].of_class != of_class) {
      all.column.push_back(static_cast<Label>(column));
      all.count.push_back(0);
    }
    all.count.back() += count;
    all.cluster_sizes.back() += count;
    all.class_sizes[column] += count;
    all.samples += count;
  }
  all.row_start.push_back(std::ssize(all.count));
  return all;
}

}  // namespace shoal
