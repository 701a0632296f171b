// Rows of a matrix on the device by their numbers.
#pragma once

#include <shoal/backend/gpu_team.cuh>
#include <shoal/core/matrix.hpp>

namespace shoal {

/// to row i ← from row ids[i]. One block for each row.
struct GatherRows {
  template <class Exec, class Id>
  SHOAL_HD void operator()(Exec& exec, MatrixView<const float> from, const Id* ids,
                           MatrixView<float> to) const {
    const Index i = exec.block();
    const float* row = from.row(ids[i]);
    for (Index j = exec.thread(); j < to.cols; j += exec.threads()) to(i, j) = row[j];
  }
};

}  // namespace shoal
