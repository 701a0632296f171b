// How the command finds neighbours on a CPU: by comparing all pairs, or by inverted lists.
#pragma once

#include "neighbor_index.hpp"

#include <string>

#include <shoal/backend/cpu.hpp>
#include <shoal/core/progress.hpp>
#include <shoal/io/row_source.hpp>
#include <shoal/neighbors/inverted_lists.hpp>

/// Neighbours, and how they were found.
struct FoundNeighbors {
  shoal::Neighbors neighbors;
  bool exact = true;
  double recall = 1;             ///< of a sample of `recall_rows` rows, where lists were searched
  shoal::Index recall_rows = 0;  ///< 0: not measured
  double seconds = 0;

  /// "exact", or "by inverted lists, recall 0.998 on 1,000 rows".
  [[nodiscard]] std::string how() const;
};

/// The neighbours of every row. `recall_rows` rows are searched exactly too where lists were searched.
FoundNeighbors find_neighbors(shoal::AnyRows features, const shoal::NeighborSettings& settings,
                              NeighborIndex index, const shoal::ListSettings& lists, shoal::Index recall_rows,
                              const shoal::Cpu& cpu, const shoal::Hook& hook);

/// About the seconds that this takes, from a search among a few thousand rows; 0 where that is no time.
double neighbor_seconds(shoal::AnyRows features, const shoal::NeighborSettings& settings, NeighborIndex index,
                        const shoal::ListSettings& lists, const shoal::Cpu& cpu);
