// Finds the frame of given rows from their mean, their spread and their magnitude.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include <shoal/core/finite.hpp>
#include <shoal/kmeans/frame.hpp>
#include <shoal/kmeans/sum_grids.hpp>
#include <shoal/linalg/codes.hpp>

namespace shoal {

namespace find_frame_impl {

/// Weighted sums over rows about a pilot point, in integers, so that they do not depend on the order.
class Moments {
 public:
  Moments() = default;
  /// For this number of rows with weights up to `weight`, whose |x − p| is at most `reach`.
  Moments(std::vector<float> pilot, double reach, double weight, Index rows)
      : pilot_(std::move(pilot)),
        gaps_(reach * weight, static_cast<double>(rows)),
        squares_(reach * reach * weight, static_cast<double>(rows)),
        sums_(2 * pilot_.size(), 0),
        widest_(pilot_.size(), 0) {}

  void add(const float* x, double w) {
    const std::size_t cols = pilot_.size();
    const float* p = pilot_.data();
    // The arrays do not overlap, so that the loop can be vectorised.
    std::int64_t* __restrict sum = sums_.data(), * __restrict square = sums_.data() + cols;
    std::int64_t* __restrict wide = widest_.data();
    const SumGrid gaps = gaps_, squares = squares_;
    for (std::size_t j = 0; j < cols; ++j) {
      const double gap = static_cast<double>(x[j]) - static_cast<double>(p[j]);
      sum[j] = wrapped_sum(sum[j], gaps.units(w * gap));
      square[j] = wrapped_sum(square[j], squares.units(w * (gap * gap)));
      const std::int64_t length = std::bit_cast<std::int64_t>(gap) & std::numeric_limits<std::int64_t>::max();
      wide[j] = length > wide[j] ? length : wide[j];
    }
  }
  void add(const Moments& other) {
    for (std::size_t j = 0; j < sums_.size(); ++j) sums_[j] = wrapped_sum(sums_[j], other.sums_[j]);
    for (std::size_t j = 0; j < widest_.size(); ++j) widest_[j] = std::max(widest_[j], other.widest_[j]);
  }
  /// Adds the moments of the rows of all ranks.
  void share(const Shard& shard) {
    shard.ranks().sum(sums_);
    shard.max(std::span(widest_));
  }

  /// max |x − p| over the rows in one column, or over all columns; NaN if a row has a NaN.
  [[nodiscard]] double widest(std::size_t j) const { return std::bit_cast<double>(widest_[j]); }
  [[nodiscard]] double reached() const {
    return std::bit_cast<double>(*std::max_element(widest_.begin(), widest_.end()));
  }
  /// Whether all rows were finite.
  [[nodiscard]] bool finite() const { return is_finite(reached()); }

  /// The frame: with an origin if the mean is large compared with the spread, with a scale if values are
  /// extreme. `total` is Σ w.
  [[nodiscard]] Frame frame(double total, bool unit = false) const {
    Frame frame;
    frame.unit = unit;
    double offset = 0, spread = 0, largest = 0;
    std::vector<double> mean(pilot_.size());
    for (std::size_t j = 0; j < mean.size(); ++j) {
      const double shift = gaps_.value(sums_[j]) / total;
      mean[j] = static_cast<double>(pilot_[j]) + shift;
      offset += mean[j] * mean[j];
      spread += std::max(0.0, squares_.value(sums_[mean.size() + j]) / total - shift * shift);
      largest = std::max(largest, widest(j));
    }
    const bool far = offset > (unit ? unit_offset_limit : offset_limit) * spread;
    if (!far)
      for (const float p : pilot_) largest = std::max(largest, std::abs(double{p}));
    if (largest > 0 && (largest < smallest_plain || largest > largest_plain))
      frame.scale = static_cast<float>(std::exp2(std::clamp(-std::ilogb(largest), -120, 120)));
    if (far)
      for (const double m : mean) frame.origin.push_back(static_cast<float>(m * double{frame.scale}));
    return frame;
  }

  /// Bounds [d] on the magnitudes of the elements of the rows in that frame.
  [[nodiscard]] std::vector<double> bounds(const Frame& frame) const {
    std::vector<double> bounds;
    for (std::size_t j = 0; j < pilot_.size(); ++j) {
      const double origin = frame.origin.empty() ? 0.0 : double{frame.origin[j]};
      const double pilot = double{frame.scale} * double{pilot_[j]} - origin;
      bounds.push_back((std::abs(pilot) + double{frame.scale} * widest(j)) * (1 + 0x1p-20));
    }
    return bounds;
  }

  /// A mean with ‖mean‖² up to this multiple of the mean squared distance from it costs one or two of
  /// float32's 24 bits, which sums of products lose anyway.
  static constexpr double offset_limit = 4;
  /// The same for directions, whose mean is at most 1 long: three bits, at a mean cosine of 0.985 between
  /// rows.
  static constexpr double unit_offset_limit = 64;
  /// Magnitudes whose squares and products neither overflow nor underflow float32.
  static constexpr double smallest_plain = 0x1p-16, largest_plain = 0x1p50;

