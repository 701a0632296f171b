// k-means on rows that arrive in batches and are not stored.
#pragma once

#include <shoal/core/buffer.hpp>
#include <shoal/core/workers.hpp>
#include <shoal/kmeans/kmeans.hpp>

namespace shoal {

/// Mini-batch k-means (Sculley, WWW 2010): each batch moves the centroids by a step of 1 / rows seen so far,
/// so that a centroid is the mean of all rows ever assigned to it, or its direction under cosine.
/// Deterministic; the result depends on the order of batches.
template <Geometry Geo = Cosine> class MiniBatchKMeans {
 public:
  /// Starts from given centroids [C × d], for example rows of the first batch, or a fit on a sample.
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

  /// Processes one batch. Returns its labels by the centroids before it. `weights` has one entry for each
  /// row, or is empty. O(batch · C · d). Throws as predict() does.
  template <Backend B>
  std::vector<Label> partial_fit(const AnyRows& batch, const B& backend,
                                 std::span<const float> weights = {}) {
    return take(batch, backend, weights);
  }

  [[nodiscard]] const Matrix<float>& centroids() const { return centroids_; }
  /// The number of rows assigned to cluster c so far.
  [[nodiscard]] Index count(Index c) const { return counts_[static_cast<std::size_t>(c)]; }

 private:
  std::vector<Label> take(const AnyRows& batch, const KMeansBackend& backend,
                          std::span<const float> weights) {
    return together(backend.ranks(), [&] {
      const char* who = "partial_fit";
      const Shard shard(backend.ranks(), batch.rows(), batch.cols());
      const WeightSummary summary = kmeans_impl::check_weights(weights, shard, 0, who);
      const KMeansPrediction near = predict<Geo>(centroids_, batch, backend);
      std::vector<Label> labels(near.labels.data(), near.labels.data() + near.labels.size());
      Buffer<Move> moves;
      for (std::size_t i = 0; i < labels.size(); ++i) moves.push_back({static_cast<Index>(i), -1, labels[i]});
      CheckedRows rows(batch, Geo::unit, who);
      rows.skip_checks();  // predict has checked them
      ClusterSums sums(centroids_.rows(), grids_of(rows, summary, shard, backend));
      sums.apply(moves, rows, weights, backend);
      sums.share(shard.ranks());
      add(sums);
      return labels;
    });
  }

  /// Adds a batch to the sums of all rows so far, in double, and moves the centroids there.
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
