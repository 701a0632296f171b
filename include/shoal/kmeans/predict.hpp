// The nearest centroids of any rows.
#pragma once

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

/// The nearest centroids of a block of rows, and their distances in double.
struct NearestBlock {
  Index first;  ///< number of the first row
  MatrixView<const Label> labels;
  MatrixView<const double> distances;
};

/// Normalises centroids. Those of unit length, to rounding, keep their bits; zero centroids are unchanged.
inline void to_directions(MatrixView<float> centroids) {
  for (Index c = 0; c < centroids.rows; ++c)
    if (std::abs(squared_norm(centroids.row(c), centroids.cols) - 1) > 1e-5)
      (void)normalize(centroids.row(c), centroids.cols);
}

/// Passes the `top` nearest centroids of all rows to sink(NearestBlock), block by block, on any thread.
/// Distances are computed in the frame of the centroids, so that a row's result does not depend on other
/// rows.
template <class Sink>
void each_nearest(GeometryRule geometry, MatrixView<const float> centroids, const AnyRows& source,
                  const KMeansBackend& backend, Index top, UnitProgress& progress, const Sink& sink) {
  const char* who = "predict(KMeans)";
  Matrix<float> points(centroids.rows, centroids.cols);
  for (Index c = 0; c < centroids.rows; ++c) std::copy_n(centroids.row(c), centroids.cols, points.row(c));
  if (geometry.unit) to_directions(points);
  const Frame frame = frame_of(points, geometry.unit);
  const FramedRows framed(source, frame, who);
  CheckedRows rows(framed, geometry.unit && frame.identity(), who);
  rows.watch(progress);
  frame.enter(points);
  const CentroidQuestion question{.rows = rows, .count = top};
  backend.search(points)->find(question, [&](const FoundCentroids& found) {
    Matrix<double> distances(found.rows.rows, top);
    for (Index i = 0; i < distances.rows(); ++i)
      for (Index k = 0; k < top; ++k)
        distances(i, k) =
            geometry.cost(squared_distance(found.rows.row(i), points.row(found.labels(i, k)), points.cols()) /
                          frame.square());
    sink(NearestBlock{found.place, found.labels, distances});
  });
}

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
    each_nearest(geometry, centroids, source, backend, top, progress, [&](const NearestBlock& block) {
      for (Index i = 0; i < block.labels.rows; ++i)
        for (Index k = 0; k < top; ++k) {
          result.labels(block.first + i, k) = block.labels(i, k);
          result.distances(block.first + i, k) = static_cast<float>(block.distances(i, k));
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
