// Lower bounds on distances in 8 bits, and the scan that compares them 64 at a time.
#pragma once

#include <algorithm>
#include <cstdint>

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

/// least[g] ← the least of bounds 8 g to 8 g + 7, for `count` g, a multiple of 64.
inline void least_of_eights(const std::uint8_t* bounds, Index count, std::uint8_t* least) {
  const auto halve = [](const std::uint8_t* from, std::uint8_t* to, Index size) {
    for (Index i = 0; i < size; ++i) to[i] = std::min(from[2 * i], from[2 * i + 1]);
  };
  for (Index g = 0; g < count; g += 64) {
    std::uint8_t pairs[256], fours[128];
    halve(bounds + 8 * g, pairs, 256);
    halve(pairs, fours, 128);
    halve(fours, least + g, 64);
  }
}

}  // namespace shoal
