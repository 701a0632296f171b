// Elements as they are stored. 16-bit floats are bit patterns: half (IEEE binary16) and bfloat16,
// layout-compatible with Eigen::half and Eigen::bfloat16.
#pragma once

#include <cstddef>

#include <shoal/core/config.hpp>

namespace shoal {

/// How an element of a feature matrix is stored. Integers of a byte and the floats of two are exact in
/// float32; a float64 is rounded to the nearest float32, to infinity where it is beyond it.
enum class Dtype { float32, float16, bfloat16, float64, int8, uint8 };

constexpr std::size_t bytes_of(Dtype type) {
  switch (type) {
    case Dtype::float64:
      return 8;
    case Dtype::float32:
      return 4;
    case Dtype::float16:
    case Dtype::bfloat16:
      return 2;
    default:
      return 1;
  }
}

SHOAL_HD inline float half_to_float(std::uint16_t h) {
  // Shift exponent and mantissa into place and rescale by 2^112, which also makes subnormals right.
  const std::uint32_t magnitude = (h & 0x7FFFu) << 13;
  float value = __builtin_bit_cast(float, magnitude) * 0x1p112f;
  std::uint32_t bits = __builtin_bit_cast(std::uint32_t, value);
  bits |= (h & 0x7C00u) == 0x7C00u ? 0x7F800000u : 0u;
  return __builtin_bit_cast(float, bits | (h & 0x8000u) << 16);
}

SHOAL_HD inline float bfloat16_to_float(std::uint16_t b) {
  return __builtin_bit_cast(float, static_cast<std::uint32_t>(b) << 16);
}

/// The nearest half, ties to even. Values too large for a half become infinite; NaN stays NaN.
SHOAL_HD inline std::uint16_t float_to_half(float x) {
  const std::uint32_t bits = __builtin_bit_cast(std::uint32_t, x);
  const std::uint32_t sign = bits >> 16 & 0x8000u, magnitude = bits & 0x7FFFFFFFu;
  if (magnitude > 0x7F800000u) return static_cast<std::uint16_t>(sign | 0x7E00u);
  if (magnitude >= 0x477FF000u) return static_cast<std::uint16_t>(sign | 0x7C00u);
  if (magnitude < 0x38800000u) {  // subnormal: let the addition round at 2^-24
    const float shifted = __builtin_bit_cast(float, magnitude) + 0.5f;
    return static_cast<std::uint16_t>(sign | (__builtin_bit_cast(std::uint32_t, shifted) - 0x3F000000u));
  }
  const std::uint32_t rounded = magnitude + 0xFFFu + (magnitude >> 13 & 1u);
  return static_cast<std::uint16_t>(sign | ((rounded - 0x38000000u) >> 13));
}

/// The nearest bfloat16, ties to even; NaN stays NaN.
SHOAL_HD inline std::uint16_t float_to_bfloat16(float x) {
  const std::uint32_t bits = __builtin_bit_cast(std::uint32_t, x);
  if ((bits & 0x7FFFFFFFu) > 0x7F800000u) return static_cast<std::uint16_t>(bits >> 16 | 0x40u);
  return static_cast<std::uint16_t>((bits + 0x7FFFu + (bits >> 16 & 1u)) >> 16);
}

}  // namespace shoal
