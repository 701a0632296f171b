// How well labels separate the features: the Davies-Bouldin and Calinski-Harabasz indices and the simplified
// silhouette.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include <shoal/backend/cpu.hpp>
#include <shoal/core/workers.hpp>
#include <shoal/metrics/distance_backend.hpp>
#include <shoal/metrics/rows_by_label.hpp>

namespace shoal {

/// The distance, and the label of rows that are left out.
struct SeparabilitySettings {
  /// Euclidean, or cosine, which gives the scores of the rows scaled to unit length.
  Distance distance = Distance::euclidean;
  Index none = no_label;  ///< rows with this label are left out
};

/// Separability scores, computed from the clusters' centroids c_k, sizes n_k, and mean distances s_k of rows
/// to their centroid.
struct Separability {
  /// The mean over k of max_{l ≠ k} (s_k + s_l) / ‖c_k − c_l‖ (Davies and Bouldin, 1979). Lower is better; 0
  /// if each cluster is a single point.
  double davies_bouldin = 0;
  /// Σ n_k ‖c_k − c‖² / (K − 1) over Σ ‖x − c_k(x)‖² / (n − K) (Calinski and Harabasz, 1974). Higher is
  /// better.
  double calinski_harabasz = 0;
  /// The silhouette with distances to centroids in place of mean distances to rows: O(n K d).
  double simplified_silhouette = 0;
  Index rows = 0;      ///< number of scored rows
  Index clusters = 0;  ///< number of clusters
};

namespace separability_impl {

/// Calls f with the rows of cluster k as the reader returns them, a few hundred at a time, and the position
/// of the first.
template <class F> void each_chunk(const ClusterOrder& order, Index k, const DistanceReader& reader, F f) {
  DistanceRows chunk;
  const Index begin = order.first(k), end = begin + order.size(k);
  for (Index first = begin; first < end; first += 256) {
    reader.gather(order.rows(first, std::min<Index>(256, end - first)), chunk);
    f(std::as_const(chunk), first);
  }
}

/// The centroids of the rows u, in double and as inputs of products.
struct Centroids {
  Matrix<double> mean;  ///< [K × d]
  DistanceRows rows;    ///< with the reader's centre and scale applied

