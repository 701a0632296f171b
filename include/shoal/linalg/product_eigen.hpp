// Matrix products by Eigen. No other file multiplies with Eigen.
#pragma once

// g++ 12 takes the undefined start values in its own AVX-512 intrinsics for uses of uninitialised variables.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#include <Eigen/Core>
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif
#include <shoal/linalg/product.hpp>

namespace shoal {

/// c ← a b, or c += a b, by Eigen, on one thread (a program compiled with OpenMP defines
/// EIGEN_DONT_PARALLELIZE for that, as shoal::onednn does). The bits depend on the shapes.
inline void multiply_by_eigen(Operand a, Operand b, MatrixView<float> c, Update update) {
  using Dense = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  using Stride = Eigen::OuterStride<>;
  const auto map = [](MatrixView<const float> m) {
    return Eigen::Map<const Dense, 0, Stride>(m.data, m.rows, m.cols, Stride(m.stride));
  };
  Eigen::Map<Dense, 0, Stride> out(c.data, c.rows, c.cols, Stride(c.stride));
  if (update == Update::assign) out.setZero();
  const auto x = map(a.matrix), y = map(b.matrix);
  if (!a.transposed && b.transposed) out.noalias() += x * y.transpose();
  if (!a.transposed && !b.transposed) out.noalias() += x * y;
  if (a.transposed && !b.transposed) out.noalias() += x.transpose() * y;
  if (a.transposed && b.transposed) out.noalias() += x.transpose() * y.transpose();
}

}  // namespace shoal
