// The neighbour search of the command on a CPU: all pairs, or inverted lists.
#pragma once

#include "neighbor_index.hpp"
#include "stopwatch.hpp"

#include <algorithm>
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

/// The neighbours of the rows of `features`, which are all rows or those of one rank of the backend. If lists
/// are used, `recall_rows` of all rows are also searched exactly.
template <shoal::Backend B>
FoundNeighbors find_neighbors(shoal::AnyRows features, shoal::Index all_rows,
                              const shoal::NeighborSettings& settings, NeighborIndex index,
                              const shoal::ListSettings& lists, shoal::Index recall_rows, const B& backend,
                              const shoal::Hook& hook) {
  const Stopwatch time;
  FoundNeighbors found;
  found.exact = searched_exactly(index, all_rows);
  found.neighbors = found.exact ? shoal::exact_neighbors(features, settings, backend, hook)
                                : shoal::approximate_neighbors(features, settings, lists, backend, hook);
  found.seconds = time.seconds();
  if (found.exact || recall_rows == 0) return found;
  found.recall_rows = std::min(recall_rows, all_rows);
  (void)report(hook, {.phase = "recall", .objective = 0, .detail = {}});
  found.recall =
      shoal::neighbor_recall(features, found.neighbors, settings.similarity, found.recall_rows, backend);
  return found;
}

/// The memory that this takes on a CPU, but for measuring the recall.
template <class Backend>
shoal::MemoryPlan neighbor_plan(const shoal::NeighborSettings& settings, NeighborIndex index,
                                const shoal::ListSettings& lists, const shoal::NeighborShape& shape,
                                const Backend& backend) {
  return searched_exactly(index, shape.rows) ? shoal::plan(settings, shape, backend)
                                             : shoal::plan(settings, lists, shape, backend);
}

/// The approximate seconds that this takes, extrapolated from a search among a few thousand rows; 0 if
/// negligible.
double neighbor_seconds(shoal::AnyRows features, const shoal::NeighborSettings& settings, NeighborIndex index,
                        const shoal::ListSettings& lists, const shoal::Cpu& cpu);
