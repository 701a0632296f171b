// The kernels of a head's layers on the GPU, forward and backward, beside the products; CPU:
// heads/cpu/forward.hpp, heads/cpu/backward.hpp and heads/cpu/update.hpp.
#pragma once

#include <shoal/backend/gpu_team.cuh>
#include <shoal/core/matrix.hpp>
#include <shoal/heads/gelu.hpp>
#include <shoal/heads/optimizer.hpp>
#include <shoal/simd/math.hpp>

namespace shoal {

/// All `count` elements of `to` ← value. A thread an element.
struct Fill {
  template <class Exec, class T> SHOAL_HD void operator()(Exec& exec, T* to, Index count, T value) const {
    const Index i = thread_item(exec);
    if (i < count) to[i] = value;
  }
};

/// u ← gelu(u + bias), and the slope there where `slope` has data. A thread an element.
struct AddBiasGelu {
  template <class Exec>
  SHOAL_HD void operator()(Exec& exec, const float* bias, MatrixView<float> u,
                           MatrixView<float> slope) const {
    const Index item = thread_item(exec), i = item / u.cols, j = item % u.cols;
    if (i >= u.rows) return;
    const Gelu<float> y = gelu(u(i, j) + bias[j]);
    u(i, j) = y.value;
    if (slope.data != nullptr) slope(i, j) = y.slope;
  }
};

/// y ← (y + bias) / ‖y + bias‖ and lengths ← ‖y + bias‖; a row shorter than 1e-12 becomes zero, with length
/// 0. A warp a row.
struct AddBiasNormalize {
  template <class Exec>
  SHOAL_HD void operator()(Exec& exec, const float* bias, MatrixView<float> y, float* lengths) const {
    const Index i = warp_item(exec);
    if (i >= y.rows) return;
    const WarpTeam<Exec> team{exec, y.cols};
    float* row = y.row(i);
    const float square = team.sum([=](auto k) {
      const auto value = k.load(row) + k.load(bias);
      k.store(row, value);
      return value * value;
    });
    float length = sqrt(square);
    if (length < 1e-12f) length = 0;
    const float scale = length > 0 ? 1 / length : 0.f;
    team.each([=](auto k) { k.store(row, k.load(row) * scale); });
    if (warp_lane(exec) == 0) lengths[i] = length;
  }
};

/// delta ← ∂L/∂y from ∂L/∂z in delta, for z = y / ‖y‖:  (∂z − z (z·∂z)) / ‖y‖, 0 where z is defined as zero.
/// A warp a row.
struct NormalizeBackward {
  template <class Exec>
  SHOAL_HD void operator()(Exec& exec, MatrixView<const float> unit, const float* lengths,
                           MatrixView<float> delta) const {
    const Index i = warp_item(exec);
    if (i >= unit.rows) return;
    const WarpTeam<Exec> team{exec, unit.cols};
    const float* z = unit.row(i);
    float* d = delta.row(i);
    const float along = team.sum([=](auto k) { return k.load(z) * k.load(d); });
    const float scale = lengths[i] > 0 ? 1 / lengths[i] : 0.f;
    team.each([=](auto k) { k.store(d, (k.load(d) - k.load(z) * along) * scale); });
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

/// w_c ← g_c v_c / ‖v_c‖, 0 where v_c = 0. A warp a row.
struct UnitDirections {
  template <class Exec>
  SHOAL_HD void operator()(Exec& exec, MatrixView<const float> directions, const float* gains,
                           MatrixView<float> weight) const {
    const Index c = warp_item(exec);
    if (c >= directions.rows) return;
    const WarpTeam<Exec> team{exec, directions.cols};
    const float* v = directions.row(c);
    float* w = weight.row(c);
    const float square = team.sum([=](auto k) { return k.load(v) * k.load(v); });
    const float scale = square > 0 ? gains[c] / sqrt(square) : 0.f;
    team.each([=](auto k) { k.store(w, k.load(v) * scale); });
  }
};

/// ∂L/∂v in `gradient` and ∂L/∂g in gain_gradient, from ∂L/∂w in `gradient`, for w = g v / ‖v‖; both 0 where
/// v = 0. A warp a row.
struct WeightNormBackward {
  template <class Exec>
  SHOAL_HD void operator()(Exec& exec, MatrixView<const float> directions, const float* gains,
                           MatrixView<float> gradient, float* gain_gradient) const {
    const Index c = warp_item(exec);
    if (c >= directions.rows) return;
    const WarpTeam<Exec> team{exec, directions.cols};
    const float* v = directions.row(c);
    float* row = gradient.row(c);
    const float square = team.sum([=](auto k) { return k.load(v) * k.load(v); });
    const float along = team.sum([=](auto k) { return k.load(v) * k.load(row); });
    const float inverse = square > 0 ? 1 / sqrt(square) : 0.f;
    const float scale = gains[c] * inverse, shrink = square > 0 ? along / square : 0.f;
    team.each([=](auto k) { k.store(row, (k.load(row) - k.load(v) * shrink) * scale); });
    if (warp_lane(exec) == 0) gain_gradient[c] = along * inverse;
  }
};

/// The optimizer and the teacher's running mean (null without one) in one pass. A thread a parameter.
struct UpdateParameters {
  AdamStep step;
  float momentum;

  template <class Exec>
  SHOAL_HD void operator()(Exec& exec, const float* gradient, Index count, float* student, float* first,
                           float* second, float* teacher) const {
    const Index i = thread_item(exec);
    if (i >= count) return;
    const float value = step(student[i], gradient[i], first[i], second[i]);
    student[i] = value;
    if (teacher != nullptr) teacher[i] = teacher[i] * momentum + value * (1.f - momentum);
  }
};

}  // namespace shoal
