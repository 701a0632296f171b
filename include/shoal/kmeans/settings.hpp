// The settings of k-means and its result.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <shoal/balancing/none.hpp>
#include <shoal/core/borrowed_view.hpp>
#include <shoal/kmeans/balancing/size_balancing.hpp>
#include <shoal/kmeans/lloyd.hpp>
#include <shoal/kmeans/seeding.hpp>

namespace shoal {

/// The settings of k-means. `fit(KMeans<>{.clusters = 1000}, rows, backend)` clusters by cosine (spherical
/// k-means), `KMeans<Euclidean>` by Euclidean distance. KMeans<Geometry, Capacity> bounds the sizes of
/// clusters (kmeans/balancing/capacity.hpp); a rule of your own models SizeBalancing.
template <Geometry Geo = Cosine, SizeBalancing Balancing = NoBalance> struct KMeans {
  Index clusters = 0;                    ///< C, to be set: 1 ≤ C ≤ n
  Index iterations = 25;                 ///< at most
  std::uint64_t seed = 0;                ///< the same seed gives the same bits
  Seeding seeding = Seeding::plus_plus;  ///< how first centroids are drawn
  Index restarts = 1;                    ///< runs from different seeds; the best objective is kept
  double tolerance = 0;  ///< stop when an iteration gains less than this share of the objective
  EmptyRule empty = EmptyRule::farthest_row;          ///< what becomes of clusters without rows
  BorrowedView<std::span<const float>> weights = {};  ///< one per row, ≥ 0; empty: all 1
  BorrowedView<MatrixView<const float>> start = {};   ///< [C × d] first centroids, instead of seeding
  Bounds bounds = Bounds::automatic;  ///< memory for speed; the result is the same bit for bit
  Balancing balancing = {};           ///< the rule for the sizes of clusters
};

/// The result of k-means.
struct KMeansResult {
  Matrix<float> centroids;                ///< [C × d]; of unit length under cosine
  std::vector<Label> labels;              ///< [n] the nearest centroid of each row
  double objective = 0;                   ///< Σ w cost(x, its centroid) over all rows, in double
  std::vector<KMeansIteration> history;   ///< one entry per iteration
  Stopped stopped = Stopped::iterations;  ///< why the iterations ended
  std::vector<double> cluster_weights;    ///< [C] Σ w of the rows of each cluster
  Index empty = 0;                        ///< clusters that no row is in, as where rows are identical
};

/// KMeans of any geometry and balancing as one type, for code that is compiled once.
struct KMeansRequest {
  Index clusters;
  std::uint64_t seed;
  Seeding seeding;
  Index restarts;
  MatrixView<const float> start;
  LloydSettings lloyd;
  AnySizeBalancing balancing;
};

template <Geometry Geo, SizeBalancing Balancing>
KMeansRequest request_of(const KMeans<Geo, Balancing>& settings) {
  return {.clusters = settings.clusters,
          .seed = settings.seed,
          .seeding = settings.seeding,
          .restarts = settings.restarts,
          .start = settings.start,
          .lloyd = {.geometry = geometry_rule<Geo>(),
                    .iterations = settings.iterations,
                    .tolerance = settings.tolerance,
                    .empty = settings.empty,
                    .weights = settings.weights,
                    .bounds = settings.bounds},
          .balancing = AnySizeBalancing(settings.balancing)};
}

}  // namespace shoal
