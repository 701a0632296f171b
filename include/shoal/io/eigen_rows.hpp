// Features that a program already holds, as rows: Eigen's matrices and plain spans.
#pragma once

#include <concepts>
#include <span>
#include <vector>

#include <Eigen/Core>

#include <shoal/core/check.hpp>
#include <shoal/io/row_source.hpp>

namespace shoal {

/// What a feature may be stored as.
template <class T>
concept Feature = std::same_as<T, float> || std::same_as<T, Eigen::half> || std::same_as<T, Eigen::bfloat16>;

template <Feature T>
constexpr Dtype dtype_of = std::same_as<T, float>         ? Dtype::float32
                           : std::same_as<T, Eigen::half> ? Dtype::float16
                                                          : Dtype::bfloat16;

/// The rows of a row-major Eigen matrix, map or block, without a copy; the matrix must outlive them. Eigen's
/// MatrixXf is column-major: declare Eigen::Matrix<float, Dynamic, Dynamic, RowMajor>, or transpose it once.
template <class Derived> [[nodiscard]] Rows rows_of(const Eigen::DenseBase<Derived>& matrix) {
  static_assert(Derived::IsRowMajor, "rows_of: the matrix must be row-major (Eigen::RowMajor)");
  static_assert((Derived::Flags & Eigen::DirectAccessBit) != 0,
                "rows_of: not an expression; assign it to a matrix");
  static_assert(Feature<typename Derived::Scalar>, "rows_of: float, Eigen::half or Eigen::bfloat16");
  const Derived& m = matrix.derived();
  check(m.innerStride() == 1, Errc::invalid_argument,
        "rows_of: the columns must be adjacent, but their stride is ", m.innerStride());
  return {m.data(), dtype_of<typename Derived::Scalar>, m.rows(), m.cols(), m.outerStride()};
}

/// A matrix that would be gone before its rows are read.
template <class Derived> Rows rows_of(Eigen::PlainObjectBase<Derived>&& matrix) = delete;

/// Row-major values in any contiguous container, `cols` to a row.
template <Feature T> [[nodiscard]] Rows rows_of(std::span<const T> values, Index cols) {
  const auto size = static_cast<Index>(values.size());
  check(cols > 0 && size % cols == 0, Errc::invalid_argument, "rows_of: cols (", cols,
        ") must be positive and divide the number of values (", size, ")");
  return {values.data(), dtype_of<T>, size / cols, cols, cols};
}
template <Feature T> Rows rows_of(std::vector<T>&& values, Index cols) = delete;

}  // namespace shoal
