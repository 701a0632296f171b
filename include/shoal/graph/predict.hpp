// The clusters of new rows, given any labelled rows: by a vote of their neighbours, or by centroids.
#pragma once

#include <algorithm>
#include <numeric>
#include <span>
#include <vector>

#include <shoal/core/buffer.hpp>
#include <shoal/core/prediction.hpp>
#include <shoal/graph/cluster_totals.hpp>
#include <shoal/graph/neighbor_graph.hpp>
#include <shoal/kmeans/cluster_sums.hpp>

namespace shoal {

namespace predict_impl {

/// Writes the clusters of most weight in descending order, ties by lowest id, followed by those without
/// weight in order. Returns the first cluster's share of the total weight (1 / C if that is 0).
inline float rank(std::span<const double> weight, std::span<Label> order, std::span<Label> top) {
  std::iota(order.begin(), order.end(), Label{0});
  const auto before = [&](Label a, Label b) {
    const double x = weight[static_cast<std::size_t>(a)], y = weight[static_cast<std::size_t>(b)];
    return x != y ? x > y : a < b;
  };
  std::partial_sort(order.begin(), order.begin() + std::ssize(top), order.end(), before);
  std::copy_n(order.begin(), top.size(), top.begin());
  const double all = std::accumulate(weight.begin(), weight.end(), 0.);
  return static_cast<float>(all > 0 ? weight[static_cast<std::size_t>(top[0])] / all
                                    : 1. / static_cast<double>(weight.size()));
}

}  // namespace predict_impl

/// Predicts the clusters of new rows by a vote of their nearest labelled rows. `neighbors` holds, for each
/// new row, the ids of labelled rows and their similarities (see exact_neighbors(queries, features)). The
/// weight of a vote is the similarity (negative ones count as 0), or 1 if none are given; ids below 0 have no
/// vote. `labels` [n] are in [0, clusters). The confidence is the first cluster's share of the votes. O(q (m
/// + C log k)). Throws invalid_argument for top outside [1, clusters] and for labels out of range, and
/// bad_data for ids ≥ n.
inline Prediction vote(const NeighborView& neighbors, std::span<const Label> labels, Index clusters,
                       Workers workers, Index top = 1) {
  const char* who = "vote";
  check(clusters >= 1, Errc::invalid_argument, who, ": clusters (", clusters, ") must be at least 1");
  check(top >= 1 && top <= clusters, Errc::invalid_argument, who, ": top (", top,
        ") must be from 1 to the number of clusters (", clusters, ")");
  for (std::size_t i = 0; i < labels.size(); ++i)
    check(labels[i] >= 0 && labels[i] < clusters, Errc::invalid_argument, who, ": label ", labels[i],
          " of row ", i, " must be from 0 to ", clusters - 1);
  const Index q = neighbors.ids.rows, n = static_cast<Index>(labels.size());
  Prediction result{std::vector<Label>(static_cast<std::size_t>(q)), Matrix<Label>(q, top),
                    std::vector<float>(static_cast<std::size_t>(q))};
  workers.each_block(q, 256, [&](Block b, int) {
    std::vector<double> weight(static_cast<std::size_t>(clusters));
    std::vector<Label> order(weight.size());
    for (Index i = b.first; i < b.first + b.count; ++i) {
      std::fill(weight.begin(), weight.end(), 0.);
      for (Index k = 0; k < neighbors.ids.cols; ++k) {
        const Index j = neighbors.ids(i, k);
        if (j < 0) continue;
        check(j < n, Errc::bad_data, who, ": neighbour ", j, " of row ", i, " must be below ", n,
              ", the number of labels");
        weight[static_cast<std::size_t>(labels[static_cast<std::size_t>(j)])] +=
            neighbors.similarities.rows > 0 ? std::max(0.f, neighbors.similarities(i, k)) : 1.f;
      }
      result.confidence[static_cast<std::size_t>(i)] =
          predict_impl::rank(weight, order, result.top.view().span(i));
      result.labels[static_cast<std::size_t>(i)] = result.top(i, 0);
    }
  });
  return result;
}

/// The centroids [C × d] of any labelling: the means of the clusters' rows, normalised under cosine, as
/// predict(KMeans) expects them. A cluster without rows, or whose directions cancel, has a centroid of zeros.
/// O(n d). Throws invalid_argument unless there is one label in [0, C) for each row, and bad_data for rows
/// that are not finite or, under cosine, zero.
template <Geometry Geo = Cosine>
Matrix<float> label_centroids(AnyRows source, std::span<const Label> labels, Index clusters,
                              Workers workers) {
  const char* who = "label_centroids";
  check(static_cast<Index>(labels.size()) == source.rows(), Errc::invalid_argument, who, ": labels (",
        labels.size(), ") must be one a row (", source.rows(), ")");
  Buffer<Move> moves;
  moves.reserve(labels.size());
  for (std::size_t i = 0; i < labels.size(); ++i) {
    check(labels[i] >= 0 && labels[i] < clusters, Errc::invalid_argument, who, ": label ", labels[i],
          " of row ", i, " must be from 0 to ", clusters - 1);
    moves.push_back({static_cast<Index>(i), -1, labels[i]});
  }
  const CheckedRows rows(source, Geo::unit, who);
  ClusterSums sums(clusters, grids_of(rows, std::span<const float>(), workers));
  sums.apply(moves, rows, {}, workers);
  Matrix<float> centroids(clusters, source.cols(), 0.f);
  workers.each_row(clusters, [&](Index c) { sums.centroid(c, Frame{.unit = Geo::unit}, centroids.row(c)); });
  return centroids;
}

}  // namespace shoal
