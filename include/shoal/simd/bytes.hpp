// Comparisons of 64 unsigned bytes at a time, and the approximate square root for distances in bytes.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>

#include <shoal/simd/vector.hpp>

namespace shoal {

/// As many bytes as a FloatVector has elements.
using VectorBytes = std::uint8_t __attribute__((vector_size(vector_width)));

/// Bit k of the result is set where values[k] < min(255, level + shift[k]), for k < 64.
inline std::uint64_t bytes_below(const std::uint8_t* values, const std::uint8_t* shift, std::uint8_t level) {
  std::uint64_t below = 0;
#if defined(__AVX2__) && !defined(__CUDA_ARCH__)
#if defined(__AVX512BW__)
  constexpr int width = 64;
#else
  constexpr int width = 32;
#endif
  using Bytes = std::uint8_t __attribute__((vector_size(width)));
  using Chars = char __attribute__((vector_size(width)));
  const Bytes room = static_cast<std::uint8_t>(255 - level) - Bytes{};  // a larger shift would overflow
  for (int first = 0; first < 64; first += width) {
    Bytes value, limit;
    std::memcpy(&value, values + first, width);
    std::memcpy(&limit, shift + first, width);
    limit = (limit < room ? limit : room) + level;
#if defined(__AVX512BW__)
    below |= __builtin_ia32_ucmpb512_mask((Chars)value, (Chars)limit, 1, ~0ull);
#else
    const auto reached = (Chars)(value >= limit);
    below |= std::uint64_t{~static_cast<std::uint32_t>(__builtin_ia32_pmovmskb256(reached))} << first;
#endif
  }
#else
  for (int k = 0; k < 64; ++k) {
    const int limit = std::min(255, int{level} + shift[k]);
    below |= std::uint64_t{values[k] < limit} << k;
  }
#endif
  return below;
}

/// A lower bound on √x for each element x > 1e-30, at least 0.998 √x; its bits depend on the processor. If
/// that has no instruction for 1/√x, one Newton step from a guess on the bits of x is used; it never exceeds
/// 1/√x.
inline FloatVector root_below(FloatVector x) {
#if defined(__AVX512F__) && !defined(__CUDA_ARCH__)
  const FloatVector inverse = __builtin_ia32_rsqrt14ps512_mask(x, FloatVector{}, 0xFFFF);  // exact to 2⁻¹⁴
  return x * inverse * (1 - 0x1p-13f);
#elif defined(__AVX__) && !defined(__CUDA_ARCH__)
  return x * __builtin_ia32_rsqrtps256(x) * (1 - 0x1p-11f);  // exact to 1.5 · 2⁻¹²
#else
  const FloatVector y = from_bits(0x5F3759DF - (to_bits(x) >> 1));
  return x * (y * (1.499999f - x * 0.5f * y * y));
#endif
}

}  // namespace shoal
