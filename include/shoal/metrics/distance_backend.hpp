// The customisation points of scores by distances, and a reference to any backend with them.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include <shoal/core/progress.hpp>
#include <shoal/core/workers.hpp>
#include <shoal/metrics/cluster_order.hpp>
#include <shoal/metrics/distance_block.hpp>

namespace shoal {

/// The distances of some rows from the clusters, as a silhouette needs them.
struct MeanDistanceJob {
  const DistanceReader& reader;
  const ClusterOrder& order;
  std::span<const Index> queries;  ///< positions of rows in the order
  std::span<double> own;           ///< [queries] mean distance to the other rows of its cluster; 0 if none
  std::span<double> other;         ///< [queries] least mean distance to the rows of another cluster
};

/// The distances of all rows from the centroids, scaled as the reader scales them.
struct CentroidDistanceJob {
  const DistanceReader& reader;
  const ClusterOrder& order;
  MatrixView<const double> centroids;  ///< [K × d]
  const DistanceRows& rows;            ///< the centroids, centred and scaled as the reader's rows
  std::span<double> own;               ///< [positions] distance to the row's own centroid, in double
  std::span<float> other;              ///< [positions] least distance to another centroid
};

/// The distances of rows, scaled to unit length, from those of their neighbours that have their label.
struct NeighborDistanceJob {
  AnyRows features;                    ///< n × d
  MatrixView<const std::int32_t> ids;  ///< [n × m] in [0, n)
  std::span<const Index> labels;       ///< [n]
  Index none;                          ///< the label of rows that are left out
  std::span<double> sums;  ///< [n] Σ ‖g(x) − g(x′)‖²; not finite if one of them has no direction
};

/// The distances on a backend B. This primary template leaves them to the host; a Gpu specialises it
/// (metrics/cuda/mean_distances.cuh). Each function returns whether it has filled the arrays of its job.
template <class B> struct DistancesOn {
  static bool means(const MeanDistanceJob&, const B&, const Hook&) { return false; }
  static bool to_centroids(const CentroidDistanceJob&, const B&) { return false; }
  static bool to_neighbors(const NeighborDistanceJob&, const B&) { return false; }
};

/// A type-erased reference to the workers of any backend and to its distances. The backend must outlive it.
class DistanceBackend : public Workers {
 public:
  template <TaskRunner B>
    requires(!std::derived_from<B, DistanceBackend> && !KnowsRanks<B>)
  DistanceBackend(const B& backend)  // NOLINT: a reference to any backend
      : Workers(backend),
        backend_(std::addressof(backend)),
        means_([](const void* b, const MeanDistanceJob& job, const Hook& hook) {
          return DistancesOn<B>::means(job, *static_cast<const B*>(b), hook);
        }),
        to_centroids_([](const void* b, const CentroidDistanceJob& job) {
          return DistancesOn<B>::to_centroids(job, *static_cast<const B*>(b));
        }),
        to_neighbors_([](const void* b, const NeighborDistanceJob& job) {
          return DistancesOn<B>::to_neighbors(job, *static_cast<const B*>(b));
        }) {}

  [[nodiscard]] bool mean_distances(const MeanDistanceJob& job, const Hook& hook) const {
    return means_(backend_, job, hook);
  }
  [[nodiscard]] bool distances_to_centroids(const CentroidDistanceJob& job) const {
    return to_centroids_(backend_, job);
  }
  [[nodiscard]] bool distances_to_neighbors(const NeighborDistanceJob& job) const {
    return to_neighbors_(backend_, job);
  }

 private:
  const void* backend_;
  bool (*means_)(const void*, const MeanDistanceJob&, const Hook&);
  bool (*to_centroids_)(const void*, const CentroidDistanceJob&);
  bool (*to_neighbors_)(const void*, const NeighborDistanceJob&);
};

}  // namespace shoal
