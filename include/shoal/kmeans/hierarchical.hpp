// k-means of k-means, for clusters in the tens of thousands.
#pragma once

#include <shoal/core/workers.hpp>
#include <shoal/io/subset.hpp>
#include <shoal/kmeans/kmeans.hpp>

namespace shoal {

/// Clusters in two levels: `coarse` clusters of all rows, each then cut into its share of `clusters` by
/// k-means of its own rows; at last `polish` iterations over all rows and clusters. Costs n (coarse +
/// clusters / coarse) distances an iteration instead of n · clusters, at a somewhat higher objective;
/// polishing wins most of it back.
template <Geometry Geo = Cosine> struct HierarchicalKMeans {
  Index clusters = 0;
  Index coarse = 0;  ///< 0: √clusters
  Index iterations = 25;
  Index polish = 2;
  std::uint64_t seed = 0;
};

namespace kmeans_impl {

/// How many of `clusters` each group gets: at least one and at most its rows, else in proportion to its rows.
inline std::vector<Index> shares(const std::vector<Index>& sizes, Index clusters) {
  std::vector<Index> share(sizes.size(), 0);
  Index left = clusters;
  for (std::size_t g = 0; g < sizes.size(); ++g)
    if (sizes[g] > 0) {
      share[g] = 1;
      --left;
    }
  for (; left > 0; --left) {  // to the group with most rows a cluster (D'Hondt)
    std::size_t most = sizes.size();
    for (std::size_t g = 0; g < sizes.size(); ++g)
      if (share[g] < sizes[g] && (most == sizes.size() || sizes[g] * share[most] > sizes[most] * share[g]))
        most = g;
    ++share[most];
  }
  return share;
}

}  // namespace kmeans_impl

/// Throws as fit(KMeans) does.
template <Geometry Geo>
KMeansResult fit(const HierarchicalKMeans<Geo>& settings, const AnyRows& source, Workers workers,
                 const Hook& hook = {}) {
  const char* who = "fit(HierarchicalKMeans)";
  const Index n = source.rows(), cols = source.cols(), clusters = settings.clusters;
  check(clusters >= 1 && clusters <= n, Errc::invalid_argument, who, ": clusters (", clusters,
        ") must be from 1 to the number of rows (", n, ")");
  check(settings.coarse >= 0 && settings.coarse <= clusters, Errc::invalid_argument, who, ": coarse (",
        settings.coarse, ") must be from 0 to clusters (", clusters, ")");
  check(settings.polish >= 1, Errc::invalid_argument, who, ": polish (", settings.polish,
        ") must be at least 1");
  const Index coarse =
      settings.coarse > 0 ? settings.coarse : static_cast<Index>(std::sqrt(static_cast<double>(clusters)));
  const KMeansResult top =
      fit(KMeans<Geo>{.clusters = coarse, .iterations = settings.iterations, .seed = settings.seed}, source,
          workers, hook);
  std::vector<std::vector<Index>> members(static_cast<std::size_t>(coarse));
  for (Index i = 0; i < n; ++i)
    members[static_cast<std::size_t>(top.labels[static_cast<std::size_t>(i)])].push_back(i);
  std::vector<Index> sizes;
  for (const auto& group : members) sizes.push_back(static_cast<Index>(group.size()));
  const auto share = kmeans_impl::shares(sizes, clusters);
  Matrix<float> centroids(clusters, cols);
  Index made = 0;
  for (std::size_t g = 0; g < members.size(); ++g) {
    if (share[g] == 0) continue;
    const Subset rows(source, members[g]);
    const KMeansResult part =
        fit(KMeans<Geo>{.clusters = share[g], .iterations = settings.iterations, .seed = settings.seed + g},
            rows, workers);
    std::copy_n(part.centroids.data(), part.centroids.size(), centroids.row(made));
    made += share[g];
    if (!report(hook, {.phase = "k-means, groups",
                       .done = static_cast<Index>(g) + 1,
                       .total = coarse,
                       .objective = part.objective,
                       .detail = {}}))
      fail(Errc::stopped, who, ": stopped before every group had its clusters");
  }
  return fit(
      KMeans<Geo>{
          .clusters = clusters, .iterations = settings.polish, .seed = settings.seed, .start = centroids},
      source, workers, hook);
}

}  // namespace shoal
