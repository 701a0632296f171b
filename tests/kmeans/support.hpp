// Rows for the tests of k-means, and its plain form to compare with.
#pragma once

#include <cmath>
#include <vector>

#include <shoal/core/random.hpp>
#include <shoal/kmeans/geometry.hpp>

namespace kmeans_test {

using namespace shoal;

/// n rows around `centers` normal centres, `noise` apart.
inline Matrix<float> blobs(Index n, Index d, Index centers, float noise, std::uint64_t seed) {
  const Philox random(seed, 0);
  std::uint64_t at = 0;
  Matrix<float> middle(centers, d), rows(n, d);
  for (Index i = 0; i < middle.size(); ++i) middle.data()[i] = static_cast<float>(random.normal(at++));
  for (Index i = 0; i < n; ++i)
    for (Index j = 0; j < d; ++j)
      rows(i, j) = middle(random.below(centers, static_cast<std::uint64_t>(i) << 32), j) +
                   noise * static_cast<float>(random.normal(at++));
  return rows;
}

/// Squared distances of one row to all centroids, in double.
inline std::vector<double> distances(const float* row, MatrixView<const float> centroids) {
  std::vector<double> all;
  for (Index c = 0; c < centroids.rows; ++c)
    all.push_back(squared_distance(row, centroids.row(c), centroids.cols));
  return all;
}

/// How far a float32 evaluation of ‖x‖² + ‖c‖² − 2 x·c may be off: sums of d products each. A label is right
/// when its distance is within twice that of the least.
inline double near_tie(const float* row, const float* centroid, Index d) {
  return 2 * static_cast<double>(d + 4) * 0x1p-24 * (squared_norm(row, d) + squared_norm(centroid, d));
}

/// Whether `label` is a nearest centroid of the row, up to rounding.
inline bool is_nearest(const float* row, MatrixView<const float> centroids, Label label) {
  const auto all = distances(row, centroids);
  for (Index c = 0; c < centroids.rows; ++c)
    if (all[static_cast<std::size_t>(label)] - all[static_cast<std::size_t>(c)] >
        near_tie(row, centroids.row(label), centroids.cols) + near_tie(row, centroids.row(c), centroids.cols))
      return false;
  return true;
}

}  // namespace kmeans_test
