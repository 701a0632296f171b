// The model that a graph clustering leaves for labelling further rows: centroids, and labelled rows that
// vote.
#pragma once

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

#include <shoal/core/sample.hpp>
#include <shoal/graph/predict.hpp>
#include <shoal/model/kmeans_model.hpp>
#include <shoal/neighbors/exact.hpp>

namespace shoal {

/// How the cluster of a row is predicted.
enum class PredictBy {
  neighbors,  ///< by a vote of the nearest labelled rows, weighted by similarity
  centroids   ///< by the nearest centroid
};

/// Centroids of the clusters, and a sample of labelled rows.
struct GraphModel {
  KMeansModel centroids;                ///< centroids of the clusters, under cosine
  Matrix<float> rows;                   ///< [r × d] of unit length, after the scaling of `centroids`
  std::vector<Label> labels;            ///< [r] their clusters
  Index neighbors = 10;                 ///< number of rows that vote, at most r
  PredictBy by = PredictBy::neighbors;  ///< how predict() finds a cluster
};

/// How many rows a GraphModel keeps.
struct GraphModelSettings {
  Index neighbors = 10;               ///< number of rows that vote
  Index most_bytes = Index{1} << 28;  ///< limit on the memory of the rows; a random sample is kept beyond it
  std::uint64_t seed = 0;             ///< seed of the sample
};

namespace graph_model_impl {

/// Gives clusters without a direction (those without rows, or whose rows cancel) the direction opposite to
/// the mean of the others, which is far from all rows.
inline void point_away(Matrix<float>& centroids) {
  const Index d = centroids.cols();
  std::vector<float> away(static_cast<std::size_t>(d), 0.f);
  for (Index c = 0; c < centroids.rows(); ++c)
    for (Index j = 0; j < d; ++j) away[static_cast<std::size_t>(j)] -= centroids(c, j);
  if (!(squared_norm(away.data(), d) > 0)) away[0] = 1;
  normalize(away.data(), d);
  for (Index c = 0; c < centroids.rows(); ++c)
    if (!(squared_norm(centroids.row(c), d) > 0)) std::copy_n(away.data(), d, centroids.row(c));
}

}  // namespace graph_model_impl

/// Builds the model of given labels, whatever produced them. `rows` are as they were clustered, that is,
/// already scaled if `scaling` is not empty. O(n d). Throws as label_centroids() does.
inline GraphModel graph_model(AnyRows rows, std::span<const Label> labels, Index clusters, Workers workers,
                              ColumnScaling scaling = {}, const GraphModelSettings& settings = {}) {
  GraphModel model;
  model.centroids = {label_centroids(rows, labels, clusters, workers), true, 0.1, std::move(scaling)};
  graph_model_impl::point_away(model.centroids.centroids);
  const Index room = settings.most_bytes / (rows.cols() * static_cast<Index>(sizeof(float)));
  const std::vector<Index> kept =
      sample_rows(rows.rows(), std::clamp<Index>(room, 1, rows.rows()), settings.seed);
  model.rows = Matrix<float>(std::ssize(kept), rows.cols());
  const CheckedRows unit(rows, true, "graph_model");
  workers.each_block(std::ssize(kept), 256, [&](Block b, int) {
    unit.gather(std::span(kept).subspan(static_cast<std::size_t>(b.first), static_cast<std::size_t>(b.count)),
                model.rows.view().block(b.first, b.count));
  });
  for (const Index id : kept) model.labels.push_back(labels[static_cast<std::size_t>(id)]);
  model.neighbors = std::clamp<Index>(settings.neighbors, 1, std::ssize(kept));
  return model;
}

/// Labels, the `count` best clusters (at most C) and confidences of all rows, by vote or by centroid as
/// model.by says. The confidence of a vote is the share of the first cluster. O(n r d) by neighbours, O(n C
/// d) by centroids. Throws as predict(KMeansModel) does.
template <Backend B>
[[nodiscard]] Prediction predict(const GraphModel& model, AnyRows features, const B& backend, Index count = 5,
                                 const Hook& hook = {}) {
  const KMeansModel& centroids = model.centroids;
  if (model.by == PredictBy::centroids) return predict(centroids, features, backend, count, hook);
  check(features.cols() == model.rows.cols(), Errc::invalid_argument, "predict: features has ",
        features.cols(), " columns; the model was fitted on ", model.rows.cols());
  check(count >= 1, Errc::invalid_argument, "predict: count (", count, ") must be at least 1");
  const auto voted = [&](AnyRows queries) {
    const Neighbors near = exact_neighbors(
        queries, model.rows, {.count = model.neighbors, .keep_similarities = true}, backend, hook);
    const Index clusters = centroids.centroids.rows();
    return vote(near, model.labels, clusters, backend, std::min(count, clusters));
  };
  if (centroids.scaling.mean.empty()) return voted(features);
  const Standardized scaled(features, centroids.scaling);
  return voted(scaled);
}

}  // namespace shoal
