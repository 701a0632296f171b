// The coordinate frame of k-means: rows minus a common origin, on a common scale, so that float32 keeps its
// digits for the differences between rows, also under cosine.
#pragma once

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include <shoal/io/checked_rows.hpp>

namespace shoal {

/// The translation and scaling z = s x − origin, where x is a row, or its direction under cosine. ‖x − c‖² =
/// ‖z − z'‖² / s², but float32 products of z lose no digits to an offset that all rows share, and their
/// squares neither overflow nor underflow. s is a power of two, so scaling does not round. Most data needs
/// neither, and then rows keep their bits.
struct Frame {
  float scale = 1;                 ///< s
  std::vector<float> origin = {};  ///< [d]; empty: 0
  bool unit = false;               ///< whether x is the direction of a row, of unit length

  [[nodiscard]] bool identity() const { return scale == 1 && origin.empty(); }
  /// The factor s² of squared distances between rows.
  [[nodiscard]] double square() const { return static_cast<double>(scale) * static_cast<double>(scale); }

  /// Replaces points x by z, in place; if `unit`, they have unit length.
  void enter(MatrixView<float> x) const {
    if (identity()) return;
    for (Index i = 0; i < x.rows; ++i) {
      float* row = x.row(i);
      if (origin.empty())
        for (Index j = 0; j < x.cols; ++j) row[j] *= scale;
      else
        for (Index j = 0; j < x.cols; ++j) row[j] = row[j] * scale - origin[static_cast<std::size_t>(j)];
    }
  }
  /// Replaces a row of any length by z, in place. Computed in double, so that its direction keeps its digits;
  /// the identity leaves normalisation to CheckedRows. Throws bad_data for a row without a direction if
  /// `unit`.
  [[gnu::noinline]] void enter_row(const char* who, Index id, float* row, Index cols) const {
    if (!unit || identity()) return enter({row, 1, cols});
    const double square = squared_norm(row, cols);
    check_row_square(who, id, square, RowNeed::direction);
    const double by = double{scale} / std::sqrt(square);
    for (Index j = 0; j < cols; ++j)
      row[j] = static_cast<float>(double{row[j]} * by - double{origin[static_cast<std::size_t>(j)]});
  }
  /// Replaces rows z by x, in place.
  void leave(MatrixView<float> z) const {
    if (identity()) return;
    for (Index i = 0; i < z.rows; ++i)
      for (Index j = 0; j < z.cols; ++j)
        z(i, j) = (z(i, j) + (origin.empty() ? 0.f : origin[static_cast<std::size_t>(j)])) / scale;
  }
  /// Rounds points of the frame to values that survive the conversion to x and back.
  void snap(MatrixView<float> z) const {
    leave(z);
    enter(z);
  }
  /// Computes the centroid of rows whose z, times their weights, sum to `sums` [d]: their mean or, if `unit`,
  /// the direction of their mean. Returns false and leaves `out` unchanged if directions cancel.
  bool centroid(const double* sums, double weight, std::span<float> out) const {
    const auto sum = [&](Index j) {  // relative to x = 0
      return origin.empty() ? sums[j] : sums[j] + weight * double{origin[static_cast<std::size_t>(j)]};
    };
    const auto cols = static_cast<Index>(out.size());
    if (!unit) {
      for (Index j = 0; j < cols; ++j)
        out[static_cast<std::size_t>(j)] = static_cast<float>(sums[j] / weight);
      return true;
    }
    const double length = std::sqrt(sum_in_double(cols, [&](Index j) { return sum(j) * sum(j); }));
    if (!(length > 1e-9 * weight * double{scale})) return false;
    for (Index j = 0; j < cols; ++j) {
      const auto at = static_cast<std::size_t>(j);
      out[at] =
          static_cast<float>(sum(j) / length * double{scale} - (origin.empty() ? 0. : double{origin[at]}));
    }
    return true;
  }
  /// Normalises points of the frame if `unit`.
  void normalize_points(MatrixView<float> z) const {
    for (Index i = 0; unit && i < z.rows; ++i) {
      const std::vector<double> point(z.row(i), z.row(i) + z.cols);
      (void)centroid(point.data(), 1, {z.row(i), static_cast<std::size_t>(z.cols)});
    }
  }
};

/// A row source that returns the rows of another in a frame.
class FramedRows {
 public:
  /// `who` names the caller in errors. Source and frame must outlive it.
  FramedRows(AnyRows source, const Frame& frame, const char* who)
      : source_(source), frame_(&frame), who_(who) {}

  [[nodiscard]] Index rows() const { return source_.rows(); }
  [[nodiscard]] Index cols() const { return source_.cols(); }
  void read(Index first, MatrixView<float> out) const {
    source_.read(first, out);
    for (Index i = 0; i < out.rows; ++i) frame_->enter_row(who_, first + i, out.row(i), out.cols);
  }
  void gather(std::span<const Index> ids, MatrixView<float> out) const {
    source_.gather(ids, out);
    for (Index i = 0; i < out.rows; ++i)
      frame_->enter_row(who_, ids[static_cast<std::size_t>(i)], out.row(i), out.cols);
  }
  void will_need(Index first, Index count) const { source_.will_need(first, count); }
  [[nodiscard]] MatrixView<const float> in_place() const {
    return frame_->identity() ? source_.in_place() : MatrixView<const float>();
  }

 private:
  AnyRows source_;
  const Frame* frame_;
  const char* who_;
};
static_assert(RowSource<FramedRows>);

}  // namespace shoal