 private:
  /// Rows beyond the reach lead to meaningless sums, which wrap around.
  static std::int64_t wrapped_sum(std::int64_t a, std::int64_t b) {
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
  }

  std::vector<float> pilot_;
  SumGrid gaps_, squares_;
  std::vector<std::int64_t> sums_;    // [d] Σ w (x − p), [d] Σ w (x − p)²
  std::vector<std::int64_t> widest_;  // [d] the bits of max |x − p| of any row, which order as integers
};

/// The moments of the rows of all ranks. Throws bad_data for rows that are not finite.
inline Moments moments_of(const char* who, const CheckedRows& rows, const std::vector<float>& pilot,
                          double reach, std::span<const float> weights, const WeightSummary& summary,
                          const Shard& shard, Workers workers) {
  const Moments none(pilot, reach, summary.largest, shard.total());
  const auto add_rows = [&](Index first, MatrixView<const float> x) {
    Moments part = none;
    for (Index i = 0; i < x.rows; ++i) {
      const auto row = static_cast<std::size_t>(first + i);
      part.add(x.row(i), weights.empty() ? 1.0 : double{weights[row]});
    }
    for (Index i = 0; i < x.rows && !part.finite(); ++i)
      check_row(who, first + i, x.row(i), x.cols, RowNeed::finite);
    return part;
  };
  Moments moments =
      rows.fold(workers, 512, none, add_rows, [](Moments& all, Moments&& part) { all.add(part); });
  moments.share(shard);
  return moments;
}

}  // namespace find_frame_impl

/// The frame of some points; if `unit`, they have unit length.
inline Frame frame_of(MatrixView<const float> points, bool unit) {
  const std::vector<float> pilot = mean_of(points);
  double reach = 0;
  for (Index i = 0; i < points.rows; ++i)
    for (Index j = 0; j < points.cols; ++j)
      reach = std::max(reach, std::abs(double{points(i, j)} - double{pilot[static_cast<std::size_t>(j)]}));
  find_frame_impl::Moments moments(pilot, reach, 1, points.rows);
  for (Index i = 0; i < points.rows; ++i) moments.add(points.row(i), 1);
  return moments.frame(static_cast<double>(points.rows), unit);
}

/// A frame, and bounds on the magnitudes of the elements of the rows in it.
struct BoundedFrame {
  Frame frame;
  std::vector<double> bounds;  ///< [d]
};

/// The frame of a sample of directions. No two directions are farther apart than 2, so it suits all of them.
inline BoundedFrame frame_of_directions(MatrixView<const float> sample) {
  BoundedFrame found{frame_of(sample, true), {}};
  for (std::size_t j = 0; j < static_cast<std::size_t>(sample.cols); ++j) {
    const double origin = found.frame.origin.empty() ? 0.0 : std::abs(double{found.frame.origin[j]});
    found.bounds.push_back((double{found.frame.scale} + origin) * (1 + 0x1p-20));
  }
  return found;
}

/// The frame of the rows of all ranks with their weights (empty: all 1), which also suits `start`. One pass
/// over the rows, or two if some are 1,000 times farther out than all of a sample of 1,024. Throws bad_data
/// for rows that are not finite.
inline BoundedFrame frame_of(const char* who, AnyRows source, std::span<const float> weights,
                             MatrixView<const float> start, const WeightSummary& summary, const Shard& shard,
                             Workers workers) {
  CheckedRows rows(source, false, who);
  rows.skip_checks();  // checked here
  const Matrix<float> sample = shard.sample(rows, 1024);
  const std::vector<float> pilot = mean_of(sample);
  double reach = 0;
  for (Index i = 0; i < sample.rows(); ++i)
    for (Index j = 0; j < sample.cols(); ++j)
      reach = std::max(reach, std::abs(double{sample(i, j)} - double{pilot[static_cast<std::size_t>(j)]}));
  reach = is_finite(reach) ? 1024 * reach : 0;
  const auto moments_within = [&](double bound) {
    return find_frame_impl::moments_of(who, rows, pilot, bound, weights, summary, shard, workers);
  };
  find_frame_impl::Moments moments = moments_within(reach);
  if (moments.reached() > reach) moments = moments_within(moments.reached());
  find_frame_impl::Moments wide = moments;
  for (Index c = 0; c < start.rows; ++c) wide.add(start.row(c), 0);
  const Frame frame = wide.frame(summary.total);
  return {frame, moments.bounds(frame)};
}
/// The frame of the rows of one process.
inline Frame frame_of(const char* who, AnyRows source, std::span<const float> weights,
                      MatrixView<const float> start, Workers workers) {
  const Shard shard({}, source.rows(), source.cols());
  const WeightSummary summary = summarize_weights(shard, weights, !weights.empty());
  return frame_of(who, source, weights, start, summary, shard, workers).frame;
}

}  // namespace shoal
