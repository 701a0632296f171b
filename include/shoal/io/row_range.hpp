// A range of rows of a source, for example a rank's part of an input that all ranks can read.
#pragma once

#include <algorithm>
#include <vector>

#include <shoal/io/row_source.hpp>

namespace shoal {

/// The rows [first, first + count) of a source, which must outlive it.
class RowRange {
 public:
  RowRange(BorrowedView<AnyRows> source, Index first, Index count)
      : source_(source), first_(first), rows_(count) {
    check(first >= 0 && count >= 0 && first <= source_.rows() - count, Errc::invalid_argument,
          "RowRange: rows ", first, " to ", first + count, " of a source of ", source_.rows());
  }
  /// Part number `part` when the rows are divided into `parts` ranges of nearly equal size.
  static RowRange part(BorrowedView<AnyRows> source, Index part, Index parts) {
    const AnyRows& rows = source;
    check(part >= 0 && part < parts, Errc::invalid_argument, "RowRange: part (", part,
          ") must be from 0 to parts (", parts, ") − 1");
    const Index share = rows.rows() / parts, more = rows.rows() % parts;
    return {source, part * share + std::min(part, more), share + (part < more ? 1 : 0)};
  }

  [[nodiscard]] Index rows() const { return rows_; }
  [[nodiscard]] Index cols() const { return source_.cols(); }
  /// The number of the first row in the source.
  [[nodiscard]] Index first() const { return first_; }
  void read(Index first, MatrixView<float> out) const { source_.read(first_ + first, out); }
  void gather(std::span<const Index> ids, MatrixView<float> out) const {
    std::vector<Index> inner;
    for (const Index id : ids) inner.push_back(first_ + id);
    source_.gather(inner, out);
  }
  void will_need(Index first, Index count) const { source_.will_need(first_ + first, count); }
  [[nodiscard]] MatrixView<const float> in_place() const {
    const MatrixView<const float> all = source_.in_place();
    return all.data == nullptr ? all : all.block(first_, rows_);
  }

 private:
  AnyRows source_;
  Index first_, rows_;
};
static_assert(RowSource<RowRange>);

}  // namespace shoal
