// The settings and the result of a neighbour search.
#pragma once

#include <limits>
#include <optional>

#include <shoal/core/check.hpp>
#include <shoal/core/matrix.hpp>

namespace shoal {

/// The measure of proximity: a large cosine of the angle between two rows, a large inner product, or a small
/// Euclidean distance.
enum class Similarity { cosine, inner_product, euclidean };

/// The number of neighbours, and the measure of proximity.
struct NeighborSettings {
  Index count = 50;  ///< m, neighbours of each row: 1 ≤ m < n (m ≤ n for rows of another set)
  Similarity similarity = Similarity::cosine;  ///< the measure of proximity
  bool keep_similarities = false;              ///< whether to return the similarities
};

/// The size of a search, for plan().
struct NeighborShape {
  Index rows, cols;                   ///< shape of the searched features
  std::optional<Index> queries = {};  ///< number of queries; if absent, the features themselves
};

/// The m nearest rows of each row, nearest first, the lowest id first on ties; a row is never its own
/// neighbour. The similarities are cosines, inner products or, for Euclidean neighbours, the distances ‖x −
/// x'‖.
struct Neighbors {
  Matrix<std::int32_t> ids;    ///< [n × m] ids of rows, nearest first
  Matrix<float> similarities;  ///< [n × m] one for each id, or empty if not requested
};

/// An empty result of the right size for n rows.
inline Neighbors room_for_neighbors(Index n, const NeighborSettings& settings) {
  return {Matrix<std::int32_t>(n, settings.count),
          Matrix<float>(settings.keep_similarities ? n : 0, settings.count)};
}

/// The size of a result for n rows, in bytes.
inline std::size_t neighbors_bytes(Index n, const NeighborSettings& settings) {
  return static_cast<std::size_t>(n * settings.count) * (settings.keep_similarities ? 8 : 4);
}

/// Throws invalid_argument unless m is in [1, available] and n fits 32-bit ids.
inline void check_neighbor_settings(const char* function, const NeighborSettings& settings, Index n,
                                    Index available) {
  check(n <= std::numeric_limits<std::int32_t>::max(), Errc::too_large, function, ": features has ", n,
        " rows; ids are 32 bits, at most 2147483647 rows");
  check(settings.count >= 1 && settings.count <= available, Errc::invalid_argument, function,
        ": settings.count (", settings.count, ") must be between 1 and ", available,
        ", the rows there are to choose from");
}

}  // namespace shoal
