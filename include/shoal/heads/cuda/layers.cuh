// The GPU kernels of a head's layers, forward and backward, beside the products. The formulas are those of
// the CPU; a kernel only determines which thread or warp handles which entries.
#pragma once

#include <shoal/backend/gpu_team.cuh>
#include <shoal/core/matrix.hpp>
#include <shoal/heads/gelu.hpp>
#include <shoal/heads/optimizer.hpp>
#include <shoal/heads/unit_rows.hpp>
#include <shoal/heads/weight_norm.hpp>

namespace shoal {

/// u ← gelu(u + bias); also writes the derivative if `derivative` has data. One block for each row.
struct AddBiasGelu {
  template <class Exec>
  SHOAL_HD void operator()(Exec& exec, const float* bias, MatrixView<float> u,
                           MatrixView<float> derivative) const {
    const Index i = exec.block();
    float *row = u.row(i), *to = derivative.data != nullptr ? derivative.row(i) : nullptr;
    for (Index j = exec.thread(); j < u.cols; j += exec.threads()) add_bias_gelu(At<float>{j}, bias, row, to);
  }
};

/// y ← (y + bias) / ‖y + bias‖ and lengths ← ‖y + bias‖. One warp for each row.
struct AddBiasNormalize {
  template <class Exec>
  SHOAL_HD void operator()(Exec& exec, const float* bias, MatrixView<float> y, float* lengths) const {
    const Index i = warp_item(exec);
    if (i >= y.rows) return;
    const float length = add_bias_normalize(WarpTeam<Exec>{exec, y.cols}, bias, y.row(i));
    if (warp_lane(exec) == 0) lengths[i] = length;
  }
};

/// Turns ∂L/∂z in `delta` into ∂L/∂y, for z = y / ‖y‖. One warp for each row.
struct NormalizeBackward {
  template <class Exec>
  SHOAL_HD void operator()(Exec& exec, MatrixView<const float> unit, const float* lengths,
                           MatrixView<float> delta) const {
    const Index i = warp_item(exec);
    if (i >= unit.rows) return;
    normalize_backward(WarpTeam<Exec>{exec, unit.cols}, unit.row(i), lengths[i], delta.row(i));
  }
};

/// y ← y ⊙ by. One block for each row.
struct MultiplyInto {
  template <class Exec>
  SHOAL_HD void operator()(Exec& exec, MatrixView<const float> by, MatrixView<float> y) const {
    const Index i = exec.block();
    for (Index j = exec.thread(); j < y.cols; j += exec.threads()) y(i, j) *= by(i, j);
  }
};

/// w_c ← g_c v_c / ‖v_c‖. One warp for each row.
struct UnitDirections {
  template <class Exec>
  SHOAL_HD void operator()(Exec& exec, MatrixView<const float> directions, const float* gains,
                           MatrixView<float> weight) const {
    const Index c = warp_item(exec);
    if (c >= directions.rows) return;
    weight_norm(WarpTeam<Exec>{exec, directions.cols}, directions.row(c), gains[c], weight.row(c));
  }
};

/// Turns ∂L/∂w in `gradient` into ∂L/∂v, and writes ∂L/∂g to gain_gradient, for w = g v / ‖v‖. One warp for
/// each row.
struct WeightNormBackward {
  template <class Exec>
  SHOAL_HD void operator()(Exec& exec, MatrixView<const float> directions, const float* gains,
                           MatrixView<float> gradient, float* gain_gradient) const {
    const Index c = warp_item(exec);
    if (c >= directions.rows) return;
    const float gain = weight_norm_backward(WarpTeam<Exec>{exec, directions.cols}, directions.row(c),
                                            gains[c], gradient.row(c));
    if (warp_lane(exec) == 0) gain_gradient[c] = gain;
  }
};

/// The optimizer's step and the teacher's moving average (null if there is none) in one pass. The update is
/// read from memory, since it changes from step to step and recorded launches do not. One thread for each
/// parameter.
struct UpdateParameters {
  template <class Exec>
  SHOAL_HD void operator()(Exec& exec, const ParameterUpdate* update, const float* gradient, Index count,
                           float* student, float* first, float* second, float* teacher) const {
    const Index i = thread_item(exec);
    if (i < count) (*update)(At<float>{i}, gradient, student, first, second, teacher);
  }
};

}  // namespace shoal
