// Rows of features that a program already holds in a contiguous container.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <vector>

#include <shoal/core/check.hpp>
#include <shoal/io/row_source.hpp>

namespace shoal {

/// The storage type of features of type T. Specialise it for 16-bit types of other libraries, as
/// io/eigen_rows.hpp does for Eigen's.
template <class T> struct StorageOf;
/// float32.
template <> struct StorageOf<float> { static constexpr Dtype dtype = Dtype::float32; };

/// float64, rounded to float32 as it is read.
template <> struct StorageOf<double> { static constexpr Dtype dtype = Dtype::float64; };
/// Whole numbers of a byte, as quantised embeddings are.
template <> struct StorageOf<std::int8_t> { static constexpr Dtype dtype = Dtype::int8; };
/// The same without a sign.
template <> struct StorageOf<std::uint8_t> { static constexpr Dtype dtype = Dtype::uint8; };

/// What a feature may be stored as.
template <class T>
concept Feature = requires {
  StorageOf<T>::dtype;
};

/// Row-major values in any contiguous container, `cols` to a row, without a copy; the container must outlive
/// the rows. Throws invalid_argument where `cols` does not divide the number of values.
template <class T, std::size_t Size>
  requires Feature<std::remove_const_t<T>>
[[nodiscard]] Rows rows_of(std::span<T, Size> values, Index cols) {
  const auto size = static_cast<Index>(values.size());
  check(cols > 0 && size % cols == 0, Errc::invalid_argument, "rows_of: cols (", cols,
        ") must be positive and divide the number of values (", size, ")");
  return {values.data(), StorageOf<std::remove_const_t<T>>::dtype, size / cols, cols, cols};
}
template <Feature T> [[nodiscard]] Rows rows_of(const std::vector<T>& values, Index cols) {
  return rows_of(std::span<const T>(values), cols);
}
/// Deleted: a temporary vector would be destroyed before its rows are read.
template <Feature T> Rows rows_of(std::vector<T>&& values, Index cols) = delete;

}  // namespace shoal
