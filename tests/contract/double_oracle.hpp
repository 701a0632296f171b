// Rows at any offset and scale, and what double precision says of a result on them.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include <shoal/core/half.hpp>
#include <shoal/core/random.hpp>
#include <shoal/io/memory_rows.hpp>
#include <shoal/linalg/unit_row.hpp>

namespace double_oracle {

using namespace shoal;

inline constexpr Index n = 240, d = 12, blobs = 6;
inline std::size_t at(Index i) { return static_cast<std::size_t>(i); }

inline double square_gap(const double* a, const double* b) {
  return sum_in_double(d, [=](Index j) { return (a[j] - b[j]) * (a[j] - b[j]); });
}

/// Rows in double, of length one where `unit`.
inline Matrix<double> in_double(const Matrix<float>& x, bool unit) {
  Matrix<double> u(x.rows(), x.cols());
  for (Index i = 0; i < x.rows(); ++i) {
    const double length = unit ? std::sqrt(squared_norm(x.row(i), x.cols())) : 1;
    for (Index j = 0; j < x.cols(); ++j) u(i, j) = double{x(i, j)} / length;
  }
  return u;
}

/// n rows around six centres, some 40 times as far apart as rows are wide; moved by an offset, then scaled.
struct PlacedRows {
  Dtype dtype;
  Matrix<float> values{n, d};  ///< as the source gives them
  std::vector<std::uint16_t> halves;
  std::vector<Label> truth;

  PlacedRows(double offset, double scale, Dtype type) : dtype(type) {
    const Philox centre(1, 1), noise(1, 2);
    for (Index i = 0; i < n; ++i) {
      truth.push_back(static_cast<Label>(i % blobs));
      for (Index j = 0; j < d; ++j) {
        const double x = (12 * centre.normal(static_cast<std::uint64_t>(i % blobs * d + j)) +
                          noise.normal(static_cast<std::uint64_t>(i * d + j)) + offset) *
                         scale;
        values(i, j) = static_cast<float>(x);
        if (dtype != Dtype::float16) continue;
        halves.push_back(float_to_half(values(i, j)));
        values(i, j) = half_to_float(halves.back());
      }
    }
  }
  [[nodiscard]] Rows rows() const {
    return dtype == Dtype::float16 ? Rows(halves.data(), dtype, n, d, d) : Rows(values);
  }
  /// The first row of each blob.
  [[nodiscard]] Matrix<float> starts() const {
    Matrix<float> first(blobs, d);
    std::copy_n(values.row(0), first.size(), first.data());
    return first;
  }
};

/// Squared distances [rows × centroids], or 2 − 2 cos where `unit`, and how far float32 products of points
/// less their mean may be from them.
struct Distances {
  Matrix<double> squares;
  double rounding = 0;

  Distances(const Matrix<float>& x, const Matrix<float>& centroids, bool unit)
      : squares(x.rows(), centroids.rows()) {
    const Matrix<double> u = in_double(x, unit), c = in_double(centroids, unit);
    std::vector<double> mean(at(d), 0.0);
    for (Index k = 0; k < c.rows(); ++k)
      for (Index j = 0; j < d; ++j) mean[at(j)] += c(k, j) / static_cast<double>(c.rows());
    double widest = 0, largest = 0;
    for (Index i = 0; i < u.rows(); ++i) {
      widest = std::max(widest, square_gap(u.row(i), mean.data()));
      for (Index j = 0; j < d; ++j) largest = std::max(largest, std::abs(u(i, j)));
      for (Index k = 0; k < c.rows(); ++k) squares(i, k) = square_gap(u.row(i), c.row(k));
    }
    // Products in float32, and centroids that are given back in float32 where they lie.
    rounding = 0x1p-24 * (4 * (d + 16) * widest + 4 * std::sqrt(d * widest) * largest) +
               4 * d * std::pow(0x1p-24 * largest, 2);
  }
  [[nodiscard]] double least(Index i) const {
    return *std::min_element(squares.row(i), squares.row(i) + squares.cols());
  }

  /// Whether each row is with the nearest of the centroids, as far as float32 tells.
  [[nodiscard]] bool nearest(std::span<const Label> labels) const {
    for (Index i = 0; i < squares.rows(); ++i)
      if (!(squares(i, labels[at(i)]) <= least(i) + rounding)) return false;
    return true;
  }
  /// Whether `sum` is that of the rows' distances to their centroids.
  [[nodiscard]] bool sums_to(double sum, std::span<const Label> labels) const {
    double expected = 0;
    for (Index i = 0; i < squares.rows(); ++i) expected += squares(i, labels[at(i)]);
    return std::abs(sum - expected) <= 1e-4 * expected + static_cast<double>(squares.rows()) * rounding;
  }
};

/// Distances between all rows [n × n], or 1 − cos.
inline Matrix<double> all_distances(const Matrix<float>& x, bool cosine) {
  const Matrix<double> u = in_double(x, cosine);
  Matrix<double> all(n, n);
  for (Index i = 0; i < n; ++i)
    for (Index j = 0; j < n; ++j) {
      const double square = square_gap(u.row(i), u.row(j));
      all(i, j) = cosine ? square / 2 : std::sqrt(square);
    }
  return all;
}

/// The mean silhouette by its definition.
inline double silhouette_of(const Matrix<double>& distances, std::span<const Label> labels) {
  double total = 0;
  for (Index i = 0; i < n; ++i) {
    double sum[blobs] = {}, rows[blobs] = {};
    for (Index j = 0; j < n; ++j)
      if (j != i) sum[labels[at(j)]] += distances(i, j), rows[labels[at(j)]] += 1;
    const Label own = labels[at(i)];
    double other = std::numeric_limits<double>::infinity();
    for (Label k = 0; k < blobs; ++k)
      if (k != own) other = std::min(other, sum[k] / rows[k]);
    const double inner = sum[own] / rows[own];
    if (other > 0 || inner > 0) total += (other - inner) / std::max(other, inner) / static_cast<double>(n);
  }
  return total;
}

/// The index of Davies and Bouldin by its definition.
inline double davies_bouldin_of(const Matrix<float>& x, std::span<const Label> labels, bool cosine) {
  const Matrix<double> u = in_double(x, cosine);
  Matrix<double> mean(blobs, d, 0.0);
  double spread[blobs] = {}, index = 0;
  for (Index i = 0; i < n; ++i)
    for (Index j = 0; j < d; ++j) mean(labels[at(i)], j) += u(i, j) * blobs / n;
  for (Index i = 0; i < n; ++i)
    spread[labels[at(i)]] += std::sqrt(square_gap(u.row(i), mean.row(labels[at(i)]))) * blobs / n;
  for (Index k = 0; k < blobs; ++k) {
    double worst = 0;
    for (Index l = 0; l < blobs; ++l) {
      if (l == k) continue;
      const double gap = std::sqrt(square_gap(mean.row(k), mean.row(l))), both = spread[k] + spread[l];
      if (gap > 0)
        worst = std::max(worst, both / gap);
      else if (both > 0)  // on one place, and not two points
        worst = std::numeric_limits<double>::infinity();
    }
    index += worst / blobs;
  }
  return index;
}

}  // namespace double_oracle
