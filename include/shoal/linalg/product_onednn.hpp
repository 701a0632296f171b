// Matrix products by oneDNN. Include this only if it is installed: CMake defines SHOAL_ONEDNN when it finds
// it.
#pragma once

#include <dnnl.h>
#include <omp.h>

#include <shoal/core/check.hpp>
#include <shoal/linalg/product.hpp>

namespace shoal {

/// c ← a b, or c += a b, by oneDNN, on the calling thread alone. The bits depend on the shapes.
inline void multiply_by_onednn(Operand a, Operand b, MatrixView<float> c, Update update) {
  const Index depth = a.col_count();
  if (c.rows == 0 || c.cols == 0) return;
  if (depth == 0) return multiply(a, b, c, update);
  const int team =
      omp_get_max_threads();  // of this thread only: oneDNN would start its own threads beside the pool's
  omp_set_num_threads(1);
  const dnnl_status_t status = dnnl_sgemm(
      a.transposed ? 'T' : 'N', b.transposed ? 'T' : 'N', c.rows, c.cols, depth, 1.f, a.matrix.data,
      a.matrix.stride, b.matrix.data, b.matrix.stride, update == Update::add ? 1.f : 0.f, c.data, c.stride);
  omp_set_num_threads(team);
  check(status == dnnl_success, Errc::device, "product: oneDNN failed with status ",
        static_cast<int>(status));
}

}  // namespace shoal
