// Hard bounds on the sizes of clusters: every cluster has between lo and hi rows, at the least total cost.
#pragma once

#include <algorithm>
#include <limits>
#include <span>
#include <vector>

#include <shoal/kmeans/balancing/capacity_assignment.hpp>
#include <shoal/kmeans/balancing/size_balancing.hpp>

namespace shoal {

/// The balancing of KMeans<Geometry, Capacity>: every cluster has lo to hi rows, exactly, and each round
/// finds the assignment of least cost under these bounds. One round computes all products of rows and
/// centroids.
struct Capacity {
  static constexpr bool active = true;
  Index lo = 0;
  Index hi = std::numeric_limits<Index>::max();

  /// Throws invalid_argument unless 0 ≤ lo ≤ hi and C lo ≤ n ≤ C hi.
  void check(Index n, Index clusters) const {
    const char* who = "fit(KMeans with Capacity)";
    shoal::check(lo >= 0 && lo <= hi, Errc::invalid_argument, who, ": lo (", lo, ") must be from 0 to hi (",
                 hi, ")");
    shoal::check(lo <= n / clusters && hi >= (n + clusters - 1) / clusters, Errc::invalid_argument, who,
                 ": clusters (", clusters, ") of ", lo, " to ", hi, " rows cannot hold ", n, " rows");
  }
  /// About 600 bytes per row if C ≥ 16; more if the bounds force rows far from their nearest 16 clusters.
  [[nodiscard]] std::size_t bytes(Index n, Index clusters) const;
  /// The assignment of least total cost under the bounds, and the prices that prove it.
  [[nodiscard]] std::vector<Label> assign(const PricedRows& rows, std::span<float> prices) const;
};

inline std::size_t Capacity::bytes(Index n, Index clusters) const {
  const auto listed = static_cast<std::size_t>(std::min(clusters, capacity_listed));
  return static_cast<std::size_t>(n) * (listed * (3 * 4 + 24) + 64);
}

inline std::vector<Label> Capacity::assign(const PricedRows& rows, std::span<float> prices) const {
  const auto cheapest = [&rows](auto&&... question) { rows.cheapest(question...); };
  return CapacityAssignment(rows.rows(), CapacityBounds{lo, hi}, prices, cheapest).run();
}
static_assert(SizeBalancing<Capacity>);

}  // namespace shoal
