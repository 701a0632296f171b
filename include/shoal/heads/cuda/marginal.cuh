// The GPU kernel of the running marginal.
#pragma once

#include <shoal/backend/gpu_team.cuh>
#include <shoal/core/matrix.hpp>
#include <shoal/heads/moving_average.hpp>

namespace shoal {

/// Moves the running marginal towards the mean of both views' marginals, and writes its logarithm. One thread
/// for each cluster.
struct MoveMarginal {
  float momentum;

  template <class Exec>
  SHOAL_HD void operator()(Exec& exec, MatrixView<const float> mean, float* marginal,
                           float* logarithm) const {
    const Index c = thread_item(exec);
    if (c >= mean.cols) return;
    move_marginal(At<float>{c}, mean.row(0), mean.row(1), momentum, marginal);
    logarithm[c] = log_marginal(marginal[c]);
  }
};

}  // namespace shoal
