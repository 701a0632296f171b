// Stable ids: gives the clusters of a new fit the ids of an earlier one.
#pragma once

#include <vector>

#include <shoal/core/assignment.hpp>
#include <shoal/kmeans/geometry.hpp>

namespace shoal {

/// The correspondence between the clusters of a new fit and those of an earlier one.
struct ClusterMatch {
  std::vector<Label>
      renamed;  ///< [C new] the earlier id, or an unused id from C earlier on for a cluster that is new
  std::vector<Label> gone;  ///< earlier ids that no new cluster took
};

/// Pairs new centroids one to one with earlier ones so that the sum of their similarities
/// exp(−‖a − b‖² / s) is greatest, where s is the mean squared distance to the nearest (core/assignment.hpp).
/// O(C² d) time besides the assignment, O(C²) memory.
inline ClusterMatch match_clusters(MatrixView<const float> earlier, MatrixView<const float> now) {
  check(earlier.cols == now.cols && earlier.rows >= 1 && now.rows >= 1, Errc::invalid_argument,
        "match_clusters: now (", now.rows, " × ", now.cols, ") must have as many features as earlier (",
        earlier.rows, " × ", earlier.cols, ")");
  const Index rows = now.rows, cols = earlier.rows;
  std::vector<double> similarity;
  std::vector<Label> column;
  std::vector<Index> row_start{0};
  double scale = 0;
  for (Index i = 0; i < rows; ++i) {
    double least = std::numeric_limits<double>::infinity();
    for (Index j = 0; j < cols; ++j) {
      similarity.push_back(squared_distance(now.row(i), earlier.row(j), now.cols));
      column.push_back(static_cast<Label>(j));
      least = std::min(least, similarity.back());
    }
    scale += least / static_cast<double>(rows);
    row_start.push_back((i + 1) * cols);
  }
  for (double& s : similarity) s = scale > 0 ? std::exp(-s / scale) : (s > 0 ? 0.0 : 1.0);
  const Assignment<double> pairs = assign(Profits<double>{
      .rows = rows, .cols = cols, .row_start = row_start, .column = column, .profit = similarity});
  ClusterMatch match;
  auto next = static_cast<Label>(cols);
  for (Index i = 0; i < rows; ++i) {
    const Label to = pairs.row_to_col[static_cast<std::size_t>(i)];
    match.renamed.push_back(to >= 0 ? to : next++);
  }
  for (Index j = 0; j < cols; ++j)
    if (pairs.col_to_row[static_cast<std::size_t>(j)] < 0) match.gone.push_back(static_cast<Label>(j));
  return match;
}

/// The share of rows whose cluster has changed, in [0, 1], once the new clusters have the earlier ids.
inline double churn(std::span<const Label> earlier, std::span<const Label> now, const ClusterMatch& match) {
  check(earlier.size() == now.size(), Errc::invalid_argument, "churn: now (", now.size(),
        ") must have as many labels as earlier (", earlier.size(), ")");
  Index moved = 0;
  for (std::size_t i = 0; i < now.size(); ++i)
    moved += match.renamed[static_cast<std::size_t>(now[i])] != earlier[i];
  return now.empty() ? 0 : static_cast<double>(moved) / static_cast<double>(now.size());
}

}  // namespace shoal
