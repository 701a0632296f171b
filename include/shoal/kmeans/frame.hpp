// Where k-means computes: rows less a common origin, on a common scale, so that float32 keeps its digits for
// what differs between rows, under cosine too.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include <shoal/io/checked_rows.hpp>
#include <shoal/linalg/codes.hpp>

namespace shoal {

/// The translation and scale z = s x − origin, where x is a row, or its direction under cosine.
/// ‖x − c‖² = ‖z − z'‖² / s², but float32 products of z lose nothing to an offset that all rows share, and
/// their squares neither overflow nor vanish. s is a power of two, so scaling rounds nothing. Most data needs
/// neither: then rows stay as they are, bit for bit.
struct Frame {
  float scale = 1;                 ///< s
  std::vector<float> origin = {};  ///< [d]; empty: 0
  bool unit = false;               ///< x is a row's direction, of length one

  [[nodiscard]] bool identity() const { return scale == 1 && origin.empty(); }
  /// What a squared distance between rows is multiplied by: s².
  [[nodiscard]] double square() const { return static_cast<double>(scale) * static_cast<double>(scale); }

  /// z of points x, in place; those of length one, where `unit`.
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
  /// z of a row of any length, in place; in double, so that its direction keeps its digits. The identity
  /// leaves that to CheckedRows. Throws error(bad_data) for a row without a direction, where `unit`.
  void enter_row(const char* who, Index id, float* row, Index cols) const {
    if (!unit || identity()) return enter({row, 1, cols});
    const double square = squared_norm(row, cols);
    check_row_square(who, id, square, RowNeed::direction);
    const double by = double{scale} / std::sqrt(square);
    for (Index j = 0; j < cols; ++j)
      row[j] = static_cast<float>(double{row[j]} * by - double{origin[static_cast<std::size_t>(j)]});
  }
  /// x of rows z, in place.
  void leave(MatrixView<float> z) const {
    if (identity()) return;
    for (Index i = 0; i < z.rows; ++i)
      for (Index j = 0; j < z.cols; ++j)
        z(i, j) = (z(i, j) + (origin.empty() ? 0.f : origin[static_cast<std::size_t>(j)])) / scale;
  }
  /// Rounds points of the frame to those that can be given back: what z becomes on the way to x and back.
  void snap(MatrixView<float> z) const {
    leave(z);
    enter(z);
  }
  /// The centroid of rows whose z, times their weights, sum to `sums` [d]: their mean, or the direction of
  /// their mean where `unit`. False, and out unchanged, where directions cancel.
  bool centroid(const double* sums, double weight, std::span<float> out) const {
    const auto sum = [&](Index j) {  // from where x is 0
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
  /// Brings points of the frame to length one, where `unit`.
  void normalize_points(MatrixView<float> z) const {
    for (Index i = 0; unit && i < z.rows; ++i) {
      const std::vector<double> point(z.row(i), z.row(i) + z.cols);
      (void)centroid(point.data(), 1, {z.row(i), static_cast<std::size_t>(z.cols)});
    }
  }
};

/// The rows of a source in a frame.
class FramedRows {
 public:
  /// `who` names the caller in errors. All must outlive it.
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

namespace frame_impl {

/// Sums over rows, each of some weight, about a pilot point.
struct Moments {
  double weight = 0;
  std::vector<double> sums;          ///< [d] Σ w (x − p)
  std::vector<double> squares;       ///< [d] Σ w (x − p)²
  std::vector<std::int32_t> widest;  ///< [d] the bits of max |x − p| of any row, which order as integers

  Moments() = default;
  explicit Moments(Index cols)
      : sums(static_cast<std::size_t>(cols), 0.0), squares(sums), widest(sums.size(), 0) {}

  void add(const float* x, double w, const std::vector<float>& pilot) {
    weight += w;
    const std::size_t cols = sums.size();
    const float* p = pilot.data();
    // None overlaps another: the loop is one of vectors.
    double* __restrict sum = sums.data(), * __restrict square = squares.data();
    std::int32_t* __restrict wide = widest.data();
    for (std::size_t j = 0; j < cols; ++j) {
      const double gap = static_cast<double>(x[j]) - static_cast<double>(p[j]);
      sum[j] += w * gap;
      square[j] += w * gap * gap;
      const std::int32_t length = std::bit_cast<std::int32_t>(static_cast<float>(gap)) & 0x7FFFFFFF;
      wide[j] = length > wide[j] ? length : wide[j];
    }
  }
  void add(const Moments& other) {
    weight += other.weight;
    for (std::size_t j = 0; j < sums.size(); ++j) {
      sums[j] += other.sums[j];
      squares[j] += other.squares[j];
      widest[j] = std::max(widest[j], other.widest[j]);
    }
  }

  /// Whether all rows were finite: squares of floats don't overflow in double.
  [[nodiscard]] bool finite() const {
    return is_finite(
        sum_in_double(std::ssize(squares), [&](Index j) { return squares[static_cast<std::size_t>(j)]; }));
  }

  /// The frame: an origin where the mean is far from 0 beside the spread, a scale where values are extreme.
  [[nodiscard]] Frame frame(const std::vector<float>& pilot, bool unit = false) const {
    Frame frame;
    frame.unit = unit;
    double offset = 0, spread = 0, largest = 0;
    std::vector<double> mean(sums.size());
    for (std::size_t j = 0; j < sums.size(); ++j) {
      const double shift = sums[j] / weight;
      mean[j] = static_cast<double>(pilot[j]) + shift;
      offset += mean[j] * mean[j];
      spread += std::max(0.0, squares[j] / weight - shift * shift);
      largest = std::max(largest, double{std::bit_cast<float>(widest[j])});
    }
    const bool far = offset > (unit ? unit_offset_limit : offset_limit) * spread;
    if (!far)
      for (const float p : pilot) largest = std::max(largest, std::abs(double{p}));
    if (largest > 0 && (largest < smallest_plain || largest > largest_plain))
      frame.scale = static_cast<float>(std::exp2(std::clamp(-std::ilogb(largest), -120, 120)));
    if (far)
      for (const double m : mean) frame.origin.push_back(static_cast<float>(m * double{frame.scale}));
    return frame;
  }

  /// ‖mean‖² up to this multiple of the mean squared distance from the mean costs one or two of float32's 24
  /// bits, which is what sums of products lose anyway.
  static constexpr double offset_limit = 4;
  /// Of directions, whose mean is at most one long: three bits, where the mean cosine of two rows is .985.
  static constexpr double unit_offset_limit = 64;
  /// Magnitudes in which squares and products of float32 neither overflow nor vanish.
  static constexpr double smallest_plain = 0x1p-16, largest_plain = 0x1p50;
};

}  // namespace frame_impl

/// The frame of some points; of length one, where `unit`.
inline Frame frame_of(MatrixView<const float> points, bool unit) {
  const std::vector<float> pilot = mean_of(points);
  frame_impl::Moments moments(points.cols);
  for (Index i = 0; i < points.rows; ++i) moments.add(points.row(i), 1, pilot);
  return moments.frame(pilot, unit);
}

/// The frame of the rows of a source, by their weights (empty: all 1), wide enough for `start`. One pass over
/// the rows; throws error(bad_data) for those that are not finite.
inline Frame frame_of(const char* who, AnyRows source, std::span<const float> weights,
                      MatrixView<const float> start, Workers workers) {
  CheckedRows rows(source, false, who);
  rows.skip_checks();  // looked through here
  const std::vector<float> pilot = mean_of(rows.sample(1024));
  const auto add_rows = [&](Index first, MatrixView<const float> x) {
    frame_impl::Moments part(x.cols);
    for (Index i = 0; i < x.rows; ++i) {
      const auto row = static_cast<std::size_t>(first + i);
      part.add(x.row(i), weights.empty() ? 1.0 : double{weights[row]}, pilot);
    }
    for (Index i = 0; i < x.rows && !part.finite(); ++i)
      check_row(who, first + i, x.row(i), x.cols, RowNeed::finite);
    return part;
  };
  frame_impl::Moments moments =
      rows.fold(workers, 512, frame_impl::Moments(source.cols()), add_rows,
                [](frame_impl::Moments& all, frame_impl::Moments&& part) { all.add(part); });
  for (Index c = 0; c < start.rows; ++c) moments.add(start.row(c), 0, pilot);
  return moments.frame(pilot);
}

}  // namespace shoal
