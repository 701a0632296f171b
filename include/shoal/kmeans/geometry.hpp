// The distances by which k-means clusters: Euclidean and cosine.
#pragma once

#include <concepts>

#include <shoal/io/checked_rows.hpp>
#include <shoal/linalg/unit_row.hpp>
#include <shoal/simd/dot.hpp>

namespace shoal {

/// Distance ‖x − c‖²; a centroid is the mean of its rows.
struct Euclidean {
  static constexpr bool unit = false;
  static constexpr double cost(double squared_distance) { return squared_distance; }
};

/// Spherical k-means: distance 1 − cos(x, c), which is ‖x − c‖² / 2 of unit vectors; rows and centroids are
/// normalised.
struct Cosine {
  static constexpr bool unit = true;
  static constexpr double cost(double squared_distance) { return squared_distance / 2; }
};

/// The distances of which the mean of rows (brought to unit length under cosine) is the best centroid, as the
/// iterations, the bounds and the products of k-means rely on. A distance of your own can't be one: weigh
/// columns by Standardized(rows, ColumnScaling{means, weights}), and bring rows to where Euclidean distance
/// says what you mean by a RowSource of your own; whatever compares rows by inner products takes heads.
template <class G>
concept IsCosineOrEuclideanOnly = std::same_as<G, Cosine> || std::same_as<G, Euclidean>;

/// What near means to k-means: Cosine or Euclidean. All passes work on squared Euclidean distances; `unit`
/// says whether vectors are brought to unit length first, and `cost` what a squared distance then costs.
template <class G>
concept Geometry = IsCosineOrEuclideanOnly<G>;

/// A geometry as a value, for code that is compiled once for all geometries.
struct GeometryRule {
  bool unit;
  double (*cost)(double squared_distance);
};
template <Geometry G> GeometryRule geometry_rule() {
  return {G::unit, [](double squared) -> double { return G::cost(squared); }};
}

/// ‖x − y‖², summed over differences in double precision, without the cancellation of the expanded form.
inline double squared_distance(const float* x, const float* y, Index count) {
  return sum_in_double(count, [x, y](Index j) {
    const double gap = static_cast<double>(x[j]) - y[j];
    return gap * gap;
  });
}

}  // namespace shoal
