// Rows centred and scaled in double precision, so that float32 keeps all its digits for the differences
// between rows, wherever they lie and whatever their magnitude.
#pragma once

#include <algorithm>
#include <cmath>
#include <span>
#include <utility>
#include <vector>

#include <shoal/core/function_ref.hpp>
#include <shoal/core/workers.hpp>
#include <shoal/io/row_source.hpp>
#include <shoal/linalg/row_check.hpp>

namespace shoal {

/// The rows u of a source (normalised if `unit`) as z = (u − μ) s. The centre μ is the mean of up to 1,024
/// rows spread over the source, and the scale s is the power of two that brings the largest element of all z
/// into [1, 2). The distance between two rows is the distance between their z, divided by s. The source must
/// outlive it.
class CentredRows {
 public:
  /// Receives (id, row, factor, μ) of a row, where u = row · factor; called from several threads.
  using Each = FunctionRef<void(Index, const float*, double, std::span<const double>)>;

  /// Makes one pass over the source and calls `each` for each row. Throws bad_data for rows that are not
  /// finite or, if `unit`, zero.
  CentredRows(const char* function, AnyRows source, bool unit, Workers workers, Each each)
      : CentredRows(function, source, unit, centre_of(sample_of(source), unit), workers, each) {}
  CentredRows(const char* function, AnyRows source, bool unit, Workers workers)
      : CentredRows(function, source, unit, workers,
                    [](Index, const float*, double, std::span<const double>) {}) {}

  /// Rows with the centre of `others`; see share_scale().
  CentredRows(const char* function, AnyRows source, const CentredRows& others, Workers workers, Each each)
      : CentredRows(function, source, others.unit_, others.centre_, workers, each) {}

  /// Rows about a given centre.
  CentredRows(const char* function, AnyRows source, bool unit, std::vector<double> centre, Workers workers,
              Each each)
      : source_(source), unit_(unit), centre_(std::move(centre)), factors_(unit ? at(source.rows()) : 0) {
    set_widest(workers.reduce_blocks(
        rows(), 256, 0.0, [&](Block b) { return this->look_at(function, b, each); },
        [](double& all, double part) { all = std::max(all, part); }));
  }

  /// The mean of some rows. Bad rows are left out here; look_at() reports them.
  static std::vector<double> centre_of(MatrixView<const float> sample, bool unit) {
    std::vector<double> mean(at(sample.cols), 0.0);
    for (Index i = 0; i < sample.rows; ++i) {
      const double square = squared_norm(sample.row(i), sample.cols);
      if (!row_is_good(square, need(unit))) continue;
      const double share = (unit ? 1 / std::sqrt(square) : 1) / static_cast<double>(sample.rows);
      for (Index k = 0; k < sample.cols; ++k) mean[at(k)] += static_cast<double>(sample(i, k)) * share;
    }
    return mean;
  }
  /// The number of rows whose mean is the centre.
  static constexpr Index sample_rows = 1024;

  /// The largest element of any u − μ, from which the scale is taken.
  [[nodiscard]] double widest() const { return widest_; }
  void set_widest(double widest) {
    widest_ = widest;
    scale_ = widest > 0 ? std::exp2(std::clamp(-std::ilogb(widest), -200, 200)) : 1;
  }

  /// Gives both the same scale.
  friend void share_scale(CentredRows& a, CentredRows& b) {
    a.scale_ = b.scale_ = std::min(a.scale_, b.scale_);
  }

  [[nodiscard]] Index rows() const { return source_.rows(); }
  [[nodiscard]] Index cols() const { return source_.cols(); }
  [[nodiscard]] AnyRows source() const { return source_; }
  [[nodiscard]] std::span<const double> centre() const { return centre_; }
  [[nodiscard]] double scale() const { return scale_; }
  /// The factor of each row, u = row · factor; empty if all are 1.
  [[nodiscard]] std::span<const double> factors() const { return factors_; }
  [[nodiscard]] double factor(Index i) const { return unit_ ? factors_[at(i)] : 1; }

  /// Writes z [count × d] of the rows [first, first + count).
  void read(Index first, MatrixView<float> z) const {
    source_.read(first, z);
    for (Index i = 0; i < z.rows; ++i) bring(first + i, z.row(i), z.row(i));
  }
  /// Writes z of the rows `ids`.
  void gather(std::span<const Index> ids, MatrixView<float> z) const {
    source_.gather(ids, z);
    for (Index i = 0; i < z.rows; ++i) bring(ids[at(i)], z.row(i), z.row(i));
  }
  /// Writes z of row `id`, which the source returns as `row`; the two may be the same memory.
  void bring(Index id, const float* row, float* z) const {
    const double by = factor(id);
    for (Index k = 0; k < cols(); ++k)
      z[k] = static_cast<float>((static_cast<double>(row[k]) * by - centre_[at(k)]) * scale_);
  }

  /// The squared distance ‖u − u'‖² between row i, which the source returns as x, and row j of `others`,
  /// computed from their differences in double.
  [[nodiscard]] double square_gap(Index i, const float* x, const CentredRows& others, Index j,
                                  const float* y) const {
    const double a = factor(i), b = others.factor(j);
    return sum_in_double(cols(), [=](Index k) {
      // A compiler that fuses a product with the difference would leave the rounding of the other one.
      const double mine = static_cast<double>(x[k]) * a, theirs = static_cast<double>(y[k]) * b;
      const double gap = mine == theirs ? 0. : mine - theirs;
      return gap * gap;
    });
  }

  /// The memory held for n rows, in bytes.
  static std::size_t bytes(Index n, bool unit) {
    return unit ? static_cast<std::size_t>(n) * sizeof(double) : 0;
  }

 private:
  static std::size_t at(Index i) { return static_cast<std::size_t>(i); }
  static RowNeed need(bool unit) { return unit ? RowNeed::direction : RowNeed::finite; }

  static Matrix<float> sample_of(AnyRows source) {
    Matrix<float> sample(std::min(source.rows(), sample_rows), source.cols());
    for (Index i = 0; i < sample.rows(); ++i)
      source.read(i * source.rows() / sample.rows(), sample.view().block(i, 1));
    return sample;
  }

  /// Checks the rows of a block. Returns the largest element of |u − μ|.
  double look_at(const char* function, Block b, Each each) {
    Matrix<float> x(b.count, cols());
    source_.read(b.first, x);
    double widest = 0;
    for (Index i = 0; i < b.count; ++i) {
      const Index id = b.first + i;
      const float* row = x.row(i);
      const double square = squared_norm(row, cols());
      check_row_square(function, id, square, need(unit_));
      if (unit_) factors_[at(id)] = 1 / std::sqrt(square);
      const double by = factor(id);
      for (Index k = 0; k < cols(); ++k)
        widest = std::max(widest, std::abs(static_cast<double>(row[k]) * by - centre_[at(k)]));
      each(id, row, by, std::span<const double>(centre_));
    }
    return widest;
  }

  AnyRows source_;
  bool unit_;
  double scale_ = 1, widest_ = 0;
  std::vector<double> centre_, factors_;
};

}  // namespace shoal
