// The arguments of a matrix product: its factors, and what it does to its destination.
#pragma once

#include <shoal/core/matrix.hpp>

namespace shoal {

/// A factor of a product: a row-major matrix, or its transpose.
struct Operand {
  MatrixView<const float> matrix;
  bool transposed = false;

  [[nodiscard]] Index row_count() const { return transposed ? matrix.cols : matrix.rows; }
  [[nodiscard]] Index col_count() const { return transposed ? matrix.rows : matrix.cols; }
  /// Rows, and columns, [first, first + count) of the factor as it enters the product.
  [[nodiscard]] Operand rows(Index first, Index count) const {
    return transposed ? Operand{matrix.columns(first, count), true}
                      : Operand{matrix.block(first, count), false};
  }
  [[nodiscard]] Operand cols(Index first, Index count) const {
    return transposed ? Operand{matrix.block(first, count), true}
                      : Operand{matrix.columns(first, count), false};
  }
  [[nodiscard]] Operand transpose() const { return {matrix, !transposed}; }
};

/// What a product does to its destination.
enum class Update { assign, add };

}  // namespace shoal
