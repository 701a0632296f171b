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

/// A geometry says whether vectors are scaled to unit length, and what a squared Euclidean distance then
/// costs. All passes compute squared Euclidean distances; `cost` is applied to what the caller receives.
template <class G>
concept Geometry = requires(double squared) {
  { G::unit } -> std::convertible_to<bool>;
  { G::cost(squared) } -> std::convertible_to<double>;
};

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
