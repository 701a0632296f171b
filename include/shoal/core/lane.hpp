// The lane of the row maths on a CPU: as many floats as one register of the target holds, by the vector
// extension of g++ and clang++. All functions here exist for a plain float too, so that the same template
// serves both, a row's tail among them, and a GPU, whose lane is a float. Needs no compiler flag; the
// target's flags only set the width.
#pragma once

#include <bit>
#include <cstring>

#include <shoal/core/config.hpp>
#if defined(__CUDA_ARCH__)
#include <shoal/core/no_lane.cuh>
#endif

namespace shoal {

#if defined(__AVX512F__)
inline constexpr int lane_width = 16;
#elif defined(__AVX__)
inline constexpr int lane_width = 8;
#else
inline constexpr int lane_width = 4;
#endif

#if defined(__CUDA_ARCH__)
using Lane = NoLane<float, lane_width>;
using LaneInt = NoLane<std::int32_t, lane_width>;
#else
using Lane = float __attribute__((vector_size(lane_width * sizeof(float))));
using LaneInt = std::int32_t __attribute__((vector_size(lane_width * sizeof(float))));

inline LaneInt to_bits(Lane x) { return reinterpret_cast<LaneInt>(x); }
inline Lane from_bits(LaneInt x) { return reinterpret_cast<Lane>(x); }
inline Lane to_float(LaneInt x) { return __builtin_convertvector(x, Lane); }
/// Each element truncated to one of V, a vector of as many smaller integers.
template <class V> V truncate(Lane x) {
  return __builtin_convertvector(__builtin_convertvector(x, LaneInt), V);
}
inline Lane lane_max(Lane a, Lane b) { return a > b ? a : b; }
inline Lane lane_min(Lane a, Lane b) { return a < b ? a : b; }
#endif

/// The integer type with the same bits as F.
template <class F> struct lane_traits;
template <> struct lane_traits<float> { using integer = std::int32_t; };
template <> struct lane_traits<Lane> { using integer = LaneInt; };
template <class F> using lane_int = typename lane_traits<F>::integer;

SHOAL_HD inline std::int32_t to_bits(float x) { return __builtin_bit_cast(std::int32_t, x); }
SHOAL_HD inline float from_bits(std::int32_t x) { return __builtin_bit_cast(float, x); }

SHOAL_HD inline float to_float(std::int32_t x) { return static_cast<float>(x); }
SHOAL_HD inline float lane_max(float a, float b) { return a > b ? a : b; }
SHOAL_HD inline float lane_min(float a, float b) { return a < b ? a : b; }

/// All elements equal to x.
template <class F> SHOAL_HD inline F broadcast(float x) { return x - F{}; }

/// Loads and stores without any demand on alignment.
template <class F> SHOAL_HD inline F load(const float* p) {
  F v;
  std::memcpy(&v, p, sizeof(F));
  return v;
}
template <class F> SHOAL_HD inline void store(float* p, F v) { std::memcpy(p, &v, sizeof(F)); }

#if !defined(__CUDA_ARCH__)
/// The sum of the elements, in the fixed order of halving: (a0 + a2) + (a1 + a3) for four.
inline float reduce_sum(Lane v) {
  float x[lane_width];
  std::memcpy(x, &v, sizeof(v));
  for (int half = lane_width / 2; half > 0; half /= 2)
    for (int i = 0; i < half; ++i) x[i] += x[i + half];
  return x[0];
}
inline float reduce_max(Lane v) {
  float x[lane_width];
  std::memcpy(x, &v, sizeof(v));
  for (int half = lane_width / 2; half > 0; half /= 2)
    for (int i = 0; i < half; ++i) x[i] = lane_max(x[i], x[i + half]);
  return x[0];
}
#endif

}  // namespace shoal
