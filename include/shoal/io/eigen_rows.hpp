// Row sources from Eigen matrices.
#pragma once

#include <Eigen/Core>

#include <shoal/io/memory_rows.hpp>

namespace shoal {

/// Stores features as Eigen's float16.
template <> struct StorageOf<Eigen::half> { static constexpr Dtype dtype = Dtype::float16; };
/// Stores features as Eigen's bfloat16.
template <> struct StorageOf<Eigen::bfloat16> { static constexpr Dtype dtype = Dtype::bfloat16; };

/// A view of the rows of a row-major Eigen matrix, map or block, without a copy; the matrix must outlive it.
/// Eigen's MatrixXf is column-major: declare Eigen::Matrix<float, Dynamic, Dynamic, RowMajor>, or transpose
/// it once.
template <class Derived> [[nodiscard]] Rows rows_of(const Eigen::DenseBase<Derived>& matrix) {
  static_assert(Derived::IsRowMajor, "rows_of: the matrix must be row-major (Eigen::RowMajor)");
  static_assert((Derived::Flags & Eigen::DirectAccessBit) != 0,
                "rows_of: not an expression; assign it to a matrix");
  static_assert(Feature<typename Derived::Scalar>, "rows_of: float, Eigen::half or Eigen::bfloat16");
  const Derived& m = matrix.derived();
  check(m.innerStride() == 1, Errc::invalid_argument,
        "rows_of: the columns must be adjacent, but their stride is ", m.innerStride());
  return {m.data(), StorageOf<typename Derived::Scalar>::dtype, m.rows(), m.cols(), m.outerStride()};
}

/// Deleted: a temporary matrix would be destroyed before its rows are read.
template <class Derived> Rows rows_of(Eigen::PlainObjectBase<Derived>&& matrix) = delete;

}  // namespace shoal
