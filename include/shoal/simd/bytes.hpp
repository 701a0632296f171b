// Unsigned bytes, compared 64 at a time, and the square root that distances in bytes are rounded from.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>

#include <shoal/simd/vector.hpp>

#if defined(__AVX512BW__) || defined(__AVX2__)
#include <immintrin.h>
#endif

namespace shoal {

/// As many bytes as a FloatVector has elements.
using VectorBytes = std::uint8_t __attribute__((vector_size(vector_width)));

/// Bit k of the result is set where values[k] < min(255, level + shift[k]), for k < 64.
inline std::uint64_t bytes_below(const std::uint8_t* values, const std::uint8_t* shift, std::uint8_t level) {
#if defined(__AVX512BW__)
  const __m512i limit =
      _mm512_adds_epu8(_mm512_loadu_si512(shift), _mm512_set1_epi8(static_cast<char>(level)));
  return _mm512_cmplt_epu8_mask(_mm512_loadu_si512(values), limit);
#elif defined(__AVX2__)
  std::uint64_t below = 0;
  for (int half = 0; half < 64; half += 32) {
    const __m256i limit = _mm256_adds_epu8(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(shift + half)),
                                           _mm256_set1_epi8(static_cast<char>(level)));
    const __m256i value = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(values + half));
    const __m256i reached = _mm256_cmpeq_epi8(_mm256_max_epu8(value, limit), value);
    below |= std::uint64_t{~static_cast<std::uint32_t>(_mm256_movemask_epi8(reached))} << half;
  }
  return below;
#else
  std::uint64_t below = 0;
  for (int k = 0; k < 64; ++k) {
    const int limit = std::min(255, int{level} + shift[k]);
    below |= std::uint64_t{values[k] < limit} << k;
  }
  return below;
#endif
}

/// At most √x and at least 0.998 of it, for each element x > 1e-30. Where the processor has no instruction
/// for it, one Newton step towards 1/√x from the bits of x, which never oversteps.
inline FloatVector root_below(FloatVector x) {
#if defined(__AVX512F__) && !defined(__CUDA_ARCH__)
  const auto inverse = (FloatVector)_mm512_maskz_rsqrt14_ps(0xFFFF, (__m512)x);  // right to 2⁻¹⁴
  return x * inverse * (1 - 0x1p-13f);
#else
  const FloatVector y = from_bits(0x5F3759DF - (to_bits(x) >> 1));
  return x * (y * (1.499999f - x * 0.5f * y * y));
#endif
}

}  // namespace shoal
