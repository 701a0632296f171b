// A factor of a matrix product on the device. Needs no CUDA.
#pragma once

#include <cstddef>

#include <shoal/core/matrix.hpp>
#include <shoal/linalg/precision.hpp>

namespace shoal {

/// `scale` times a row-major matrix, or its transpose. The elements are floats, or 16-bit numbers if the
/// precision is narrow.
struct Factor {
  const void* data;
  Precision precision;
  Index rows, cols, stride;  ///< shape of the matrix as stored
  bool transposed = false;
  float scale = 1;

  Factor(MatrixView<const float> m, bool transpose = false)  // NOLINT: a view
      : Factor(m.data, Precision::float32, m.rows, m.cols, m.stride, transpose) {}
  Factor(MatrixView<float> m, bool transpose = false)  // NOLINT: a view
      : Factor(MatrixView<const float>(m), transpose) {}
  Factor(const void* d, Precision p, Index r, Index c, Index s, bool transpose = false, float by = 1)
      : data(d), precision(p), rows(r), cols(c), stride(s), transposed(transpose), scale(by) {}

  [[nodiscard]] Factor transpose() const { return {data, precision, rows, cols, stride, !transposed, scale}; }
  /// The rows [first, first + count) of the matrix as stored.
  [[nodiscard]] Factor block(Index first, Index count) const {
    const Index bytes = is_narrow(precision) ? 2 : 4;
    return {static_cast<const std::byte*>(data) + first * stride * bytes,
            precision,
            count,
            cols,
            stride,
            transposed,
            scale};
  }
};

}  // namespace shoal
