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
      : centroids_(start.rows, start.cols),
        sums_(start.rows, start.cols, 0.0),
        weights_(static_cast<std::size_t>(start.rows), 0.0),
        counts_(weights_.size(), 0) {
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
  [[nodiscard]] Index count(Index c) const { return counts_[static_cast<std::size_t>(c)]; }

 private:
  std::vector<Label> take(const AnyRows& batch, const KMeansBackend& backend,
                          std::span<const float> weights) {
    return together(backend.ranks(), [&] {
      const char* who = "partial_fit";
      const Shard shard(backend.ranks(), batch.rows(), batch.cols());
      const WeightSurvey survey = kmeans_impl::check_weights(weights, shard, 0, who);
      const KMeansPrediction near = predict<Geo>(centroids_, batch, backend);
      std::vector<Label> labels(near.labels.data(), near.labels.data() + near.labels.size());
      std::vector<Move> moves;
      for (std::size_t i = 0; i < labels.size(); ++i) moves.push_back({static_cast<Index>(i), -1, labels[i]});
      CheckedRows rows(batch, Geo::unit, who);
      rows.trust();  // predict has looked through them
      ClusterSums sums(centroids_.rows(), grids_of(rows, survey, shard, backend));
      sums.apply(moves, rows, weights, backend);
      sums.share(shard.ranks());
      add(sums);
      return labels;
    });
  }

  /// Adds a batch to all rows so far, in double, and moves the centroids there.
  void add(const ClusterSums& batch) {
    const Frame frame{.unit = Geo::unit};
    for (Index c = 0; c < batch.clusters(); ++c) {
      const auto at = static_cast<std::size_t>(c);
      for (Index j = 0; j < batch.cols(); ++j) sums_(c, j) += batch.sum(c, j);
      weights_[at] += batch.weight(c);
      counts_[at] += batch.count(c);
      if (weights_[at] > 0) (void)frame.centroid(sums_.row(c), weights_[at], centroids_.view().span(c));
    }
  }

  Matrix<float> centroids_;
  Matrix<double> sums_;
  std::vector<double> weights_;
  std::vector<Index> counts_;
};

}  // namespace shoal
