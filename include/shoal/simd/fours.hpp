// SIMD vectors as groups of four elements, put together and transposed in registers: a vector that is loaded
// right after its elements were stored one by one waits for them.
#pragma once

#include <utility>

#include <shoal/simd/vector.hpp>

namespace shoal {

#if defined(__CUDA_ARCH__)
using Four = NoVector<std::int32_t, 4>;
#else
using Four = std::int32_t __attribute__((vector_size(16)));
#endif
inline constexpr int fours = vector_width / 4;  ///< in a vector

/// The vector of the groups part(0), part(1), …
template <class F> [[gnu::always_inline]] inline IntVector join_fours(const F& part) {
#if defined(__CUDACC__)  // which knows no shuffles
  Four group[fours];
  for (int g = 0; g < fours; ++g) group[g] = part(g);
  IntVector all;
  std::memcpy(&all, group, sizeof(all));
  return all;
#elif defined(__AVX512F__)
  const auto pair = [&](int g) {
    return __builtin_shufflevector(part(g), part(g + 1), 0, 1, 2, 3, 4, 5, 6, 7);
  };
  return __builtin_shufflevector(pair(0), pair(2), 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
#elif defined(__AVX__)
  return __builtin_shufflevector(part(0), part(1), 0, 1, 2, 3, 4, 5, 6, 7);
#else
  return part(0);
#endif
}

/// The sum of the groups of x.
inline Four sum_of_fours(IntVector x) {
#if defined(__CUDACC__)
  Four group[fours], sum{};
  std::memcpy(group, &x, sizeof(x));
  for (const Four& g : group) sum += g;
  return sum;
#elif defined(__AVX512F__)
  return (__builtin_shufflevector(x, x, 0, 1, 2, 3) + __builtin_shufflevector(x, x, 4, 5, 6, 7)) +
         (__builtin_shufflevector(x, x, 8, 9, 10, 11) + __builtin_shufflevector(x, x, 12, 13, 14, 15));
#elif defined(__AVX__)
  return __builtin_shufflevector(x, x, 0, 1, 2, 3) + __builtin_shufflevector(x, x, 4, 5, 6, 7);
#else
  return x;
#endif
}

/// Selects elements A to D in each group of four: 0 to 3 are those of x, 4 to 7 those of y.
template <int A, int B, int C, int D> IntVector mix_fours(IntVector x, IntVector y) {
#if defined(__CUDA_ARCH__)  // nvcc reads it, nothing runs it (simd/no_vector.cuh)
  return x + y;
#elif defined(__CUDACC__)  // nvcc hands the pack below to its host compiler unexpanded
  constexpr int pick[] = {A, B, C, D};
  std::int32_t from[2 * vector_width], to[vector_width];
  std::memcpy(from, &x, sizeof(x));
  std::memcpy(from + vector_width, &y, sizeof(y));
  for (int i = 0; i < vector_width; ++i)
    to[i] = from[i / 4 * 4 + pick[i % 4] % 4 + pick[i % 4] / 4 * vector_width];
  IntVector mixed;
  std::memcpy(&mixed, to, sizeof(mixed));
  return mixed;
#else
  return [&]<int... I>(std::integer_sequence<int, I...>) {
    constexpr int pick[] = {A, B, C, D};
    return __builtin_shufflevector(x, y, (I / 4 * 4 + pick[I % 4] % 4 + pick[I % 4] / 4 * vector_width)...);
  }
  (std::make_integer_sequence<int, vector_width>{});
#endif
}

/// The sum of the elements of a, and those of b, c and d.
inline Four sum4(IntVector a, IntVector b, IntVector c, IntVector d) {
  const IntVector ab = mix_fours<0, 4, 1, 5>(a, b) + mix_fours<2, 6, 3, 7>(a, b);
  const IntVector cd = mix_fours<0, 4, 1, 5>(c, d) + mix_fours<2, 6, 3, 7>(c, d);
  return sum_of_fours(mix_fours<0, 1, 4, 5>(ab, cd) + mix_fours<2, 3, 6, 7>(ab, cd));
}

/// Element k of out[u] ← field u of record(k), the address of four floats.
template <class F> void load_records(const F& record, FloatVector (&out)[4]) {
  const auto every_fourth = [&](int from) {
    return join_fours([&](int g) {
      Four fields;
      std::memcpy(&fields, record(from + 4 * g), sizeof(fields));
      return fields;
    });
  };
  const IntVector a = every_fourth(0), b = every_fourth(1), c = every_fourth(2), d = every_fourth(3);
  const IntVector ab = mix_fours<0, 4, 1, 5>(a, b), cd = mix_fours<0, 4, 1, 5>(c, d);
  const IntVector ab_rest = mix_fours<2, 6, 3, 7>(a, b), cd_rest = mix_fours<2, 6, 3, 7>(c, d);
  out[0] = from_bits(mix_fours<0, 1, 4, 5>(ab, cd));
  out[1] = from_bits(mix_fours<2, 3, 6, 7>(ab, cd));
  out[2] = from_bits(mix_fours<0, 1, 4, 5>(ab_rest, cd_rest));
  out[3] = from_bits(mix_fours<2, 3, 6, 7>(ab_rest, cd_rest));
}

/// The vector of value(0), value(1), …
template <class F> FloatVector vector_of(const F& value) {
#if defined(__CUDA_ARCH__)
  return FloatVector(value(0));
#else
  return [&]<int... I>(std::integer_sequence<int, I...>) { return FloatVector{value(I)...}; }
  (std::make_integer_sequence<int, vector_width>{});
#endif
}

}  // namespace shoal
