// k-means in two levels, for tens of thousands of clusters.
#pragma once

#include <shoal/core/lists.hpp>
#include <shoal/core/workers.hpp>
#include <shoal/io/subset.hpp>
#include <shoal/kmeans/kmeans.hpp>

namespace shoal {

/// The settings of k-means in two levels: k-means finds `coarse` clusters of all rows, then k-means of the
/// rows of each cuts it into its share of `clusters`, and `polish` iterations over all rows and clusters
/// follow. An iteration computes n (coarse + clusters / coarse) distances instead of n · clusters. The
/// objective is somewhat higher than that of k-means; polishing makes up for most of it.
template <Geometry Geo = Cosine> struct HierarchicalKMeans {
  Index clusters = 0;
  Index coarse = 0;  ///< 0: √clusters
  Index iterations = 25;
  Index polish = 2;
  std::uint64_t seed = 0;
};

namespace kmeans_impl {

/// How many of `clusters` each group gets: in proportion to its rows, but at least one and at most its rows.
inline std::vector<Index> shares(const std::vector<Index>& sizes, Index clusters) {
  std::vector<Index> share(sizes.size(), 0);
  Index left = clusters;
  for (std::size_t g = 0; g < sizes.size(); ++g)
    if (sizes[g] > 0) {
      share[g] = 1;
      --left;
    }
  for (; left > 0; --left) {  // to the group with most rows per cluster (D'Hondt)
    std::size_t most = sizes.size();
    for (std::size_t g = 0; g < sizes.size(); ++g)
      if (share[g] < sizes[g] && (most == sizes.size() || sizes[g] * share[most] > sizes[most] * share[g]))
        most = g;
    ++share[most];
  }
  return share;
}

/// The settings of a hierarchical fit of any geometry.
struct HierarchicalRequest {
  Index clusters, coarse, iterations, polish;
  std::uint64_t seed;
  GeometryRule geometry;

  [[nodiscard]] KMeansRequest level(Index count, Index rounds, std::uint64_t from) const {
    static constexpr NoBalance free{};
    return {count,
            from,
            Seeding::plus_plus,
            1,
            {},
            {.geometry = geometry, .iterations = rounds},
            AnySizeBalancing(free)};
  }
};

inline void check_request(const HierarchicalRequest& request, Index n, const char* who) {
  const Index clusters = request.clusters;
  check(clusters >= 1 && clusters <= n, Errc::invalid_argument, who, ": clusters (", clusters,
        ") must be from 1 to the number of rows (", n, ")");
  check(request.coarse >= 0 && request.coarse <= clusters, Errc::invalid_argument, who, ": coarse (",
        request.coarse, ") must be from 0 to clusters (", clusters, ")");
  check(request.polish >= 1, Errc::invalid_argument, who, ": polish (", request.polish,
        ") must be at least 1");
}

inline KMeansResult fit(const HierarchicalRequest& request, const AnyRows& source,
                        const KMeansBackend& backend, const Hook& hook) {
  const char* who = "fit(HierarchicalKMeans)";
  check_request(request, source.rows(), who);
  const Index clusters = request.clusters;
  const Index coarse =
      request.coarse > 0 ? request.coarse : static_cast<Index>(std::sqrt(static_cast<double>(clusters)));
  const KMeansResult top =
      fit(request.level(coarse, request.iterations, request.seed), source, backend, hook);
  const Lists<Index> members = group_by<Index, Label>(top.labels, coarse);
  std::vector<Index> sizes;
  for (Index g = 0; g < coarse; ++g) sizes.push_back(std::ssize(members[g]));
  const auto share = shares(sizes, clusters);
  Matrix<float> centroids(clusters, source.cols());
  Index made = 0;
  for (Index g = 0; g < coarse; ++g) {
    const Index some = share[static_cast<std::size_t>(g)];
    if (some == 0) continue;
    const std::uint64_t seed = request.seed + static_cast<std::uint64_t>(g);
    const KMeansResult part =
        fit(request.level(some, request.iterations, seed), Subset(source, members[g]), backend, {});
    std::copy_n(part.centroids.data(), part.centroids.size(), centroids.row(made));
    made += some;
    if (!report(hook, {.phase = "k-means, groups",
                       .done = g + 1,
                       .total = coarse,
                       .objective = part.objective,
                       .detail = {}}))
      fail(Errc::stopped, who, ": stopped before every group had its clusters");
  }
  KMeansRequest last = request.level(clusters, request.polish, request.seed);
  last.start = centroids;
  return fit(last, source, backend, hook);
}

}  // namespace kmeans_impl

/// Returns k-means in two levels, followed by iterations over all rows and clusters. Same seed, same bits,
/// for any number of threads. Throws as fit(KMeans) does, and also if coarse > clusters or polish < 1.
template <Geometry Geo, Backend B>
KMeansResult fit(const HierarchicalKMeans<Geo>& settings, const AnyRows& rows, const B& backend,
                 const Hook& hook = {}) {
  return kmeans_impl::fit(
      kmeans_impl::HierarchicalRequest{settings.clusters, settings.coarse, settings.iterations,
                                       settings.polish, settings.seed, geometry_rule<Geo>()},
      rows, backend, hook);
}

}  // namespace shoal
