// L2 normalisation of a head's bottleneck rows, and its backward pass.
#pragma once

#include <cmath>

#include <shoal/simd/row_team.hpp>

namespace shoal {

/// y ← (y + bias) / ‖y + bias‖. Returns ‖y + bias‖. A row with a norm below 1e-12 becomes zero, and 0 is
/// returned.
template <class Team> SHOAL_HD float add_bias_normalize(const Team& team, const float* bias, float* y) {
  const float square = team.sum([=](auto k) {
    const auto value = k.load(y) + k.load(bias);
    k.store(y, value);
    return value * value;
  });
  float length = std::sqrt(square);
  if (length < 1e-12f) length = 0;
  const float scale = length > 0 ? 1 / length : 0.f;
  team.each([=](auto k) { k.store(y, k.load(y) * scale); });
  return length;
}

/// The backward pass of z = y / ‖y‖: turns ∂L/∂z in `gradient` into ∂L/∂y = (∂z − z (z·∂z)) / ‖y‖, which is 0
/// if z was set to zero.
template <class Team>
SHOAL_HD void normalize_backward(const Team& team, const float* z, float length, float* gradient) {
  const float along = team.sum([=](auto k) { return k.load(z) * k.load(gradient); });
  const float scale = length > 0 ? 1 / length : 0.f;
  team.each([=](auto k) { k.store(gradient, (k.load(gradient) - k.load(z) * along) * scale); });
}

}  // namespace shoal
