// SIMD vectors: as many floats as one register of the target holds, by the vector extension of g++ and
// clang++. All functions here exist for a plain float too, so that one template serves vectors, the tail of a
// row, and a GPU, where a float takes the place of the vector. No compiler flag is needed; the flags of the
// target only set the width. The few instructions that the extension can't express are compiler builtins,
// because <immintrin.h> takes half a second to parse.
#pragma once

#include <bit>
#include <cstring>
#include <type_traits>

#include <shoal/core/config.hpp>
#if defined(__CUDA_ARCH__)
#include <shoal/simd/no_vector.cuh>
#endif

namespace shoal {

#if defined(__AVX512F__)
inline constexpr int vector_width = 16;
#elif defined(__AVX__)
inline constexpr int vector_width = 8;
#else
inline constexpr int vector_width = 4;
#endif

#if defined(__CUDA_ARCH__)
using FloatVector = NoVector<float, vector_width>;
using IntVector = NoVector<std::int32_t, vector_width>;
#else
using FloatVector = float __attribute__((vector_size(vector_width * sizeof(float))));
using IntVector = std::int32_t __attribute__((vector_size(vector_width * sizeof(float))));

inline IntVector to_bits(FloatVector x) { return reinterpret_cast<IntVector>(x); }
inline FloatVector from_bits(IntVector x) { return reinterpret_cast<FloatVector>(x); }
inline FloatVector to_float(IntVector x) { return __builtin_convertvector(x, FloatVector); }
/// Truncates each element to an element of V, a vector of as many bytes.
template <class V> V truncate(FloatVector x) {
  const auto whole = __builtin_convertvector(x, IntVector);
#if defined(__AVX__) && !defined(__AVX512F__) && !defined(__CUDACC__)  // g++ would convert them one by one
  using Bytes = std::uint8_t __attribute__((vector_size(sizeof(IntVector))));
  const auto bytes = reinterpret_cast<Bytes>(whole);
  return reinterpret_cast<V>(__builtin_shufflevector(bytes, bytes, 0, 4, 8, 12, 16, 20, 24, 28));
#else
  return __builtin_convertvector(whole, V);
#endif
}
/// a > b ? a : b and a < b ? a : b, which are maxps and minps for every input. Where an operand is constant
/// g++ doesn't see it: it would compare, then select. (-1: all elements; 4: the rounding that is set.)
inline FloatVector vector_max(FloatVector a, FloatVector b) {
#if defined(__clang__) || !defined(__SSE__)
  return a > b ? a : b;
#elif defined(__AVX512F__)
  return __builtin_ia32_maxps512_mask(a, b, FloatVector{}, -1, 4);
#elif defined(__AVX__)
  return __builtin_ia32_maxps256(a, b);
#else
  return __builtin_ia32_maxps(a, b);
#endif
}
inline FloatVector vector_min(FloatVector a, FloatVector b) {
#if defined(__clang__) || !defined(__SSE__)
  return a < b ? a : b;
#elif defined(__AVX512F__)
  return __builtin_ia32_minps512_mask(a, b, FloatVector{}, -1, 4);
#elif defined(__AVX__)
  return __builtin_ia32_minps256(a, b);
#else
  return __builtin_ia32_minps(a, b);
#endif
}
#endif

/// The integer type with the same bits as F.
template <class F> struct vector_traits;
/// For a float.
template <> struct vector_traits<float> { using integer = std::int32_t; };
/// For a vector.
template <> struct vector_traits<FloatVector> { using integer = IntVector; };
template <class F> using int_of = typename vector_traits<F>::integer;

SHOAL_HD inline std::int32_t to_bits(float x) { return __builtin_bit_cast(std::int32_t, x); }
SHOAL_HD inline float from_bits(std::int32_t x) { return __builtin_bit_cast(float, x); }

SHOAL_HD inline float to_float(std::int32_t x) { return static_cast<float>(x); }
SHOAL_HD inline float vector_max(float a, float b) { return a > b ? a : b; }
SHOAL_HD inline float vector_min(float a, float b) { return a < b ? a : b; }

/// All elements equal to x.
template <class F> SHOAL_HD inline F broadcast(float x) { return x - F{}; }

/// Loads and stores without any demand on alignment.
template <class F> SHOAL_HD inline F load(const float* p) {
  F v;
  std::memcpy(&v, p, sizeof(F));
  return v;
}
template <class F> SHOAL_HD inline void store(float* p, F v) { std::memcpy(p, &v, sizeof(F)); }

/// v, in a register of its own: g++ reads an integer factor from memory again for each of its uses, which
/// takes longer than multiplying.
template <class V> inline V in_register(V v) {
#if defined(__AVX__) && !defined(__CUDA_ARCH__)
  if constexpr (std::is_same_v<V, IntVector>) asm("" : "+v"(v));
#endif
  return v;
}

/// The first `count` < vector_width floats from p, and zeros.
inline FloatVector load_first(const float* p, Index count) {
  FloatVector v{};
  std::memcpy(&v, p, static_cast<std::size_t>(count) * sizeof(float));
  return v;
}

#if !defined(__CUDA_ARCH__)
/// The sum of the elements, in the fixed order of halving: (a0 + a2) + (a1 + a3) for four.
inline float reduce_sum(FloatVector v) {
  float x[vector_width];
  std::memcpy(x, &v, sizeof(v));
  for (int half = vector_width / 2; half > 0; half /= 2)
    for (int i = 0; i < half; ++i) x[i] += x[i + half];
  return x[0];
}
inline float reduce_max(FloatVector v) {
  float x[vector_width];
  std::memcpy(x, &v, sizeof(v));
  for (int half = vector_width / 2; half > 0; half /= 2)
    for (int i = 0; i < half; ++i) x[i] = vector_max(x[i], x[i + half]);
  return x[0];
}
/// Bit l is set where element l of a comparison holds.
inline unsigned bits_of(IntVector holds) {
#if defined(__AVX512DQ__)
  return static_cast<unsigned>(__builtin_ia32_cvtd2mask512(holds));
#elif defined(__AVX__)
  return static_cast<unsigned>(__builtin_ia32_movmskps256(from_bits(holds)));
#else
  unsigned bits = 0;
  for (int l = 0; l < vector_width; ++l) bits |= (holds[l] != 0 ? 1u : 0u) << l;
  return bits;
#endif
}
#endif

}  // namespace shoal
