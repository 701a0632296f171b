// Rows that are computed when they are read: synthetic data of any size, and sources of one's own in a line.
#pragma once

#include <concepts>
#include <span>
#include <utility>

#include <shoal/io/row_source.hpp>

namespace shoal {

/// Row i is what fill(i, row) writes. `fill` must give the same row each time and be safe to call from
/// several threads; Philox keyed by i does.
template <std::invocable<Index, std::span<float>> Fill> class GeneratedRows {
 public:
  GeneratedRows(Index rows, Index cols, Fill fill) : rows_(rows), cols_(cols), fill_(std::move(fill)) {}

  [[nodiscard]] Index rows() const { return rows_; }
  [[nodiscard]] Index cols() const { return cols_; }
  void read(Index first, MatrixView<float> out) const {
    for (Index i = 0; i < out.rows; ++i) fill_(first + i, out.span(i));
  }
  void gather(std::span<const Index> ids, MatrixView<float> out) const {
    for (std::size_t i = 0; i < ids.size(); ++i) fill_(ids[i], out.span(static_cast<Index>(i)));
  }
  void will_need(Index, Index) const {}

 private:
  Index rows_, cols_;
  Fill fill_;
};

}  // namespace shoal
