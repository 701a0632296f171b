// Blocks of distances between rows, by matrix products: what Davies-Bouldin and the silhouette are made of.
#pragma once

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include <shoal/core/check.hpp>
#include <shoal/core/workers.hpp>
#include <shoal/io/row_source.hpp>
#include <shoal/linalg/product.hpp>

namespace shoal {

namespace distance_block_impl {

/// Σ f(j)², by vectors where `vector(j)` gives a whole one.
template <class VectorAt, class At> float sum_squares(Index d, VectorAt vector, At at) {
  FloatVector sum{};
  Index j = 0;
  for (; j + vector_width <= d; j += vector_width) sum += vector(j) * vector(j);
  float rest = reduce_sum(sum);
  for (; j < d; ++j) rest += at(j) * at(j);
  return rest;
}
inline float square_sum(const float* x, Index d) {
  return sum_squares(
      d, [=](Index j) { return load<FloatVector>(x + j); }, [=](Index j) { return x[j]; });
}
inline float square_gap(const float* x, const float* y, Index d) {
  return sum_squares(
      d, [=](Index j) { return load<FloatVector>(x + j) - load<FloatVector>(y + j); },
      [=](Index j) { return x[j] - y[j]; });
}

/// √x to 2 ulp for x ≥ 0, normal or 0: three Newton steps from the bits' own estimate of 1/√x. There is no
/// portable square root of a vector, and std::sqrt's errno keeps compilers from making one of a loop.
inline FloatVector sqrt(FloatVector x) {
  FloatVector r = from_bits(0x5F375A86 - (to_bits(x) >> 1));
  const FloatVector half = x * 0.5f;
  for (int step = 0; step < 3; ++step) r = r * (1.5f - half * r * r);
  return x * r;
}

/// Below this share of the squared norms, ‖x‖² + ‖y‖² − 2 x·y has lost too many digits.
inline constexpr float lossy = 1e-3f;

}  // namespace distance_block_impl

/// How far apart two rows are: ‖x − y‖, or 1 − the cosine of their angle.
enum class Distance { euclidean, cosine };

/// Rows ready for distances, and their squared norms, which are padded with zeros to whole vectors.
struct DistanceRows {
  Matrix<float> rows;
  Buffer<float> squares;

  [[nodiscard]] Index count() const { return rows.rows(); }
  void resize(Index n, Index cols) {
    if (rows.rows() == n && rows.cols() == cols) return;
    rows = Matrix<float>(n, cols);
    squares.assign(static_cast<std::size_t>(block_count(n, vector_width) * vector_width), 0.f);
  }
  /// Sets each norm from its row.
  void measure() {
    for (Index i = 0; i < count(); ++i)
      squares[static_cast<std::size_t>(i)] = distance_block_impl::square_sum(rows.row(i), rows.cols());
  }
};

/// Reads rows as distances need them: scaled to length one (cosine), then less the mean of all rows, which
/// changes no distance between them and keeps small distances exact in float32 where all rows lie in one
/// direction.
class DistanceReader {
 public:
  /// One pass over the source. Throws bad_data for NaN, infinite and, for cosine, zero rows.
  DistanceReader(const char* function, AnyRows source, Distance distance, Workers workers)
      : source_(source), distance_(distance), mean_(static_cast<std::size_t>(source.cols()), 0.f) {
    check(source.rows() > 0 && source.cols() > 0, Errc::invalid_argument, function, ": features (",
          source.rows(), " × ", source.cols(), ") must not be empty");
    using Sum = std::vector<double>;
    const auto one_block = [&](Block b) {
      Matrix<float> rows(b.count, source.cols());
      source.read(b.first, rows);
      Sum sum(static_cast<std::size_t>(source.cols()), 0.);
      for (Index i = 0; i < b.count; ++i) {
        check_row(function, rows.view().span(i), b.first + i);
        scale(rows.row(i));
        for (Index j = 0; j < cols(); ++j)
          sum[static_cast<std::size_t>(j)] += static_cast<double>(rows(i, j));
      }
      return sum;
    };
    const auto add = [](Sum& sum, const Sum& part) {
      for (std::size_t j = 0; j < sum.size(); ++j) sum[j] += part[j];
    };
    const Sum sum = workers.reduce_blocks(source.rows(), 1024, Sum(mean_.size(), 0.), one_block, add);
    for (std::size_t j = 0; j < sum.size(); ++j)
      mean_[j] = static_cast<float>(sum[j] / static_cast<double>(source.rows()));
  }

  [[nodiscard]] Distance distance() const { return distance_; }
  [[nodiscard]] Index cols() const { return source_.cols(); }

  void gather(std::span<const Index> ids, DistanceRows& out) const {
    out.resize(static_cast<Index>(ids.size()), cols());
    source_.gather(ids, out.rows);
    for (Index i = 0; i < out.count(); ++i) {
      scale(out.rows.row(i));
      for (Index j = 0; j < cols(); ++j) out.rows(i, j) -= mean_[static_cast<std::size_t>(j)];
    }
    out.measure();
  }

 private:
  void check_row(const char* function, std::span<const float> row, Index id) const {
    double square = 0;
    for (const float x : row) square += static_cast<double>(x) * static_cast<double>(x);
    check(square < 1e36, Errc::bad_data, function, ": row ", id,
          " holds NaN, infinity or values too large to square");
    check(distance_ == Distance::euclidean || square > 1e-36, Errc::bad_data, function, ": row ", id,
          " is zero, so it has no cosine");
  }

  void scale(float* row) const {
    if (distance_ == Distance::euclidean) return;
    const float factor = 1 / std::sqrt(distance_block_impl::square_sum(row, cols()));
    for (Index j = 0; j < cols(); ++j) row[j] *= factor;
  }

  AnyRows source_;
  Distance distance_;
  std::vector<float> mean_;
};

/// out [a × b] ← the distances between the rows of a and those of b, which a DistanceReader gave. The cosine
/// distance is half the square of the Euclidean one. Where the product has lost digits, it is made good from
/// the rows. One thread, O(a b d). The rows of `out` must have room for whole vectors; what is beyond b is
/// left undefined.
inline void distances(const DistanceRows& a, const DistanceRows& b, Distance distance, MatrixView<float> out,
                      ProductScratch& scratch) {
  using namespace distance_block_impl;
  multiply({a.rows, false}, {b.rows, true}, out, Update::assign, scratch);
  for (Index i = 0; i < out.rows; ++i) {
    float* row = out.row(i);
    const float square = a.squares[static_cast<std::size_t>(i)];
    FloatVector least = broadcast<FloatVector>(1);
    for (Index j = 0; j < b.count(); j += vector_width) {
      const FloatVector both = load<FloatVector>(b.squares.data() + j) + square;
      const FloatVector d = both - load<FloatVector>(row + j) * 2.f;
      least = vector_min(least, d - both * lossy);
      store(row + j, vector_max(d, FloatVector{}));
    }
    if (-reduce_max(-least) <= 0)
      for (Index j = 0; j < b.count(); ++j)
        if (row[j] <= lossy * (square + b.squares[static_cast<std::size_t>(j)]))
          row[j] = square_gap(a.rows.row(i), b.rows.row(j), b.rows.cols());
    for (Index j = 0; j < b.count(); j += vector_width) {
      const FloatVector d = load<FloatVector>(row + j);
      store(row + j, distance == Distance::euclidean ? sqrt(d) : d * 0.5f);
    }
  }
}

}  // namespace shoal