  [[nodiscard]] Index count() const { return mean.rows(); }
  [[nodiscard]] double square_gap(Index k, Index l) const {
    return sum_in_double(mean.cols(), [&](Index j) {
      const double gap = mean(k, j) - mean(l, j);
      return gap * gap;
    });
  }
  /// The squared distance between centroid k and row i of a chunk, where u is the row multiplied by `factor`.
  [[nodiscard]] double square_gap(Index k, const DistanceRows& chunk, Index i, double factor) const {
    return sum_in_double(mean.cols(), [&](Index j) {
      const double gap = static_cast<double>(chunk.original(i, j)) * factor - mean(k, j);
      return gap * gap;
    });
  }
};

inline Centroids centroids(const ClusterOrder& clusters, const DistanceReader& reader, Workers workers) {
  Centroids c{Matrix<double>(clusters.clusters(), reader.cols(), 0.0), {}};
  c.rows.resize(clusters.clusters(), reader.cols());
  workers.each_task(clusters.clusters(), [&](Index k, int) {
    each_chunk(clusters, k, reader, [&](const DistanceRows& chunk, Index) {
      for (Index i = 0; i < chunk.count(); ++i) {
        const double factor = reader.factor(chunk.ids[static_cast<std::size_t>(i)]);
        for (Index j = 0; j < reader.cols(); ++j)
          c.mean(k, j) += static_cast<double>(chunk.original(i, j)) * factor;
      }
    });
    for (Index j = 0; j < reader.cols(); ++j) {
      c.mean(k, j) /= static_cast<double>(clusters.size(k));
      const double gap = c.mean(k, j) - reader.centre()[static_cast<std::size_t>(j)];
      c.rows.z(k, j) = static_cast<float>(gap * reader.scale());
    }
  });
  c.rows.measure();
  return c;
}

/// The distances of all rows, by their positions in the order of clusters: to their own centroid, computed in
/// double, and the least to another.
struct ToCentroids {
  std::vector<double> own;
  std::vector<float> other;
};

/// The distances of the rows of one cluster, on a thread of the host.
inline void measure_cluster(Index k, const ClusterOrder& clusters, const DistanceReader& reader,
                            const Centroids& c, ToCentroids& out) {
  Matrix<float> block(256, block_count(c.count(), vector_width) * vector_width, 0.f);
  ProductScratch scratch;
  each_chunk(clusters, k, reader, [&](const DistanceRows& chunk, Index first) {
    const MatrixView<float> d = block.view().block(0, chunk.count()).columns(0, c.count());
    const auto gap = [&](Index i, Index l) {
      return c.square_gap(l, chunk, i, reader.factor(chunk.ids[static_cast<std::size_t>(i)]));
    };
    distances(chunk, c.rows, Distance::euclidean, reader.scale(), gap, d, scratch);
    for (Index i = 0; i < chunk.count(); ++i) {
      const auto at = static_cast<std::size_t>(first + i);
      out.own[at] = std::sqrt(gap(i, k)) * reader.scale();
      d(i, k) = std::numeric_limits<float>::infinity();
      out.other[at] = *std::min_element(d.row(i), d.row(i) + c.count());
    }
  });
}

inline ToCentroids to_centroids(const ClusterOrder& clusters, const DistanceReader& reader,
                                const Centroids& c, const DistanceBackend& backend) {
  const auto n = static_cast<std::size_t>(clusters.rows());
  ToCentroids all{std::vector<double>(n), std::vector<float>(n)};
  if (!backend.distances_to_centroids({reader, clusters, c.mean, c.rows, all.own, all.other}))
    backend.each_task(clusters.clusters(),
                      [&](Index k, int) { measure_cluster(k, clusters, reader, c, all); });
  return all;
}

/// Sums over the rows of one cluster: distances to its centroid and their squares, both scaled, and
/// silhouettes.
struct Inside {
  double distance = 0, square = 0, silhouette = 0;
};
inline Inside sum_inside(Index k, const ClusterOrder& clusters, const ToCentroids& distances) {
  Inside inside;
  for (Index i = clusters.first(k); i < clusters.first(k) + clusters.size(k); ++i) {
    const double own = distances.own[static_cast<std::size_t>(i)];
    const auto other = static_cast<double>(distances.other[static_cast<std::size_t>(i)]);
    const double larger = std::max(own, other);
    inside.distance += own;
    inside.square += own * own;
    if (clusters.size(k) > 1 && larger > 0) inside.silhouette += (other - own) / larger;
  }
  return inside;
}

/// The mean over k of max_l (s_k + s_l) / ‖c_k − c_l‖. Clusters with identical centroids count as infinitely
/// far apart, as in scikit-learn. `spread` is scaled.
inline double davies_bouldin(const Centroids& c, const std::vector<double>& spread, double scale,
                             Workers workers) {
  const Index clusters = c.count();
  std::vector<double> worst(static_cast<std::size_t>(clusters), 0.);
  workers.each_block(clusters, 64, [&](Block b, int) {
    DistanceRows some;
    some.resize(b.count, c.rows.z.cols());
    for (Index i = 0; i < b.count; ++i) std::copy_n(c.rows.z.row(b.first + i), some.z.cols(), some.z.row(i));
    some.measure();
    Matrix<float> d(b.count, block_count(clusters, vector_width) * vector_width);
    ProductScratch scratch;
    const auto gap = [&](Index i, Index l) { return c.square_gap(b.first + i, l); };
    distances(some, c.rows, Distance::euclidean, scale, gap, d.view().columns(0, clusters), scratch);
    for (Index i = 0; i < b.count; ++i)
      for (Index l = 0; l < clusters; ++l) {
        const auto k = static_cast<std::size_t>(b.first + i);
        if (l == b.first + i || d(i, l) == 0) continue;
        worst[k] = std::max(worst[k],
                            (spread[k] + spread[static_cast<std::size_t>(l)]) / static_cast<double>(d(i, l)));
      }
  });
  double sum = 0;
  for (const double w : worst) sum += w;
  return sum / static_cast<double>(clusters);
}

}  // namespace separability_impl

/// All three scores, in two passes over the rows. O(n K d) for the simplified silhouette, on a Gpu on its
/// device; memory for the K centroids, 12 bytes for each row and, for each thread, 256 × K distances. The
/// same bits for any number of threads. Throws invalid_argument if the lengths differ, for fewer than 2
/// clusters and for as many clusters as rows; bad_data for rows that are not finite or, for cosine, zero.
[[nodiscard]] inline Separability separability(AnyRows features, LabelView labels,
                                               const SeparabilitySettings& settings = {},
                                               const DistanceBackend& backend = Cpu{}) {
  using namespace separability_impl;
  check(features.rows() == labels.size(), Errc::invalid_argument, "separability: labels (", labels.size(),
        ") must be as many as the rows of features (", features.rows(), ")");
  const ClusterOrder clusters(rows_by_label(labels, backend, settings.none));
  check(clusters.clusters() >= 2 && clusters.clusters() < clusters.rows(), Errc::invalid_argument,
        "separability: labels (", clusters.clusters(), " clusters of ", clusters.rows(),
        " labelled rows) must have at least 2 clusters and fewer than rows");
  const DistanceReader reader("separability", features, settings.distance, backend);
  const Centroids c = centroids(clusters, reader, backend);
  const ToCentroids distances = to_centroids(clusters, reader, c, backend);

  const double n = static_cast<double>(clusters.rows()), k_count = static_cast<double>(clusters.clusters());
  std::vector<double> mean(static_cast<std::size_t>(reader.cols()), 0.), spread;
  double within = 0, silhouette = 0, between = 0;
  for (Index k = 0; k < clusters.clusters(); ++k) {
    const Inside in = sum_inside(k, clusters, distances);
    const double size = static_cast<double>(clusters.size(k));
    spread.push_back(in.distance / size);
    within += in.square;
    silhouette += in.silhouette;
    for (std::size_t j = 0; j < mean.size(); ++j) mean[j] += size / n * c.mean(k, static_cast<Index>(j));
  }
  for (Index k = 0; k < clusters.clusters(); ++k)
    for (std::size_t j = 0; j < mean.size(); ++j) {
      const double gap = (c.mean(k, static_cast<Index>(j)) - mean[j]) * reader.scale();
      between += static_cast<double>(clusters.size(k)) * gap * gap;
    }
  Separability s;
  s.davies_bouldin = davies_bouldin(c, spread, reader.scale(), backend);
  s.calinski_harabasz = within == 0 ? 1. : between * (n - k_count) / (within * (k_count - 1));
  s.simplified_silhouette = silhouette / n;
  s.rows = clusters.rows();
  s.clusters = clusters.clusters();
  return s;
}

}  // namespace shoal
