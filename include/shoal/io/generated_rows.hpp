// Rows that are computed when they are read: synthetic data of any size, and custom sources in one line.
#pragma once

#include <concepts>
#include <span>
#include <utility>

#include <shoal/io/row_source.hpp>

namespace shoal {

/// A source whose row i is whatever fill(i, row) writes. `fill` must write the same row each time and be safe
/// to call from several threads, for example by drawing from Philox keyed by i.
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
