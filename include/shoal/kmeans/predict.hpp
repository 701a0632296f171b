// The nearest centroids of rows that need not be those of a fit.
#pragma once

#include <shoal/core/finite.hpp>
#include <shoal/kmeans/assigner_on.hpp>

namespace shoal {

/// The nearest centroids of rows.
struct KMeansPrediction {
  Matrix<Label> labels;     ///< [n × top], nearest first
  Matrix<float> distances;  ///< [n × top]: ‖x − c‖², or 1 − cos(x, c)
};

namespace kmeans_impl {

inline KMeansPrediction predict(GeometryRule geometry, MatrixView<const float> centroids,
                                const AnyRows& source, const KMeansBackend& backend, Index top) {
  const char* who = "predict(KMeans)";
  check(centroids.rows >= 1 && centroids.cols == source.cols(), Errc::invalid_argument, who, ": centroids (",
        centroids.rows, " × ", centroids.cols, ") must be at least one, of as many features as the rows (",
        source.cols(), ")");
  check(top >= 1 && top <= centroids.rows, Errc::invalid_argument, who, ": top (", top,
        ") must be from 1 to the number of centroids (", centroids.rows, ")");
  for (Index c = 0; c < centroids.rows; ++c)
    check(is_finite(squared_norm(centroids.row(c), centroids.cols)), Errc::bad_data, who, ": centroid ", c,
          " must be finite");
  const CheckedRows rows(source, geometry.unit, who);
  KMeansPrediction result{Matrix<Label>(rows.rows(), top), Matrix<float>(rows.rows(), top)};
  const CentroidQuestion question{.rows = rows, .count = top};
  backend.search(centroids)->find(question, [&](const FoundCentroids& found) {
    for (Index i = 0; i < found.rows.rows; ++i)
      for (Index k = 0; k < top; ++k) {
        const Label label = found.labels(i, k);
        result.labels(found.place + i, k) = label;
        result.distances(found.place + i, k) = static_cast<float>(
            geometry.cost(squared_distance(found.rows.row(i), centroids.row(label), centroids.cols)));
      }
  });
  return result;
}

}  // namespace kmeans_impl

/// The `top` nearest centroids of each row, and their distances. On a Cpu the bits of a row's result depend
/// on the row and the centroids only, never on how many rows are asked for together; elsewhere rows as near
/// to two centroids as rounding can tell may go to either. Throws error: centroids that are not finite or of
/// another width, top out of [1, C], rows that are not finite or, under cosine, zero. O(n · C · d).
template <Geometry Geo = Cosine, Backend B>
KMeansPrediction predict(MatrixView<const float> centroids, const AnyRows& source, const B& backend,
                         Index top = 1) {
  return kmeans_impl::predict(geometry_rule<Geo>(), centroids, source, backend, top);
}

}  // namespace shoal
