// The choice of how to find neighbours.
#pragma once

#include <shoal/core/config.hpp>

/// By all pairs, by inverted lists, or automatically by the number of rows.
enum class NeighborIndex { automatic, exact, ivf };

/// Whether this number of rows is searched by all pairs. `automatic` does so up to 100,000 rows; for more,
/// inverted lists take a fraction of the time.
inline bool searched_exactly(NeighborIndex index, shoal::Index rows) {
  return index == NeighborIndex::exact || (index == NeighborIndex::automatic && rows <= 100'000);
}
