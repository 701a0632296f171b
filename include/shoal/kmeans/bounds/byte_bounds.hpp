// Lower bounds on distances in 8 bits, and the scan that compares them 64 at a time.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>

#include <shoal/core/matrix.hpp>
#include <shoal/simd/bytes.hpp>

namespace shoal {

/// Distances in [0, 254 step] as bytes: lower bounds are rounded down, thresholds up. 255 means "no bound
/// needed", as no threshold exceeds it.
struct ByteScale {
  float step = 1, inverse = 1;

  explicit ByteScale(float range = 254) : step(range / 254), inverse(254 / range) {}
  [[nodiscard]] std::uint8_t below(float distance) const {
    return static_cast<std::uint8_t>(std::min(254.f, std::max(0.f, distance) * inverse * 0.999999f));
  }
  [[nodiscard]] VectorBytes below(FloatVector distances) const {
    return truncate<VectorBytes>(
        vector_min(distances * (inverse * 0.999999f), broadcast<FloatVector>(254.f)));
  }
  [[nodiscard]] std::uint8_t above(float distance) const {
    const float steps = distance * inverse * 1.000001f;
    return steps < 254.f ? static_cast<std::uint8_t>(static_cast<int>(steps) + 1) : std::uint8_t{255};
  }
};

/// The roots of squared distances, in steps, rounded down, at most 254.
inline VectorBytes roots_in_steps(FloatVector squares, const ByteScale& scale) {
  const FloatVector root = root_below(vector_max(squares, broadcast<FloatVector>(1e-30f)));
  return truncate<VectorBytes>(vector_min(root * scale.inverse, broadcast<FloatVector>(254.f)));
}

/// bounds ← max(bounds, fresh).
inline void tighten_bounds(std::uint8_t* bounds, VectorBytes fresh) {
  VectorBytes held;
  std::memcpy(&held, bounds, sizeof(held));
  held = held > fresh ? held : fresh;
  std::memcpy(bounds, &held, sizeof(held));
}

/// bounds ← max(0, bounds − drift), and 0 for those at 255: the bounds that hold if drift is counted from now
/// on.
inline void subtract_drift(std::uint8_t* bounds, const std::uint8_t* drift, Index count) {
  for (Index g = 0; g < count; ++g) {  // in bytes throughout: as many at once as a register holds
    const std::uint8_t held = bounds[g] == 255 ? std::uint8_t{0} : bounds[g];
    bounds[g] = static_cast<std::uint8_t>(held - std::min(held, drift[g]));
  }
}

}  // namespace shoal
