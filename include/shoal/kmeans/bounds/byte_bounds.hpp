// Lower bounds on distances in 8 bits, and the scan that compares them 64 at a time.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>

#include <shoal/core/matrix.hpp>
#include <shoal/simd/vector.hpp>

#if defined(__AVX512BW__) || defined(__AVX2__)
#include <immintrin.h>
#endif

namespace shoal {

using VectorBytes = std::uint8_t __attribute__((vector_size(vector_width)));

/// A distance in [0, 254 step], rounded down when it bounds from below, up when it is a threshold. 255 is
/// "none": no threshold exceeds it.
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

/// Bit k is set where bounds[k] < min(255, threshold + sunk[k]), k < 64: what a bound that has sunk by
/// sunk[k] since it was taken no longer excludes.
inline std::uint64_t open_bounds(const std::uint8_t* bounds, const std::uint8_t* sunk,
                                 std::uint8_t threshold) {
#if defined(__AVX512BW__)
  const __m512i level =
      _mm512_adds_epu8(_mm512_loadu_si512(sunk), _mm512_set1_epi8(static_cast<char>(threshold)));
  return _mm512_cmplt_epu8_mask(_mm512_loadu_si512(bounds), level);
#elif defined(__AVX2__)
  std::uint64_t open = 0;
  for (int half = 0; half < 64; half += 32) {
    const __m256i level = _mm256_adds_epu8(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(sunk + half)),
                                           _mm256_set1_epi8(static_cast<char>(threshold)));
    const __m256i bound = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(bounds + half));
    const __m256i closed = _mm256_cmpeq_epi8(_mm256_max_epu8(bound, level), bound);
    open |= std::uint64_t{~static_cast<std::uint32_t>(_mm256_movemask_epi8(closed))} << half;
  }
  return open;
#else
  std::uint64_t open = 0;
  for (int k = 0; k < 64; ++k) {
    const int level = std::min(255, int{threshold} + sunk[k]);
    open |= std::uint64_t{bounds[k] < level} << k;
  }
  return open;
#endif
}

/// At most √x, and at least 0.998 of it, for x > 1e-30, a whole worker at a time: where the processor has no
/// instruction for it, one of Newton's steps towards 1/√x from the bits of x, which never oversteps.
inline FloatVector root_below(FloatVector x) {
#if defined(__AVX512F__)
  const auto inverse = (FloatVector)_mm512_maskz_rsqrt14_ps(0xFFFF, (__m512)x);  // right to 2⁻¹⁴
  return x * inverse * (1 - 0x1p-13f);
#else
  const FloatVector y = from_bits(0x5F3759DF - (to_bits(x) >> 1));
  return x * (y * (1.499999f - x * 0.5f * y * y));
#endif
}

/// Distances of those squares in steps, rounded down, at most 254.
inline VectorBytes roots_in_steps(FloatVector squares, const ByteScale& scale) {
  const FloatVector root = root_below(vector_max(squares, broadcast<FloatVector>(1e-30f)));
  return truncate<VectorBytes>(vector_min(root * scale.inverse, broadcast<FloatVector>(254.f)));
}

/// bounds ← max(bounds, fresh).
inline void raise_bounds(std::uint8_t* bounds, VectorBytes fresh) {
  VectorBytes held;
  std::memcpy(&held, bounds, sizeof(held));
  held = held > fresh ? held : fresh;
  std::memcpy(bounds, &held, sizeof(held));
}

/// bounds ← max(0, bounds − sunk), and 0 for those at 255: what they are worth when travel is counted anew.
inline void sink_bounds(std::uint8_t* bounds, const std::uint8_t* sunk, Index count) {
  for (Index g = 0; g < count; ++g) {  // in bytes throughout: as many at once as a register holds
    const std::uint8_t held = bounds[g] == 255 ? std::uint8_t{0} : bounds[g];
    bounds[g] = static_cast<std::uint8_t>(held - std::min(held, sunk[g]));
  }
}

}  // namespace shoal
