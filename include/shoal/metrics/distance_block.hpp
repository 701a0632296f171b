// Blocks of distances between rows, computed by matrix products, for the Davies-Bouldin index and the
// silhouette.
#pragma once

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include <shoal/core/check.hpp>
#include <shoal/core/workers.hpp>
#include <shoal/io/centred_rows.hpp>
#include <shoal/linalg/product.hpp>
#include <shoal/simd/dot.hpp>
#include <shoal/simd/math.hpp>

namespace shoal {

/// The distance between two rows: ‖x − y‖, or 1 − cos(x, y).
enum class Distance { euclidean, cosine };

/// Rows of a CentredRows, padded with zeros to whole SIMD vectors and ready for products, with their squared
/// norms, the original rows and the row ids.
struct DistanceRows {
  Matrix<float> z, original;  // `original` as the source returns them
  Buffer<float> squares;
  std::vector<Index> ids;

  [[nodiscard]] Index count() const { return z.rows(); }
  void resize(Index n, Index cols) {
    if (z.rows() == n && z.cols() == cols) return;
    z = Matrix<float>(n, cols);
    squares.assign(static_cast<std::size_t>(block_count(n, vector_width) * vector_width), 0.f);
  }
  /// Computes the squared norm of each row.
  void measure() {
    for (Index i = 0; i < count(); ++i)
      squares[static_cast<std::size_t>(i)] = dot(z.row(i), z.row(i), z.cols());
  }
};

/// Reads rows for distance computations: scaled to unit length if the distance is cosine, then centred and
/// scaled. The scale multiplies all distances by one factor, scale().
class DistanceReader {
 public:
  /// Makes one pass over the source. Throws bad_data for NaN and infinite rows and, for cosine, zero rows.
  DistanceReader(const char* function, AnyRows source, Distance distance, Workers workers)
      : rows_(function, not_empty(function, source), distance == Distance::cosine, workers),
        distance_(distance) {}

  [[nodiscard]] Distance distance() const { return distance_; }
  [[nodiscard]] AnyRows source() const { return rows_.source(); }
  [[nodiscard]] Index cols() const { return rows_.cols(); }
  /// The factor of Euclidean distances; cosine distances are multiplied by its square.
  [[nodiscard]] double scale() const { return rows_.scale(); }
  [[nodiscard]] double factor(Index i) const { return rows_.factor(i); }
  [[nodiscard]] std::span<const double> centre() const { return rows_.centre(); }

  void gather(std::span<const Index> ids, DistanceRows& out) const {
    out.resize(static_cast<Index>(ids.size()), cols());
    out.ids.assign(ids.begin(), ids.end());
    if (out.original.rows() != out.count()) out.original = Matrix<float>(out.count(), cols());
    rows_.source().gather(ids, out.original);
    for (Index i = 0; i < out.count(); ++i)
      rows_.bring(ids[static_cast<std::size_t>(i)], out.original.row(i), out.z.row(i));
    out.measure();
  }

  /// The squared distance between row i of a and row j of b, from their differences in double; not scaled.
  [[nodiscard]] double square_gap(const DistanceRows& a, Index i, const DistanceRows& b, Index j) const {
    return rows_.square_gap(a.ids[static_cast<std::size_t>(i)], a.original.row(i), rows_,
                            b.ids[static_cast<std::size_t>(j)], b.original.row(j));
  }

 private:
  static AnyRows not_empty(const char* function, AnyRows source) {
    check(source.rows() > 0 && source.cols() > 0, Errc::invalid_argument, function, ": features (",
          source.rows(), " × ", source.cols(), ") must not be empty");
    return source;
  }

  CentredRows rows_;
  Distance distance_;
};

namespace distance_block_impl {

/// Below this share of the squared norms, ‖x‖² + ‖y‖² − 2 x·y has lost too many digits to cancellation.
inline constexpr float lossy = 1e-2f;

/// Replaces the products in row [b] of one row with the rows of b by squared distances; `square` is the row's
/// squared norm. Returns whether any of them has lost too many digits.
inline bool squared_distances(float square, const DistanceRows& b, float* row) {
  FloatVector least = broadcast<FloatVector>(1);
  for (Index j = 0; j < b.count(); j += vector_width) {
    const FloatVector both = load<FloatVector>(b.squares.data() + j) + square;
    const FloatVector d = both - load<FloatVector>(row + j) * 2.f;
    least = vector_min(least, d - both * lossy);
    store(row + j, vector_max(d, FloatVector{}));
  }
  return -reduce_max(-least) <= 0;
}

}  // namespace distance_block_impl

/// out [a × b] ← the scaled distances between the rows of a and those of b. The cosine distance is half the
/// squared Euclidean distance of unit rows. Where the product has lost digits to cancellation, the distance
/// is computed from gap(i, j), the squared distance in double. One thread, O(a b d). The rows of `out` must
/// have room for whole SIMD vectors; entries beyond b are undefined.
template <class Gap>
void distances(const DistanceRows& a, const DistanceRows& b, Distance distance, double scale, const Gap& gap,
               MatrixView<float> out, ProductScratch& scratch) {
  multiply({a.z, false}, {b.z, true}, out, Update::assign, scratch);
  const bool angles = distance == Distance::cosine;
  std::vector<Index> again;
  for (Index i = 0; i < out.rows; ++i) {
    float* row = out.row(i);
    const float square = a.squares[static_cast<std::size_t>(i)];
    again.clear();
    if (distance_block_impl::squared_distances(square, b, row))
      for (Index j = 0; j < b.count(); ++j)
        if (row[j] <= distance_block_impl::lossy * (square + b.squares[static_cast<std::size_t>(j)]))
          again.push_back(j);
    for (Index j = 0; j < b.count(); j += vector_width) {
      const FloatVector d = load<FloatVector>(row + j);
      store(row + j, angles ? d * 0.5f : sqrt(d));
    }
    for (const Index j : again)
      row[j] = static_cast<float>(angles ? gap(i, j) * scale * scale / 2 : std::sqrt(gap(i, j)) * scale);
  }
}

}  // namespace shoal
