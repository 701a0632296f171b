// Whether a number is finite, judged by its bits, because the compiler removes std::isfinite and such
// comparisons under -ffast-math.
#pragma once

#include <cstdint>

#include <shoal/core/config.hpp>

namespace shoal {

/// False for NaN and ±infinity, under any compiler flags.
SHOAL_HD inline bool is_finite(float x) {
  return (__builtin_bit_cast(std::uint32_t, x) & 0x7F800000u) != 0x7F800000u;
}
SHOAL_HD inline bool is_finite(double x) {
  constexpr std::uint64_t exponent = 0x7FF0000000000000u;
  return (__builtin_bit_cast(std::uint64_t, x) & exponent) != exponent;
}

/// True for NaN only, under any compiler flags.
SHOAL_HD inline bool is_nan(float x) {
  return (__builtin_bit_cast(std::uint32_t, x) & 0x7FFFFFFFu) > 0x7F800000u;
}
SHOAL_HD inline bool is_nan(double x) {
  return (__builtin_bit_cast(std::uint64_t, x) & 0x7FFFFFFFFFFFFFFFu) > 0x7FF0000000000000u;
}

}  // namespace shoal
