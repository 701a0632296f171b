// What becomes of a cluster that lost all its rows.
#pragma once

#include <vector>

#include <shoal/core/workers.hpp>
#include <shoal/kmeans/cluster_sums.hpp>

namespace shoal {

/// The choice of rule for clusters without rows.
enum class EmptyRule {
  farthest_row,   ///< it takes the row farthest from its centroid (as scikit-learn); none where that distance
                  ///< is 0
  split_largest,  ///< it takes half of the heaviest cluster, whose rows are divided across the direction of
                  ///< the one farthest from its centroid
  keep,           ///< its centroid stays where it is and may win rows again
  drop,           ///< it is taken out: the result has fewer clusters
};

inline std::vector<Index> empty_clusters(const ClusterSums& sums) {
  std::vector<Index> empty;
  for (Index c = 0; c < sums.clusters(); ++c)
    if (sums.count(c) == 0 || !(sums.weight(c) > 0)) empty.push_back(c);
  return empty;
}

/// The `count` rows of positive weight farthest from their centroids, farthest first, ties to the lowest row;
/// rows that lie on their centroid are left out. One pass over all rows.
inline std::vector<Index> farthest_rows(Index count, const CheckedRows& rows, std::span<const Label> labels,
                                        std::span<const float> weights, MatrixView<const float> centroids,
                                        Workers workers) {
  struct Far {
    double square;
    Index row;
    bool operator<(const Far& other) const {
      return square != other.square ? square > other.square : row < other.row;
    }
  };
  const auto keep_first = [count](std::vector<Far>& far) {
    std::sort(far.begin(), far.end());
    if (static_cast<Index>(far.size()) > count) far.resize(static_cast<std::size_t>(count));
  };
  const auto farthest = [&](Index first, MatrixView<const float> x) {
    std::vector<Far> part;
    for (Index i = 0; i < x.rows; ++i) {
      const auto row = static_cast<std::size_t>(first + i);
      const double square = squared_distance(x.row(i), centroids.row(labels[row]), x.cols);
      if (square > 0 && (weights.empty() || weights[row] > 0)) part.push_back({square, first + i});
    }
    keep_first(part);
    return part;
  };
  const auto far = rows.fold(workers, 256, std::vector<Far>{}, farthest,
                             [&](std::vector<Far>& all, std::vector<Far>&& part) {
                               all.insert(all.end(), part.begin(), part.end());
                               keep_first(all);
                             });
  std::vector<Index> chosen;
  for (const Far& f : far) chosen.push_back(f.row);
  return chosen;
}

/// Gives each empty cluster one of the farthest rows; rows that are alone in their cluster stay there.
inline std::vector<Move> refill(const std::vector<Index>& empty, const CheckedRows& rows,
                                std::span<Label> labels, std::span<const float> weights,
                                MatrixView<const float> centroids, ClusterSums& sums, Workers workers) {
  const auto far =
      farthest_rows(2 * static_cast<Index>(empty.size()), rows, labels, weights, centroids, workers);
  std::vector<Index> left(static_cast<std::size_t>(sums.clusters()));
  for (Index c = 0; c < sums.clusters(); ++c) left[static_cast<std::size_t>(c)] = sums.count(c);
  std::vector<Move> moves;
  for (const Index row : far) {
    if (moves.size() == empty.size()) break;
    Label& label = labels[static_cast<std::size_t>(row)];
    if (left[static_cast<std::size_t>(label)] < 2) continue;
    --left[static_cast<std::size_t>(label)];
    const auto to = static_cast<Label>(empty[moves.size()]);
    moves.push_back({row, label, to});
    label = to;
  }
  sums.apply(moves, rows, weights, workers);
  return moves;
}

/// The clusters to split for `count` empty ones: each time the heaviest, whose weight is then halved, until
/// that is one which is split already.
inline std::vector<Label> heaviest_clusters(std::size_t count, const ClusterSums& sums) {
  std::vector<double> weight;
  for (Index c = 0; c < sums.clusters(); ++c) weight.push_back(sums.weight(c));
  std::vector<Label> chosen;
  while (chosen.size() < count) {
    const auto heaviest = std::max_element(weight.begin(), weight.end());
    const auto c = static_cast<Label>(heaviest - weight.begin());
    if (std::find(chosen.begin(), chosen.end(), c) != chosen.end()) break;
    chosen.push_back(c);
    *heaviest /= 2;
  }
  return chosen;
}

/// The row of positive weight farthest from its centroid, of each of those clusters, ties to the lowest; −1
/// where all rows lie on the centroid. One pass over all rows.
inline std::vector<Index> farthest_members(std::span<const Label> clusters, const CheckedRows& rows,
                                           std::span<const Label> labels, std::span<const float> weights,
                                           MatrixView<const float> centroids, Workers workers) {
  struct Far {
    double square = 0;
    Index row = -1;
  };
  const auto farthest = [&](Index first, MatrixView<const float> x) {
    std::vector<Far> far(clusters.size());
    for (Index i = 0; i < x.rows; ++i) {
      const auto row = static_cast<std::size_t>(first + i);
      const auto place = static_cast<std::size_t>(std::find(clusters.begin(), clusters.end(), labels[row]) -
                                                  clusters.begin());
      if (place == clusters.size() || (!weights.empty() && !(weights[row] > 0))) continue;
      const double square = squared_distance(x.row(i), centroids.row(labels[row]), x.cols);
      if (square > far[place].square) far[place] = {square, first + i};
    }
    return far;
  };
  const auto far = rows.fold(workers, 256, std::vector<Far>(clusters.size()), farthest,
                             [](std::vector<Far>& all, std::vector<Far>&& part) {
                               for (std::size_t k = 0; k < all.size(); ++k)
                                 if (part[k].square > all[k].square) all[k] = part[k];
                             });
  std::vector<Index> ids;
  for (const Far& f : far) ids.push_back(f.row);
  return ids;
}

/// Puts empty clusters beside the heaviest ones: both centroids of a pair move apart by 1/32 of the way to
/// the cluster's farthest row, so that its rows are divided by the plane across that direction. Returns
/// whether any cluster was split; one whose rows all lie on its centroid is not.
inline bool split_largest(const std::vector<Index>& empty, const CheckedRows& rows,
                          std::span<const Label> labels, std::span<const float> weights,
                          const ClusterSums& sums, MatrixView<float> centroids, Workers workers) {
  const std::vector<Label> heavy = heaviest_clusters(empty.size(), sums);
  const std::vector<Index> far = farthest_members(heavy, rows, labels, weights, centroids, workers);
  Matrix<float> row(1, centroids.cols);
  bool any = false;
  for (std::size_t k = 0; k < heavy.size(); ++k) {
    if (far[k] < 0) continue;
    any = true;
    rows.gather({&far[k], 1}, row);
    float *from = centroids.row(heavy[k]), *to = centroids.row(empty[k]);
    for (Index j = 0; j < centroids.cols; ++j) {
      const float shift = (row(0, j) - from[j]) * 0x1p-5f;
      to[j] = from[j] + shift;
      from[j] -= shift;
    }
  }
  return any;
}

}  // namespace shoal
