// Matrix products on one thread, over views. The one file through which Eigen multiplies.
#pragma once

#include <Eigen/Core>

#include <shoal/core/matrix.hpp>

namespace shoal {

/// A factor of a product: a row-major matrix, or its transpose.
struct Operand {
  MatrixView<const float> matrix;
  bool transposed = false;

  /// Rows, and columns, [first, first + count) of the factor as it enters the product.
  [[nodiscard]] Operand rows(Index first, Index count) const {
    return transposed ? Operand{matrix.columns(first, count), true} : Operand{matrix.block(first, count), false};
  }
  [[nodiscard]] Operand cols(Index first, Index count) const {
    return transposed ? Operand{matrix.block(first, count), true} : Operand{matrix.columns(first, count), false};
  }
};

/// What a product does to its destination.
enum class Update { assign, add };

/// c ← a b, or c += a b. The bits depend on the shapes only. O(M N K).
inline void multiply(Operand a, Operand b, MatrixView<float> c, Update update) {
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
