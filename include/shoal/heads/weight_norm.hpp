// The weight-normalised directions of a head's last layer: w = g v / ‖v‖ (Salimans and Kingma 2016).
#pragma once

#include <cmath>

#include <shoal/simd/row_team.hpp>

namespace shoal {

/// w ← gain · v / ‖v‖, or 0 if v = 0.
template <class Team> SHOAL_HD void weight_norm(const Team& team, const float* v, float gain, float* w) {
  const float square = team.sum([=](auto k) { return k.load(v) * k.load(v); });
  const float scale = square > 0 ? gain / std::sqrt(square) : 0.f;
  team.each([=](auto k) { k.store(w, k.load(v) * scale); });
}

/// The backward pass: turns ∂L/∂w in `gradient` into ∂L/∂v and returns ∂L/∂gain; both are 0 if v = 0.
///   ∂v = (gain / ‖v‖) (∂w − v (v·∂w) / ‖v‖²),   ∂gain = v·∂w / ‖v‖.
template <class Team>
SHOAL_HD float weight_norm_backward(const Team& team, const float* v, float gain, float* gradient) {
  const float square = team.sum([=](auto k) { return k.load(v) * k.load(v); });
  const float along = team.sum([=](auto k) { return k.load(v) * k.load(gradient); });
  const float inverse = square > 0 ? 1 / std::sqrt(square) : 0.f;
  const float scale = gain * inverse, shrink = square > 0 ? along / square : 0.f;
  team.each([=](auto k) { k.store(gradient, (k.load(gradient) - k.load(v) * shrink) * scale); });
  return along * inverse;
}

}  // namespace shoal
