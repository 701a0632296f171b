// The nearest centroids of any rows.
#pragma once

#include <algorithm>
#include <limits>
#include <memory>

#include <shoal/core/finite.hpp>
#include <shoal/kmeans/assigner_on.hpp>
#include <shoal/kmeans/find_frame.hpp>

namespace shoal {

/// The nearest centroids of rows.
struct KMeansPrediction {
  Matrix<Label> labels;  ///< [n × top], nearest first
  Matrix<float> distances;  ///< [n × top]: ‖x − c‖² (infinite beyond float32's range), or 1 − cos(x, c)
};

namespace kmeans_impl {

/// Normalises centroids. Those of unit length, to rounding, keep their bits; zero centroids are unchanged.
inline void to_directions(MatrixView<float> centroids) {
  for (Index c = 0; c < centroids.rows; ++c)
    if (std::abs(squared_norm(centroids.row(c), centroids.cols) - 1) > 1e-5)
      (void)normalize(centroids.row(c), centroids.cols);
}

/// A search for the nearest of some centroids, in the frame of the centroids, so that a row's result does not
/// depend on other rows.
class NearestOf {
 public:
  NearestOf(GeometryRule geometry, MatrixView<const float> centroids, const AnyRows& source,
            const KMeansBackend& backend)
      : geometry_(geometry),
        points_(directions_or_points(geometry, centroids)),
        frame_(frame_of(points_, geometry.unit)),
        framed_(source, frame_, who),
        rows_(framed_, geometry.unit && frame_.identity(), who) {
    frame_.enter(points_);
    search_ = backend.search(points_);
  }

  NearestOf(const NearestOf&) = delete;  // the rows refer to the frame
  NearestOf& operator=(const NearestOf&) = delete;

  /// Whether each() also tells confidences.
  [[nodiscard]] bool tells_confidences() const { return search_->shares_of_nearest(); }

  /// Passes the `top` nearest centroids of all rows to sink(FoundCentroids), block by block, on any thread.
  /// With a temperature their `shares` are 1 / Σ_c exp((least distance − distance(x, c)) / temperature).
  void each(Index top, double temperature, UnitProgress& progress, const CentroidSearch::Sink& sink) {
    rows_.watch(progress);
    const double per_value = (geometry_.unit ? 1 : 2) / frame_.square();  // values are halves of squares
    using Range = std::numeric_limits<float>;  // of any temperature, a sharpness above 0
    const float sharpness = temperature > 0
                                ? static_cast<float>(std::clamp(per_value / temperature, double{Range::min()},
                                                                double{Range::max()}))
                                : 0.f;
    search_->find({.rows = rows_, .count = top, .sharpness = sharpness}, sink);
  }

  /// The distance of a row in the frame to a centroid.
  [[nodiscard]] double distance(const float* row, Label c) const {
    return geometry_.cost(squared_distance(row, points_.row(c), points_.cols()) / frame_.square());
  }

 private:
  static constexpr const char* who = "predict(KMeans)";

  static Matrix<float> directions_or_points(GeometryRule geometry, MatrixView<const float> centroids) {
    Matrix<float> points(centroids.rows, centroids.cols);
    for (Index c = 0; c < centroids.rows; ++c) std::copy_n(centroids.row(c), centroids.cols, points.row(c));
    if (geometry.unit) to_directions(points);
    return points;
  }

  GeometryRule geometry_;
  Matrix<float> points_;
  Frame frame_;
  FramedRows framed_;
  CheckedRows rows_;
  std::unique_ptr<CentroidSearch> search_;
};

inline void check_prediction(MatrixView<const float> centroids, const AnyRows& source, Index top) {
  const char* who = "predict(KMeans)";
  check(centroids.rows >= 1 && centroids.cols == source.cols(), Errc::invalid_argument, who, ": centroids (",
        centroids.rows, " × ", centroids.cols, ") must be at least one, of as many features as the rows (",
        source.cols(), ")");
  check(top >= 1 && top <= centroids.rows, Errc::invalid_argument, who, ": top (", top,
        ") must be from 1 to the number of centroids (", centroids.rows, ")");
  for (Index c = 0; c < centroids.rows; ++c)
    check(is_finite(squared_norm(centroids.row(c), centroids.cols)), Errc::bad_data, who, ": centroid ", c,
          " must be finite");
}

inline KMeansPrediction predict(GeometryRule geometry, MatrixView<const float> centroids,
                                const AnyRows& source, const KMeansBackend& backend, Index top) {
  return together(backend.ranks(), [&] {
    check_prediction(centroids, source, top);
    KMeansPrediction result{Matrix<Label>(source.rows(), top), Matrix<float>(source.rows(), top)};
    const Hook silent;
    UnitProgress progress(silent);
    NearestOf nearest(geometry, centroids, source, backend);
    nearest.each(top, 0, progress, [&](const FoundCentroids& found) {
      for (Index i = 0; i < found.labels.rows; ++i)
        for (Index k = 0; k < top; ++k) {
          const Label c = found.labels(i, k);
          result.labels(found.place + i, k) = c;
          result.distances(found.place + i, k) = static_cast<float>(nearest.distance(found.rows.row(i), c));
        }
    });
    return result;
  });
}

}  // namespace kmeans_impl

/// The `top` nearest centroids of each row, and their distances. Under cosine only the direction of a
/// centroid matters. On a Cpu the bits of a row's result depend on that row and the centroids only, not on
/// the rows it is predicted with; on other backends, a row whose nearest centroids are equally near to
/// rounding may go to either. O(n · C · d). Throws invalid_argument for centroids with another number of
/// columns and for top outside [1, C], and bad_data for centroids that are not finite and for rows that are
/// not finite or, under cosine, zero.
template <Geometry Geo = Cosine, Backend B>
KMeansPrediction predict(MatrixView<const float> centroids, const AnyRows& source, const B& backend,
                         Index top = 1) {
  return kmeans_impl::predict(geometry_rule<Geo>(), centroids, source, backend, top);
}

}  // namespace shoal
