// What k-means will hold in memory, told before it starts.
#pragma once

#include <shoal/core/workers.hpp>
#include <shoal/kmeans/bounds/pruned_assigner.hpp>
#include <shoal/kmeans/cluster_sums.hpp>

namespace shoal {

/// How much memory pruning may take; the labels are the same bit for bit.
enum class Bounds {
  automatic,  ///< the first of those below that fits half the memory budget; where there is none, what the
              ///< rows take in float32, from 512 MiB to 2 GiB
  pair,       ///< a byte for each row and centroid, and one for each feature of a row
  group,      ///< a byte for each row and eight centroids
  none,       ///< nothing kept: each iteration is a product in bytes and what it leaves open
  off,        ///< no pruning: each iteration is the full product
};

inline PrunedAssigner::Settings assigner_settings(Bounds bounds) {
  return {.group = bounds == Bounds::group ? 8 : 1, .keep = bounds != Bounds::none};
}

/// Peak bytes of fit(KMeans) beyond the rows, and the bounds it will keep.
struct KMeansPlan {
  std::size_t bytes = 0;
  Bounds bounds = Bounds::off;
};

/// Pruning pays above some tens of centroids and features; `none` only where bytes are multiplied
/// (codes.hpp).
inline KMeansPlan plan_kmeans(Index n, Index cols, Index clusters, Bounds wish, Workers workers) {
  const auto size = [](Index count, Index bytes) {
    return static_cast<std::size_t>(count) * static_cast<std::size_t>(bytes);
  };
  const auto bounds_bytes = [&](Bounds b) {
    if (b == Bounds::off || b == Bounds::none) return std::size_t{0};
    const Index group = assigner_settings(b).group, bounds = block_count(clusters, 64 * group) * 64;
    return size(n, bounds + (b == Bounds::pair ? RowCodes::bytes(cols) : 0));
  };
  KMeansPlan plan{0, wish};
  if (wish == Bounds::automatic) {
    const std::size_t limit =
        workers.memory() > 0 ? workers.memory() / 2
                             : std::clamp(size(n * cols, 4), std::size_t{512} << 20, std::size_t{2} << 30);
    plan.bounds = bounds_bytes(Bounds::pair) <= limit    ? Bounds::pair
                  : bounds_bytes(Bounds::group) <= limit ? Bounds::group
                                                         : Bounds::none;
    if (plan.bounds == Bounds::none && fastest_cost >= 1) plan.bounds = Bounds::off;
    if (clusters < 64 || cols < 32) plan.bounds = Bounds::off;
  }
  const std::size_t rows = size(n, 12) + bounds_bytes(plan.bounds);  // labels, lengths, distances
  const std::size_t centroids = size(clusters * cols, 8 + 5 * 4 + 2) +
                                size(clusters, RowCodes::bytes(cols));  // sums; now, before, packed
  const std::size_t moved = size(4096 * cols, 4) + size(std::min<Index>(n, 32768), 2 * sizeof(Move));
  const std::size_t scratch = size(pass_rows(cols) * cols, 4 + 4 + 1) + size(clusters, 4) +
                              size(pass_rows(cols), tile_cols * 8 + (clusters + 64) / 8 +
                                                        (plan.bounds == Bounds::none ? clusters + 64 : 0));
  plan.bytes = rows + centroids + moved + size(workers.threads(), 1) * scratch;
  return plan;
}

}  // namespace shoal
