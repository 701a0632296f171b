// The rules for clusters that have lost all their rows.
#pragma once

#include <algorithm>
#include <vector>

#include <shoal/core/buffer.hpp>
#include <shoal/core/workers.hpp>
#include <shoal/kmeans/cluster_sums.hpp>

namespace shoal {

/// What happens to a cluster without rows.
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

/// The rows of this rank with their labels and weights (empty: all 1).
struct ClusteredRows {
  const CheckedRows& rows;
  const Shard& shard;
  std::span<Label> labels;
  std::span<const float> weights;

  [[nodiscard]] Label label(Index row) const { return labels[static_cast<std::size_t>(row)]; }
  [[nodiscard]] bool counts(Index row) const {
    return weights.empty() || weights[static_cast<std::size_t>(row)] > 0;
  }
};

/// A row far from the centroid of its cluster.
struct FarRow {
  double square = 0;
  Index id = -1;
  Label label = -1;

  /// Orders by descending distance, then by lowest id.
  friend bool operator<(const FarRow& a, const FarRow& b) {
    return a.square != b.square ? a.square > b.square : a.id < b.id;
  }
};

/// The `count` rows of positive weight, over all ranks, that are farthest from their centroids, farthest
/// first. Rows at a distance of 0 are left out. One pass over all rows.
inline Buffer<FarRow> farthest_rows(Index count, const ClusteredRows& of, MatrixView<const float> centroids,
                                    Workers workers) {
  const auto keep_first = [count](Buffer<FarRow>& far) {
    std::sort(far.begin(), far.end());
    if (std::ssize(far) > count) far.resize(static_cast<std::size_t>(count));
  };
  const auto farthest = [&](Index first, MatrixView<const float> x) {
    Buffer<FarRow> part;
    for (Index i = 0; i < x.rows; ++i) {
      const Label label = of.label(first + i);
      const double square = squared_distance(x.row(i), centroids.row(label), x.cols);
      if (square > 0 && of.counts(first + i)) part.push_back({square, of.shard.first() + first + i, label});
    }
    keep_first(part);
    return part;
  };
  const auto far =
      of.rows.fold(workers, 256, Buffer<FarRow>{}, farthest, [&](Buffer<FarRow>& all, Buffer<FarRow>&& part) {
        all.append(part.begin(), part.end());
        keep_first(all);
      });
  Buffer<FarRow> all = of.shard.ranks().all_gather(far);
  keep_first(all);
  return all;
}

/// Gives each empty cluster one of the farthest rows; a row that is alone in its cluster stays there. Returns
/// the moves of this rank's rows.
inline Buffer<Move> refill(const std::vector<Index>& empty, const ClusteredRows& of,
                           MatrixView<const float> centroids, ClusterSums& sums, Workers workers) {
  const auto far = farthest_rows(2 * std::ssize(empty), of, centroids, workers);
  std::vector<Index> left(static_cast<std::size_t>(sums.clusters()));
  for (Index c = 0; c < sums.clusters(); ++c) left[static_cast<std::size_t>(c)] = sums.count(c);
  Buffer<Move> moves;
  std::size_t filled = 0;
  for (const FarRow& row : far) {
    if (filled == empty.size()) break;
    if (left[static_cast<std::size_t>(row.label)] < 2) continue;
    --left[static_cast<std::size_t>(row.label)];
    const auto to = static_cast<Label>(empty[filled++]);
    if (!of.shard.holds(row.id)) continue;
    const Index own = row.id - of.shard.first();
    moves.push_back({own, row.label, to});
    of.labels[static_cast<std::size_t>(own)] = to;
  }
  sums.apply(moves, of.rows, of.weights, workers);
  sums.share(of.shard.ranks());
  return moves;
}

/// The clusters to split for `count` empty ones: each time the heaviest, whose weight is then halved, until
/// the heaviest has already been split.
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

/// For each of those clusters, the row of positive weight over all ranks that is farthest from its centroid,
/// the lowest id on ties; id −1 if all rows lie on the centroid. One pass over all rows.
inline Buffer<FarRow> farthest_members(std::span<const Label> clusters, const ClusteredRows& of,
                                       MatrixView<const float> centroids, Workers workers) {
  using Members = Buffer<FarRow>;
  const auto keep_farther = [](Members& all, const Members& part) {
    for (std::size_t k = 0; k < part.size(); ++k) {
      FarRow& held = all[k % all.size()];
      if (part[k].id >= 0 && (held.id < 0 || part[k] < held)) held = part[k];
    }
  };
  const auto farthest = [&](Index first, MatrixView<const float> x) {
    Members far(clusters.size());
    for (Index i = 0; i < x.rows; ++i) {
      const Label label = of.label(first + i);
      const auto place =
          static_cast<std::size_t>(std::find(clusters.begin(), clusters.end(), label) - clusters.begin());
      if (place == clusters.size() || !of.counts(first + i)) continue;
      const double square = squared_distance(x.row(i), centroids.row(label), x.cols);
      if (square > far[place].square) far[place] = {square, of.shard.first() + first + i, label};
    }
    return far;
  };
  Members far = of.rows.fold(workers, 256, Members(clusters.size()), farthest, keep_farther);
  keep_farther(far, of.shard.ranks().all_gather(far));
  return far;
}

/// Moves empty clusters to the heaviest ones: both centroids of a pair move apart by 1/32 of the way to the
/// cluster's farthest row, so that its rows are divided by the plane across that direction. Returns whether
/// any cluster was split; one whose rows all lie on its centroid is not.
inline bool split_largest(const std::vector<Index>& empty, const ClusteredRows& of, const ClusterSums& sums,
                          MatrixView<float> centroids, Workers workers) {
  const std::vector<Label> heavy = heaviest_clusters(empty.size(), sums);
  const Buffer<FarRow> far = farthest_members(heavy, of, centroids, workers);
  Matrix<float> row(1, centroids.cols);
  bool any = false;
  for (std::size_t k = 0; k < heavy.size(); ++k) {
    if (far[k].id < 0) continue;
    any = true;
    of.shard.gather(of.rows, {&far[k].id, 1}, row);
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
