// 16-bit floats as they are stored: half (IEEE binary16) and bfloat16, as bit patterns. Arithmetic is
// float32. Layout-compatible with Eigen::half and Eigen::bfloat16.
#pragma once

#include <algorithm>
#include <type_traits>

#include <shoal/core/config.hpp>

namespace shoal {

/// How an element of a feature matrix is stored.
enum class Dtype { float32, float16, bfloat16 };

constexpr std::size_t bytes_of(Dtype type) { return type == Dtype::float32 ? 4 : 2; }

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

/// Converts `count` stored elements at `from` to float32.
inline void widen(Dtype type, const void* from, float* to, Index count) {
  if (type == Dtype::float32) {
    std::copy_n(static_cast<const float*>(from), count, to);
    return;
  }
  const auto* stored = static_cast<const std::uint16_t*>(from);
  if (type == Dtype::float16)
    for (Index i = 0; i < count; ++i) to[i] = half_to_float(stored[i]);
  else
    for (Index i = 0; i < count; ++i) to[i] = bfloat16_to_float(stored[i]);
}

}  // namespace shoal
