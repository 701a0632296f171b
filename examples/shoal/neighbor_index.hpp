// The ways to find neighbours.
#pragma once

#include <shoal/core/config.hpp>

/// By all pairs, by inverted lists, or by what the number of rows suggests.
enum class NeighborIndex { automatic, exact, ivf };

/// Whether that many rows are searched by all pairs. `automatic` does so up to 100,000 rows; above, inverted
/// lists take a fraction of the time.
inline bool searched_exactly(NeighborIndex index, shoal::Index rows) {
  return index == NeighborIndex::exact || (index == NeighborIndex::automatic && rows <= 100'000);
}
