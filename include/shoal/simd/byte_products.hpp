// Inner products of bytes, four of them at once in each 32-bit element of a vector, by whatever instruction
// the target has for it. SHOAL_BYTE_PRODUCTS says that it has one; callers keep a path in floats.
//
//   target                  instruction       sums     limits of a code
//   AVX-512 or AVX VNNI     vpdpbusd          32 bits  ±127
//   ARM dot product         sdot              32 bits  ±127; with i8mm smmla, four products of twice the
//   length AVX-512BW, AVX2, SSSE3  vpmaddubsw        16 bits  ±63, and the squares of few of them (below)
//
// Sums in 16 bits are exact though products of many codes are added up in each of them: only the final value
// must fit, as additions wrap around. By Cauchy and Schwarz it fits where the codes that share a sum have a
// length of at most 181 on either side, since 181² < 2¹⁵. Those who make codes choose their scale so.
#pragma once

#include <type_traits>

#include <shoal/simd/vector.hpp>

#if defined(__AVX512VNNI__) || (defined(__AVXVNNI__) && !defined(__AVX512F__)) || \
    defined(__ARM_FEATURE_DOTPROD) || defined(__AVX512BW__) ||                    \
    (defined(__AVX2__) && !defined(__AVX512F__)) || (defined(__SSSE3__) && !defined(__AVX__))
#define SHOAL_BYTE_PRODUCTS 1
#endif

namespace shoal {

/// Whether products are added up in 16 bits, two sums in each element.
#if defined(__AVX512VNNI__) || (defined(__AVXVNNI__) && !defined(__AVX512F__)) || \
    defined(__ARM_FEATURE_DOTPROD) || !defined(SHOAL_BYTE_PRODUCTS)
inline constexpr bool short_sums = false;
#else
inline constexpr bool short_sums = true;
#endif

/// What is added to the codes of the right factor, for instructions that take one of their factors without
/// signs.
#if defined(__ARM_FEATURE_DOTPROD)
inline constexpr int byte_offset = 0;
#else
inline constexpr int byte_offset = short_sums ? 64 : 128;
#endif

/// The largest code.
inline constexpr int largest_code = short_sums ? 63 : 127;

/// Where sums are short: every `short_run` codes are added up apart from the others, by two sums. The first
/// has the codes at places 0, 1, 4, 5, 8, … of the run, the second those between. `short_length` bounds the
/// length of the codes of one sum, less what rounding a vector to whole codes may add.
inline constexpr Index short_run = 192;
inline constexpr float short_length = 174;

#ifdef SHOAL_BYTE_PRODUCTS
/// Adds the four products of the bytes of u and s in each element to the element's sum or, where sums are
/// short, the two of the lower bytes to the lower sum and the two of the upper to the upper one. s has signs;
/// u has none, but where byte_offset is 0.
inline IntVector dot_bytes(IntVector sum, IntVector u, IntVector s) {
#if defined(__CUDA_ARCH__)  // nvcc reads it, nothing runs it (simd/no_vector.cuh)
  return sum + u + s;
#elif defined(__AVX512VNNI__) && __has_builtin(__builtin_ia32_vpdpbusd512)  // clang++'s name
  return __builtin_ia32_vpdpbusd512(sum, u, s);
#elif defined(__AVX512VNNI__)
  return __builtin_ia32_vpdpbusd_v16si(sum, u, s);
#elif defined(__AVXVNNI__) && !defined(__AVX512F__) && __has_builtin(__builtin_ia32_vpdpbusd256)
  return __builtin_ia32_vpdpbusd256(sum, u, s);
#elif defined(__AVXVNNI__) && !defined(__AVX512F__)
  return __builtin_ia32_vpdpbusd_v8si(sum, u, s);
#else
  using Chars = char __attribute__((vector_size(sizeof(IntVector))));
  using Shorts = std::int16_t __attribute__((vector_size(sizeof(IntVector))));
#if defined(__ARM_FEATURE_DOTPROD)
  using SignedBytes = std::int8_t __attribute__((vector_size(16)));
#if defined(__clang__)
  return __builtin_neon_vdotq_s32((SignedBytes)sum, (SignedBytes)u, (SignedBytes)s, 34);
#else
  return __builtin_aarch64_sdot_prodv16qi((SignedBytes)u, (SignedBytes)s, sum);
#endif
#elif defined(__AVX512BW__) && __has_builtin(__builtin_ia32_pmaddubsw512)  // clang++'s name
  const auto products = (Shorts)__builtin_ia32_pmaddubsw512((Chars)u, (Chars)s);
#elif defined(__AVX512BW__)
  const auto products = (Shorts)__builtin_ia32_pmaddubsw512_mask((Chars)u, (Chars)s, Shorts{}, ~0u);
#elif defined(__AVX2__)
  const auto products = (Shorts)__builtin_ia32_pmaddubsw256((Chars)u, (Chars)s);
#else
  const auto products = (Shorts)__builtin_ia32_pmaddubsw128((Chars)u, (Chars)s);
#endif
#if !defined(__ARM_FEATURE_DOTPROD)
  return (IntVector)((Shorts)sum + products);
#endif
#endif
}

#ifdef __ARM_FEATURE_MATMUL_INT8
/// Adds the product of two 2 × 8 matrices of signed bytes, x yᵀ, to the 2 × 2 matrix `sum`, by rows.
inline IntVector add_byte_matrices(IntVector sum, IntVector x, IntVector y) {
  using SignedBytes = std::int8_t __attribute__((vector_size(16)));
#if defined(__clang__)
  return __builtin_neon_vmmlaq_s32((SignedBytes)sum, (SignedBytes)x, (SignedBytes)y, 34);
#else
  return __builtin_aarch64_simd_smmlav16qi(sum, (SignedBytes)x, (SignedBytes)y);
#endif
}
#endif

/// The sum of the two short sums of each element.
inline IntVector widen(IntVector sums) { return (sums << 16 >> 16) + (sums >> 16); }

/// The differences of short sums.
inline IntVector subtract_short(IntVector x, IntVector y) {
#if defined(__CUDA_ARCH__)  // nvcc reads it, nothing runs it (simd/no_vector.cuh)
  return x - y;
#else
  using Shorts = std::int16_t __attribute__((vector_size(sizeof(IntVector))));
  return (IntVector)((Shorts)x - (Shorts)y);
#endif
}

/// Codes, four in each 32-bit element, with byte_offset added.
template <class Word> Word add_byte_offset(Word codes) {
  using Element = std::conditional_t<std::is_same_v<Word, IntVector>, std::int32_t, Word>;
  const auto all = [](std::uint32_t bytes) {
    const Word zero{};  // named: nvcc crashes on a temporary vector in arithmetic
    return static_cast<Element>(bytes) + zero;
  };
  if constexpr (byte_offset == 0) return codes;
  if constexpr (byte_offset == 128) return codes ^ all(0x80808080);
  // The lower seven bits of each byte, which have room for the sum, and then without the carry.
  return ((codes & all(0x7F7F7F7F)) + all(0x40404040)) & all(0x7F7F7F7F);
}
#endif

}  // namespace shoal
