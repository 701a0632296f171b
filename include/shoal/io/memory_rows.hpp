// Rows of features that a program already holds in a contiguous container.
#pragma once

#include <concepts>
#include <span>
#include <vector>

#include <shoal/core/check.hpp>
#include <shoal/io/row_source.hpp>

namespace shoal {

/// The storage type of features of type T. Specialise it for 16-bit types of other libraries, as
/// io/eigen_rows.hpp does for Eigen's.
template <class T> struct StorageOf;
/// Stores features as float32.
template <> struct StorageOf<float> { static constexpr Dtype dtype = Dtype::float32; };

/// A type that features may be stored as.
template <class T>
concept Feature = requires {
  StorageOf<T>::dtype;
};

/// A view of row-major values in a contiguous container, `cols` to a row, without a copy; the container must
/// outlive it. Throws invalid_argument if `cols` does not divide the number of values.
template <Feature T> [[nodiscard]] Rows rows_of(std::span<const T> values, Index cols) {
  const auto size = static_cast<Index>(values.size());
  check(cols > 0 && size % cols == 0, Errc::invalid_argument, "rows_of: cols (", cols,
        ") must be positive and divide the number of values (", size, ")");
  return {values.data(), StorageOf<T>::dtype, size / cols, cols, cols};
}
template <Feature T> [[nodiscard]] Rows rows_of(std::span<T> values, Index cols) {
  return rows_of(std::span<const T>(values), cols);
}
template <Feature T> [[nodiscard]] Rows rows_of(const std::vector<T>& values, Index cols) {
  return rows_of(std::span<const T>(values), cols);
}
/// Deleted: a temporary vector would be destroyed before its rows are read.
template <Feature T> Rows rows_of(std::vector<T>&& values, Index cols) = delete;

}  // namespace shoal
