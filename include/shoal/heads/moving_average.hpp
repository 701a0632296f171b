// Exponential moving averages of the teacher's parameters and of the running marginal.
#pragma once

#include <shoal/core/matrix.hpp>
#include <shoal/simd/math.hpp>
#include <shoal/simd/row_team.hpp>

namespace shoal {

/// The updated average, momentum · mean + (1 − momentum) · value.
template <class F> [[nodiscard]] SHOAL_HD F moving_average(F mean, F value, float momentum) {
  return mean * momentum + value * (1.f - momentum);
}

/// Moves one member's entries of the running marginal m towards the mean of both views' marginals.
template <class F>
SHOAL_HD void move_marginal(At<F> c, const float* first_view, const float* second_view, float momentum,
                            float* marginal) {
  const F both = (c.load(first_view) + c.load(second_view)) * 0.5f;
  c.store(marginal, moving_average(c.load(marginal), both, momentum));
}

/// Moves the running marginal of a head [C] on a CPU; `mean` [2 × C] has the marginal of each view.
inline void move_marginal(const CpuTeam& team, MatrixView<const float> mean, double momentum,
                          float* marginal) {
  const auto share = static_cast<float>(momentum);
  team.each([&](auto c) { move_marginal(c, mean.row(0), mean.row(1), share, marginal); });
}

/// The logarithm of an entry of the running marginal, which counts as at least 1e-30.
template <class F> [[nodiscard]] SHOAL_HD F log_marginal(F m) {
  return log(vector_max(m, broadcast<F>(1e-30f)));
}

}  // namespace shoal
