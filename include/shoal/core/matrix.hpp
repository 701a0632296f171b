// Row-major matrices: a view that owns nothing, and an owner whose elements start on a cache line.
#pragma once

#include <concepts>
#include <cstddef>
#include <span>

#include <shoal/core/buffer.hpp>
#include <shoal/core/config.hpp>
#include <shoal/core/sizes.hpp>

namespace shoal {

/// A view of a row-major matrix: element (i, j) is data[i * stride + j]. Copying copies the view, not the
/// data.
template <class T> struct MatrixView {
  T* data = nullptr;  ///< the first row
  Index rows = 0;     ///< the number of rows
  Index cols = 0;     ///< elements of a row
  Index stride = 0;   ///< elements from one row to the next

  MatrixView() = default;
  /// Rows that follow one another without a gap.
  SHOAL_HD constexpr MatrixView(T* values, Index row_count, Index col_count)
      : MatrixView(values, row_count, col_count, col_count) {}
  /// Rows `row_stride` elements apart.
  SHOAL_HD constexpr MatrixView(T* values, Index row_count, Index col_count, Index row_stride)
      : data(values), rows(row_count), cols(col_count), stride(row_stride) {}
  /// A view of const elements from a view of mutable ones.
  template <class U>
  requires std::same_as<const U, T> SHOAL_HD constexpr MatrixView(
      const MatrixView<U>& m)  // NOLINT: adds const only
      : MatrixView(m.data, m.rows, m.cols, m.stride) {}

  /// Row i.
  [[nodiscard]] SHOAL_HD constexpr T* row(Index i) const { return data + i * stride; }
  /// Row i, with its length.
  [[nodiscard]] constexpr std::span<T> span(Index i) const {
    return {row(i), static_cast<std::size_t>(cols)};
  }
  /// Element (i, j); neither is checked.
  SHOAL_HD constexpr T& operator()(Index i, Index j) const { return data[i * stride + j]; }
  /// Rows [first, first + count).
  [[nodiscard]] SHOAL_HD constexpr MatrixView block(Index first, Index count) const {
    return {row(first), count, cols, stride};
  }
  /// Columns [first, first + count) of all rows. No rows may have no data.
  [[nodiscard]] SHOAL_HD constexpr MatrixView columns(Index first, Index count) const {
    return {rows > 0 ? data + first : data, rows, count, stride};
  }
};

/// An owning row-major matrix, contiguous (stride = cols). Copying it copies the data. Throws too_large for a
/// matrix that does not fit into memory.
template <class T> class Matrix {
 public:
  Matrix() = default;
  /// Uninitialised elements.
  Matrix(Index rows, Index cols) : values_(elements(rows, cols)), rows_(rows), cols_(cols) {}
  /// All elements equal to `value`.
  Matrix(Index rows, Index cols, T value) : values_(elements(rows, cols), value), rows_(rows), cols_(cols) {}

  [[nodiscard]] Index rows() const { return rows_; }          ///< the number of rows
  [[nodiscard]] Index cols() const { return cols_; }          ///< elements of a row
  [[nodiscard]] Index size() const { return rows_ * cols_; }  ///< elements in all
  /// The elements, row by row.
  [[nodiscard]] T* data() { return values_.data(); }
  /// The elements, row by row.
  [[nodiscard]] const T* data() const { return values_.data(); }
  /// Row i.
  [[nodiscard]] T* row(Index i) { return data() + i * cols_; }
  /// Row i.
  [[nodiscard]] const T* row(Index i) const { return data() + i * cols_; }
  /// Element (i, j); neither is checked.
  T& operator()(Index i, Index j) { return data()[i * cols_ + j]; }
  /// Element (i, j); neither is checked.
  const T& operator()(Index i, Index j) const { return data()[i * cols_ + j]; }
  /// A view of it all, valid as long as the matrix keeps its size.
  [[nodiscard]] MatrixView<T> view() { return {data(), rows_, cols_}; }
  /// A view of it all, valid as long as the matrix keeps its size.
  [[nodiscard]] MatrixView<const T> view() const { return {data(), rows_, cols_}; }
  operator MatrixView<T>() { return view(); }              // NOLINT: views in, owners out
  operator MatrixView<const T>() const { return view(); }  // NOLINT

 private:
  static std::size_t elements(Index rows, Index cols) {
    return static_cast<std::size_t>(checked_product("Matrix: bytes", {rows, cols, sizeof(T)})) / sizeof(T);
  }

  Buffer<T> values_;
  Index rows_ = 0;
  Index cols_ = 0;
};

/// Prefetches row k, if there is one. The processor's own prefetcher does not foresee rows that are far
/// apart.
inline void prefetch_row(MatrixView<const float> m, Index k) {
  constexpr Index line = 16;
  if (k >= m.rows) return;
  for (Index j = 0; j < m.cols; j += line) __builtin_prefetch(m.row(k) + j);
}

}  // namespace shoal
