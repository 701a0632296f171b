// Where k-means computes: rows less a common origin, on a common scale, so that float32 keeps its digits for
// what differs between rows.
#pragma once

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include <shoal/io/row_source.hpp>

namespace shoal {

/// The translation and scale z = s x − origin. ‖x − c‖² = ‖z − z'‖² / s², but float32 products of z lose
/// nothing to an offset that all rows share, and their squares neither overflow nor vanish. s is a power of
/// two, so scaling rounds nothing. Most data needs neither: then rows stay as they are, bit for bit.
struct Frame {
  float scale = 1;            ///< s
  std::vector<float> origin;  ///< [d]; empty: 0

  [[nodiscard]] bool identity() const { return scale == 1 && origin.empty(); }
  /// What a squared distance between rows is multiplied by: s².
  [[nodiscard]] double square() const { return static_cast<double>(scale) * static_cast<double>(scale); }

  /// z of rows x, in place.
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
};

/// The rows of a source in a frame.
class FramedRows {
 public:
  /// Both must outlive it.
  FramedRows(AnyRows source, const Frame& frame) : source_(source), frame_(&frame) {}

  [[nodiscard]] Index rows() const { return source_.rows(); }
  [[nodiscard]] Index cols() const { return source_.cols(); }
  void read(Index first, MatrixView<float> out) const {
    source_.read(first, out);
    frame_->enter(out);
  }
  void gather(std::span<const Index> ids, MatrixView<float> out) const {
    source_.gather(ids, out);
    frame_->enter(out);
  }
  void will_need(Index first, Index count) const { source_.will_need(first, count); }
  [[nodiscard]] MatrixView<const float> in_place() const {
    return frame_->identity() ? source_.in_place() : MatrixView<const float>();
  }

 private:
  AnyRows source_;
  const Frame* frame_;
};
static_assert(RowSource<FramedRows>);

}  // namespace shoal
