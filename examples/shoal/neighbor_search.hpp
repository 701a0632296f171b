// The neighbour search of the command on a CPU: all pairs, or inverted lists.
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
  double recall = 1;             ///< on a sample of `recall_rows` rows, if lists were used
  shoal::Index recall_rows = 0;  ///< 0: not measured
  double seconds = 0;

  /// "exact", or "by inverted lists, recall 0.998 on 1,000 rows".
  [[nodiscard]] std::string how() const;
};

/// The neighbours of every row. If lists are used, `recall_rows` rows are also searched exactly.
FoundNeighbors find_neighbors(shoal::AnyRows features, const shoal::NeighborSettings& settings,
                              NeighborIndex index, const shoal::ListSettings& lists, shoal::Index recall_rows,
                              const shoal::Cpu& cpu, const shoal::Hook& hook);

/// The approximate seconds that this takes, extrapolated from a search among a few thousand rows; 0 if
/// negligible.
double neighbor_seconds(shoal::AnyRows features, const shoal::NeighborSettings& settings, NeighborIndex index,
                        const shoal::ListSettings& lists, const shoal::Cpu& cpu);
