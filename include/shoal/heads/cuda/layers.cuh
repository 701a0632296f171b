// The kernels of a head's layers on the GPU, forward and backward, beside the products. Their formulas are
// those that the CPU runs: each kernel says which thread or warp takes which entries.
#pragma once

#include <shoal/backend/gpu_team.cuh>
#include <shoal/core/matrix.hpp>
#include <shoal/heads/gelu.hpp>
#include <shoal/heads/optimizer.hpp>
#include <shoal/heads/unit_rows.hpp>
#include <shoal/heads/weight_norm.hpp>

namespace shoal {

/// All `count` elements of `to` ← value. A thread an element.
struct Fill {
  template <class Exec, class T> SHOAL_HD void operator()(Exec& exec, T* to, Index count, T value) const {
    const Index i = thread_item(exec);
    if (i < count) to[i] = value;
  }
};

/// u ← gelu(u + bias), and the derivative there where `derivative` has data. A thread an element.
struct AddBiasGelu {
  template <class Exec>
  SHOAL_HD void operator()(Exec& exec, const float* bias, MatrixView<float> u,
                           MatrixView<float> derivative) const {
    const Index item = thread_item(exec), i = item / u.cols, j = item % u.cols;
    if (i >= u.rows) return;
    add_bias_gelu(At<float>{j}, bias, u.row(i), derivative.data != nullptr ? derivative.row(i) : nullptr);
  }
};

/// y ← (y + bias) / ‖y + bias‖ and lengths ← ‖y + bias‖. A warp a row.
struct AddBiasNormalize {
  template <class Exec>
  SHOAL_HD void operator()(Exec& exec, const float* bias, MatrixView<float> y, float* lengths) const {
    const Index i = warp_item(exec);
    if (i >= y.rows) return;
    const float length = add_bias_normalize(WarpTeam<Exec>{exec, y.cols}, bias, y.row(i));
    if (warp_lane(exec) == 0) lengths[i] = length;
  }
};

/// delta ← ∂L/∂y from ∂L/∂z in delta, for z = y / ‖y‖. A warp a row.
struct NormalizeBackward {
  template <class Exec>
  SHOAL_HD void operator()(Exec& exec, MatrixView<const float> unit, const float* lengths,
                           MatrixView<float> delta) const {
    const Index i = warp_item(exec);
    if (i >= unit.rows) return;
    normalize_backward(WarpTeam<Exec>{exec, unit.cols}, unit.row(i), lengths[i], delta.row(i));
  }
};

/// y ← y ⊙ by. A thread an element.
struct MultiplyInto {
  template <class Exec>
  SHOAL_HD void operator()(Exec& exec, MatrixView<const float> by, MatrixView<float> y) const {
    const Index item = thread_item(exec), i = item / y.cols, j = item % y.cols;
    if (i < y.rows) y(i, j) *= by(i, j);
  }
};

/// w_c ← g_c v_c / ‖v_c‖. A warp a row.
struct UnitDirections {
  template <class Exec>
  SHOAL_HD void operator()(Exec& exec, MatrixView<const float> directions, const float* gains,
                           MatrixView<float> weight) const {
    const Index c = warp_item(exec);
    if (c >= directions.rows) return;
    weight_norm(WarpTeam<Exec>{exec, directions.cols}, directions.row(c), gains[c], weight.row(c));
  }
};

/// ∂L/∂v in `gradient` and ∂L/∂g in gain_gradient, from ∂L/∂w in `gradient`, for w = g v / ‖v‖. A warp a row.
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

/// The optimizer and the teacher's moving average (null without one) in one pass. A thread a parameter.
struct UpdateParameters {
  ParameterUpdate update;

  template <class Exec>
  SHOAL_HD void operator()(Exec& exec, const float* gradient, Index count, float* student, float* first,
                           float* second, float* teacher) const {
    const Index i = thread_item(exec);
    if (i < count) update(At<float>{i}, gradient, student, first, second, teacher);
  }
};

}  // namespace shoal
