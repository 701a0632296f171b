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
  split_largest,  ///< it takes half of the heaviest cluster: both centroids are moved apart by 1/1024 (as
                  ///< faiss)
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

/// Puts each empty cluster beside the heaviest one left, whose weight is then shared.
inline void split_largest(const std::vector<Index>& empty, const ClusterSums& sums,
                          MatrixView<float> centroids) {
  std::vector<double> weight(static_cast<std::size_t>(sums.clusters()));
  for (Index c = 0; c < sums.clusters(); ++c) weight[static_cast<std::size_t>(c)] = sums.weight(c);
  for (const Index c : empty) {
    const auto largest = std::max_element(weight.begin(), weight.end()) - weight.begin();
    weight[static_cast<std::size_t>(largest)] /= 2;
    weight[static_cast<std::size_t>(c)] = weight[static_cast<std::size_t>(largest)];
    float *from = centroids.row(largest), *to = centroids.row(c);
    for (Index j = 0; j < centroids.cols; ++j) {
      const float shift = from[j] * (j % 2 == 0 ? 0x1p-10f : -0x1p-10f);
      to[j] = from[j] + shift;
      from[j] -= shift;
    }
  }
}

}  // namespace shoal
