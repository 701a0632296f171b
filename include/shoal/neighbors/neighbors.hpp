// What a search for neighbours is asked, and what it answers.
#pragma once

#include <limits>
#include <optional>

#include <shoal/core/check.hpp>
#include <shoal/core/matrix.hpp>

namespace shoal {

/// What "near" means: a large cosine of the angle between two rows, a large inner product, or a small
/// distance.
enum class Similarity { cosine, inner_product, euclidean };

/// How many neighbours, and in which sense.
struct NeighborSettings {
  Index count = 50;  ///< m, neighbours a row: 1 ≤ m < n (m ≤ n for another set's rows)
  Similarity similarity = Similarity::cosine;  ///< what "near" means
  bool keep_similarities = false;              ///< return the similarities too
};

/// The size of a search, for plan().
struct NeighborShape {
  Index rows, cols;                   ///< of the features that are searched
  std::optional<Index> queries = {};  ///< rows that ask; none given: the features' own, each for the others
};

/// The m nearest rows of each row: ids [n × m], nearest first, ties by lowest id; a row is never its own
/// neighbour. similarities [n × m] goes with ids when it was asked for, and is empty otherwise: cosines,
/// inner products, or for Euclidean neighbours their distances ‖x − x'‖.
struct Neighbors {
  Matrix<std::int32_t> ids;    ///< [n × m] rows, nearest first
  Matrix<float> similarities;  ///< [n × m] or empty
};

/// An empty result for n rows.
inline Neighbors room_for_neighbors(Index n, const NeighborSettings& settings) {
  return {Matrix<std::int32_t>(n, settings.count),
          Matrix<float>(settings.keep_similarities ? n : 0, settings.count)};
}

/// Bytes of that.
inline std::size_t neighbors_bytes(Index n, const NeighborSettings& settings) {
  return static_cast<std::size_t>(n * settings.count) * (settings.keep_similarities ? 8 : 4);
}

/// Throws unless m is in [1, available] and n rows can be named by 32-bit ids.
inline void check_neighbor_settings(const char* function, const NeighborSettings& settings, Index n,
                                    Index available) {
  check(n <= std::numeric_limits<std::int32_t>::max(), Errc::too_large, function, ": features has ", n,
        " rows; ids are 32 bits, at most 2147483647 rows");
  check(settings.count >= 1 && settings.count <= available, Errc::invalid_argument, function,
        ": settings.count (", settings.count, ") must be between 1 and ", available,
        ", the rows there are to choose from");
}

}  // namespace shoal
