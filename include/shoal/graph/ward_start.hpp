// k-means from a Ward start: an over-clustering, merged by Ward's criterion, gives the first centroids.
#pragma once

#include <shoal/kmeans/kmeans.hpp>
#include <shoal/kmeans/merge_tree.hpp>

namespace shoal {

/// The settings of k-means that starts from the merged centroids of an over-clustering, instead of seeding.
template <Geometry Geo = Cosine> struct WardKMeans {
  Index clusters = 0;           ///< C, to be set: 1 ≤ C ≤ n
  Index iterations = 25;        ///< maximum iterations from the merged centroids
  Index factor = 4;             ///< the over-clustering has factor · clusters clusters, or n if fewer
  Index first_iterations = 15;  ///< maximum iterations of the over-clustering
  std::uint64_t seed = 0;       ///< the same seed gives the same bits
};

namespace ward_start_impl {

/// The centroids of the over-clustering, merged down to `clusters` by Ward's criterion, n_a n_b / (n_a + n_b)
/// ‖c_a − c_b‖².
inline Matrix<float> merged(const KMeansResult& fine, Index clusters) {
  const Index d = fine.centroids.cols();
  std::vector<double> rows(static_cast<std::size_t>(fine.centroids.rows()), 0.);
  for (const Label label : fine.labels) ++rows[static_cast<std::size_t>(label)];
  const std::vector<Label> to = merge_tree(fine.centroids, rows).cut(clusters);
  Matrix<double> sums(clusters, d, 0.);
  std::vector<double> weights(static_cast<std::size_t>(clusters), 0.);
  for (std::size_t c = 0; c < to.size(); ++c) {
    weights[static_cast<std::size_t>(to[c])] += rows[c];
    for (Index j = 0; j < d; ++j) sums(to[c], j) += rows[c] * fine.centroids(static_cast<Index>(c), j);
  }
  Matrix<float> centroids(clusters, d);
  for (std::size_t c = to.size(); c-- > 0;)  // clusters without rows keep the centroid of their first leaf
    std::copy_n(fine.centroids.row(static_cast<Index>(c)), d, centroids.row(to[c]));
  for (Index c = 0; c < clusters; ++c)
    for (Index j = 0; j < d && weights[static_cast<std::size_t>(c)] > 0; ++j)
      centroids(c, j) = static_cast<float>(sums(c, j) / weights[static_cast<std::size_t>(c)]);
  return centroids;
}

}  // namespace ward_start_impl

/// Runs Lloyd's k-means from a Ward start: `first_iterations` iterations with `factor` times as many
/// clusters, a merge of their centroids along Ward's tree (kmeans/merge_tree.hpp), and k-means from the
/// result. On real data it is a better start for local moves on the neighbour graph than k-means++. O(factor
/// · first_iterations · n C d + (factor · C)² d). Throws as fit(KMeans) does.
template <Geometry Geo, class Machine>
KMeansResult fit(const WardKMeans<Geo>& settings, const AnyRows& rows, const Machine& backend,
                 const Hook& hook = {}) {
  const char* who = "fit(WardKMeans)";
  check(settings.clusters >= 1 && settings.clusters <= rows.rows(), Errc::invalid_argument, who,
        ": clusters (", settings.clusters, ") must be from 1 to the number of rows (", rows.rows(), ")");
  check(settings.factor >= 1, Errc::invalid_argument, who, ": factor (", settings.factor,
        ") must be at least 1");
  const KMeansResult fine =
      fit(KMeans<Geo>{.clusters = std::min(settings.factor * settings.clusters, rows.rows()),
                      .iterations = settings.first_iterations,
                      .seed = settings.seed},
          rows, backend, hook);
  if (fine.stopped == Stopped::hook)
    fail(Errc::stopped, who, ": stopped by the hook before there were ", settings.clusters, " clusters");
  const Matrix<float> start = ward_start_impl::merged(fine, settings.clusters);
  return fit(KMeans<Geo>{.clusters = settings.clusters,
                         .iterations = settings.iterations,
                         .seed = settings.seed,
                         .start = start},
             rows, backend, hook);
}

}  // namespace shoal
