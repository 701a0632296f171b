// k-means on rows that come in pieces and are not kept.
#pragma once

#include <shoal/core/workers.hpp>
#include <shoal/kmeans/kmeans.hpp>

namespace shoal {

/// Mini-batch k-means (Sculley, WWW 2010): centroids that follow each batch with a step of 1 / rows seen so
/// far, so that a centroid is the mean of all rows it was ever given. Under cosine the mean's direction.
/// Deterministic; the order of batches matters.
template <Geometry Geo = Cosine> class MiniBatchKMeans {
 public:
  /// Starts from given centroids [C × d]: rows of the first batch, or a fit on a sample.
  explicit MiniBatchKMeans(MatrixView<const float> start)
      : centroids_(start.rows, start.cols), sums_(start.rows, start.cols) {
    check(start.rows >= 1 && start.cols >= 1, Errc::invalid_argument,
          "MiniBatchKMeans: start must have rows");
    kmeans_impl::check_start(start, start.rows, start.cols, "MiniBatchKMeans");
    for (Index c = 0; c < start.rows; ++c) {
      std::copy_n(start.row(c), start.cols, centroids_.row(c));
      if (Geo::unit)
        check(normalize(centroids_.row(c), start.cols), Errc::bad_data, "MiniBatchKMeans: start row ", c,
              " is zero");
    }
  }

  /// Takes in one batch; returns its labels by the centroids before it. weights: one a row, or none.
  template <Backend B>
  std::vector<Label> partial_fit(const AnyRows& batch, const B& backend,
                                 std::span<const float> weights = {}) {
    return take(batch, backend, weights);
  }

  [[nodiscard]] const Matrix<float>& centroids() const { return centroids_; }
  /// Rows that cluster c was given so far.
  [[nodiscard]] Index count(Index c) const { return sums_.count(c); }

 private:
  std::vector<Label> take(const AnyRows& batch, const KMeansBackend& backend,
                          std::span<const float> weights) {
    const char* who = "partial_fit";
    kmeans_impl::check_weights(weights, batch.rows(), 0, who);
    const KMeansPrediction near = predict<Geo>(centroids_, batch, backend);
    std::vector<Label> labels(near.labels.data(), near.labels.data() + near.labels.size());
    std::vector<Move> moves;
    for (std::size_t i = 0; i < labels.size(); ++i) moves.push_back({static_cast<Index>(i), -1, labels[i]});
    CheckedRows rows(batch, Geo::unit, who);
    rows.skip_checks();  // predict has looked through them
    sums_.apply(moves, rows, weights, backend);
    sums_.move_centroids(Frame{.unit = Geo::unit}, centroids_, backend);
    return labels;
  }

  Matrix<float> centroids_;
  ClusterSums sums_;
};

}  // namespace shoal
