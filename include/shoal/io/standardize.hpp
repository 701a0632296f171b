// Standardisation: columns of mean 0 and standard deviation 1.
#pragma once

#include <cmath>
#include <limits>
#include <span>
#include <utility>
#include <vector>

#include <shoal/core/check.hpp>
#include <shoal/core/finite.hpp>
#include <shoal/core/workers.hpp>
#include <shoal/io/row_source.hpp>

namespace shoal {

/// The standardisation x ← (x − mean) · scale of each column.
struct ColumnScaling {
  std::vector<float> mean;   ///< [d] mean of each column
  std::vector<float> scale;  ///< [d] 1 / standard deviation
};

namespace standardize_impl {

/// The number of rows whose moments are computed at once.
inline constexpr Index block_rows = 1024;

/// Count, mean and sum of squared deviations of each column, with an exact merge (Chan, Golub and LeVeque,
/// "Algorithms for computing the sample variance", 1983).
struct Moments {
  double count = 0;
  std::vector<double> mean, squares;

  static Moments of(AnyRows source, Block block) {
    const Index d = source.cols();
    Matrix<float> rows(block.count, d);
    source.read(block.first, rows);
    Moments m{static_cast<double>(block.count), std::vector<double>(static_cast<std::size_t>(d)), {}};
    m.squares = m.mean;
    for (Index i = 0; i < block.count; ++i)
      for (Index j = 0; j < d; ++j) m.mean[static_cast<std::size_t>(j)] += static_cast<double>(rows(i, j));
    for (double& mean : m.mean) mean /= m.count;
    for (Index i = 0; i < block.count; ++i)
      for (Index j = 0; j < d; ++j) {
        const double difference = static_cast<double>(rows(i, j)) - m.mean[static_cast<std::size_t>(j)];
        m.squares[static_cast<std::size_t>(j)] += difference * difference;
      }
    return m;
  }

  void merge(const Moments& other) {
    if (count == 0) {
      *this = other;
      return;
    }
    const double total = count + other.count;
    for (std::size_t j = 0; j < mean.size(); ++j) {
      const double gap = other.mean[j] - mean[j];
      mean[j] += gap * other.count / total;
      squares[j] += other.squares[j] + gap * gap * count * other.count / total;
    }
    count = total;
  }
};

/// The standardisation by the moments of `cols` columns.
inline ColumnScaling scaling_by(const Moments& moments, Index cols) {
  const auto d = static_cast<std::size_t>(cols);
  ColumnScaling scaling{std::vector<float>(d, 0.f), std::vector<float>(d, 1.f)};
  for (std::size_t j = 0; j < moments.mean.size(); ++j) {
    check(is_finite(moments.squares[j]), Errc::bad_data, "column_scaling: column ", j,
          " of the features holds NaN or infinity");
    if (moments.count < 2) continue;
    const double deviation = std::sqrt(moments.squares[j] / (moments.count - 1));
    constexpr double most = std::numeric_limits<float>::max();
    if (!(deviation > 1 / most)) continue;
    scaling.mean[j] = static_cast<float>(moments.mean[j]);
    scaling.scale[j] = static_cast<float>(1 / deviation);
  }
  return scaling;
}

}  // namespace standardize_impl

/// The standardisation of each column: its mean, and 1/s with s² = Σ (x − mean)² / (n − 1). Columns without
/// variance, or with so little that 1/s overflows float32, are left unchanged (mean 0, scale 1), as are all
/// columns if n < 2. One pass over the rows in blocks with float64 sums, O(n d); the same bits for any number
/// of threads. Throws bad_data for a column that holds NaN or infinity.
[[nodiscard]] inline ColumnScaling column_scaling(AnyRows source, Workers workers) {
  using namespace standardize_impl;
  const Moments moments = workers.reduce_blocks(
      source.rows(), block_rows, Moments{}, [&](Block block) { return Moments::of(source, block); },
      [](Moments& sum, Moments&& part) { sum.merge(part); });
  return scaling_by(moments, source.cols());
}

/// Standardises rows in memory, which must have as many columns as the scaling.
inline void standardize_rows(const ColumnScaling& scaling, MatrixView<float> rows) {
  const float *mean = scaling.mean.data(), *scale = scaling.scale.data();
  for (Index i = 0; i < rows.rows; ++i)
    for (Index j = 0; j < rows.cols; ++j) rows(i, j) = (rows(i, j) - mean[j]) * scale[j];
}

/// The rows of a source, standardised as they are read. The source must outlive it.
class Standardized {
 public:
  /// Uses a given scaling with as many columns as the source: computed from these rows, or from those a model
  /// was trained on.
  Standardized(BorrowedView<AnyRows> source, ColumnScaling scaling)
      : source_(source), scaling_(std::move(scaling)) {
    check(std::ssize(scaling_.mean) == cols() && std::ssize(scaling_.scale) == cols(), Errc::invalid_argument,
          "Standardized: the scaling has ", scaling_.mean.size(), " columns, the features have ", cols());
  }
  /// Standardises the source by its own columns; see column_scaling().
  Standardized(BorrowedView<AnyRows> source, Workers workers)
      : Standardized(source, column_scaling(source, workers)) {}

  [[nodiscard]] Index rows() const { return source_.rows(); }
  [[nodiscard]] Index cols() const { return source_.cols(); }
  [[nodiscard]] const ColumnScaling& scaling() const { return scaling_; }
  void read(Index first, MatrixView<float> out) const {
    source_.read(first, out);
    standardize_rows(scaling_, out);
  }
  void gather(std::span<const Index> ids, MatrixView<float> out) const {
    source_.gather(ids, out);
    standardize_rows(scaling_, out);
  }
  void will_need(Index first, Index count) const { source_.will_need(first, count); }

 private:
  AnyRows source_;
  ColumnScaling scaling_;
};
static_assert(RowSource<Standardized>);

}  // namespace shoal
