// Comparison of several clusterings of the same rows without labels: scores, their ranks, and mutual
// similarity.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include <shoal/graph/predict.hpp>
#include <shoal/kmeans/kmeans.hpp>
#include <shoal/metrics/evaluate.hpp>
#include <shoal/metrics/separability.hpp>

namespace shoal {

/// Label-free scores of R clusterings, each [R]; higher is better. No single one is reliable: docs/graph.md
/// reports how well each followed the accuracy where that was known.
struct LabelFreeScores {
  std::vector<double>
      view_agreement;  ///< mean NMI between the views' nearest-centroid labels; empty for one view
  std::vector<double> silhouette;            ///< simplified silhouette, by cosine; NaN where undefined
  std::vector<double> neighbor_information;  ///< mutual information of neighbours' labels, in nats
  std::vector<double> nearness;  ///< mean AMI with the other clusterings; NaN if there is only one
};

/// The result of compare().
struct ClusteringComparison {
  LabelFreeScores scores;
  Matrix<double> ami, ari;  ///< [R × R] for each pair; 1 on the diagonal
};

namespace compare_impl {

/// Labels numbered from 0 without gaps, in the order in which they first occur.
inline std::vector<Label> compact(std::span<const Label> labels, Index rows, std::size_t run) {
  check(std::ssize(labels) == rows, Errc::invalid_argument, "compare: clustering ", run, " has ",
        labels.size(), " labels; the features have ", rows, " rows");
  for (std::size_t i = 0; i < labels.size(); ++i)
    check(labels[i] >= 0, Errc::invalid_argument, "compare: label ", labels[i], " of row ", i,
          " in clustering ", run, " must be at least 0");
  auto [dense, names] = dense_labels(labels);
  renumber(dense, std::ssize(names));
  return dense;
}

inline Index count(std::span<const Label> labels) {
  return labels.empty() ? 0 : Index{*std::max_element(labels.begin(), labels.end())} + 1;
}

/// The mutual information I(label of a row; label of its neighbour) over all rows and their neighbours.
inline double neighbor_information(std::span<const Label> labels, MatrixView<const std::int32_t> neighbors,
                                   Workers workers) {
  std::vector<Label> own, near;
  for (Index i = 0; i < neighbors.rows; ++i)
    for (Index k = 0; k < neighbors.cols; ++k) {
      const Index j = neighbors(i, k);
      if (j < 0 || j == i) continue;
      check(j < neighbors.rows, Errc::bad_data, "compare: neighbour ", j, " of row ", i, " must be below ",
            neighbors.rows, ", the number of rows");
      own.push_back(labels[static_cast<std::size_t>(i)]);
      near.push_back(labels[static_cast<std::size_t>(j)]);
    }
  return information(contingency(own, near, workers), workers).mutual;
}

/// The clusters as one view sees them: each cluster's centroid is computed in the view, and each row gets the
/// label of its nearest centroid there.
template <Backend B>
std::vector<Label> seen_in(AnyRows view, std::span<const Label> labels, const B& backend) {
  const Matrix<float> centroids = label_centroids(view, labels, count(labels), backend);
  const KMeansPrediction nearest = predict<Cosine>(centroids, view, backend);
  return {nearest.labels.data(), nearest.labels.data() + nearest.labels.size()};
}

template <Backend B>
double view_agreement(std::span<const BorrowedView<AnyRows>> views, std::span<const Label> labels,
                      const B& backend) {
  std::vector<std::vector<Label>> seen;
  for (const AnyRows& view : views) seen.push_back(seen_in(view, labels, backend));
  double sum = 0;
  for (std::size_t a = 0; a < seen.size(); ++a)
    for (std::size_t b = 0; b < a; ++b)
      sum += normalized_information(information(contingency(seen[a], seen[b], backend), backend));
  return sum / static_cast<double>(seen.size() * (seen.size() - 1) / 2);
}

inline double silhouette(AnyRows features, std::span<const Label> labels, const DistanceBackend& backend) {
  const Index clusters = count(labels);
  if (clusters < 2 || clusters >= features.rows()) return std::numeric_limits<double>::quiet_NaN();
  return separability(features, labels, {.distance = Distance::cosine}, backend).simplified_silhouette;
}

}  // namespace compare_impl

/// The rank of each score, 1 for the largest. Equal scores share the mean of their ranks, and NaN scores
/// share the last ranks.
[[nodiscard]] inline std::vector<double> score_ranks(std::span<const double> scores) {
  std::vector<double> ranks;
  const auto above = [](double a, double b) { return a > b || (std::isnan(b) && !std::isnan(a)); };
  for (const double own : scores) {
    Index better = 0, equal = 0;
    for (const double other : scores) {
      better += above(other, own);
      equal += !above(other, own) && !above(own, other);
    }
    ranks.push_back(static_cast<double>(better) + static_cast<double>(equal + 1) / 2);
  }
  return ranks;
}

/// Scores several clusterings of the same rows without labels: the simplified silhouette in the features, the
/// mutual information between the labels of rows and of their neighbours [n × m, ids below 0 for none], the
/// agreement between each two views if there are at least two, and the mean AMI with the other clusterings.
/// Labels are any integers ≥ 0. The same bits for any number of threads. O(R (n C d + n m) + R² n). Throws
/// invalid_argument if there are no clusterings or the lengths differ, and bad_data for neighbour ids ≥ n.
template <Backend B>
[[nodiscard]] ClusteringComparison compare(std::span<const std::vector<Label>> clusterings, AnyRows features,
                                           std::span<const BorrowedView<AnyRows>> views,
                                           MatrixView<const std::int32_t> neighbors, const B& backend) {
  using namespace compare_impl;
  check(!clusterings.empty(), Errc::invalid_argument, "compare: at least one clustering is needed");
  check(neighbors.rows == features.rows(), Errc::invalid_argument, "compare: neighbors has ", neighbors.rows,
        " rows; the features have ", features.rows());
  for (const AnyRows& view : views)
    check(view.rows() == features.rows(), Errc::invalid_argument, "compare: a view has ", view.rows(),
          " rows; the features have ", features.rows());
  std::vector<std::vector<Label>> labels;
  for (const std::vector<Label>& clustering : clusterings)
    labels.push_back(compact(clustering, features.rows(), labels.size()));
  const auto runs = std::ssize(labels);
  ClusteringComparison result{{}, Matrix<double>(runs, runs, 1.), Matrix<double>(runs, runs, 1.)};
  for (Index a = 0; a < runs; ++a)
    for (Index b = 0; b < a; ++b) {
      const Quality pair =
          evaluate(labels[static_cast<std::size_t>(a)], labels[static_cast<std::size_t>(b)], backend);
      result.ami(a, b) = result.ami(b, a) = pair.ami;
      result.ari(a, b) = result.ari(b, a) = pair.ari;
    }
  LabelFreeScores& scores = result.scores;
  for (Index a = 0; a < runs; ++a) {
    const std::vector<Label>& own = labels[static_cast<std::size_t>(a)];
    if (views.size() > 1) scores.view_agreement.push_back(view_agreement(views, own, backend));
    scores.silhouette.push_back(compare_impl::silhouette(features, own, backend));
    scores.neighbor_information.push_back(compare_impl::neighbor_information(own, neighbors, backend));
    double sum = 0;
    for (Index b = 0; b < runs; ++b) sum += b == a ? 0 : result.ami(a, b);
    scores.nearness.push_back(runs > 1 ? sum / static_cast<double>(runs - 1)
                                       : std::numeric_limits<double>::quiet_NaN());
  }
  return result;
}

}  // namespace shoal
